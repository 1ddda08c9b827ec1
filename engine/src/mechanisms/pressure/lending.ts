import type { Book } from "../../book/book.js";
import { assert } from "../../book/problem.js";
import { basisPoints, powersOfTen, stepsPerUsd, valueUp } from "../../exact/account-value.js";
import {
  type AccountHealth,
  breaches,
  health,
  type LendingRule,
  type LiquidationAmounts,
  liquidation,
} from "../../exact/lending.js";
import type { LendingLadder } from "../../ladder/index.js";
import { log, mulDivDown, mulDivUp } from "../../math/index.js";
import type { Decide, Layout, Mechanism, Reset, Settle, Shock } from "../../run/index.js";
import { tapeKinds } from "../../run/tape.js";
import { define } from "../definition.js";
import { oneAccountFalls } from "../demonstrations.js";
import { lendingLadder } from "./lending-ladder.js";
import { type LendingColumns, lendingColumns, type SurvivalGroup, survivalGroups } from "./lending-rows.js";
import { type LendingParams, lendingSchema } from "./lending-schema.js";

/** Debts accrue through one index per asset, whole numbers of 1e-12. */
const indexOne = 1e12;
const msPerYear = 365 * 86_400_000;

interface Rows {
  readonly rule: LendingRule;
  readonly columns: LendingColumns;
  readonly groups: readonly SurvivalGroup[];
  /** How far each group has been reached. */
  readonly cursors: Int32Array;
  /** Working columns by asset; a row is copied back by `reset` when it was touched. */
  readonly collateral: readonly Float64Array[];
  readonly debt: readonly Float64Array[];
  readonly debtIndex: Float64Array;
  /** Rows that have been reached or touched: they are checked one by one from then on. */
  readonly active: Int32Array;
  activeCount: number;
  readonly isActive: Uint8Array;
  readonly orderOf: Int32Array;
  /** 1 where the owner is closing the account with an own sale. */
  readonly closing: Uint8Array;
  readonly feeds: readonly number[];
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
  /** Builds the map's index on first use. */
  ladder(): LendingLadder;
  changed: boolean;
  /** Interest index now. */
  index: number;
  // Scratch rows: the account under examination.
  readonly heldNow: Float64Array;
  readonly owedNow: Float64Array;
  readonly at: AccountHealth;
  readonly amounts: LiquidationAmounts;
}

/**
 * Collateralised lending: several collaterals and debts per account, liquidated by the rule of `exact/lending.ts`. Losses become one standing order per account in
 * `decide`; `settle` books repay, seize, protocol fee and, at once, bad debt. A Maker vault, an Aave and a Compound account are parameter sets of it.
 */
export function lending(name: string, params: LendingParams): Mechanism<Rows> {
  return {
    name,
    open(book, layout) {
      const rows = openRows(name, params, book, layout);
      const { rowCount } = rows.columns;
      layout.offerRescue(name, { rowCount, margin: (row, priceUsd) => margin(rows, row, priceUsd) });
      return rows;
    },
    reset,
    ladder: (rows) => rows.ladder(),
    shock: (rows, at) => accrue(rows, params, at),
    decide: (rows, at) => decide(rows, at),
    settle: (rows, at) => settle(rows, at),
  };
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

function openRows(name: string, params: LendingParams, book: Book, layout: Layout): Rows {
  const table = book.positions.find((one) => one.protocol === params.positions);
  assert(table !== undefined, `positions ${params.positions} are in the book`);
  const columns = lendingColumns(book, table);
  const rule = lendingRule(params, book);
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
  const feeds = book.assets.map((_, asset) => layout.feed(params.oracle, asset));
  const buildLadder = () =>
    lendingLadder(name, book, table, columns, rule, feeds, { sell: sellRoute, buy: buyRoute }, layout);
  let ladder: LendingLadder | undefined;
  return {
    ladder: () => {
      ladder ??= buildLadder();
      return ladder;
    },
    rule,
    columns,
    groups,
    cursors: new Int32Array(groups.length),
    collateral: columns.collateral.map((column) => Float64Array.from(column ?? [])),
    debt: columns.debt.map((column) => Float64Array.from(column ?? [])),
    debtIndex: new Float64Array(params.interestPerYear === 0 ? 0 : count).fill(indexOne),
    active: new Int32Array(count),
    activeCount: 0,
    isActive: new Uint8Array(count),
    orderOf: new Int32Array(count).fill(-1),
    closing: new Uint8Array(count),
    feeds,
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
    index: indexOne,
    heldNow: new Float64Array(assetCount),
    owedNow: new Float64Array(assetCount),
    at: { weightedCollateral: 0, collateralValue: 0, debtValue: 0 },
    amounts: { collateral: -1, debt: -1, seizeUnits: 0, feeUnits: 0, repayUnits: 0, debtUnits: 0, surplusUnits: 0 },
  };
}

function reset(rows: Rows, at: Reset): void {
  const { columns, active, layout } = rows;
  for (let i = 0; i < rows.activeCount; i++) {
    const row = active[i];
    rows.isActive[row] = 0;
    rows.orderOf[row] = -1;
    rows.closing[row] = 0;
    if (rows.debtIndex.length > 0) rows.debtIndex[row] = indexOne;
    for (let asset = 0; asset < columns.collateral.length; asset++) {
      const held = columns.collateral[asset];
      if (held !== undefined) rows.collateral[asset][row] = held[row];
      const debt = columns.debt[asset];
      if (debt !== undefined) rows.debt[asset][row] = debt[row];
    }
  }
  rows.activeCount = 0;
  rows.cursors.fill(0);
  rows.changed = true;
  rows.index = indexOne;
  rows.steps.fill(0);
  rows.termSteps.fill(0);
  rows.openingUnits.forEach((units, asset) => at.transfer(layout.issuer, rows.positions, asset, units));
}

/** Interest for one tick on the index that all debts share. */
function accrue(rows: Rows, params: LendingParams, at: Shock): void {
  if (params.interestPerYear === 0) return;
  rows.index += mulDivDown(
    rows.index,
    Math.round(params.interestPerYear * basisPoints) * at.tickMs,
    basisPoints * msPerYear,
  );
  rows.changed = true;
}

/** Debt of a row in an asset with interest so far, rounded up. */
function owedUnits(rows: Rows, row: number, asset: number): number {
  const debt = rows.debt[asset].length === 0 ? 0 : rows.debt[asset][row];
  if (debt === 0 || rows.debtIndex.length === 0) return debt;
  return mulDivUp(debt, rows.index, rows.debtIndex[row]);
}

/** Weighted collateral over debt at an owner's own prices, in plain Float64: what an owner goes by, no decision of the protocol's. */
function margin(rows: Rows, row: number, priceUsd: (asset: number) => number): number {
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

function decide(rows: Rows, at: Decide): void {
  let moved = rows.changed;
  for (let asset = 0; asset < rows.feeds.length; asset++) {
    const steps = at.published(rows.feeds[asset]);
    if (steps !== rows.steps[asset]) {
      rows.steps[asset] = steps;
      moved = true;
    }
    const terms = at.published(rows.termFeeds[asset]);
    if (terms !== rows.termSteps[asset]) {
      rows.termSteps[asset] = terms;
      moved = true;
    }
  }
  if (moved) {
    reach(rows);
    rows.changed = false;
    for (let i = 0; i < rows.activeCount; i++) examine(rows, rows.active[i], at);
  }
  for (let i = 0; i < rows.activeCount; i++)
    if (rows.closing[rows.active[i]] === 1) sellToClose(rows, rows.active[i], at);
}

/** Moves each group's cursor over every account that the market's largest move may have reached. */
function reach(rows: Rows): void {
  const { groups, cursors, steps, openingLog } = rows;
  const accrued = rows.index === indexOne ? 0 : log(rows.index / indexOne);
  for (let group = 0; group < groups.length; group++) {
    const { collaterals, debts, keys, rows: members } = groups[group];
    let fall = Number.NEGATIVE_INFINITY;
    for (const asset of collaterals) fall = Math.max(fall, openingLog[asset] - logOfSteps(steps[asset]));
    let rise = Number.NEGATIVE_INFINITY;
    for (const asset of debts) rise = Math.max(rise, logOfSteps(steps[asset]) - openingLog[asset]);
    // Whole steps, thresholds and values round by less than this; an account examined in vain costs time, never truth.
    const reached = (collaterals.length === 0 ? 1e12 : fall) + rise + accrued + 1e-5;
    let cursor = cursors[group];
    while (cursor < keys.length && keys[cursor] <= reached) activate(rows, members[cursor++]);
    cursors[group] = cursor;
  }
}

function logOfSteps(steps: number): number {
  return steps === 0 ? -1e6 : log(steps / stepsPerUsd);
}

function activate(rows: Rows, row: number): void {
  if (rows.isActive[row] === 1) return;
  rows.isActive[row] = 1;
  rows.active[rows.activeCount++] = row;
}

function load(rows: Rows, row: number): void {
  for (let asset = 0; asset < rows.heldNow.length; asset++) {
    rows.heldNow[asset] = rows.collateral[asset].length === 0 ? 0 : rows.collateral[asset][row];
    rows.owedNow[asset] = owedUnits(rows, row, asset);
  }
}

/** Emits, amends or withdraws the standing order of one account. */
function examine(rows: Rows, row: number, at: Decide): void {
  const { rule, amounts, steps, unitDecimals } = rows;
  load(rows, row);
  const account = { collateral: rows.heldNow, debt: rows.owedNow };
  health(rule, account, steps, unitDecimals, rows.at);
  if (!breaches(rows.at.weightedCollateral, rows.at.debtValue, rule.atEquality)) {
    if (rows.orderOf[row] >= 0) {
      at.withdraw(rows.orderOf[row]);
      rows.orderOf[row] = -1;
    }
    return;
  }
  liquidation(rule, account, rows.at, rows.termSteps, unitDecimals, amounts);
  if (amounts.collateral < 0 || amounts.seizeUnits === 0) return;
  const pair = amounts.collateral * rows.feeds.length + amounts.debt;
  rows.orderOf[row] = at.liquidate({
    row,
    sellInstrument: rows.sellRoute[pair],
    buyInstrument: rows.buyRoute[pair],
    collateral: amounts.collateral,
    seizeUnits: amounts.seizeUnits,
    feeUnits: amounts.feeUnits,
    debt: amounts.debt,
    repayUnits: amounts.repayUnits,
    feed: rows.feeds[amounts.collateral],
    priceSteps: steps[amounts.collateral],
    ownAccount: -1,
  });
}

/** An owner who closes sells as much of the own collateral as pays the debt, at the market. */
function sellToClose(rows: Rows, row: number, at: Decide): void {
  load(rows, row);
  const { heldNow, owedNow, steps, unitDecimals } = rows;
  for (let debt = 0; debt < owedNow.length; debt++) {
    if (owedNow[debt] === 0) continue;
    for (let asset = 0; asset < heldNow.length; asset++) {
      const instrument = rows.closeRoute[asset * owedNow.length + debt];
      if (heldNow[asset] === 0 || instrument < 0 || steps[asset] === 0) continue;
      const value = valueUp(owedNow[debt], steps[debt], unitDecimals[debt]);
      // One per cent more than the price says, for the walk: what is not needed is paid back with the account.
      const exact = mulDivUp(value, powersOfTen[unitDecimals[asset] + 2], steps[asset]);
      const wanted = Math.min(heldNow[asset], mulDivUp(exact, 101, 100));
      at.trade(row, rows.positions, instrument, wanted, 0);
      return;
    }
  }
  rows.closing[row] = 0;
}

function settle(rows: Rows, at: Settle): void {
  const { fills } = at;
  if (!at.afterTrades) {
    for (let fill = 0; fill < fills.count; fill++) {
      const order = fills.order[fill];
      if (order < 0 || at.standing.mechanism[order] !== at.mechanismIndex) continue;
      bookLiquidation(rows, at, fill, order);
    }
    at.rescues((row, kind, share) => bookRescue(rows, at, row, kind, share));
    return;
  }
  for (let fill = 0; fill < fills.count; fill++) {
    if (fills.order[fill] < 0 && fills.mechanism[fill] === at.mechanismIndex) bookOwnSale(rows, at, fill);
  }
  if (at.lastTick) recordUnderwater(rows, at);
}

/** Takes a repayment off a row's debt; anything beyond debt and penalty belongs to the owner. Returns the units that reduced the debt. */
function reduceDebt(
  rows: Rows,
  at: Settle,
  row: number,
  debt: number,
  payer: number,
  repay: number,
  penaltyBps: number,
): number {
  const owed = owedUnits(rows, row, debt);
  const due = mulDivUp(owed, basisPoints + penaltyBps, basisPoints);
  const kept = Math.min(repay, due);
  const reduced = kept === due ? owed : mulDivDown(kept, basisPoints, basisPoints + penaltyBps);
  at.transfer(payer, rows.lenders, debt, reduced);
  at.transfer(payer, rows.reserves, debt, kept - reduced);
  if (repay > kept) at.transfer(payer, rows.layout.outside, debt, repay - kept);
  for (let asset = 0; asset < rows.debt.length; asset++) {
    if (rows.debt[asset].length > 0)
      rows.debt[asset][row] = owedUnits(rows, row, asset) - (asset === debt ? reduced : 0);
  }
  if (rows.debtIndex.length > 0) rows.debtIndex[row] = rows.index;
  return reduced;
}

function bookLiquidation(rows: Rows, at: Settle, fill: number, order: number): void {
  const { fills, standing } = at;
  const row = fills.row[fill];
  const keeper = fills.account[fill];
  const collateral = standing.collateral[order];
  const debt = standing.debt[order];
  const seize = fills.seizeUnits[fill];
  const fee = fills.feeUnits[fill];
  reduceDebt(rows, at, row, debt, keeper, fills.repayUnits[fill], rows.rule.penaltyBps);
  at.transfer(rows.positions, keeper, collateral, seize);
  at.transfer(rows.positions, rows.reserves, collateral, fee);
  rows.collateral[collateral][row] -= seize + fee;
  assert(rows.collateral[collateral][row] >= 0, "no more is seized than the account holds");
  const usd = valueUp(seize + fee, rows.termSteps[collateral], rows.unitDecimals[collateral]) / 1e6;
  at.record(tapeKinds.seize, at.mechanismIndex, row, seize + fee, collateral, usd);
  at.record(tapeKinds.liquidate, at.mechanismIndex, row, seize + fee, fills.repayUnits[fill], keeper);
  if (seize >= standing.seizeUnits[order]) {
    at.finish(order);
    rows.orderOf[row] = -1;
  }
  rows.changed = true;
  writeOffIfEmpty(rows, at, row);
}

/** Debt without any collateral left is written off at once (MODEL section 4, Aave v3 deficit). */
function writeOffIfEmpty(rows: Rows, at: Settle, row: number): void {
  for (const column of rows.collateral) if (column.length > 0 && column[row] > 0) return;
  for (let asset = 0; asset < rows.debt.length; asset++) {
    const owed = owedUnits(rows, row, asset);
    if (owed === 0) continue;
    const usd = valueUp(owed, rows.steps[asset], rows.unitDecimals[asset]) / 1e6;
    at.record(tapeKinds.badDebt, at.mechanismIndex, row, owed, asset, usd);
    rows.debt[asset][row] = 0;
  }
  if (rows.orderOf[row] >= 0) {
    at.finish(rows.orderOf[row]);
    rows.orderOf[row] = -1;
  }
}

function bookRescue(rows: Rows, at: Settle, row: number, kind: "repay" | "close", share: number): void {
  activate(rows, row);
  rows.changed = true;
  if (kind === "close" && canClose(rows, row)) {
    rows.closing[row] = 1;
    return;
  }
  for (let debt = 0; debt < rows.debt.length; debt++) {
    const owed = owedUnits(rows, row, debt);
    if (owed === 0) continue;
    const repaid = reduceDebt(
      rows,
      at,
      row,
      debt,
      rows.layout.outside,
      mulDivUp(owed, Math.round(share * basisPoints), basisPoints),
      0,
    );
    at.record(tapeKinds.rescue, at.mechanismIndex, row, repaid, 0, 0);
  }
}

/** Whether a sale of collateral the row holds pays in an asset that it owes. */
function canClose(rows: Rows, row: number): boolean {
  load(rows, row);
  for (let debt = 0; debt < rows.owedNow.length; debt++) {
    if (rows.owedNow[debt] === 0) continue;
    for (let asset = 0; asset < rows.heldNow.length; asset++) {
      if (rows.heldNow[asset] > 0 && rows.closeRoute[asset * rows.owedNow.length + debt] >= 0) return true;
    }
  }
  return false;
}

function bookOwnSale(rows: Rows, at: Settle, fill: number): void {
  const { fills } = at;
  const row = fills.row[fill];
  const sold = fills.soldUnits[fill];
  if (sold === 0) return;
  const instrument = fills.sellInstrument[fill];
  const asset = at.instrumentAsset(instrument);
  const quote = at.instrumentQuote(instrument);
  rows.collateral[asset][row] -= sold;
  const repaid = reduceDebt(rows, at, row, quote, rows.positions, fills.soldCash[fill], 0);
  at.record(tapeKinds.rescue, at.mechanismIndex, row, repaid, sold, 1);
  if (owedUnits(rows, row, quote) === 0) rows.closing[row] = 0;
  rows.changed = true;
  writeOffIfEmpty(rows, at, row);
}

/** At the end of a path: debt that collateral no longer covers, though nobody found it worth liquidating. */
function recordUnderwater(rows: Rows, at: Settle): void {
  let count = 0;
  let usd = 0;
  for (let i = 0; i < rows.activeCount; i++) {
    load(rows, rows.active[i]);
    health(rows.rule, { collateral: rows.heldNow, debt: rows.owedNow }, rows.steps, rows.unitDecimals, rows.at);
    if (rows.at.collateralValue >= rows.at.debtValue) continue;
    count++;
    usd += (rows.at.debtValue - rows.at.collateralValue) / 1e6;
  }
  at.record(tapeKinds.underwater, at.mechanismIndex, count, usd, 0, 0);
}

export const lendingDefinition = define<LendingParams>({
  kind: "lending",
  part: "pressure",
  summary: "Collateralised lending: accounts whose collateral no longer covers their debt are liquidated.",
  source:
    "Aave v3 LiquidationLogic, Maker Dog, Compound III absorb as parameter sets; VALIDATED-MODELS 2.6 for the target health",
  schema: lendingSchema,
  create: (name, params) => lending(name, params),
  references: (params) => [
    { key: "positions", kind: "positions", name: params.positions },
    { key: "oracle", kind: "oracle", name: params.oracle },
    { key: "termsOracle", kind: "oracle", name: params.termsOracle },
    ...Object.keys(params.threshold).map((asset) => ({
      key: `threshold.${asset}`,
      kind: "asset" as const,
      name: asset,
    })),
    ...Object.keys(params.bonus).map((asset) => ({ key: `bonus.${asset}`, kind: "asset" as const, name: asset })),
  ],
  demonstration: { scenario: oneAccountFalls(), subject: "lender", measure: "liquidatedAccounts", off: "falls" },
});
