import type { Book } from "../../../book/book.js";
import { assert } from "../../../book/problem.js";
import { log, mulDivUp } from "../../../math/index.js";
import { basisPoints, powersOfTen } from "../../../rules/account-value.js";
import type { AccountHealth, LendingRule, LiquidationAmounts } from "../../../rules/lending.js";
import type { Ladder, Layout, Reset } from "../../../run/index.js";
import { lendingLadder } from "./ladder.js";
import { indexOne, openPool, type Pool, resetPool } from "./pool.js";
import type { Disposal, LendingProtocol } from "./protocol.js";
import type { GroupReach } from "./reach.js";
import { type LendingColumns, lendingColumns, type SurvivalGroup, survivalGroups } from "./rows.js";
import type { LendingParams } from "./schema.js";
import { openThresholds, resetThresholds, type Thresholds } from "./thresholds.js";

/** Places are looked through in blocks of 2^this many. */
export const blockBits = 6;

/** Everything one lending protocol keeps: the rule, the opening columns (shared), the working columns, and who has been reached. */
export interface LendingState {
  readonly rule: LendingRule;
  readonly columns: LendingColumns;
  readonly groups: readonly SurvivalGroup[];
  /** How far each group has been reached. */
  readonly cursors: Int32Array;
  /** Working columns by asset; a row is copied back by `reset` when it was touched. */
  readonly collateral: readonly Float64Array[];
  readonly debt: readonly Float64Array[];
  /** By asset: the index at which each row's debt was last counted; empty where nothing accrues. */
  readonly debtIndex: readonly Float64Array[];
  /** Whether debts grow. */
  readonly accrues: boolean;
  /** The lenders' side: what is lent out and what is there. */
  readonly pool: Pool;
  readonly thresholds: Thresholds;
  /** Least liability (1e-6 USD) whose rest the suppliers bear; undefined where all debt without collateral is written off. */
  readonly socialises: number | undefined;
  /** Rows that have been reached or touched: they are checked one by one from then on. */
  readonly active: Int32Array;
  activeCount: number;
  /** By row: its place in `active` and one, 0 where it is not there. */
  readonly placeOf: Int32Array;
  /** By place in `active`: how far its group must have been reached before the row can breach; -Infinity: check it. */
  readonly wakeAt: Float64Array;
  /** By block of places: nobody in it needs a check before `drift` comes here. */
  readonly blockWake: Float64Array;
  /** Sum of the largest rises of any group's reach since the path began. */
  drift: number;
  /** By place in `active`: the row's group. */
  readonly groupOf: Int32Array;
  readonly orderOf: Int32Array;
  /** 1 where the owner is closing the account with an own sale. */
  readonly closing: Uint8Array;
  /** Somebody may be closing. */
  isClosing: boolean;
  /** How far each group is reached now. */
  readonly reaches: readonly GroupReach[];
  /** Rows found in this round to owe without holding anything. */
  readonly uncovered: number[];
  /** By asset: its feed, or -1 where the protocol decrees the price. */
  readonly feeds: readonly number[];
  /** By asset: the decreed price in steps, or 0. */
  readonly decreed: readonly number[];
  readonly openingLog: Float64Array;
  readonly steps: Float64Array;
  /** Feeds and prices at which repayment and collateral are exchanged. */
  readonly termFeeds: readonly number[];
  readonly termSteps: Float64Array;
  readonly unitDecimals: Float64Array;
  /** route[collateral x assets + debt]: instrument on which the collateral is sold, -1 where it is cash. */
  readonly sellRoute: Int32Array;
  readonly buyRoute: Int32Array;
  readonly positions: number;
  readonly lenders: number;
  readonly reserves: number;
  readonly layout: Layout;
  /** Collateral that is there at the start of every path, by asset. */
  readonly openingUnits: Float64Array;
  /** Debt assets that a sale of the collateral pays in, so that an owner can close alone: closeRoute[collateral x assets + debt]. */
  readonly closeRoute: Int32Array;
  /** What takes accounts that breach where it is not the keepers. */
  readonly disposal: Disposal | undefined;
  /** Builds the map's index on first use. */
  ladder(): Ladder;
  changed: boolean;
  // Scratch rows: the account under examination.
  readonly heldNow: Float64Array;
  readonly owedNow: Float64Array;
  readonly at: AccountHealth;
  readonly amounts: LiquidationAmounts;
}

/** The exact rule of a scenario's parameters on a book. */
export function lendingRule(params: LendingParams, book: Book): LendingRule {
  const bps = (share: number) => Math.round(share * basisPoints);
  const of = (map: Readonly<Record<string, number>>, fallback: number) =>
    book.assets.map((asset) => bps(map[asset.symbol] ?? fallback));
  return {
    thresholdBps: of(params.threshold, 0),
    bonusBps: of(params.bonus, 0),
    penaltyBps: bps(params.penalty),
    protocolFeeBps: bps(params.protocolFee),
    size:
      params.size.rule === "all-collateral"
        ? { kind: "all-collateral" }
        : params.size.rule === "target-health"
          ? { kind: "target-health", targetBps: bps(params.size.target) }
          : {
              kind: "close-factor",
              steps: params.size.steps.map((step) => ({
                healthBelowBps: bps(step.healthBelow),
                closeFactorBps: bps(step.closeFactor),
              })),
            },
    dustValue: Math.floor(params.dustUsd * 1e6),
    atEquality: params.atEquality,
  };
}

/** Lays out a protocol's state on a book. */
export function openLending(
  name: string,
  params: LendingParams,
  book: Book,
  layout: Layout,
  protocol: LendingProtocol = {},
): LendingState {
  const table = book.positions.find((one) => one.protocol === params.positions);
  assert(table !== undefined, `positions ${params.positions} are in the book`);
  const columns = lendingColumns(book, table);
  // One for the run, whose thresholds may move, and one for the map, which is asked about the opening.
  const makeRule = (): LendingRule => {
    const terms = lendingRule(params, book);
    return protocol.rule?.(terms, book) ?? terms;
  };
  const rule = makeRule();
  const count = columns.rowCount;
  const assetCount = book.assets.length;
  const usdPerUnit = book.assets.map((asset) => asset.priceUsd / powersOfTen[asset.unitDecimals]);
  const groups = survivalGroups(
    columns,
    usdPerUnit,
    rule.thresholdBps.map((threshold) => threshold / basisPoints),
  );
  const sellRoute = new Int32Array(assetCount * assetCount).fill(-1);
  const buyRoute = new Int32Array(assetCount * assetCount).fill(-1);
  const closeRoute = new Int32Array(assetCount * assetCount).fill(-1);
  for (let collateral = 0; collateral < assetCount; collateral++) {
    for (let debt = 0; debt < assetCount; debt++) {
      if (collateral === debt) continue;
      const sells = layout.route(collateral, debt);
      sellRoute[collateral * assetCount + debt] = sells;
      // The owed asset is bought unless the sale already pays in it; a cash asset has no instrument of its own.
      const paysDebt = sells >= 0 && book.instruments[sells].quote === debt;
      if (paysDebt) closeRoute[collateral * assetCount + debt] = sells;
      buyRoute[collateral * assetCount + debt] = paysDebt ? -1 : layout.route(debt, collateral);
    }
  }
  const decreed = protocol.decreed?.(book) ?? book.assets.map(() => 0);
  const feeds = book.assets.map((_, asset) => (decreed[asset] > 0 ? -1 : layout.feed(params.oracle, asset)));
  const pool = openPool(params, book, columns);
  const notAsked = [
    ...(Object.keys(params.ramps ?? {}).length > 0
      ? ["thresholds as they open: ramps lower them on the way of a run only"]
      : []),
    ...(pool.isLimited ? ["as if collateral could always leave the pool: a run seizes no more than is there"] : []),
  ];
  const buildLadder = () =>
    lendingLadder(
      name,
      book,
      table,
      columns,
      makeRule(),
      feeds,
      decreed,
      { sell: sellRoute, buy: buyRoute },
      layout,
      notAsked,
      protocol.saleDelayMs ?? 0,
    );
  let ladder: Ladder | undefined;
  const disposal = protocol.disposal?.();
  const rows: LendingState = {
    disposal,
    ladder: () => {
      if (ladder === undefined) {
        const breaching = buildLadder();
        ladder = protocol.ladder?.(breaching, rows) ?? breaching;
      }
      return ladder;
    },
    rule,
    columns,
    groups,
    cursors: new Int32Array(groups.length),
    collateral: columns.collateral.map((column) => Float64Array.from(column ?? [])),
    debt: columns.debt.map((column) => Float64Array.from(column ?? [])),
    debtIndex: columns.debt.map((column) =>
      new Float64Array(params.interestPerYear === 0 || column === undefined ? 0 : count).fill(indexOne),
    ),
    accrues: params.interestPerYear !== 0,
    pool,
    thresholds: openThresholds(
      name,
      rule.thresholdBps as number[],
      params.ramps ?? {},
      protocol.rule === undefined || protocol.thresholdsMove === true,
      book,
      layout,
    ),
    socialises: protocol.socialises,
    active: new Int32Array(count),
    activeCount: 0,
    placeOf: new Int32Array(count),
    wakeAt: new Float64Array(count),
    blockWake: new Float64Array((count >> blockBits) + 1),
    drift: 0,
    groupOf: new Int32Array(count),
    orderOf: new Int32Array(count).fill(-1),
    closing: new Uint8Array(count),
    isClosing: false,
    reaches: groups.map(() => ({ most: 0, least: 0, rounding: 0 })),
    uncovered: [],
    feeds,
    decreed,
    openingLog: Float64Array.from(book.assets, (asset) => log(asset.priceUsd)),
    steps: new Float64Array(assetCount),
    termFeeds: book.assets.map((_, asset) => layout.feed(params.termsOracle, asset)),
    termSteps: new Float64Array(assetCount),
    unitDecimals: Float64Array.from(book.assets, (asset) => asset.unitDecimals),
    sellRoute,
    buyRoute,
    positions: layout.account(`${name}/positions`, "positions"),
    lenders: layout.account(`${name}/lenders`, "lenders"),
    reserves: layout.account(`${name}/reserves`, "reserves"),
    layout,
    openingUnits: Float64Array.from(
      columns.collateral,
      (column) => column?.reduce((sum, units) => sum + units, 0) ?? 0,
    ),
    closeRoute,
    changed: true,
    heldNow: new Float64Array(assetCount),
    owedNow: new Float64Array(assetCount),
    at: { weightedCollateral: 0, collateralValue: 0, debtValue: 0 },
    amounts: { collateral: -1, debt: -1, seizeUnits: 0, feeUnits: 0, repayUnits: 0, debtUnits: 0, surplusUnits: 0 },
  };
  disposal?.open(rows, name, book, layout);
  return rows;
}

/** Puts the rows that a path touched back to the book's, and opens the ledger's balances. */
export function resetLending(rows: LendingState, params: LendingParams, at: Reset): void {
  const { columns, active, layout } = rows;
  for (let i = 0; i < rows.activeCount; i++) {
    const row = active[i];
    rows.placeOf[row] = 0;
    rows.orderOf[row] = -1;
    rows.closing[row] = 0;
    for (let asset = 0; asset < columns.collateral.length; asset++) {
      const held = columns.collateral[asset];
      if (held !== undefined) rows.collateral[asset][row] = held[row];
      const debt = columns.debt[asset];
      if (debt !== undefined) rows.debt[asset][row] = debt[row];
      if (rows.debtIndex[asset].length > 0) rows.debtIndex[asset][row] = indexOne;
    }
  }
  rows.activeCount = 0;
  rows.isClosing = false;
  rows.drift = 0;
  for (const one of rows.reaches) one.most = 0;
  rows.uncovered.length = 0;
  rows.cursors.fill(0);
  rows.changed = true;
  resetPool(rows.pool, params);
  resetThresholds(rows.thresholds);
  rows.steps.fill(0);
  rows.termSteps.fill(0);
  rows.openingUnits.forEach((units, asset) => at.transfer(layout.issuer, rows.positions, asset, units));
  rows.disposal?.reset(rows, at);
}

/** Debt of a row in an asset with interest so far, rounded up. */
export function owedUnits(rows: LendingState, row: number, asset: number): number {
  const debt = rows.debt[asset].length === 0 ? 0 : rows.debt[asset][row];
  if (debt === 0 || rows.debtIndex[asset].length === 0) return debt;
  return mulDivUp(debt, rows.pool.indices[asset], rows.debtIndex[asset][row]);
}

/** The row's debts have just been counted: they accrue from here. */
export function markIndices({ debtIndex, pool }: LendingState, row: number): void {
  for (let asset = 0; asset < debtIndex.length; asset++)
    if (debtIndex[asset].length > 0) debtIndex[asset][row] = pool.indices[asset];
}

/** From now on the row is checked one by one; `group`: the one that reached it, or -1. */
export function activate(rows: LendingState, row: number, group: number): void {
  if (rows.placeOf[row] > 0) return;
  const place = rows.activeCount++;
  rows.active[place] = row;
  rows.groupOf[place] = group;
  rows.wakeAt[place] = Number.NEGATIVE_INFINITY;
  rows.blockWake[place >> blockBits] = Number.NEGATIVE_INFINITY;
  rows.placeOf[row] = rows.activeCount;
}

/** The row has changed for the worse: it is checked next time, whatever prices do. */
export function wake(rows: LendingState, row: number): void {
  const place = rows.placeOf[row] - 1;
  if (place < 0) return;
  rows.wakeAt[place] = Number.NEGATIVE_INFINITY;
  rows.blockWake[place >> blockBits] = Number.NEGATIVE_INFINITY;
}

/** Reads a row, interest included, into the state's scratch account. */
export function load(rows: LendingState, row: number): void {
  for (let asset = 0; asset < rows.heldNow.length; asset++) {
    rows.heldNow[asset] = rows.collateral[asset].length === 0 ? 0 : rows.collateral[asset][row];
    rows.owedNow[asset] = owedUnits(rows, row, asset);
  }
}

/** Weighted collateral over debt at an owner's own prices, in plain Float64: what an owner goes by, no decision of the protocol's. */
export function margin(rows: LendingState, row: number, priceUsd: (asset: number) => number): number {
  const { rule, collateral, unitDecimals } = rows;
  let weighted = 0;
  let owed = 0;
  for (let asset = 0; asset < unitDecimals.length; asset++) {
    const held = collateral[asset].length === 0 ? 0 : collateral[asset][row];
    const due = owedUnits(rows, row, asset);
    if (held === 0 && due === 0) continue;
    const usdPerUnit = priceUsd(asset) / powersOfTen[unitDecimals[asset]];
    weighted += (held * usdPerUnit * rule.thresholdBps[asset]) / basisPoints;
    owed += due * usdPerUnit;
  }
  return owed === 0 ? Number.POSITIVE_INFINITY : weighted / owed;
}
