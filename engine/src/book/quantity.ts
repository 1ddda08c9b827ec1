import { z } from "zod";
import { parseMoment } from "./moment.js";
import type { Problem } from "./problem.js";
import { quote } from "./wording.js";

/** A decimal number as it was written: `digits` x 10^`exponent`, `digits` without leading zeros and empty for zero. */
interface Decimal {
  readonly negative: boolean;
  readonly digits: string;
  readonly exponent: number;
}

/** A number with the unit that followed it; `unit` is empty where none did. */
interface Written extends Decimal {
  readonly unit: string;
}

/** An amount whose asset's decimals are not known yet; `unitsOf` turns it into whole units. */
export interface Amount {
  readonly asset: string;
  readonly coins: Decimal;
  /** As it was written, for messages. */
  readonly text: string;
}

/** Bounds of a plain number. */
export interface Bounds {
  readonly least?: number;
  readonly most?: number;
  /** `least` itself is refused as well. */
  readonly above?: number;
  /** `most` itself is refused as well. */
  readonly below?: number;
  /** Only whole numbers. */
  readonly whole?: boolean;
}

/** What an amount may be. */
export interface AmountRule {
  /** Negative amounts are allowed (sizes of perpetuals, changes of balances). */
  readonly signed?: boolean;
  /** The unit may be left out, because the column or key names it. */
  readonly bare?: boolean;
}

const longestText = 400;
const numberPattern = "[+-]?[0-9]+(?:\\.[0-9]+)?(?:[eE][+-]?[0-9]+)?";
const written = /^([+-]?)([0-9]+)(?:\.([0-9]+))?(?:[eE]([+-]?[0-9]{1,6}))? *(\S*)$/;
const notFinite = /^[+-]?\.?(?:nan|inf|infinity)(?: |$)/i;

/** Milliseconds of each unit of time. */
const durationUnits: ReadonlyMap<string, number> = new Map([
  ["ms", 1],
  ["s", 1000],
  ["min", 60_000],
  ["h", 3_600_000],
  ["day", 86_400_000],
]);

/** Occurrences per hour of one per unit. */
const rateUnits: ReadonlyMap<string, number> = new Map([
  ["/s", 3600],
  ["/min", 60],
  ["/h", 1],
  ["/day", 1 / 24],
]);

/** Decimal places that a share's unit stands for. */
const shareUnits: ReadonlyMap<string, number> = new Map([
  ["%", -2],
  ["bps", -4],
]);

/** Units that are no asset, and so no asset may be called by them. USD is a unit and may be an asset as well. */
export const plainUnits: readonly string[] = [
  ...durationUnits.keys(),
  ...rateUnits.keys(),
  ...shareUnits.keys(),
  "gwei",
  "x",
];

/** Says what a quantity should have looked like. */
interface Expected {
  /** The units it takes, in words. */
  readonly units: string;
  readonly example: string;
}

/** True for a parse function's problem, false for its value. */
export function isProblem(parsed: unknown): parsed is Problem {
  return typeof parsed === "object" && parsed !== null && "hint" in parsed && "code" in parsed;
}

/**
 * An amount of `asset` in whole units of 10^-unitDecimals, by exact decimal arithmetic on the text; digits beyond are cut towards zero.
 * A JSON number goes through its shortest decimal text. Problems: those of `unitsOf`, `unit-wrong`, `unit-missing`, and a number's.
 */
export function parseAmount(
  value: unknown,
  asset: string,
  unitDecimals: number,
  path: string,
  rule: AmountRule = {},
): number | Problem {
  if (typeof value === "number" && rule.bare === true) {
    const units = quickUnits(value, unitDecimals, rule.signed === true);
    if (units !== null) return units;
  }
  const read = readWritten(value, path, { units: asset, example: `10 ${asset}` }, rule.bare === true);
  if (isProblem(read)) return read;
  if (read.unit !== asset && !(read.unit === "" && rule.bare === true)) {
    return wrongUnit(read.unit, path, { units: asset, example: `10 ${asset}` });
  }
  return wholeUnits(read, asset, unitDecimals, path, rule, value);
}

/** An amount with its asset, of any asset, or only of the one given. Problems: `unit-wrong`, `unit-missing`, and a number's. */
export function parseAmountOf(value: unknown, path: string, asset?: string): Amount | Problem {
  const expected = { units: asset ?? "an asset", example: `10 ${asset ?? "ETH"}` };
  const read = readWritten(value, path, expected, false);
  if (isProblem(read)) return read;
  if (asset !== undefined && read.unit !== asset) return wrongUnit(read.unit, path, expected);
  return { asset: read.unit, coins: read, text: String(value) };
}

/** Whole units of an amount whose asset has `unitDecimals`. Problems: `amount-negative`, `amount-too-large`. */
export function unitsOf(amount: Amount, unitDecimals: number, path: string, rule: AmountRule = {}): number | Problem {
  return wholeUnits(amount.coins, amount.asset, unitDecimals, path, rule, amount.text);
}

/**
 * A duration in whole milliseconds, cut below: `12 s`, `10 min`, `1 h`, `1 day`, `0.5 ms`.
 * Problems: `unit-wrong`, `unit-missing`, `number-out-of-range` (negative, or not above `above`), and a number's.
 */
export function parseDuration(value: unknown, path: string, bounds: Bounds = {}): number | Problem {
  const expected = { units: words(durationUnits), example: "10 min" };
  const read = readWritten(value, path, expected, false);
  if (isProblem(read)) return read;
  const factor = durationUnits.get(read.unit);
  if (factor === undefined) return wrongUnit(read.unit, path, expected);
  const scaled = { ...read, digits: stripped(String(BigInt(read.digits === "" ? "0" : read.digits) * BigInt(factor))) };
  const ms = cutToWhole(scaled, 0);
  if (ms === null) return tooLarge(path, `${quote(value)} is longer than any run`, "write a shorter duration");
  return bounded(read.negative ? 0 - ms : ms, path, value, { least: 0, ...bounds });
}

/**
 * A share as a fraction: `-30%`, `25 bps`; a bare fraction only with `bare`. Within 0 to 1 unless bounds say otherwise.
 * Problems: `unit-wrong`, `unit-missing`, `number-out-of-range`, and a number's.
 */
export function parseShare(
  value: unknown,
  path: string,
  rule: Bounds & { readonly bare?: boolean } = {},
): number | Problem {
  const bare = rule.bare === true;
  const expected = { units: bare ? "%, bps or none (a fraction)" : "% or bps", example: "30%" };
  const read = readWritten(value, path, expected, bare);
  if (isProblem(read)) return read;
  const shift = read.unit === "" && bare ? 0 : shareUnits.get(read.unit);
  if (shift === undefined) return wrongUnit(read.unit, path, expected);
  return bounded(real(read, shift), path, value, { least: 0, most: 1, ...rule });
}

/**
 * A move of a price as the factor that it leaves, above 0: `-0.05%` is 0.9995, added up as decimals and rounded once.
 * Problems: as `parseShare`.
 */
export function parseRelativePrice(value: unknown, path: string): number | Problem {
  const move = parseShare(value, path, { above: -1, most: 1000 });
  if (isProblem(move)) return move;
  const read = decimalOf(String(value).trim());
  const exponent = read.exponent + (shareUnits.get(read.unit) ?? 0);
  // A move of more than a hundred decimals is no move; one with a positive exponent is whole, and Float64 adds it exactly.
  if (exponent >= 0 || exponent < -100 || read.digits === "") return 1 + move;
  const digits = BigInt(read.digits);
  const one = BigInt(`1${"0".repeat(-exponent)}`);
  return Number(`${read.negative ? one - digits : one + digits}e${exponent}`);
}

/** US dollars, 0 or more unless bounds say otherwise. Problems: as `parseNumber`. */
export function parseUsd(value: unknown, path: string, bounds: Bounds = {}): number | Problem {
  return parseNumber(value, "USD", path, { least: 0, ...bounds });
}

/** A price in US dollars, above 0. Problems: as `parseNumber`. */
export function parsePrice(value: unknown, path: string): number | Problem {
  return parseNumber(value, "USD", path, { above: 0 }, "3375.69 USD");
}

/** A rate per hour: `6 /h`, `0.1 /min`; 0 or more. Problems: `unit-wrong`, `unit-missing`, `number-out-of-range`, and a number's. */
export function parseRate(value: unknown, path: string, bounds: Bounds = {}): number | Problem {
  const expected = { units: words(rateUnits), example: "6 /h" };
  const read = readWritten(value, path, expected, false);
  if (isProblem(read)) return read;
  const factor = rateUnits.get(read.unit);
  if (factor === undefined) return wrongUnit(read.unit, path, expected);
  return bounded(real(read, 0) * factor, path, value, { least: 0, ...bounds });
}

/**
 * A plain number in one unit (`30 gwei`, `3 x`); an empty `unit` is for numbers that have none, which may be bare JSON numbers.
 * Problems: `unit-wrong`, `unit-missing`, `number-out-of-range`, `number-too-large`, and a number's.
 */
export function parseNumber(
  value: unknown,
  unit: string,
  path: string,
  bounds: Bounds = {},
  example?: string,
): number | Problem {
  const expected = { units: unit === "" ? "no unit" : unit, example: example ?? `30 ${unit}`.trim() };
  const read = readWritten(value, path, expected, unit === "");
  if (isProblem(read)) return read;
  if (read.unit !== unit) return wrongUnit(read.unit, path, expected);
  return bounded(real(read, 0), path, value, bounds);
}

/** Splits a quantity into the number as text and its unit, without judging either; null where it is no number with a unit. */
export function splitQuantity(value: unknown): { readonly number: string; readonly unit: string } | null {
  if (typeof value !== "string" || value.length > longestText) return null;
  const text = value.trim();
  const match = written.exec(text);
  if (match === null) return null;
  const unit = match[5];
  return { number: text.slice(0, text.length - unit.length).trim(), unit };
}

/** Reads a number and its unit. Problems: `value-missing`, `value-empty`, `type-wrong`, `number-not-finite`, `number-malformed`, `unit-missing`. */
function readWritten(value: unknown, path: string, expected: Expected, bare: boolean): Written | Problem {
  const hint = `write it like "${expected.example}"`;
  if (typeof value === "number") {
    if (!Number.isFinite(value)) return nonFinite(String(value), path, hint);
    if (!bare) return missingUnit(String(value), path, expected);
    return decimalOf(String(value));
  }
  if (value === undefined || value === null) {
    return { code: "value-missing", path, message: "a quantity is missing", hint };
  }
  if (typeof value !== "string") {
    return { code: "type-wrong", path, message: `${quote(value)} is no quantity`, hint };
  }
  const text = value.trim();
  if (text === "") return { code: "value-empty", path, message: "a quantity is empty", hint };
  if (notFinite.test(text)) return nonFinite(quote(text), path, hint);
  if (text.length > longestText || !written.test(text)) {
    const message = `${quote(text)} is no number with a unit`;
    return { code: "number-malformed", path, message, hint: `${hint}; no thousands separators, no k or M` };
  }
  const read = decimalOf(text);
  if (read.unit === "" && !bare) return missingUnit(text, path, expected);
  return read;
}

/** Takes apart a text that `written` matches. */
function decimalOf(text: string): Written {
  const match = written.exec(text);
  if (match === null) return { negative: false, digits: "", exponent: 0, unit: text };
  const fraction = match[3] ?? "";
  const digits = stripped(match[2] + fraction);
  return { negative: match[1] === "-", digits, exponent: Number(match[4] ?? 0) - fraction.length, unit: match[5] };
}

function stripped(digits: string): string {
  return digits.replace(/^0+/, "");
}

/** floor(digits x 10^(exponent + decimals)) without ever leaving decimal text; null from 2^53 on. */
function cutToWhole(decimal: Decimal, decimals: number): number | null {
  const { digits } = decimal;
  if (digits === "") return 0;
  const shift = decimal.exponent + decimals;
  // Sixteen digits reach past 2^53 already, so longer texts need not be made.
  if (digits.length + shift > 16) return null;
  const whole = Number(shift >= 0 ? digits + "0".repeat(shift) : digits.slice(0, shift));
  return whole > Number.MAX_SAFE_INTEGER ? null : whole;
}

/** The nearest Float64 to digits x 10^(exponent + shift). */
function real(decimal: Decimal, shift: number): number {
  const size = decimal.digits === "" ? 0 : Number(`${decimal.digits}e${decimal.exponent + shift}`);
  return decimal.negative ? 0 - size : size;
}

const tenTo = Float64Array.from({ length: 19 }, (_, exponent) => Number(`1e${exponent}`));

/**
 * Whole units of a number that has no digits beyond the decimals, or null where only text can tell. Exact: the quotient is rounded once, so
 * where it gives the number back, units / 10^decimals is a decimal of at most fifteen digits that reads as that number, and there is only
 * one such decimal: the number's shortest text.
 */
function quickUnits(value: number, unitDecimals: number, signed: boolean): number | null {
  const scale = tenTo[unitDecimals];
  const units = Math.round(value * scale);
  if (!(units < 1e15 && units > -1e15) || units / scale !== value || (units < 0 && !signed)) return null;
  return units + 0;
}

function wholeUnits(
  coins: Decimal,
  asset: string,
  unitDecimals: number,
  path: string,
  rule: AmountRule,
  value: unknown,
): number | Problem {
  if (coins.negative && coins.digits !== "" && rule.signed !== true) {
    const hint = "write an amount of 0 or more; what is owed goes into a debt column";
    return { code: "amount-negative", path, message: `${quote(value)} is below zero`, hint };
  }
  const units = cutToWhole(coins, unitDecimals);
  if (units === null) {
    const hint = `check the number; if it is right, set a smaller "unitDecimals" for ${asset}`;
    return tooLarge(path, `${quote(value)} at ${unitDecimals} decimals is 2^53 units or more`, hint);
  }
  return coins.negative ? 0 - units : units;
}

function bounded(value: number, path: string, from: unknown, bounds: Bounds): number | Problem {
  const { least, most, above, below, whole } = bounds;
  if (!Number.isFinite(value)) {
    const message = `${quote(from)} is beyond the largest number`;
    return { code: "number-too-large", path, message, hint: "write a smaller number" };
  }
  const refuse = (wanted: string): Problem => ({
    code: "number-out-of-range",
    path,
    message: `${quote(from)} must be ${wanted}`,
    hint: `write a number that is ${wanted}`,
  });
  if (above !== undefined && value <= above) return refuse(`above ${above}`);
  if (least !== undefined && above === undefined && value < least) return refuse(`${least} or more`);
  if (below !== undefined && value >= below) return refuse(`below ${below}`);
  if (most !== undefined && below === undefined && value > most) return refuse(`${most} or less`);
  if (whole === true && !Number.isSafeInteger(value)) return refuse("a whole number");
  return value + 0;
}

function nonFinite(text: string, path: string, hint: string): Problem {
  const message = `${text} is no finite number${text.includes("Infinity") ? " (numbers like 1e400 are read so)" : ""}`;
  return { code: "number-not-finite", path, message, hint };
}

function missingUnit(text: string, path: string, expected: Expected): Problem {
  const message = `${quote(text)} has no unit; it takes ${expected.units}`;
  return { code: "unit-missing", path, message, hint: `write it like "${expected.example}"` };
}

function wrongUnit(unit: string, path: string, expected: Expected): Problem {
  const message = `the unit ${quote(unit)} does not fit; it takes ${expected.units}`;
  return { code: "unit-wrong", path, message, hint: `write it like "${expected.example}"` };
}

function tooLarge(path: string, message: string, hint: string): Problem {
  return { code: "amount-too-large", path, message, hint };
}

function words(units: ReadonlyMap<string, number>): string {
  const names = [...units.keys()];
  return `${names.slice(0, -1).join(", ")} or ${names[names.length - 1]}`;
}

/** What an editor shows for a quantity. */
interface EditorHelp {
  readonly description: string;
  readonly examples: readonly string[];
  /** What may follow the number; null where no number comes first. */
  readonly units: string | null;
  /** A bare JSON number is taken as well. */
  readonly bare?: boolean;
}

/**
 * A zod schema around a parse function: its problem becomes an issue that `checkShape` turns back into the same Problem, and
 * `z.toJSONSchema(schema, { io: "input" })` shows text with a pattern, a description and examples.
 */
export function parsedBy<T extends string | number | Amount>(
  parse: (value: unknown, path: string) => T | Problem,
  help: EditorHelp,
) {
  const { description, examples } = help;
  const unit = help.bare === true ? `(?: *(?:${help.units}))?` : ` *(?:${help.units})`;
  const pattern = help.units === null ? {} : { pattern: `^${numberPattern}${help.units === "" ? "" : unit}$` };
  const type = help.bare === true ? { type: ["string", "number"] } : { type: "string" };
  return z
    .unknown()
    .meta({ ...type, ...pattern, description, examples: [...examples] })
    .transform((value, context): T => {
      const parsed = parse(value, "");
      if (!isProblem(parsed)) return parsed;
      context.addIssue({ code: "custom", message: parsed.message, params: { code: parsed.code, hint: parsed.hint } });
      return z.NEVER;
    });
}

const symbolPattern = "[A-Za-z0-9][A-Za-z0-9._-]*";
const wordPattern = (units: Iterable<string>) => [...units].join("|");

/** Builders of zod schemas for quantities in files. All give plain numbers, except `amount`, which gives an `Amount`. */
export const quantity = {
  /** An amount of the given asset, or of any; `unitsOf` makes it whole units once the asset's decimals are known. */
  amount: (asset?: string) =>
    parsedBy((value, path) => parseAmountOf(value, path, asset), {
      description: asset === undefined ? "An amount with its asset." : `An amount of ${asset}.`,
      examples: [`10 ${asset ?? "ETH"}`, `1.5e3 ${asset ?? "USDC"}`],
      units: asset === undefined ? symbolPattern : asset.replace(/[.]/g, "\\."),
    }),
  /** Whole milliseconds. */
  duration: (bounds: Bounds = {}) =>
    parsedBy((value, path) => parseDuration(value, path, bounds), {
      description: "A duration.",
      examples: ["12 s", "10 min", "1 h", "1 day"],
      units: wordPattern(durationUnits.keys()),
    }),
  /** A fraction, 0 to 1 unless bounds say otherwise. */
  share: (rule: Bounds & { readonly bare?: boolean } = {}) =>
    parsedBy((value, path) => parseShare(value, path, rule), {
      description: rule.bare === true ? "A share: per cent, basis points, or a fraction." : "A share.",
      examples: ["30%", "25 bps"],
      units: wordPattern(shareUnits.keys()),
      bare: rule.bare === true,
    }),
  /** A relative move as a signed fraction, above -1: `-30%`. */
  move: () =>
    parsedBy((value, path) => parseShare(value, path, { above: -1, most: 1000 }), {
      description: "A relative move.",
      examples: ["-30%", "+20%", "25 bps"],
      units: wordPattern(shareUnits.keys()),
    }),
  /** A relative move as the factor that it leaves: `-0.05%` is 0.9995. */
  relativePrice: () =>
    parsedBy(parseRelativePrice, {
      description: "A move of the price away from fair value.",
      examples: ["-0.05%", "25 bps"],
      units: wordPattern(shareUnits.keys()),
    }),
  /** US dollars, 0 or more unless bounds say otherwise. */
  usd: (bounds: Bounds = {}) =>
    parsedBy((value, path) => parseUsd(value, path, bounds), {
      description: "US dollars.",
      examples: ["3375.69 USD"],
      units: "USD",
    }),
  /** US dollars per coin, above 0. */
  price: () =>
    parsedBy(parsePrice, { description: "A price in US dollars, above 0.", examples: ["3375.69 USD"], units: "USD" }),
  /** Per hour. */
  rate: (bounds: Bounds = {}) =>
    parsedBy((value, path) => parseRate(value, path, bounds), {
      description: "A rate.",
      examples: ["6 /h", "0.1 /min"],
      units: wordPattern(rateUnits.keys()),
    }),
  /** gwei per unit of gas, 0 or more unless bounds say otherwise. */
  gwei: (bounds: Bounds = {}) =>
    parsedBy((value, path) => parseNumber(value, "gwei", path, { least: 0, ...bounds }), {
      description: "A gas price in gwei.",
      examples: ["30 gwei"],
      units: "gwei",
    }),
  /** A plain number without a unit, within bounds. */
  number: (bounds: Bounds = {}) =>
    parsedBy((value, path) => parseNumber(value, "", path, bounds), {
      description: bounds.whole === true ? "A whole number." : "A number.",
      examples: ["3"],
      units: "",
      bare: true,
    }),
  /** Milliseconds since 1970 of a moment in UTC. */
  moment: () =>
    parsedBy(parseMoment, { description: "A moment in UTC.", examples: ["2021-05-19T00:00:00Z"], units: null }),
};
