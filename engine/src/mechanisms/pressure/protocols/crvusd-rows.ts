import type { Book } from "../../../book/book.js";
import { assert } from "../../../book/problem.js";
import type { CrvusdParameters } from "../../../exact/crvusd/index.js";
import { stepsPerUsd } from "../../../rules/account-value.js";
import { CRVUSD_ONE, type HardLiquidation, Llamma } from "../../../rules/crvusd.js";
import { LlammaTrade } from "../../../rules/crvusd-trade.js";
import type { Layout, Reset } from "../../../run/index.js";
import { type CrvusdTable, crvusdTable, openBands, placements } from "./crvusd-opening.js";
import type { CrvusdParams } from "./crvusd-schema.js";
import { exactCrvusd, llammaTerms } from "./crvusd-terms.js";

/** What the arbitrageur wants to trade in this round. */
export interface PlannedTrade {
  /** Units of collateral: sold on the instrument, or below zero bought there. */
  units: number;
  /** Whether the trade of the round was filled. */
  isFilled: boolean;
  gasUsd: number;
  /** Units of stablecoin that came out of the bands (positive) or went in, once the trade is filled. */
  stable: number;
  /** What the arbitrageur had before it. */
  cashBefore: number;
}

/** One crvUSD market over a path. */
export interface CrvusdRows {
  readonly name: string;
  readonly params: CrvusdParams;
  readonly exact: CrvusdParameters;
  readonly accounts: CrvusdTable;
  readonly market: Llamma;
  readonly trade: LlammaTrade;
  /** Row number of the arbitrageur's own trades: one more than the last account's. */
  readonly arbitrageRow: number;
  /** By row: its standing order, or -1. */
  readonly orderOf: Int32Array;
  /** By row: what its standing order would do. */
  readonly plannedOf: readonly HardLiquidation[];
  readonly planned: PlannedTrade;
  /** The last trade found nobody, so that hard liquidations come first once. */
  yields: boolean;
  /** Steps at which the accounts were last looked at. */
  steps: number;
  readonly collateral: number;
  readonly stable: number;
  /** Asset that gas is paid in. */
  readonly gasAsset: number;
  readonly feed: number;
  readonly stableFeed: number;
  /** Instrument on which the collateral trades, or -1, and the asset that it is quoted in. */
  readonly instrument: number;
  readonly quote: number;
  readonly decimals: Float64Array;
  /** Share of what pays that is traded in one tick. */
  readonly actShare: number;
  /** Largest part of a debt that one liquidation takes, whole parts of CRVUSD_ONE. */
  readonly fraction: number;
  readonly amm: number;
  readonly controller: number;
  readonly borrowers: number;
  readonly arbitrageur: number;
  readonly layout: Layout;
}

/** Lays out a market on a book. `actShare`: the part of what pays that is traded in one tick. */
export function openCrvusd(
  name: string,
  params: CrvusdParams,
  book: Book,
  layout: Layout,
  actShare: number,
): CrvusdRows {
  const accounts = crvusdTable(book, params.positions, params.collateral, params.stable);
  assert(accounts !== undefined, `positions ${params.positions}, ${params.collateral} and ${params.stable} exist`);
  const { collateralAsset: collateral, stableAsset: stable } = accounts;
  const exact = exactCrvusd(params, book);
  const price = Math.floor(book.assets[collateral].priceUsd * stepsPerUsd) / stepsPerUsd;
  const { opening, gridStart, gridEnd } = openBands(
    accounts,
    placements(accounts, exact, price, params.bands),
    exact,
    price,
  );
  const decimals = Float64Array.from(book.assets, (asset) => asset.unitDecimals);
  const terms = llammaTerms(
    params,
    exact,
    { stable: decimals[stable], collateral: decimals[collateral] },
    gridStart,
    gridEnd,
  );
  const market = new Llamma(terms, opening);
  const rowCount = accounts.table.ids.length;
  const instrument = layout.route(collateral, stable);
  return {
    name,
    params,
    exact,
    accounts,
    market,
    trade: new LlammaTrade(market),
    arbitrageRow: rowCount,
    orderOf: new Int32Array(rowCount).fill(-1),
    plannedOf: Array.from({ length: rowCount }, () => ({ fraction: 0, repaid: 0, stable: 0, collateral: 0 })),
    planned: { units: 0, isFilled: false, gasUsd: 0, stable: 0, cashBefore: 0 },
    yields: false,
    steps: 0,
    collateral,
    stable,
    gasAsset: Math.max(
      0,
      book.assets.findIndex(({ symbol }) => symbol === (params.arbitrage.gasAsset ?? params.collateral)),
    ),
    feed: layout.feed(params.oracle, collateral),
    stableFeed: layout.feed(params.oracle, stable),
    instrument,
    quote: instrument < 0 ? stable : book.instruments[instrument].quote,
    decimals,
    actShare,
    fraction: Math.round(params.fraction * CRVUSD_ONE),
    amm: layout.account(`${name}/amm`, "vault"),
    controller: layout.account(`${name}/controller`, "lenders"),
    borrowers: layout.account(`${name}/borrowers`, "positions"),
    arbitrageur: layout.account(`${name}/arbitrageur`, "arbitrageur"),
    layout,
  };
}

/** Puts a market back to the start of a path: what loans hold lies with the AMM, what rows without a loan hold with their owners. */
export function resetCrvusd(rows: CrvusdRows, at: Reset): void {
  const { market, accounts, layout, planned } = rows;
  market.reset();
  rows.orderOf.fill(-1);
  planned.units = 0;
  planned.isFilled = false;
  rows.yields = false;
  rows.steps = 0;
  for (let row = 0; row < accounts.debt.length; row++) {
    const holder = market.bandCount[row] > 0 ? rows.amm : rows.borrowers;
    at.transfer(layout.issuer, holder, rows.collateral, accounts.collateral[row]);
    at.transfer(layout.issuer, holder, rows.stable, accounts.converted[row]);
  }
}
