import type { Book } from "../../../book/book.js";
import { assert } from "../../../book/problem.js";
import {
  type GmxMarket,
  type GmxParameters,
  type GmxPosition,
  type GmxPrices,
  isLiquidatable,
  tokenPrice,
} from "../../../exact/gmx-v2/index.js";
import { mulDivDown } from "../../../math/index.js";
import { powersOfTen, stepsPerUsd, valueScale } from "../../../rules/account-value.js";
import {
  type GmxHolding,
  type GmxState,
  type GmxTerms,
  gmxDistance,
  gmxTieUsd,
  unitPrice,
} from "../../../rules/gmx-v2.js";
import type { Layout, Reset } from "../../../run/index.js";
import { type Hedge, openHedge } from "../positions/hedge.js";

/** A market as the mechanism runs it. */
export interface GmxTermsInBook {
  readonly positions: string;
  readonly instrument: string;
  readonly oracle: string;
  readonly terms: GmxTerms;
  readonly exact: GmxParameters;
  readonly poolLongCoins: number;
  readonly poolShortCoins: number;
  readonly hedgedShare: number;
  readonly deleveraging: boolean;
}

/** A GMX market's state. Sizes are signed coin units, costs 1e-6 dollars at entry, collateral units of the row's token. */
export interface GmxRows {
  readonly of: GmxTermsInBook;
  readonly count: number;
  readonly openingSize: Float64Array;
  readonly openingCost: Float64Array;
  readonly openingCollateral: Float64Array;
  /** By row: 0 the coin, 1 the quote coin. */
  readonly token: Uint8Array;
  readonly size: Float64Array;
  readonly cost: Float64Array;
  readonly collateral: Float64Array;
  readonly state: GmxState;
  readonly standingOf: Int32Array;
  /** Tick in which the pool could not pay for a row's close. */
  readonly stuckTick: Int32Array;
  readonly hedge: Hedge;
  /** Coin and quote prices in steps that were judged last. */
  readonly steps: Float64Array;
  restless: boolean;
  readonly instrument: number;
  /** The two tokens as book assets. */
  readonly assets: readonly [number, number];
  readonly decimals: readonly [number, number];
  readonly feeds: readonly [number, number];
  readonly positions: number;
  readonly pool: number;
  readonly receiver: number;
  readonly held: number;
  readonly layout: Layout;
  readonly ids: { at(row: number): string | undefined };
}

/** Lays out a market's rows on a book. */
export function openRows(name: string, of: GmxTermsInBook, book: Book, layout: Layout): GmxRows {
  const table = book.positions.find((one) => one.protocol === of.positions);
  const instrument = book.instruments.findIndex((one) => one.id === of.instrument);
  assert(table !== undefined && instrument >= 0, `positions ${of.positions} and ${of.instrument} exist`);
  const { asset, quote } = book.instruments[instrument];
  const count = table.ids.length;
  const column = (role: string, index: number) =>
    table.columns.find((one) => one.role === role && one.asset === index)?.values ?? new Float64Array(count);
  const decimals = [book.assets[asset].unitDecimals, book.assets[quote].unitDecimals] as const;
  const openingSize = Float64Array.from(column("size", asset));
  const entry = column("entryUsd", -1);
  const [inCoin, inQuote] = [column("margin", asset), column("margin", quote)];
  const token = Uint8Array.from(openingSize, (_, row) => (inCoin[row] > 0 ? 0 : 1));
  const openingCost = Float64Array.from(openingSize, (size, row) =>
    mulDivDown(Math.abs(size), Math.round(entry[row] * stepsPerUsd), valueScale(decimals[0])),
  );
  const openingCollateral = Float64Array.from(openingSize, (_, row) => (token[row] === 0 ? inCoin[row] : inQuote[row]));
  return {
    of,
    count,
    openingSize,
    openingCost,
    openingCollateral,
    token,
    size: Float64Array.from(openingSize),
    cost: Float64Array.from(openingCost),
    collateral: Float64Array.from(openingCollateral),
    state: {
      pool: new Float64Array(2),
      cost: new Float64Array(2),
      tokens: new Float64Array(2),
      impactPool: 0,
      unitUsd: new Float64Array(2),
    },
    standingOf: new Int32Array(count).fill(-1),
    stuckTick: new Int32Array(count).fill(-1),
    hedge: openHedge(name, of.hedgedShare, instrument, count, book, layout),
    steps: new Float64Array(2),
    restless: true,
    instrument,
    assets: [asset, quote],
    decimals,
    feeds: [layout.feed(of.oracle, asset), layout.feed(of.oracle, quote)],
    positions: layout.account(`${name}/positions`, "positions"),
    pool: layout.account(`${name}/pool`, "vault"),
    receiver: layout.account(`${name}/fee receiver`, "treasury"),
    held: layout.account(`${name}/held for claims`, "treasury"),
    layout,
    ids: table.ids,
  };
}

/** Puts the rows back to the start of a path. */
export function resetRows(rows: GmxRows, at: Reset): void {
  const { state, layout } = rows;
  rows.size.set(rows.openingSize);
  rows.cost.set(rows.openingCost);
  rows.collateral.set(rows.openingCollateral);
  rows.standingOf.fill(-1);
  rows.stuckTick.fill(-1);
  rows.hedge.pending = 0;
  rows.restless = true;
  rows.steps.fill(0);
  fillState(rows);
  const collateral = [0, 0];
  for (let row = 0; row < rows.count; row++) collateral[rows.token[row]] += rows.collateral[row];
  for (const token of [0, 1] as const) {
    at.transfer(layout.issuer, rows.positions, rows.assets[token], collateral[token]);
    at.transfer(layout.issuer, rows.pool, rows.assets[token], state.pool[token]);
  }
}

/** Counts open interest and puts the opening pool in its place. */
function fillState(rows: GmxRows): void {
  const { state } = rows;
  state.cost.fill(0);
  state.tokens.fill(0);
  state.impactPool = 0;
  for (let row = 0; row < rows.count; row++) {
    const side = rows.size[row] >= 0 ? 0 : 1;
    state.cost[side] += rows.cost[row];
    state.tokens[side] += Math.abs(rows.size[row]);
  }
  const coins = [rows.of.poolLongCoins, rows.of.poolShortCoins];
  for (const token of [0, 1] as const) state.pool[token] = Math.floor(coins[token] * powersOfTen[rows.decimals[token]]);
}

/** The same market as it opened, whatever a path made of it since. */
export function asOpened(rows: GmxRows): GmxRows {
  const opened: GmxRows = {
    ...rows,
    size: rows.openingSize,
    cost: rows.openingCost,
    collateral: rows.openingCollateral,
    state: {
      pool: new Float64Array(2),
      cost: new Float64Array(2),
      tokens: new Float64Array(2),
      impactPool: 0,
      unitUsd: new Float64Array(2),
    },
    steps: new Float64Array(2),
  };
  fillState(opened);
  return opened;
}

/** Takes published prices as those at which everything is judged. False where nothing changed since. */
export function takePrices(rows: GmxRows, coinSteps: number, quoteSteps: number): boolean {
  const { steps, state, decimals } = rows;
  const same = steps[0] === coinSteps && steps[1] === quoteSteps;
  steps[0] = coinSteps;
  steps[1] = quoteSteps;
  state.unitUsd[0] = unitPrice(coinSteps, decimals[0]);
  state.unitUsd[1] = unitPrice(quoteSteps, decimals[1]);
  return !same;
}

/** A row as the rules take it. */
export function holdingOf(rows: GmxRows, row: number, into: GmxHolding): GmxHolding {
  into.side = rows.size[row] >= 0 ? 0 : 1;
  into.token = rows.token[row] === 0 ? 0 : 1;
  into.cost = rows.cost[row];
  into.tokens = Math.abs(rows.size[row]);
  into.collateral = rows.collateral[row];
  return into;
}

const sides = ["long", "short"] as const;

/** The market as the exact protocol takes it, without its positions (a check needs only their sums). */
export function exactState(rows: GmxRows): { readonly market: GmxMarket; readonly prices: GmxPrices } {
  const { state, steps, decimals } = rows;
  const both = (values: Float64Array, scale = 1n) => ({
    long: BigInt(values[0]) * scale,
    short: BigInt(values[1]) * scale,
  });
  const none = { long: 0n, short: 0n };
  const flat = (price: bigint) => ({ min: price, max: price });
  const coin = flat(tokenPrice(BigInt(steps[0]), decimals[0]));
  return {
    market: {
      positions: new Map(),
      poolAmount: both(state.pool),
      // 1e-6 dollars in 1e-30.
      openInterestUsd: both(state.cost, 1_000_000_000_000_000_000_000_000n),
      openInterestTokens: both(state.tokens),
      impactPoolAmount: BigInt(state.impactPool),
      feeReceiver: none,
      fundingClaims: none,
      heldCollateral: none,
      adlEnabled: { long: true, short: true },
    },
    prices: { index: coin, long: coin, short: flat(tokenPrice(BigInt(steps[1]), decimals[1])) },
  };
}

/** A row as the exact protocol takes it. */
export function exactPosition(rows: GmxRows, row: number): GmxPosition {
  return {
    isLong: rows.size[row] >= 0,
    collateralToken: sides[rows.token[row]],
    sizeUsd: BigInt(rows.cost[row]) * 1_000_000_000_000_000_000_000_000n,
    sizeTokens: BigInt(Math.abs(rows.size[row])),
    collateralAmount: BigInt(rows.collateral[row]),
    pendingImpactAmount: 0n,
    borrowingFeeUsd: 0n,
    fundingFeeAmount: 0n,
  };
}

/** The one predicate: by Float64 where it can tell, by the exact protocol where the position stands too close to its limit. */
export function mayBeLiquidated(rows: GmxRows, row: number, holding: GmxHolding): boolean {
  const distance = gmxDistance(rows.of.terms, rows.state, holdingOf(rows, row, holding), true);
  if (Math.abs(distance) >= gmxTieUsd) return distance < 0;
  const { market, prices } = exactState(rows);
  return isLiquidatable(rows.of.exact, market, prices, exactPosition(rows, row));
}
