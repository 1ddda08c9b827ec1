import { parseDecimal, unitsDown } from "./decimal.js";

const plain = /^(\d{1,9})(?:\.(\d{0,15}))?$/;
const largest = BigInt(Number.MAX_SAFE_INTEGER);

/**
 * Whole units of 10^-`unitDecimals` that a cell states, rounded towards zero, or a sentence saying why it states none. Exact: no digit passes through a
 * float that cannot hold it. Thousands separators, units and words are refused, never read through.
 */
export function amountUnits(cell: string, unitDecimals: number, signed: boolean): number | string {
  const quick = plain.exec(cell);
  if (quick !== null && quick[1].length + unitDecimals <= 15) {
    const fraction = quick[2] ?? "";
    return Number(quick[1] + fraction.slice(0, unitDecimals).padEnd(unitDecimals, "0"));
  }
  const decimal = parseDecimal(cell);
  if (typeof decimal === "string") return reasonFor(cell, decimal);
  if (decimal.digits < 0n && !signed) return `negative amount: ${JSON.stringify(cell)}`;
  const units = unitsDown(decimal, unitDecimals);
  if (units > largest || units < -largest)
    return `too large to count in units of 1e-${unitDecimals}: ${JSON.stringify(cell)}`;
  return Number(units);
}

function reasonFor(cell: string, reason: string): string {
  if (/^[+-]?(nan|inf|infinity)$/i.test(cell)) return `no finite number: ${JSON.stringify(cell)}`;
  if (/^[+-]?\d{1,3}([,' ]\d{3})+(\.\d+)?$/.test(cell))
    return `thousands separators: write ${cell.replace(/[,' ]/g, "")} for ${JSON.stringify(cell)}`;
  return reason;
}

/** A plain number of a cell (a price, a factor), or a sentence saying why it is none. */
export function plainNumber(cell: string): number | string {
  const decimal = parseDecimal(cell);
  return typeof decimal === "string" ? reasonFor(cell, decimal) : Number(cell);
}
