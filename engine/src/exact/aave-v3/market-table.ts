/** How the presets are written down: a row per reserve, turned into parameters here. */
import type { Preset } from "../protocol.js";
import { divDown } from "../rounding.js";
import { BASIS_POINTS, RAY } from "../scales.js";
import { type AaveV3Parameters, deployedRules, PRESET_PROTOCOL_FEE_BPS, type ReserveParameters } from "./parameters.js";

/**
 * Symbol, address, decimals, loan-to-value, liquidation threshold, bonus above par and reserve factor in basis points; flags ("b" borrowing enabled, "f" frozen,
 * "p" paused); what suppliers earned and borrowers paid a year on the day, in millionths.
 */
export type MarketRow = readonly [
  symbol: string,
  address: string,
  decimals: number,
  loanToValueBps: number,
  liquidationThresholdBps: number,
  bonusAboveParBps: number,
  reserveFactorBps: number,
  flags: string,
  liquidityRateMillionths: number,
  borrowRateMillionths: number,
];

/** A market's rates on the preset's day, ray a year, by asset. */
export type RatesOfDay = Readonly<
  Record<string, { readonly liquidityRateRay: bigint; readonly borrowRateRay: bigint }>
>;

/** A preset with the rates of its day, which belong to the state and not to the parameters. */
export interface MarketPreset extends Preset<AaveV3Parameters> {
  readonly rates: RatesOfDay;
}

function reserveOfRow([
  asset,
  address,
  decimals,
  loanToValue,
  threshold,
  bonus,
  factor,
  flags,
]: MarketRow): ReserveParameters {
  return {
    asset,
    address,
    decimals,
    loanToValueBps: BigInt(loanToValue),
    liquidationThresholdBps: BigInt(threshold),
    liquidationBonusBps: threshold === 0 ? 0n : BASIS_POINTS + BigInt(bonus),
    liquidationProtocolFeeBps: PRESET_PROTOCOL_FEE_BPS,
    reserveFactorBps: BigInt(factor),
    active: true,
    frozen: flags.includes("f"),
    paused: flags.includes("p"),
    borrowingEnabled: flags.includes("b"),
    interestRates: null,
  };
}

function ratesOfRow(row: MarketRow) {
  const perMillionth = divDown(RAY, 1_000_000n);
  const rates = { liquidityRateRay: BigInt(row[8]) * perMillionth, borrowRateRay: BigInt(row[9]) * perMillionth };
  return [row[0], rates] as const;
}

/** The preset of a market from its rows: deployed liquidation rules, no efficiency modes, a protocol fee of 10 % in every reserve, no rate curves. */
export function marketPreset(name: string, asOf: string, source: string, rows: readonly MarketRow[]): MarketPreset {
  return {
    name,
    asOf,
    source,
    parameters: { reserves: rows.map(reserveOfRow), eModeCategories: [], rules: deployedRules },
    rates: Object.fromEntries(rows.map(ratesOfRow)),
  };
}
