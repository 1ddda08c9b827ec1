import type { Book } from "../../../book/book.js";
import { assert, refuseTooLarge } from "../../../book/problem.js";
import {
  emptyState,
  isEligibleForLiquidation,
  maxLiquidationInWindow,
  type SynthetixMarketParameters,
  type SynthetixParameters,
  withAccount,
} from "../../../exact/synthetix-v3/index.js";
import { powersOfTen, stepsPerUsd } from "../../../rules/account-value.js";
import {
  type SynthetixTerms,
  synthetixDistance,
  synthetixTieUnits,
  type WindowRecord,
} from "../../../rules/synthetix-v3.js";
import type { Layout, Reset } from "../../../run/index.js";
import { type Hedge, openHedge } from "../positions/hedge.js";

/** A market of the perps as the mechanism runs it; the exact parameters are made at the book's decimals. */
export interface SynthetixTermsInBook {
  readonly positions: string;
  readonly instrument: string;
  readonly oracle: string;
  readonly exact: (coinDecimals: number, quoteDecimals: number) => SynthetixParameters;
  readonly providersUsd: number;
  readonly hedgedShare: number;
}

/** The one market's name in the exact parameters. */
export const synthetixMarketName = "market";

/** Who liquidates, where the exact protocol asks. */
export const synthetixKeeper = "keeper";

/** A market's state. Sizes are signed coin units, entries prices in steps, collateral quote units. */
export interface SynthetixRows {
  readonly exact: SynthetixParameters;
  readonly terms: SynthetixTerms;
  readonly count: number;
  readonly openingSize: Float64Array;
  readonly openingCollateral: Float64Array;
  readonly entrySteps: Float64Array;
  readonly size: Float64Array;
  readonly collateral: Float64Array;
  readonly flagged: Uint8Array;
  flaggedCount: number;
  /** Sum of all sizes, coin units. */
  skew: number;
  /** What was liquidated in the window, oldest first. */
  readonly records: WindowRecord[];
  readonly standingOf: Int32Array;
  readonly hedge: Hedge;
  mark: number;
  restless: boolean;
  readonly openingProviders: number;
  readonly instrument: number;
  readonly asset: number;
  readonly quote: number;
  readonly quoteUnitsPerCoin: number;
  readonly assetFeed: number;
  readonly quoteFeed: number;
  readonly positions: number;
  readonly providers: number;
  readonly layout: Layout;
  readonly ids: { at(row: number): string | undefined };
}

/** The exact parameters as fractions and whole units. */
export function floatTerms(exact: SynthetixParameters, rules: SynthetixMarketParameters): SynthetixTerms {
  const fraction = (wad: bigint) => Number(wad) / 1e18;
  return {
    valueScale: Number(rules.valueScale),
    skewScale: Number(rules.skewScale),
    initialMarginRatio: fraction(rules.initialMarginRatio),
    minimumInitialMarginRatio: fraction(rules.minimumInitialMarginRatio),
    maintenanceMarginScalar: fraction(rules.maintenanceMarginScalar),
    minimumPositionMargin: Number(rules.minimumPositionMargin),
    flagRewardRatio: fraction(rules.flagRewardRatio),
    maxInWindow: Number(maxLiquidationInWindow(rules)),
    windowSeconds: Number(rules.maxSecondsInLiquidationWindow),
    maxLiquidationPd: fraction(rules.maxLiquidationPd),
    endorsed: rules.endorsedLiquidator === synthetixKeeper,
    minKeeperReward: Number(exact.minKeeperRewardUsd),
    maxKeeperReward: Number(exact.maxKeeperRewardUsd),
    minKeeperProfitRatio: fraction(exact.minKeeperProfitRatio),
    maxKeeperScalingRatio: fraction(exact.maxKeeperScalingRatio),
    collateralRewardRatio: fraction(exact.collateralLiquidateRewardRatio),
    flagCost: Number(exact.flagCostUsd),
    liquidateCost: Number(exact.liquidateCostUsd),
  };
}

/** Lays out a market's rows on a book. */
export function openRows(name: string, of: SynthetixTermsInBook, book: Book, layout: Layout): SynthetixRows {
  const table = book.positions.find((one) => one.protocol === of.positions);
  const instrument = book.instruments.findIndex((one) => one.id === of.instrument);
  assert(table !== undefined && instrument >= 0, `positions ${of.positions} and ${of.instrument} exist`);
  const { asset, quote } = book.instruments[instrument];
  const [coinDecimals, quoteDecimals] = [book.assets[asset].unitDecimals, book.assets[quote].unitDecimals];
  if (coinDecimals + 8 - quoteDecimals < 0) refuseTooLarge(`${of.instrument} has a quote coin of too many decimals`);
  const exact = of.exact(coinDecimals, quoteDecimals);
  const rules = exact.markets.get(synthetixMarketName);
  assert(rules !== undefined, "the exact parameters have the market");
  const column = (role: string, index: number) => {
    const found = table.columns.find((one) => one.role === role && one.asset === index);
    assert(found !== undefined, `positions ${of.positions} have a column ${role}`);
    return Float64Array.from(found.values);
  };
  const openingSize = column("size", asset);
  const openingCollateral = column("margin", quote);
  const count = openingSize.length;
  return {
    exact,
    terms: floatTerms(exact, rules),
    count,
    openingSize,
    openingCollateral,
    entrySteps: column("entryUsd", -1).map((usd) => Math.round(usd * stepsPerUsd)),
    size: Float64Array.from(openingSize),
    collateral: Float64Array.from(openingCollateral),
    flagged: new Uint8Array(count),
    flaggedCount: 0,
    skew: 0,
    records: [],
    standingOf: new Int32Array(count).fill(-1),
    hedge: openHedge(name, of.hedgedShare, instrument, count, book, layout),
    mark: 0,
    restless: true,
    openingProviders: Math.floor(of.providersUsd * powersOfTen[quoteDecimals]),
    instrument,
    asset,
    quote,
    quoteUnitsPerCoin: powersOfTen[quoteDecimals],
    assetFeed: layout.feed(of.oracle, asset),
    quoteFeed: layout.feed(of.oracle, quote),
    positions: layout.account(`${name}/positions`, "positions"),
    providers: layout.account(`${name}/liquidity providers`, "vault"),
    layout,
    ids: table.ids,
  };
}

/** Puts the rows back to the start of a path. */
export function resetRows(rows: SynthetixRows, at: Reset): void {
  rows.size.set(rows.openingSize);
  rows.collateral.set(rows.openingCollateral);
  rows.flagged.fill(0);
  rows.flaggedCount = 0;
  rows.skew = rows.openingSize.reduce((sum, units) => sum + units, 0);
  rows.records.length = 0;
  rows.standingOf.fill(-1);
  rows.hedge.pending = 0;
  rows.mark = 0;
  rows.restless = true;
  const margins = rows.openingCollateral.reduce((sum, units) => sum + units, 0);
  at.transfer(rows.layout.issuer, rows.positions, rows.quote, margins);
  at.transfer(rows.layout.issuer, rows.providers, rows.quote, rows.openingProviders);
}

/** The one predicate, of an account that is not flagged: by Float64 where it can tell, by the exact protocol where the account is too close to its limit. */
export function isEligible(rows: SynthetixRows, row: number, size: number, collateral: number, mark: number): boolean {
  const distance = synthetixDistance(rows.terms, size, rows.entrySteps[row], collateral, mark);
  if (Math.abs(distance) > synthetixTieUnits) return distance < 0;
  const account = {
    collateralUsd: BigInt(collateral),
    debtUsd: 0n,
    positions: new Map([
      [synthetixMarketName, { size: BigInt(size), latestPrice: BigInt(rows.entrySteps[row]), latestFunding: 0n }],
    ]),
    flagged: false,
  };
  const state = withAccount(emptyState(rows.exact, 0n), "account", account);
  return isEligibleForLiquidation(rows.exact, state, account, new Map([[synthetixMarketName, BigInt(mark)]]), 0n);
}
