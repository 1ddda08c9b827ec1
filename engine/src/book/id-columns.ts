import {
  accountIdsOf,
  addressBytes,
  compareAccounts,
  type EncodedIds,
  isAddressId,
  isNumberId,
} from "./account-ids.js";
import { parseAccount } from "./position-rows.js";
import type { ProblemList } from "./problem-list.js";
import { isProblem } from "./quantity.js";
import { under } from "./wording.js";

/** Longest text in bytes: 128 characters of four bytes each. */
const longestBytes = 512;

/**
 * Checks ids that came as columns, so that they are what `AccountIds.encoded` gives: whole numbers and addresses in strictly rising order,
 * texts printable and in strictly rising canonical order. Numbers and addresses are not turned into text for it. Adds the first of
 * `ids-malformed`, `account-order`, and problems of `parseAccount`.
 */
export function checkIds(encoded: EncodedIds, path: string, problems: ProblemList): void {
  const { numbers, addresses, ends, bytes } = encoded;
  const hint = "write the file anew from its source";
  const wrongNumber = firstWrongNumber(numbers);
  if (wrongNumber >= 0) {
    const message = `the account number ${numbers[wrongNumber]} is not whole, or not above the one before it`;
    problems.say("account-order", under(path, wrongNumber), message, hint);
    return;
  }
  const wrongAddress = firstWrongAddress(addresses);
  if (wrongAddress >= 0) {
    const message = "the address is not above the one before it";
    problems.say("account-order", under(path, numbers.length + wrongAddress), message, hint);
    return;
  }
  const wrongEnd = firstWrongEnd(ends, bytes.length);
  if (wrongEnd >= 0) {
    const message = `the id of row ${wrongEnd} lies outside of the ids' bytes, is empty or too long`;
    problems.say("ids-malformed", under(path, numbers.length + wrongEnd), message, hint);
    return;
  }
  checkTexts(encoded, path, problems);
}

/** Texts are few, or short of being columns, so each is looked at as text. */
function checkTexts(encoded: EncodedIds, path: string, problems: ProblemList): void {
  const { numbers, addresses, ends } = encoded;
  const ids = accountIdsOf(encoded);
  const hint = "write the file anew from its source";
  let previous = "";
  let allAddresses = ends.length > 0;
  for (let row = numbers.length; row < ids.length && addresses.length === 0; row++) {
    const id = ids.at(row);
    const account = parseAccount(id);
    if (isProblem(account)) {
      problems.add({ ...account, path: under(path, row) });
      return;
    }
    if (isNumberId(id) || (row > numbers.length && compareAccounts(previous, id) >= 0)) {
      const message = `the account of row ${row} does not come after that of the row before it`;
      problems.say("account-order", under(path, row), message, hint);
      return;
    }
    allAddresses &&= isAddressId(id);
    previous = id;
  }
  if (allAddresses || (addresses.length > 0 && ends.length > 0)) {
    problems.say("ids-malformed", path, "addresses are written as text, or beside text", hint);
  }
}

const roundingShift = 6_755_399_441_055_744;

/** The first number that is not whole, not below 2^53, or not above the one before it; -1 if there is none. */
function firstWrongNumber(numbers: Float64Array): number {
  let previous = -1;
  for (let row = 0; row < numbers.length; row++) {
    const number = numbers[row];
    if (!(number > previous && number <= Number.MAX_SAFE_INTEGER)) return row;
    // Below 2^51 adding and taking 1.5 x 2^52 rounds to a whole number; beyond, Math.floor decides.
    if (number + roundingShift - roundingShift !== number && Math.floor(number) !== number) return row;
    previous = number;
  }
  return numbers.length > 0 && Object.is(numbers[0], -0) ? 0 : -1;
}

/** The first address that is not above the one before it; -1 if there is none. Big-endian words order as their bytes do. */
function firstWrongAddress(addresses: Uint8Array): number {
  const view = new DataView(addresses.buffer, addresses.byteOffset, addresses.length);
  let previousHead = -1;
  for (let start = 0; start < addresses.length; start += addressBytes) {
    const head = view.getUint32(start);
    if (head < previousHead || (head === previousHead && !tailRises(view, start))) return start / addressBytes;
    previousHead = head;
  }
  return -1;
}

/** True where the address at `start`, whose first word equals that of the one before it, is above it. */
function tailRises(view: DataView, start: number): boolean {
  for (let place = start + 4; place < start + addressBytes; place += 4) {
    const difference = view.getUint32(place) - view.getUint32(place - addressBytes);
    if (difference !== 0) return difference > 0;
  }
  return false;
}

/** The first text that is empty, longer than any id, or not within the bytes; -1 if there is none. */
function firstWrongEnd(ends: Float64Array, byteCount: number): number {
  let start = 0;
  for (let row = 0; row < ends.length; row++) {
    const end = ends[row];
    if (!(end > start && end <= byteCount && end - start <= longestBytes && Math.floor(end) === end)) return row;
    start = end;
  }
  return start === byteCount ? -1 : ends.length - 1;
}
