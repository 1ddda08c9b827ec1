import { Sha256 } from "../math/sha256.js";
import type { Book, DepthLevel, PositionTable, Venue } from "./book.js";
import { assert } from "./problem.js";
import { encodeUtf8 } from "./utf8.js";

/** True where typed arrays lie in memory as our files and hashes want them; so on every machine that runs JavaScript today. */
export const isLittleEndian = new Uint8Array(Uint32Array.of(1).buffer)[0] === 1;

/**
 * SHA-256 of everything that a book says, as 64 hex digits. Serialised little-endian, texts as UTF-8 behind their length; lists in the
 * book's canonical order, so permuted files have the same hash, and a book read from columns has that of the same book read from JSON.
 */
export function bookHash(book: Book): string {
  const sink = new Sink();
  sink.text("firebreak book 1");
  sink.text(book.name);
  sink.numbers(book.atMs);
  const layers = Object.entries(book.layers).sort(([left], [right]) => (left < right ? -1 : 1));
  sink.numbers(layers.length);
  for (const [name, { source, asOf, coverage, coverageShare, basis }] of layers) {
    for (const text of [name, source, asOf, coverage, basis]) sink.text(text);
    sink.numbers(coverageShare ?? -1);
  }
  sink.numbers(book.assets.length);
  for (const { symbol, unitDecimals, priceUsd } of book.assets) {
    sink.text(symbol);
    sink.numbers(unitDecimals, priceUsd);
  }
  sink.numbers(book.instruments.length);
  for (const { id, asset, quote, market, chain } of book.instruments) {
    for (const text of [id, market, chain]) sink.text(text);
    sink.numbers(asset, quote);
  }
  sink.numbers(book.venues.length);
  for (const venue of book.venues) hashVenue(venue, sink);
  sink.numbers(book.positions.length);
  for (const table of book.positions) hashTable(table, sink);
  return sink.hex();
}

function hashVenue(venue: Venue, sink: Sink): void {
  for (const text of [venue.id, venue.kind, venue.layer]) sink.text(text);
  sink.numbers(venue.instrument);
  if (venue.kind === "constant-product") {
    sink.numbers(venue.baseUnits, venue.quoteUnits, venue.fee);
    return;
  }
  const levels = (list: readonly DepthLevel[]) => {
    sink.numbers(list.length);
    for (const { relativePrice, units } of list) sink.numbers(relativePrice, units);
  };
  levels(venue.bids);
  levels(venue.asks);
  sink.numbers(venue.refillPerHour);
}

function hashTable(table: PositionTable, sink: Sink): void {
  sink.text(table.protocol);
  sink.text(table.layer);
  sink.numbers(table.ids.length, table.columns.length);
  const { numbers, addresses, bytes, ends } = table.ids.encoded();
  sink.numbers(numbers.length, ends.length);
  sink.column(numbers);
  sink.bytes(addresses);
  sink.column(ends);
  sink.bytes(bytes);
  for (const { role, asset, values } of table.columns) {
    sink.text(role);
    sink.numbers(asset);
    sink.column(values);
  }
}

/** Writes numbers and texts into the hash. */
class Sink {
  private readonly hash = new Sha256();

  numbers(...values: readonly number[]): void {
    const bytes = new DataView(new ArrayBuffer(8 * values.length));
    for (const [place, value] of values.entries()) bytes.setFloat64(8 * place, value, true);
    this.hash.update(new Uint8Array(bytes.buffer));
  }

  text(text: string): void {
    this.bytes(encodeUtf8(text));
  }

  bytes(bytes: Uint8Array): void {
    this.numbers(bytes.length);
    this.hash.update(bytes);
  }

  column(values: Float64Array): void {
    assert(isLittleEndian, "columns are hashed as they lie in memory, little-endian");
    this.hash.update(new Uint8Array(values.buffer, values.byteOffset, values.byteLength));
  }

  hex(): string {
    return this.hash.hex();
  }
}
