import type { Book, PositionTable, Series, SeriesTable } from "../book/index.js";
import { assert } from "../book/problem.js";
import { type AccountEvent, AccountStates, accountEvents } from "./account-states.js";
import {
  distanceMs,
  type LiquidatableRule,
  liquidatableHops,
  liquidationPriceUsd,
  priceInForce,
} from "./liquidatable-set.js";
import { median } from "./owner-response.js";
import { curveWithBars, type PriceCurve, priceAt } from "./price-curve.js";
import { type FeeBias, feeBias, type LiquidatedVault, liquidatedVaults } from "./settled-vaults.js";

const hourMs = 3_600_000;
const windowMs = 5 * 24 * hourMs;

/** Maker ETH-B in 2021 and 2022 (parameter_changes.csv of the raw set; osm.sol): 130 %, a price one hour old, renewed every full hour. */
export const makerTerms = { protocol: "maker-eth-b", collateralRatio: 1.3, hopMs: hourMs, delayMs: hourMs } as const;

/** Why a rule does not have a vault that was liquidated. */
export type MissReason =
  /** Its owner drew more or took collateral out after the book's moment. */
  | { readonly why: "owners-events"; readonly bookPriceUsd: number; readonly replayedPriceUsd: number }
  /** It owed more than the record says: the accrued fees. */
  | { readonly why: "accrued-fees"; readonly feeShare: number }
  /** The recorded price, an average of venues once an hour, stood above the one that the oracle read, by at least this share. */
  | { readonly why: "price-record"; readonly priceTooHighShare: number };

/** One liquidated vault beside the rules. */
export interface VaultFinding extends LiquidatedVault {
  /** First hour of the window at which each rule has it, or null. `naive`: nobody acts. `replayed`: owners' own events as recorded. */
  readonly naiveSinceMs: number | null;
  readonly replayedSinceMs: number | null;
  /** `replayed`, with the accrued fees: its own, as its liquidation showed them. */
  readonly withFeesSinceMs: number | null;
  /** How far the liquidation is from when the rule with fees has it, in hours (`distanceMs`: an owner may have saved it before); NaN where it has not. */
  readonly hoursLate: number;
  /** The price at which it is due, its own events and fees included; the price in force when it was liquidated, one hour old; and the one of that moment. */
  readonly dueBelowUsd: number;
  readonly inForceUsd: number;
  readonly liveUsd: number;
  /** Why the naive rule misses it, and why the one with events and fees does; null where they have it. */
  readonly naiveMiss: MissReason | null;
  readonly withFeesMiss: MissReason | null;
}

/** What a rule flags in one window, over the book's vaults, and how much of it was liquidated. */
export interface RuleScore {
  readonly flagged: number;
  readonly liquidatedFlagged: number;
  /** Liquidated vaults that are in the book. */
  readonly liquidated: number;
}

/** One window: the five days from the book's moment. */
export interface MakerDay {
  readonly name: string;
  readonly vaults: number;
  /** Lowest price in force in the window, one hour late. */
  readonly lowestInForceUsd: number;
  readonly naive: RuleScore;
  readonly replayed: RuleScore;
  readonly withFees: RuleScore;
  readonly fees: FeeBias;
  readonly liquidated: readonly VaultFinding[];
}

/** A window's book with its series. */
export interface MakerDayRecord {
  readonly book: Book;
  readonly series: Series;
}

/**
 * Sets a Maker window's liquidations beside three rules, all by the price of one hour before the last full hour: nobody acts; owners' own events as recorded; and
 * the same with accrued fees (a liquidated vault's own, as measured when it was liquidated; the window's median for the others).
 */
export function makerDay({ book, series }: MakerDayRecord): MakerDay {
  const events = accountEvents(book, series, tableOf(series, "events"));
  const bars = series.tables.find((table) => table.id === "candles");
  const curve = curveWithBars(tableOf(series, "prices"), bars, book.atMs - 2 * hourMs);
  const assets = { collateral: assetOf(book, "ETH"), debt: assetOf(book, "DAI") };
  const settled = liquidatedVaults(book, makerTerms.protocol, events, assets);
  const fees = feeBias(book, makerTerms.protocol, events, settled, assets);
  const usual = Number.isNaN(fees.medianShare) ? 0 : fees.medianShare;
  const ownFee = new Map(settled.map((vault) => [vault.account, vault.feeShare]));
  const rule: LiquidatableRule = { ...makerTerms, ...assets, untilMs: book.atMs + windowMs, debtFactor: () => 1 };
  const feeRule = { ...rule, debtFactor: (account: string) => 1 + (ownFee.get(account) ?? usual) };
  const naive = liquidatableHops(book, events, curve, rule, "stay");
  const replayed = liquidatableHops(book, events, curve, rule, "as-recorded");
  const withFees = liquidatableHops(book, events, curve, feeRule, "as-recorded");
  const score = (since: ReadonlyMap<string, readonly number[]>) => scoreOf(book, since, settled);
  return {
    name: book.name,
    vaults: vaultsOf(book).ids.length,
    lowestInForceUsd: lowestInForce(curve, book, rule),
    naive: score(naive),
    replayed: score(replayed),
    withFees: score(withFees),
    fees,
    liquidated: settled.map((vault) => {
      const hops = withFees.get(vault.account) ?? [];
      const prices = pricesOf(book, events, curve, rule, vault);
      return {
        ...vault,
        dueBelowUsd: prices.replayedUsd * (1 + vault.feeShare),
        inForceUsd: prices.inForceUsd,
        liveUsd: priceAt(curve, vault.firstMs),
        naiveSinceMs: naive.get(vault.account)?.[0] ?? null,
        replayedSinceMs: replayed.get(vault.account)?.[0] ?? null,
        withFeesSinceMs: hops[0] ?? null,
        hoursLate: distanceMs(hops, vault.firstMs, makerTerms.hopMs) / hourMs,
        naiveMiss: naive.has(vault.account) ? null : missOf(vault, prices),
        withFeesMiss: hops.length === 0 ? missOf(vault, prices) : null,
      };
    }),
  };
}

function tableOf(series: Series, id: string): SeriesTable {
  const table = series.tables.find((one) => one.id === id);
  assert(table !== undefined, `the series ${series.name} has a table ${id}`);
  return table;
}

function assetOf(book: Book, symbol: string): number {
  const asset = book.assets.findIndex((one) => one.symbol === symbol);
  assert(asset >= 0, `the book ${book.name} has ${symbol}`);
  return asset;
}

function vaultsOf(book: Book): PositionTable {
  const table = book.positions.find((one) => one.protocol === makerTerms.protocol);
  assert(table !== undefined, `the book ${book.name} has the vaults`);
  return table;
}

function scoreOf(
  book: Book,
  since: ReadonlyMap<string, readonly number[]>,
  settled: readonly LiquidatedVault[],
): RuleScore {
  const { ids } = vaultsOf(book);
  const inBook = settled.filter((vault) => vault.inBook);
  return {
    flagged: [...since.keys()].filter((account) => ids.indexOf(account) >= 0).length,
    liquidatedFlagged: inBook.filter((vault) => since.has(vault.account)).length,
    liquidated: inBook.length,
  };
}

function lowestInForce(curve: PriceCurve, book: Book, rule: LiquidatableRule): number {
  let lowest = Number.POSITIVE_INFINITY;
  for (let hop = book.atMs; hop <= rule.untilMs; hop += rule.hopMs)
    lowest = Math.min(lowest, priceInForce(curve, hop, rule));
  return lowest;
}

/** A vault's liquidation price by the book and after its owner's own events, without fees, and the price in force when it was liquidated. */
interface VaultPrices {
  readonly bookUsd: number;
  readonly replayedUsd: number;
  readonly inForceUsd: number;
}

function pricesOf(
  book: Book,
  events: readonly AccountEvent[],
  curve: PriceCurve,
  rule: LiquidatableRule,
  vault: LiquidatedVault,
): VaultPrices {
  const states = new AccountStates(book, rule.protocol);
  const priceNow = () => {
    const state = states.get(vault.account);
    return state === undefined ? 0 : liquidationPriceUsd(book, state, rule, 1);
  };
  const bookUsd = priceNow();
  for (const event of events)
    if (event.account === vault.account && event.block <= vault.block && event.kind !== "liquidate")
      states.apply(event);
  return { bookUsd, replayedUsd: priceNow(), inForceUsd: priceInForce(curve, vault.firstMs, rule) };
}

/** The first of the three causes that explains why a vault was liquidated though a rule did not have it. */
function missOf(vault: LiquidatedVault, { bookUsd, replayedUsd, inForceUsd }: VaultPrices): MissReason {
  if (replayedUsd > inForceUsd) return { why: "owners-events", bookPriceUsd: bookUsd, replayedPriceUsd: replayedUsd };
  const dueBelowUsd = replayedUsd * (1 + vault.feeShare);
  if (dueBelowUsd > inForceUsd) return { why: "accrued-fees", feeShare: vault.feeShare };
  return { why: "price-record", priceTooHighShare: inForceUsd / dueBelowUsd - 1 };
}

/** All windows together. */
export interface MakerDaysSummary {
  /** Liquidated vaults that were in a book at its start, and how many of them each rule has. */
  readonly liquidatedInBooks: number;
  readonly naiveHas: number;
  readonly withFeesHas: number;
  /** Flagged over liquidated: what share of a rule's flags was liquidated. */
  readonly naivePrecision: number;
  readonly withFeesPrecision: number;
  /** All liquidated vaults, and of how many the replayed collateral is what was seized. */
  readonly liquidated: number;
  readonly collateralMatches: number;
  /** Liquidated vaults that were due, fees included, by the price in force that hour; and how many by the live price, as if there were no delay. */
  readonly dueByDelayedPrice: number;
  readonly dueByLivePrice: number;
  /** Median of |hours| between when the rule with fees has a vault and its liquidation; over the vaults that it has. */
  readonly medianHoursOff: number;
  /** Of them, those within one hour. */
  readonly withinOneHour: number;
  readonly timed: number;
}

/** Sums up several windows. */
export function summariseMakerDays(days: readonly MakerDay[]): MakerDaysSummary {
  const total = (of: (day: MakerDay) => number) => days.reduce((sum, day) => sum + of(day), 0);
  const vaults = days.flatMap((day) => day.liquidated);
  const late = vaults.flatMap((vault) => (Number.isNaN(vault.hoursLate) ? [] : [Math.abs(vault.hoursLate)]));
  return {
    liquidatedInBooks: total((day) => day.naive.liquidated),
    naiveHas: total((day) => day.naive.liquidatedFlagged),
    withFeesHas: total((day) => day.withFees.liquidatedFlagged),
    naivePrecision: total((day) => day.naive.liquidatedFlagged) / total((day) => day.naive.flagged),
    withFeesPrecision: total((day) => day.withFees.liquidatedFlagged) / total((day) => day.withFees.flagged),
    liquidated: vaults.length,
    collateralMatches: vaults.filter((vault) => vault.collateralMatches).length,
    dueByDelayedPrice: vaults.filter((vault) => vault.dueBelowUsd > vault.inForceUsd).length,
    dueByLivePrice: vaults.filter((vault) => vault.dueBelowUsd > vault.liveUsd).length,
    medianHoursOff: median(late),
    withinOneHour: late.filter((hours) => hours <= 1).length,
    timed: late.length,
  };
}
