import { decodeUtf8, encodeUtf8 } from "./utf8.js";

/** The account ids of a table by row, in the order of `compareAccounts`. They may live as bytes and become text when asked for. */
export interface AccountIds {
  readonly length: number;
  /** The id of a row; the row must exist. */
  at(row: number): string;
  /** The row of an id, or -1. */
  indexOf(id: string): number;
  /** The ids as UTF-8, one after the other; the id of row r ends before byte `ends[r]`. */
  encoded(): EncodedIds;
}

/** Ids as one run of UTF-8 bytes. */
export interface EncodedIds {
  readonly bytes: Uint8Array<ArrayBuffer>;
  /** Per row, the offset one past its last byte. */
  readonly ends: Float64Array;
}

const wholeNumber = /^(?:0|[1-9][0-9]*)$/;

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

/** Wraps ids that are bytes; each is decoded when it is asked for. They must be in canonical order without duplicates. */
export function accountIdsOf(encoded: EncodedIds): AccountIds {
  return new LazyIds(encoded);
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
    const bytes = encodeUtf8(this.list.join(""));
    const ends = new Float64Array(this.length);
    let end = 0;
    for (let row = 0; row < this.length; row++) {
      end += byteLength(this.list[row]);
      ends[row] = end;
    }
    return { bytes, ends };
  }
}

class LazyIds implements AccountIds {
  readonly length: number;
  constructor(private readonly source: EncodedIds) {
    this.length = source.ends.length;
  }

  at(row: number): string {
    const { bytes, ends } = this.source;
    const start = row === 0 ? 0 : ends[row - 1];
    const end = ends[row];
    // Plain ASCII, the usual case, is quicker by hand than through the decoder.
    let text = "";
    for (let place = start; place < end; place++) {
      if (bytes[place] > 127) return decodeUtf8(bytes.subarray(start, end)) ?? "";
      text += String.fromCharCode(bytes[place]);
    }
    return text;
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
