import { decodeUtf8, encodeUtf8 } from "./utf8.js";

/** The account ids of a table by row, in the order of `compareAccounts`. They may live as bytes and become text when asked for. */
export interface AccountIds {
  readonly length: number;
  /** The id of a row; the row must exist. */
  at(row: number): string;
  /** The row of an id, or -1. */
  indexOf(id: string): number;
  /** The ids as columns; the same ids always give the same columns. */
  encoded(): EncodedIds;
}

/**
 * Ids as columns: first those that are whole numbers below 2^53, which canonical order puts first; then the others, as 20 bytes each where
 * all of them are addresses (`0x` and 40 lower-case hexadecimal digits), else as text.
 */
export interface EncodedIds {
  readonly numbers: Float64Array;
  /** 20 bytes per row; empty where there is text. */
  readonly addresses: Uint8Array;
  /** Texts one after the other, as UTF-8. */
  readonly bytes: Uint8Array<ArrayBuffer>;
  /** Per text, the offset one past its last byte. */
  readonly ends: Float64Array;
}

/** Bytes of an address. */
export const addressBytes = 20;

const wholeNumber = /^(?:0|[1-9][0-9]*)$/;
const address = /^0x[0-9a-f]{40}$/;

/** True for an id that is kept as a number. */
export function isNumberId(id: string): boolean {
  return wholeNumber.test(id) && Number.isSafeInteger(Number(id));
}

/** True for an id that is kept as 20 bytes. */
export function isAddressId(id: string): boolean {
  return address.test(id);
}

/**
 * The canonical order of account ids: whole numbers first, by value, then text by code unit. Negative, zero or positive, as `sort` wants it.
 */
export function compareAccounts(left: string, right: string): number {
  const leftIsNumber = wholeNumber.test(left);
  if (leftIsNumber !== wholeNumber.test(right)) return leftIsNumber ? -1 : 1;
  if (leftIsNumber && left.length !== right.length) return left.length - right.length;
  return left < right ? -1 : left > right ? 1 : 0;
}

/** Wraps ids that are text already; they must be in canonical order without duplicates. */
export function accountIds(list: readonly string[]): AccountIds {
  return new ListedIds(list);
}

/** Wraps ids that are columns; each becomes text when it is asked for. They must be in canonical order without duplicates. */
export function accountIdsOf(encoded: EncodedIds): AccountIds {
  return new ColumnIds(encoded);
}

class ListedIds implements AccountIds {
  readonly length: number;
  constructor(private readonly list: readonly string[]) {
    this.length = list.length;
  }

  at(row: number): string {
    return this.list[row];
  }

  indexOf(id: string): number {
    return search(this, id);
  }

  encoded(): EncodedIds {
    const firstOther = this.list.findIndex((id) => !isNumberId(id));
    const numberCount = firstOther < 0 ? this.length : firstOther;
    const numbers = Float64Array.from({ length: numberCount }, (_, row) => Number(this.list[row]));
    const others = this.list.slice(numberCount);
    return others.length > 0 && others.every(isAddressId)
      ? { numbers, addresses: packAddresses(others), ...packTexts([]) }
      : { numbers, addresses: new Uint8Array(0), ...packTexts(others) };
  }
}

class ColumnIds implements AccountIds {
  readonly length: number;
  constructor(private readonly source: EncodedIds) {
    this.length = source.numbers.length + source.addresses.length / addressBytes + source.ends.length;
  }

  at(row: number): string {
    const { numbers, addresses, bytes, ends } = this.source;
    if (row < numbers.length) return String(numbers[row]);
    const place = row - numbers.length;
    if (addresses.length > 0) return addressAt(addresses, place * addressBytes);
    return textAt(bytes, place === 0 ? 0 : ends[place - 1], ends[place]);
  }

  indexOf(id: string): number {
    return search(this, id);
  }

  encoded(): EncodedIds {
    return this.source;
  }
}

/** Binary search in canonical order. */
function search(ids: AccountIds, id: string): number {
  let low = 0;
  let high = ids.length - 1;
  while (low <= high) {
    const middle = (low + high) >>> 1;
    const order = compareAccounts(ids.at(middle), id);
    if (order === 0) return middle;
    if (order < 0) low = middle + 1;
    else high = middle - 1;
  }
  return -1;
}

const hexDigits = "0123456789abcdef";

function addressAt(bytes: Uint8Array, start: number): string {
  let text = "0x";
  for (let place = start; place < start + addressBytes; place++) {
    text += hexDigits[bytes[place] >>> 4] + hexDigits[bytes[place] & 15];
  }
  return text;
}

/** Plain ASCII, the usual case, is quicker by hand than through the decoder. */
function textAt(bytes: Uint8Array, start: number, end: number): string {
  let text = "";
  for (let place = start; place < end; place++) {
    if (bytes[place] > 127) return decodeUtf8(bytes.subarray(start, end)) ?? "";
    text += String.fromCharCode(bytes[place]);
  }
  return text;
}

function packAddresses(ids: readonly string[]): Uint8Array<ArrayBuffer> {
  const bytes = new Uint8Array(ids.length * addressBytes);
  for (const [row, id] of ids.entries()) {
    for (let byte = 0; byte < addressBytes; byte++) {
      bytes[row * addressBytes + byte] = nibble(id.charCodeAt(2 + 2 * byte)) * 16 + nibble(id.charCodeAt(3 + 2 * byte));
    }
  }
  return bytes;
}

/** The value of a lower-case hexadecimal digit: `0` is 48, `a` is 97. */
function nibble(unit: number): number {
  return unit < 97 ? unit - 48 : unit - 87;
}

function packTexts(ids: readonly string[]): { readonly bytes: Uint8Array<ArrayBuffer>; readonly ends: Float64Array } {
  const ends = new Float64Array(ids.length);
  let end = 0;
  for (const [row, id] of ids.entries()) {
    end += byteLength(id);
    ends[row] = end;
  }
  return { bytes: encodeUtf8(ids.join("")), ends };
}

/** UTF-8 length of a well-formed text. */
function byteLength(text: string): number {
  let length = text.length;
  for (let place = 0; place < text.length; place++) {
    const unit = text.charCodeAt(place);
    // A surrogate pair is two units and four bytes, so each half adds one.
    if (unit > 0x7f) length += unit > 0x7ff && (unit < 0xd800 || unit > 0xdfff) ? 2 : 1;
  }
  return length;
}
