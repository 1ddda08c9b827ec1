import { civil, dayNumber, daysIn } from "../book/moment.js";
import { assert } from "../book/problem.js";

// Deribit's conventions (its contract pages "Options" and "Settlement", and "Naming" in its API documentation): options expire at 08:00 UTC, are settled
// at the average of the index over the last half hour, and inverse ones pay in the coin.

const DAY_MS = 86_400_000;
const EXPIRY_HOUR_MS = 8 * 3_600_000;
const SETTLEMENT_MS = 30 * 60_000;
/** The last moment that a date can have (ECMAScript). */
const FARTHEST_MS = 8.64e15;
const MONTHS = ["JAN", "FEB", "MAR", "APR", "MAY", "JUN", "JUL", "AUG", "SEP", "OCT", "NOV", "DEC"];
const written = /^([A-Z0-9]+(?:_[A-Z0-9]+)?)-(\d{1,2})([A-Z]{3})(\d{2})-(\d+(?:d\d+)?)-([CP])$/;

/** An option as a Deribit instrument name states it. */
export interface OptionContract {
  /** `ETH`, or `XRP_USDC` where another currency settles. */
  readonly underlying: string;
  /** Milliseconds since 1970; 08:00 UTC of the day in the name. */
  readonly expiryMs: number;
  /** Dollars. */
  readonly strike: number;
  readonly isCall: boolean;
}

/** Why a text is no instrument name. */
export interface ContractFault {
  readonly fault: "name-malformed" | "month-unknown" | "day-not-in-calendar" | "strike-not-positive";
}

/** How often an expiry of this date is listed: the rarest series it belongs to. */
export type ExpiryKind = "daily" | "weekly" | "monthly" | "quarterly";

/** Reads an instrument name, `ETH-26JAN24-2300-C` (`0d625` is a strike of 0.625), of the years 2000 to 2099. */
export function parseContract(name: string): OptionContract | ContractFault {
  const match = written.exec(name);
  if (match === null) return { fault: "name-malformed" };
  const month = MONTHS.indexOf(match[3]) + 1;
  if (month === 0) return { fault: "month-unknown" };
  const day = Number(match[2]);
  const year = 2000 + Number(match[4]);
  if (day < 1 || day > daysIn(year, month)) return { fault: "day-not-in-calendar" };
  const strike = Number(match[5].replace("d", "."));
  if (!(strike > 0 && Number.isFinite(strike))) return { fault: "strike-not-positive" };
  return { underlying: match[1], expiryMs: expiryOn(year, month, day), strike, isCall: match[6] === "C" };
}

/** The instrument name of a contract; `parseContract` reads it back. Throws `AssertionError` unless it expires at 08:00 UTC of a day of 2000 to 2099. */
export function contractName(contract: OptionContract): string {
  const { underlying, expiryMs, strike, isCall } = contract;
  const [year, month, day] = civil(Math.floor(expiryMs / DAY_MS));
  assert(year >= 2000 && year <= 2099 && expiryOn(year, month, day) === expiryMs, `${expiryMs} is no expiry`);
  assert(strike > 0 && Number.isFinite(strike), `strike ${strike} is positive and finite`);
  const shown = `${strike}`.replace(".", "d");
  return `${underlying}-${day}${MONTHS[month - 1]}${String(year - 2000).padStart(2, "0")}-${shown}-${isCall ? "C" : "P"}`;
}

/** 08:00 UTC of a day that exists, in milliseconds since 1970. */
export function expiryOn(year: number, month: number, day: number): number {
  return dayNumber(year, month, day) * DAY_MS + EXPIRY_HOUR_MS;
}

/**
 * The first moment after `atMs` at which options can expire: the next 08:00 UTC, or with a kind the next that belongs to it or to a rarer one (every
 * monthly expiry is a Friday, so also a weekly one). Throws `AssertionError` for a moment that no date has.
 */
export function nextExpiry(atMs: number, kind: ExpiryKind = "daily"): number {
  assert(Math.abs(atMs) <= FARTHEST_MS, `${atMs} is a moment in milliseconds since 1970`);
  const wanted = kinds.indexOf(kind);
  let expiry = (Math.floor((atMs - EXPIRY_HOUR_MS) / DAY_MS) + 1) * DAY_MS + EXPIRY_HOUR_MS;
  while (kinds.indexOf(expiryKind(expiry)) < wanted) expiry += DAY_MS;
  return expiry;
}

const kinds: readonly ExpiryKind[] = ["daily", "weekly", "monthly", "quarterly"];

/** Last Friday of March, June, September or December: quarterly; of another month: monthly; another Friday: weekly; another day: daily. */
export function expiryKind(expiryMs: number): ExpiryKind {
  const days = Math.floor(expiryMs / DAY_MS);
  // 1 January 1970 was a Thursday.
  const isFriday = (((days - 1) % 7) + 7) % 7 === 0;
  if (!isFriday) return "daily";
  const [year, month, day] = civil(days);
  if (day + 7 <= daysIn(year, month)) return "weekly";
  return month % 3 === 0 ? "quarterly" : "monthly";
}

/** Years from one moment to another, days of 86,400 seconds over 365; negative once it has passed. */
export function yearsUntil(expiryMs: number, atMs: number): number {
  return (expiryMs - atMs) / (365 * DAY_MS);
}

/** Why there is no settlement price. */
export interface SettlementFault {
  readonly fault: "times-not-rising" | "index-not-positive" | "window-not-covered";
}

/**
 * The price at which options that expire at `expiryMs` settle: the index's average over the 30 minutes before, every sample holding until the next
 * (equal steps: their mean). `timesMs` rise; the first must not lie after the window's start, one must lie within it, and the index must be positive there.
 */
export function settlementPrice(
  timesMs: Float64Array,
  index: Float64Array,
  expiryMs: number,
): number | SettlementFault {
  assert(timesMs.length === index.length, `${timesMs.length} times and ${index.length} index prices`);
  const start = expiryMs - SETTLEMENT_MS;
  for (let row = 1; row < timesMs.length; row++) {
    if (!(timesMs[row] > timesMs[row - 1])) return { fault: "times-not-rising" };
  }
  if (timesMs.length === 0 || !(timesMs[0] <= start)) return { fault: "window-not-covered" };
  if (!timesMs.some((time) => time >= start && time < expiryMs)) return { fault: "window-not-covered" };
  let sum = 0;
  for (let row = 0; row < timesMs.length; row++) {
    const from = Math.max(timesMs[row], start);
    const until = row + 1 < timesMs.length ? Math.min(timesMs[row + 1], expiryMs) : expiryMs;
    if (until <= from) continue;
    if (!(index[row] > 0 && index[row] < Number.POSITIVE_INFINITY)) return { fault: "index-not-positive" };
    sum += index[row] * (until - from);
  }
  return sum / SETTLEMENT_MS;
}

/** What an inverse option pays per contract of one coin, in coins: max(1 - strike / settlement, 0) for a call, max(strike / settlement - 1, 0) for a put. */
export function inversePayoff(isCall: boolean, strike: number, settlement: number): number {
  assert(strike > 0 && settlement > 0, `strike ${strike} and settlement ${settlement} are positive`);
  return Math.max(0, (isCall ? settlement - strike : strike - settlement) / settlement);
}
