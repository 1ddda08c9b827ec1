import type { Book } from "../book/index.js";
import { assert } from "../book/problem.js";
import { powersOfTen } from "../rules/account-value.js";
import { type AccountEvent, type AccountState, AccountStates } from "./account-states.js";
import { crossingMs, type PriceCurve, priceAt } from "./price-curve.js";

/** Whose response is measured, and from when on an owner is taken to be at risk. */
export interface ResponseRule {
  readonly protocol: string;
  /** The asset whose price moves (index); all others keep the book's price. It must be no debt asset. */
  readonly asset: number;
  /** By asset: the share of a collateral's value that counts against debt (1 / 1.3 at Maker's 130 %). */
  readonly threshold: readonly number[];
  /** Margin below which an account is at risk: 1 is the edge of liquidation. */
  readonly actBelow: number;
  /** End of the window. */
  readonly untilMs: number;
}

/** What one owner at risk did first, before any liquidation. */
export interface OwnerSample {
  readonly account: string;
  /** When the episode began in which the owner acted, or the first one. */
  readonly sinceMs: number;
  readonly act: "repaid" | "deposited" | "closed" | "none";
  /** From `sinceMs` to the act; NaN without one. */
  readonly reactionMs: number;
  /** The share of the debt whose repayment would have raised the margin as much as the act did; NaN without an act, 1 for a close. */
  readonly reliefShare: number;
  /** From each act to the owner's next one at risk. */
  readonly gapsMs: readonly number[];
  /** As `reliefShare`, of all acts at risk together. */
  readonly totalReliefShare: number;
  /** The account was liquidated in the window, before or after an act. */
  readonly liquidated: boolean;
}

/** How owners at risk behaved in one window, or in several together. Shares of acts are shares of `acted`. */
export interface OwnerResponse {
  readonly atRisk: number;
  readonly acted: number;
  /** acted / atRisk; 0 where nobody was at risk. */
  readonly share: number;
  readonly medianReactionMs: number;
  readonly repaidShare: number;
  readonly depositedShare: number;
  readonly closedShare: number;
  /** Median of `reliefShare` over those who repaid or deposited. */
  readonly medianReliefShare: number;
  /** Acts at risk of those who acted, and the median time between two of one owner; median of `totalReliefShare`. */
  readonly acts: number;
  readonly medianGapMs: number;
  readonly medianTotalReliefShare: number;
  /** At risk and liquidated without having acted before. */
  readonly liquidatedWithoutAct: number;
  readonly samples: readonly OwnerSample[];
}

/**
 * Measures what the owners of a book's accounts did when their margin was below `actBelow`, by the live price and before liquidation. An account is at risk from the
 * moment its margin falls below (the price between its points is straight in log) until it is above again; an act is a block of the owner's own events in that
 * time after which the margin is higher. How an owner acts is told by the first act; later ones give the gaps and the total. Only accounts that the book holds count.
 */
export function ownerResponse(
  book: Book,
  events: readonly AccountEvent[],
  curve: PriceCurve,
  rule: ResponseRule,
): OwnerResponse {
  const table = book.positions.find((one) => one.protocol === rule.protocol);
  assert(table !== undefined, `positions ${rule.protocol} are in the book`);
  const samples: OwnerSample[] = [];
  for (let row = 0; row < table.ids.length; row++) {
    const account = table.ids.at(row);
    const own = events.filter((event) => event.account === account && event.timeMs <= rule.untilMs);
    const sample = watchOwner(book, account, own, curve, rule);
    if (sample !== null) samples.push(sample);
  }
  return summarise(samples);
}

/** The response of several windows together, every owner counting once per window: for a window that is replayed, pool the other ones. */
export function pooledResponse(responses: readonly OwnerResponse[]): OwnerResponse {
  return summarise(responses.flatMap((response) => response.samples));
}

/** What a measured response is as parameters of the mechanism `owners`: who deposits is taken to repay what relieves as much. */
export interface MeasuredOwners {
  readonly share: number;
  /** The median reaction, rounded to whole ticks. */
  readonly reactionMs: number;
  /** Measured reactions lie as an exponential distribution of their median does (test/promises/p11-maker-days.test.ts). */
  readonly spread: "exponential";
  /** Share of those who act that repay; the others close. */
  readonly repays: number;
  /** Share of the debt that one act repays. */
  readonly repayment: number;
  /** The median time between two acts of one owner, rounded to whole ticks, at least one. */
  readonly againMs: number;
}

/** The response as parameters for a scenario with ticks of `tickMs`; nobody acts where nobody was seen to. */
export function measuredOwners(response: OwnerResponse, tickMs: number): MeasuredOwners {
  if (response.acted === 0)
    return { share: 0, reactionMs: 0, spread: "exponential", repays: 1, repayment: 1, againMs: tickMs };
  return {
    share: response.share,
    reactionMs: Math.round(response.medianReactionMs / tickMs) * tickMs,
    spread: "exponential",
    repays: 1 - response.closedShare,
    repayment: response.closedShare === 1 ? 1 : response.medianReliefShare,
    againMs: Number.isNaN(response.medianGapMs)
      ? tickMs
      : Math.max(tickMs, Math.round(response.medianGapMs / tickMs) * tickMs),
  };
}

function summarise(samples: readonly OwnerSample[]): OwnerResponse {
  const acted = samples.filter((sample) => sample.act !== "none");
  const shareOf = (act: OwnerSample["act"]) =>
    acted.length === 0 ? 0 : acted.filter((sample) => sample.act === act).length / acted.length;
  return {
    atRisk: samples.length,
    acted: acted.length,
    share: samples.length === 0 ? 0 : acted.length / samples.length,
    medianReactionMs: median(acted.map((sample) => sample.reactionMs)),
    repaidShare: shareOf("repaid"),
    depositedShare: shareOf("deposited"),
    closedShare: shareOf("closed"),
    medianReliefShare: median(acted.filter((sample) => sample.act !== "closed").map((sample) => sample.reliefShare)),
    acts: acted.reduce((sum, sample) => sum + 1 + sample.gapsMs.length, 0),
    medianGapMs: median(acted.flatMap((sample) => sample.gapsMs)),
    medianTotalReliefShare: median(acted.map((sample) => sample.totalReliefShare)),
    liquidatedWithoutAct: samples.filter((sample) => sample.act === "none" && sample.liquidated).length,
    samples,
  };
}

/** The middle value, or the mean of the two middle ones; NaN of nothing. */
export function median(values: readonly number[]): number {
  const sorted = Float64Array.from(values).sort();
  const middle = sorted.length >>> 1;
  if (sorted.length === 0) return Number.NaN;
  return sorted.length % 2 === 1 ? sorted[middle] : (sorted[middle - 1] + sorted[middle]) / 2;
}

/** Margin of an account when `asset` costs `priceUsd`: its slope in the price and what the other collaterals add. */
interface Margin {
  readonly perUsd: number;
  readonly constant: number;
}

function marginOf(book: Book, state: AccountState, rule: ResponseRule): Margin {
  let owed = 0;
  let moving = 0;
  let standing = 0;
  for (let asset = 0; asset < book.assets.length; asset++) {
    const { priceUsd, unitDecimals } = book.assets[asset];
    const coins = (units: number) => units / powersOfTen[unitDecimals];
    owed += coins(state.debt[asset]) * priceUsd;
    if (asset === rule.asset) moving += coins(state.collateral[asset]) * rule.threshold[asset];
    else standing += coins(state.collateral[asset]) * rule.threshold[asset] * priceUsd;
  }
  assert(state.debt[rule.asset] === 0, "the asset whose price moves is no debt");
  if (owed === 0) return { perUsd: 0, constant: Number.POSITIVE_INFINITY };
  return { perUsd: moving / owed, constant: standing / owed };
}

const at = (margin: Margin, priceUsd: number) => margin.perUsd * priceUsd + margin.constant;

/** Follows one account through the window; null where it never was at risk. */
function watchOwner(
  book: Book,
  account: string,
  events: readonly AccountEvent[],
  curve: PriceCurve,
  rule: ResponseRule,
): OwnerSample | null {
  const states = new AccountStates(book, rule.protocol);
  const state = states.get(account);
  assert(state !== undefined, `account ${account} is in the book`);
  const liquidated = events.some((event) => event.kind === "liquidate");
  let firstSince = Number.NaN;
  let since = Number.NaN;
  let first: Pick<OwnerSample, "sinceMs" | "act" | "reactionMs" | "reliefShare"> | null = null;
  const gapsMs: number[] = [];
  let lastActMs = Number.NaN;
  let left = 1;
  let nowMs = book.atMs;
  let priceUsd = priceAt(curve, nowMs);
  const enter = (ms: number) => {
    since = ms;
    if (Number.isNaN(firstSince)) firstSince = ms;
  };
  if (at(marginOf(book, state, rule), priceUsd) < rule.actBelow) enter(nowMs);
  for (const moment of momentsOf(events, curve, rule.untilMs, nowMs)) {
    const margin = marginOf(book, state, rule);
    const nextUsd = priceAt(curve, moment.timeMs);
    const isBelow = at(margin, nextUsd) < rule.actBelow;
    if (isBelow && Number.isNaN(since)) {
      const level = (rule.actBelow - margin.constant) / margin.perUsd;
      enter(nextUsd < priceUsd ? crossingMs(nowMs, priceUsd, moment.timeMs, nextUsd, level) : moment.timeMs);
    }
    if (!isBelow) since = Number.NaN;
    nowMs = moment.timeMs;
    priceUsd = nextUsd;
    if (moment.events.length === 0) continue;
    if (moment.events.some((event) => event.kind === "liquidate")) break;
    const before = at(margin, priceUsd);
    for (const event of moment.events) states.apply(event);
    const after = at(marginOf(book, state, rule), priceUsd);
    if (!Number.isNaN(since) && after > before) {
      const act = actOf(moment.events, state);
      const reliefShare = act === "closed" ? 1 : 1 - before / after;
      if (first === null) first = { sinceMs: since, act, reactionMs: nowMs - since, reliefShare };
      else gapsMs.push(nowMs - lastActMs);
      lastActMs = nowMs;
      left *= 1 - reliefShare;
    }
    if (after >= rule.actBelow) since = Number.NaN;
    else if (Number.isNaN(since)) enter(nowMs);
  }
  if (Number.isNaN(firstSince)) return null;
  const none = Number.NaN;
  return {
    account,
    ...(first ?? { sinceMs: firstSince, act: "none", reactionMs: none, reliefShare: none }),
    gapsMs,
    totalReliefShare: first === null ? none : 1 - left,
    liquidated,
  };
}

/** What a block of an owner's own events amounts to: closed where no debt is left, else repaid where any was, else deposited. */
function actOf(events: readonly AccountEvent[], after: AccountState): "closed" | "repaid" | "deposited" {
  if (after.debt.every((units) => units === 0)) return "closed";
  return events.some((event) => event.kind === "repay") ? "repaid" : "deposited";
}

interface WatchedMoment {
  readonly timeMs: number;
  /** The account's events of that moment (one block, or one time). */
  readonly events: readonly AccountEvent[];
}

/** The curve's points and the account's blocks of events after `fromMs`, in order. */
function momentsOf(
  events: readonly AccountEvent[],
  curve: PriceCurve,
  untilMs: number,
  fromMs: number,
): readonly WatchedMoment[] {
  const blocks = new Map<number, AccountEvent[]>();
  for (const event of events) {
    const together = blocks.get(event.timeMs);
    if (together === undefined) blocks.set(event.timeMs, [event]);
    else together.push(event);
  }
  const moments: WatchedMoment[] = [...blocks].map(([timeMs, own]) => ({ timeMs, events: own }));
  for (const timeMs of curve.timesMs) {
    if (timeMs > fromMs && timeMs <= untilMs && !blocks.has(timeMs)) moments.push({ timeMs, events: [] });
  }
  return moments.sort((left, right) => left.timeMs - right.timeMs);
}
