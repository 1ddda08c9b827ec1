import type { Book } from "../../book/book.js";
import { powersOfTen } from "../../rules/account-value.js";

/** Quote units per (coin price x base unit) of an instrument. */
export function quoteScale(book: Book, instrument: number): number {
  const { asset, quote } = book.instruments[instrument];
  const digits = book.assets[quote].unitDecimals - book.assets[asset].unitDecimals;
  return digits >= 0 ? powersOfTen[digits] : 1 / powersOfTen[-digits];
}
