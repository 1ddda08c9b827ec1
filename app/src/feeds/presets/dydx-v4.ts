import { readFileSync } from "node:fs";
import { join } from "node:path";

interface RawGenesis {
  readonly liquidity_tiers: readonly {
    readonly id: number;
    readonly name: string;
    readonly initial_margin_ppm: number;
    readonly maintenance_fraction_ppm: number;
  }[];
  readonly liquidations_config: {
    readonly max_liquidation_fee_ppm: number;
    readonly position_block_limits: {
      readonly min_position_notional_liquidated: number;
      readonly max_position_portion_liquidated_ppm: number;
    };
    readonly subaccount_block_limits: {
      readonly max_notional_liquidated: number;
      readonly max_quantums_insurance_lost: number;
    };
    readonly fillable_price_config: {
      readonly bankruptcy_adjustment_ppm: number;
      readonly spread_to_maintenance_margin_ratio_ppm: number;
    };
  };
  readonly perpetuals: readonly {
    readonly ticker: string;
    readonly atomic_resolution: number;
    readonly liquidity_tier: number;
  }[];
}

/** `1500000` as `1_500_000n`. */
function literal(value: number): string {
  if (!Number.isSafeInteger(value) || value < 0) throw new Error(`${value} is not whole`);
  return `${String(value).replace(/\B(?=(\d{3})+$)/g, "_")}n`;
}

function tierText(tier: RawGenesis["liquidity_tiers"][number], place: number): string {
  if (tier.id !== place) throw new Error(`tier ${tier.name} has id ${tier.id} in place ${place}`);
  return `  {
    name: ${JSON.stringify(tier.name)},
    initialMarginPpm: ${literal(tier.initial_margin_ppm)},
    maintenanceFractionPpm: ${literal(tier.maintenance_fraction_ppm)},
    openInterestLowerCap: 0n,
    openInterestUpperCap: 0n,
  },`;
}

/**
 * Text of the engine's `exact/dydx-v4/presets.ts` from the raw data folder (the one that holds `margin-tiers`). Throws where a figure is not whole or a tier is
 * not where its id says.
 */
export async function dydxV4Presets(rawFolder: string): Promise<string> {
  const raw = readFileSync(join(rawFolder, "margin-tiers/dydx_v4_mainnet_genesis_tiers.json"), "utf8");
  const { liquidity_tiers: tiers, liquidations_config: config, perpetuals } = JSON.parse(raw) as RawGenesis;
  const markets = perpetuals.map(({ ticker, atomic_resolution, liquidity_tier }) => {
    if (tiers[liquidity_tier] === undefined)
      throw new Error(`${ticker} is in tier ${liquidity_tier}, which does not exist`);
    return `  [${JSON.stringify(ticker)}, ${0 - atomic_resolution}, ${liquidity_tier}],`;
  });
  return `import type { Preset } from "../protocol.js";
import type { LiquidationsConfig, LiquidityTier, PerpetualParameters } from "./parameters.js";

const asOf = "2023-10-26";
const source =
  "dydxprotocol/v4-chain 84d4664bae71e3a077adaac67fb77ad19cd28d30, protocol/testing/mainnet/genesis.json; prices in steps of 1e-8 and ticks of one step are the model's own";

/** Liquidity tiers of mainnet's genesis; the initial margin did not rise with open interest then. */
export const genesisTiers: readonly LiquidityTier[] = [
${tiers.map(tierText).join("\n")}
];

/** Rules of liquidation of mainnet's genesis, USDC with six decimals. */
export const genesisLiquidationsConfig: LiquidationsConfig = {
  maxLiquidationFeePpm: ${literal(config.max_liquidation_fee_ppm)},
  bankruptcyAdjustmentPpm: ${literal(config.fillable_price_config.bankruptcy_adjustment_ppm)},
  spreadToMaintenanceMarginRatioPpm: ${literal(config.fillable_price_config.spread_to_maintenance_margin_ratio_ppm)},
  minPositionNotionalLiquidated: ${literal(config.position_block_limits.min_position_notional_liquidated)},
  maxPositionPortionLiquidatedPpm: ${literal(config.position_block_limits.max_position_portion_liquidated_ppm)},
  maxNotionalLiquidated: ${literal(config.subaccount_block_limits.max_notional_liquidated)},
  maxQuantumsInsuranceLost: ${literal(config.subaccount_block_limits.max_quantums_insurance_lost)},
};

/** Ticker, decimals of a base quantum, place of its tier. */
const markets: readonly (readonly [string, number, number])[] = [
${markets.join("\n")}
];

/** Markets of mainnet's genesis with a step of 1e6 base quantums. */
export const presets: readonly Preset<PerpetualParameters>[] = markets.map(([ticker, baseDecimals, tier]) => ({
  name: ticker.toLowerCase(),
  asOf,
  source,
  parameters: {
    baseDecimals,
    quoteDecimals: 6,
    priceDecimals: 8,
    tier: genesisTiers[tier],
    stepBaseQuantums: 1_000_000n,
    priceStepsPerTick: 1n,
    finalSettlement: false,
  },
}));
`;
}
