import { accountIdsOf, compareAccounts, type EncodedIds } from "./account-ids.js";
import { parseAccount } from "./position-rows.js";
import type { ProblemList } from "./problem-list.js";
import { isProblem } from "./quantity.js";
import { under } from "./wording.js";

const zero = 0x30;
const nine = 0x39;
/** Longest id in characters and, at four bytes each, in bytes. */
const longestText = 128;
const longestBytes = 512;
/** Digits that a Float64 holds exactly. */
const exactDigits = 15;

/**
 * Checks ids that came as bytes: every id between its neighbours' ends, printable, and in strictly rising canonical order. Where all bytes
 * are plain ASCII, the usual case, nothing is decoded. Adds the first of `ids-malformed`, `account-order`, and problems of `parseAccount`.
 */
export function checkIds(encoded: EncodedIds, path: string, problems: ProblemList): void {
  const { bytes, ends } = encoded;
  const wrongEnd = firstWrongEnd(ends, bytes.length);
  if (wrongEnd >= 0) {
    const message = `the id of row ${wrongEnd} lies outside of the ids' bytes, is empty or too long`;
    problems.say("ids-malformed", under(path, wrongEnd), message, "write the file anew from its source");
    return;
  }
  // Order and names are looked at in text wherever the quick look does not vouch for all rows.
  if (isPlainAscii(bytes) && risesPlainly(bytes, ends)) return;
  const ids = accountIdsOf(encoded);
  let previous = "";
  for (let row = 0; row < ids.length; row++) {
    const id = ids.at(row);
    const account = parseAccount(id);
    if (isProblem(account)) {
      problems.add({ ...account, path: under(path, row) });
      return;
    }
    if (row > 0 && compareAccounts(previous, id) >= 0) {
      const message = `the account of row ${row} does not come after that of the row before it`;
      problems.say("account-order", under(path, row), message, "write the file anew from its source");
      return;
    }
    previous = id;
  }
}

/** The first row whose id is empty, longer than any id, or not within the bytes; -1 if there is none. */
function firstWrongEnd(ends: Float64Array, byteCount: number): number {
  let start = 0;
  for (let row = 0; row < ends.length; row++) {
    const end = ends[row];
    if (!(end > start && end <= byteCount && end - start <= longestBytes && Math.floor(end) === end)) return row;
    start = end;
  }
  return start === byteCount ? -1 : ends.length - 1;
}

/**
 * True where all bytes lie from 0x21 to 0x7e, four at a time: a byte below 0x21 borrows, 0x7f carries, and either way a top bit shows
 * (S. E. Anderson, "Bit Twiddling Hacks", hasless and hasmore).
 */
function isPlainAscii(bytes: Uint8Array): boolean {
  const words = new Int32Array(bytes.buffer, bytes.byteOffset, bytes.length >>> 2);
  const unrolled = words.length & ~3;
  for (let place = 0; place < unrolled; place += 4) {
    const flags =
      outside(words[place]) | outside(words[place + 1]) | outside(words[place + 2]) | outside(words[place + 3]);
    if ((flags & 0x80808080) !== 0) return false;
  }
  for (let place = unrolled; place < words.length; place++) {
    if ((outside(words[place]) & 0x80808080) !== 0) return false;
  }
  for (let place = words.length * 4; place < bytes.length; place++) {
    if (bytes[place] < 0x21 || bytes[place] > 0x7e) return false;
  }
  return true;
}

function outside(word: number): number {
  return word | (word - 0x21212121) | (word + 0x01010101);
}

/** True where plain ASCII ids certainly rise in canonical order and none is too long or may be a name that objects keep for themselves. */
function risesPlainly(bytes: Uint8Array, ends: Float64Array): boolean {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.length);
  let previousStart = 0;
  let previousLength = 0;
  let previousValue = -1;
  let start = 0;
  for (let row = 0; row < ends.length; row++) {
    const end = ends[row];
    const length = end - start;
    const value = numberAt(bytes, start, length);
    if (value >= 0) {
      // Whole numbers come first, so the one before must be a smaller one; it is -1 before the first row and -2 behind a text.
      if (previousValue === textValue || value <= previousValue) return false;
    } else {
      if (length > longestText || mayBeReserved(bytes[start], length) || isLongNumber(bytes, start, length))
        return false;
      if (row > 0 && previousValue === textValue && !comesAfter(view, previousStart, previousLength, start, length)) {
        return false;
      }
    }
    previousStart = start;
    previousLength = length;
    previousValue = value;
    start = end;
  }
  return true;
}

/** What `numberAt` gives for text. */
const textValue = -2;

/** The value of a whole number of at most fifteen digits without leading zeros, else `textValue`. */
function numberAt(bytes: Uint8Array, start: number, length: number): number {
  if (length > exactDigits || (bytes[start] === zero && length > 1)) return textValue;
  let value = 0;
  for (let place = start; place < start + length; place++) {
    const digit = bytes[place] - zero;
    if (digit < 0 || digit > 9) return textValue;
    value = value * 10 + digit;
  }
  return value;
}

/** True for an id that might be a whole number of more digits than are exact; text decides about those. */
function isLongNumber(bytes: Uint8Array, start: number, length: number): boolean {
  return length > exactDigits && bytes[start] > zero && bytes[start] <= nine;
}

/** `__proto__`, `prototype` and `constructor` have 9 or 11 letters and begin with one of these. */
function mayBeReserved(first: number, length: number): boolean {
  return (length === 9 || length === 11) && (first === 0x5f || first === 0x70 || first === 0x63);
}

/** Compares two ids byte by byte, four at a time: big-endian words order as their bytes do. */
function comesAfter(view: DataView, left: number, leftLength: number, right: number, rightLength: number): boolean {
  const shorter = leftLength < rightLength ? leftLength : rightLength;
  let place = 0;
  for (; place + 4 <= shorter; place += 4) {
    const difference = view.getUint32(right + place) - view.getUint32(left + place);
    if (difference !== 0) return difference > 0;
  }
  for (; place < shorter; place++) {
    const difference = view.getUint8(right + place) - view.getUint8(left + place);
    if (difference !== 0) return difference > 0;
  }
  return rightLength > leftLength;
}
