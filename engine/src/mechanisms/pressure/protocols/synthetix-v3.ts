import { z } from "zod";
import { type Basis, quantity } from "../../../book/index.js";
import { card, faults, type SynthetixParameters } from "../../../exact/synthetix-v3/index.js";
import { type CheckContext, define, type Fault } from "../../definition.js";
import { longsAndShorts } from "../perpetuals/demonstration.js";
import { synthetixMarket } from "../synthetix/mechanism.js";
import { synthetixKeeper, synthetixMarketName } from "../synthetix/rows.js";
import { protocolShape } from "./shape.js";

const share = () => quantity.share({ bare: true });

const schema = z
  .strictObject({
    ...protocolShape("synthetix-v3"),
    instrument: z
      .string()
      .describe("Coin of the market and the dollar that is its collateral; and where hedgers trade."),
    skewScale: quantity
      .number({ least: 0 })
      .describe("Coins of skew at which price impact is one; 0 takes size out of margins and the throttle away."),
    initialMargin: quantity
      .share({ bare: true, most: 1000 })
      .prefault("100%")
      .describe("Initial margin ratio for each skewScale of size."),
    minimumInitialMargin: share().prefault("2%").describe("Initial margin ratio of a position of size 0."),
    maintenanceScalar: share().prefault("50%").describe("Maintenance margin as a share of the initial one."),
    minimumMargin: quantity.usd().prefault("0 USD").describe("Dollars added to a position's margin."),
    makerFee: share()
      .prefault("0.02%")
      .describe("Fee rate of orders that shrink the skew; with the taker fee it sets the window."),
    takerFee: share().prefault("0.06%").describe("Fee rate of orders that enlarge it."),
    windowMultiplier: quantity
      .number({ least: 0, most: 1e6 })
      .prefault("1")
      .describe("A second of the window may liquidate this x (maker + taker fee) x skewScale coins."),
    window: quantity.duration({ above: 0 }).prefault("30 s").describe("Length of the moving window; whole seconds."),
    lowSkew: share().default(0).describe("|skew| / skewScale below which a full window opens another one; 0: never."),
    endorsed: z
      .boolean()
      .default(false)
      .describe("The keeper is the endorsed liquidator: no throttle binds it, and it earns no flag reward."),
    flagReward: share().prefault("0.03%").describe("Share of the position that whoever flags it earns."),
    collateralReward: share().default(0).describe("Share of the seized collateral that he earns, if that is more."),
    keeperReward: z
      .tuple([quantity.usd(), quantity.usd()])
      .prefault(["1 USD", "500 USD"])
      .describe("Smallest reward beyond the keeper's cost, and largest reward."),
    keeperProfit: share().prefault("20%").describe("Smallest profit over the keeper's cost."),
    keeperShare: share().prefault("100%").describe("Largest share of the account's collateral that a reward may be."),
    flagCost: quantity.usd().prefault("0 USD").describe("What flagging costs a keeper."),
    liquidateCost: quantity.usd().prefault("0 USD").describe("What one call costs a keeper."),
    pool: quantity
      .usd()
      .prefault("0 USD")
      .describe("What the liquidity providers have to pay keepers with at the start."),
    hedged: share()
      .default(0)
      .describe(
        "Share of every position that hedgers of the providers hold on the instrument and undo when it is closed.",
      ),
  })
  .transform(
    ({ protocol: _, hedged, pool, window, ...params }): SynthetixV3Params => ({
      ...params,
      hedgedShare: hedged,
      poolUsd: pool,
      windowMs: window,
    }),
  );

/** A Synthetix perps market's parameters with every default filled in. */
export interface SynthetixV3Params {
  readonly positions: string;
  readonly instrument: string;
  readonly oracle: string;
  readonly skewScale: number;
  readonly initialMargin: number;
  readonly minimumInitialMargin: number;
  readonly maintenanceScalar: number;
  readonly minimumMargin: number;
  readonly makerFee: number;
  readonly takerFee: number;
  readonly windowMultiplier: number;
  readonly windowMs: number;
  readonly lowSkew: number;
  readonly endorsed: boolean;
  readonly flagReward: number;
  readonly collateralReward: number;
  readonly keeperReward: readonly [number, number];
  readonly keeperProfit: number;
  readonly keeperShare: number;
  readonly flagCost: number;
  readonly liquidateCost: number;
  readonly poolUsd: number;
  readonly hedgedShare: number;
  readonly basis?: Basis | undefined;
}

/** Wads of one in what a fraction is rounded to. */
const fine = 1_000_000_000n;

/** The market's rules as the exact protocol takes them, at given decimals of coin and dollar. */
export function exactSynthetix(
  params: SynthetixV3Params,
  coinDecimals: number,
  quoteDecimals: number,
): SynthetixParameters {
  const wad = (fraction: number) => BigInt(Math.round(fraction * 1e9)) * fine;
  const units = (amount: number, decimals: number) => BigInt(Math.round(amount * Number(`1e${decimals}`)));
  const usd = (amount: number) => units(amount, quoteDecimals);
  return {
    markets: new Map([
      [
        synthetixMarketName,
        {
          valueScale: BigInt(`1${"0".repeat(Math.max(0, coinDecimals + 8 - quoteDecimals))}`),
          makerFee: wad(params.makerFee),
          takerFee: wad(params.takerFee),
          skewScale: units(params.skewScale, coinDecimals),
          maxFundingVelocity: 0n,
          initialMarginRatio: wad(params.initialMargin),
          minimumInitialMarginRatio: wad(params.minimumInitialMargin),
          maintenanceMarginScalar: wad(params.maintenanceScalar),
          minimumPositionMargin: usd(params.minimumMargin),
          flagRewardRatio: wad(params.flagReward),
          maxLiquidationLimitAccumulationMultiplier: wad(params.windowMultiplier),
          maxSecondsInLiquidationWindow: BigInt(Math.floor(params.windowMs / 1000)),
          maxLiquidationPd: wad(params.lowSkew),
          endorsedLiquidator: params.endorsed ? synthetixKeeper : undefined,
        },
      ],
    ]),
    minKeeperRewardUsd: usd(params.keeperReward[0]),
    maxKeeperRewardUsd: usd(params.keeperReward[1]),
    minKeeperProfitRatio: wad(params.keeperProfit),
    maxKeeperScalingRatio: wad(params.keeperShare),
    collateralLiquidateRewardRatio: wad(params.collateralReward),
    flagCostUsd: usd(params.flagCost),
    liquidateCostUsd: usd(params.liquidateCost),
  };
}

const written: Readonly<Record<string, string>> = {
  minKeeperRewardUsd: "keeperReward",
  maintenanceMarginScalar: "maintenanceScalar",
  maxSecondsInLiquidationWindow: "window",
};

function check(params: SynthetixV3Params, { book }: CheckContext): Fault[] {
  const instrument = book.instruments.find((one) => one.id === params.instrument);
  const table = book.positions.find((one) => one.protocol === params.positions);
  const decimals = (index: number | undefined, otherwise: number) =>
    index === undefined ? otherwise : book.assets[index].unitDecimals;
  const exact = exactSynthetix(params, decimals(instrument?.asset, 7), decimals(instrument?.quote, 6));
  const found: Fault[] = faults(exact).map((one) => {
    const key = one.key.split(".").at(-1) ?? one.key;
    return { ...one, key: written[key] ?? key };
  });
  if (params.windowMs % 1000 !== 0) {
    found.push({
      code: "duration-no-multiple",
      key: "window",
      message: `${params.windowMs} ms is no whole number of seconds`,
      hint: "the window is counted in seconds",
    });
  }
  if (instrument === undefined || table === undefined) return found;
  const [coin, quote] = [book.assets[instrument.asset].symbol, book.assets[instrument.quote].symbol];
  for (const [role, index, heading] of [
    ["size", instrument.asset, `size ${coin}`],
    ["entryUsd", -1, "entry USD"],
    ["margin", instrument.quote, `margin ${quote}`],
  ] as const) {
    if (table.columns.some((column) => column.role === role && column.asset === index)) continue;
    found.push({
      code: "column-missing",
      key: "positions",
      message: `the positions ${params.positions} have no column "${heading}"`,
      hint: `give every account its "${heading}"`,
    });
  }
  return found;
}

export const synthetixV3Definition = define<SynthetixV3Params>({
  kind: "synthetix-v3",
  part: "pressure",
  protocol: card,
  summary:
    "Synthetix v3 perps: flagged accounts lose all collateral at once, positions are closed within a moving window; the other side are liquidity providers, of whom only hedgers trade.",
  source:
    "Synthetixio/synthetix-v3 23585f73: LiquidationModule.liquidate, PerpsAccount.isEligibleForLiquidation, PerpsMarket.maxLiquidatableAmount",
  schema,
  fill: (params) => ({ ...params, basis: params.basis ?? "assumed" }),
  check,
  references: (params) => [
    { key: "positions", kind: "positions", name: params.positions },
    { key: "instrument", kind: "instrument", name: params.instrument },
    { key: "oracle", kind: "oracle", name: params.oracle },
  ],
  create: (name, params) =>
    synthetixMarket(name, {
      positions: params.positions,
      instrument: params.instrument,
      oracle: params.oracle,
      exact: (coinDecimals, quoteDecimals) => exactSynthetix(params, coinDecimals, quoteDecimals),
      providersUsd: params.poolUsd,
      hedgedShare: params.hedgedShare,
    }),
  demonstration: {
    scenario: longsAndShorts({
      small: {
        pressure: {
          exchange: {
            protocol: "synthetix-v3",
            instrument: "ETH/USD-PERP",
            oracle: "mark",
            skewScale: 100_000,
            pool: "1000000 USD",
            hedged: "50%",
          },
        },
      },
    }),
    subject: "exchange",
    measure: "liquidatedAccounts",
    off: "falls",
  },
});
