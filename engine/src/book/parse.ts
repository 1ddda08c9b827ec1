import type { z } from "zod";
import type { Asset, Book, DepthLevel, Instrument, PositionTable, Venue } from "./book.js";
import type { AssetScale } from "./column.js";
import { readAccounts, readRows } from "./position-rows.js";
import { type Problem, ProblemsError } from "./problem.js";
import { ProblemList } from "./problem-list.js";
import type { Provenance } from "./provenance.js";
import { type Amount, isProblem, unitsOf } from "./quantity.js";
import {
  assetSchema,
  bookOutline,
  type constantProductSchema,
  defaultUnitDecimals,
  inlineBookOutline,
  instrumentSchema,
  layerSchema,
  limits,
  type orderBookSchema,
  parseName,
  parseSymbol,
  positionsSchema,
  venueSchema,
} from "./schema.js";
import { checkShape, checkStructure, entriesOf, isTable } from "./shape.js";
import { AssetTotals } from "./totals.js";
import { clean, quote, suggestion, under, wholeInput } from "./wording.js";

/** Lists that have a reader of their own, which looks at every cell. */
const handRead: ReadonlySet<string> = new Set(["rows", "accounts"]);

/** How a book is given. */
export interface BookPlace {
  /** Where it stands in an enclosing file; problems' paths begin there. */
  readonly path?: string;
  /** It stands inside a scenario: `version` and `kind` may be left out. */
  readonly inline?: boolean;
}

/** What parsing a book gives: the book, or all that is wrong with it. */
export type ParsedBook = { readonly book: Book } | { readonly problems: readonly Problem[] };

/**
 * Reads a book as JSON or YAML gave it. Everything that is wrong is reported at once; nothing is thrown. Entries come out sorted by id and
 * rows by account, so files that say the same give the same book.
 */
export function parseBook(value: unknown, place: BookPlace = {}): ParsedBook {
  const problems = new ProblemList();
  const book = new BookReader(value, place, problems).read();
  return book !== null && problems.count === 0 ? { book } : { problems: problems.list() };
}

/** As `parseBook`, for callers that cannot go on without it: throws `ProblemsError`. */
export function readBook(value: unknown, place: BookPlace = {}): Book {
  const parsed = parseBook(value, place);
  if ("problems" in parsed) throw new ProblemsError(parsed.problems);
  return parsed.book;
}

/** Adds what is wrong with an input as a whole: `input-empty`, `type-wrong`, and the structure's. False: do not read on. */
export function isReadable(
  value: unknown,
  path: string,
  what: string,
  problems: ProblemList,
): value is Readonly<Record<string, unknown>> {
  const at = path === "" ? wholeInput : path;
  if (value === undefined || value === null || value === "") {
    problems.say("input-empty", at, `there is no ${what}, only nothing`, `write the ${what}, or name another file`);
    return false;
  }
  if (!isTable(value)) {
    problems.say(
      "type-wrong",
      at,
      `a ${what} is a table of keys, but this is ${quote(value)}`,
      'begin with "version" and "kind"',
    );
    return false;
  }
  return checkStructure(value, path, problems, handRead);
}

/** Reads `layers`; a layer that is wrong is still known by its name. */
export function readLayers(
  section: unknown,
  path: string,
  problems: ProblemList,
): { readonly layers: Readonly<Record<string, Provenance>>; readonly names: ReadonlySet<string> } {
  const names = new Set<string>();
  const layers: [string, Provenance][] = [];
  for (const [name, value] of entriesOf(section, path, limits.layers, problems)) {
    names.add(name);
    if (!isNamed(name, path, problems)) continue;
    const layer = checkShape(layerSchema, value, under(path, name), problems);
    if (layer !== undefined) layers.push([name, layer]);
  }
  layers.sort(byName);
  return { layers: Object.fromEntries(layers), names };
}

/** Adds `unknown-layer` where a layer is not among the names. */
export function checkLayer(name: string, names: ReadonlySet<string>, path: string, problems: ProblemList): void {
  if (names.has(name)) return;
  problems.say("unknown-layer", under(path, "layer"), `there is no layer ${quote(name)}`, suggestion(name, names));
}

function isNamed(name: string, path: string, problems: ProblemList, parse = parseName): boolean {
  const parsed = parse(name, under(path, clean(name)));
  if (!isProblem(parsed)) return true;
  problems.add(parsed);
  return false;
}

function byName(left: readonly [string, unknown], right: readonly [string, unknown]): number {
  return left[0] < right[0] ? -1 : left[0] > right[0] ? 1 : 0;
}

type OrderBookFile = z.output<typeof orderBookSchema>;
type ConstantProductFile = z.output<typeof constantProductSchema>;

/** Reads one book, section by section; a reference to an entry that is itself wrong is no second problem. */
class BookReader {
  private readonly path: string;
  private readonly scales = new Map<string, AssetScale>();
  private readonly scaleList: AssetScale[] = [];
  private readonly instrumentPlaces = new Map<string, number>();
  private instruments: readonly (Instrument | null)[] = [];
  private layerNames: ReadonlySet<string> = new Set();
  /** Whole units of each asset over the whole book, for the limit on totals. */
  private readonly totals = new AssetTotals();

  constructor(
    private readonly value: unknown,
    private readonly place: BookPlace,
    private readonly problems: ProblemList,
  ) {
    this.path = place.path ?? "";
  }

  read(): Book | null {
    const { value, path, problems } = this;
    if (!isReadable(value, path, "book", problems)) return null;
    const outline = this.place.inline === true ? inlineBookOutline : bookOutline;
    const head = checkShape(outline, value, path, problems);
    const section = (name: string) => (Object.hasOwn(value, name) ? value[name] : undefined);
    const at = (name: string) => under(path, name);
    const { layers, names } = readLayers(section("layers"), at("layers"), problems);
    this.layerNames = names;
    const assets = this.readAssets(section("assets"), at("assets"));
    this.instruments = this.readInstruments(section("instruments"), at("instruments"));
    const positions = this.readPositions(section("positions"), at("positions"));
    const venues = this.readVenues(section("venues"), at("venues"));
    this.totals.check(this.scaleList, at("assets"), problems);
    if (head === undefined || problems.count > 0) return null;
    const instruments = this.instruments.filter((instrument) => instrument !== null);
    return { name: head.name, atMs: head.at, assets, instruments, venues, positions, layers };
  }

  private readAssets(section: unknown, path: string): readonly Asset[] {
    const { problems } = this;
    const entries = [...entriesOf(section, path, limits.assets, problems)].sort(byName);
    if (entries.length === 0 && (section === undefined || isTable(section))) {
      problems.say("value-missing", path, "a book has at least one asset", 'add { "ETH": { "price": "3375.69 USD" } }');
    }
    const assets: Asset[] = [];
    for (const [index, [symbol, value]] of entries.entries()) {
      const at = under(path, symbol);
      const named = isNamed(symbol, path, problems, parseSymbol);
      const asset = checkShape(assetSchema, value, at, problems);
      const unitDecimals = asset?.unitDecimals ?? defaultUnitDecimals(symbol);
      const scale = { symbol, index, unitDecimals };
      this.scales.set(symbol, scale);
      this.scaleList.push(scale);
      if (named && asset !== undefined) assets.push({ symbol, unitDecimals, priceUsd: asset.price });
    }
    return assets;
  }

  private readInstruments(section: unknown, path: string): readonly (Instrument | null)[] {
    const { problems } = this;
    const entries = [...entriesOf(section, path, limits.instruments, problems)].sort(byName);
    return entries.map(([id, value], index) => {
      this.instrumentPlaces.set(id, index);
      const at = under(path, id);
      const named = isNamed(id, path, problems);
      const file = checkShape(instrumentSchema, value, at, problems);
      if (file === undefined || !named) return null;
      const asset = this.assetOf(file.asset, under(at, "asset"));
      const counter = this.assetOf(file.quote, under(at, "quote"));
      if (asset === null || counter === null) return null;
      if (asset === counter) {
        const message = `${quote(file.asset)} is quoted in itself`;
        problems.say("reference-cycle", under(at, "quote"), message, "name the asset that it is paid with");
        return null;
      }
      return { id, asset: asset.index, quote: counter.index, market: file.market, chain: file.chain };
    });
  }

  private readPositions(section: unknown, path: string): readonly PositionTable[] {
    const { problems } = this;
    const entries = [...entriesOf(section, path, limits.protocols, problems)].sort(byName);
    const tables: PositionTable[] = [];
    for (const [protocol, value] of entries) {
      const at = under(path, protocol);
      const named = isNamed(protocol, path, problems);
      const file = checkShape(positionsSchema, value, at, problems);
      if (file === undefined || !named) continue;
      checkLayer(file.layer, this.layerNames, at, problems);
      const inRows = file.columns !== undefined && file.rows !== undefined && file.accounts === undefined;
      const inAccounts = file.columns === undefined && file.rows === undefined && file.accounts !== undefined;
      if (!inRows && !inAccounts) {
        const message = 'positions are given either by "columns" and "rows" or by "accounts"';
        problems.say("positions-form", at, message, "keep one of the two forms, whole");
        continue;
      }
      const rows =
        file.columns !== undefined
          ? readRows(file.columns, file.rows, at, this.scales, problems)
          : readAccounts(file.accounts, at, this.scales, problems);
      if (rows === null) continue;
      for (const { asset, values } of rows.columns) if (asset >= 0) this.totals.countColumn(asset, values);
      tables.push({ protocol, ids: rows.ids, columns: rows.columns, layer: file.layer });
    }
    return tables;
  }

  private readVenues(section: unknown, path: string): readonly Venue[] {
    const { problems } = this;
    const entries = [...entriesOf(section, path, limits.venues, problems)].sort(byName);
    const venues: Venue[] = [];
    for (const [id, value] of entries) {
      const at = under(path, id);
      const named = isNamed(id, path, problems);
      const file = checkShape(venueSchema, value, at, problems);
      if (file === undefined || !named) continue;
      checkLayer(file.layer, this.layerNames, at, problems);
      const instrument = this.instrumentOf(file.instrument, under(at, "instrument"));
      if (instrument === null) continue;
      venues.push(
        file.kind === "order-book"
          ? this.orderBook(id, file, instrument, at)
          : this.constantProduct(id, file, instrument, at),
      );
    }
    return venues;
  }

  private orderBook(id: string, file: OrderBookFile, instrument: number, at: string): Venue {
    const { problems } = this;
    const asset = this.instruments[instrument]?.asset ?? 0;
    if (file.bids.length + file.asks.length === 0) {
      const hint = 'add levels like ["-0.05%", "0.3 ETH"], or leave the venue out';
      problems.say("curve-empty", at, "the order book has neither bids nor asks", hint);
    }
    return {
      kind: "order-book",
      id,
      instrument,
      bids: this.levels(file.bids, -1, asset, under(at, "bids")),
      asks: this.levels(file.asks, 1, asset, under(at, "asks")),
      refillPerHour: file.refill,
      layer: file.layer,
    };
  }

  /** Levels away from fair value, downwards (-1) or upwards (1); prices and units must go strictly further level by level. */
  private levels(
    file: readonly (readonly [number, Amount])[],
    direction: -1 | 1,
    asset: number,
    path: string,
  ): readonly DepthLevel[] {
    const { problems } = this;
    const levels = file.map(([relativePrice, amount], place) => {
      const units = this.units(amount, asset, under(under(path, place), 1));
      return { relativePrice, units: units ?? Number.NaN };
    });
    for (const [place, { relativePrice, units }] of levels.entries()) {
      const previous = place === 0 ? { relativePrice: 1, units: 0 } : levels[place - 1];
      const at = under(path, place);
      if (direction * (relativePrice - previous.relativePrice) <= 0) {
        const message = `the price of level ${place} is not ${direction < 0 ? "below" : "above"} the one before it`;
        const hint = `${direction < 0 ? "bids fall from below 0%" : "asks rise from above 0%"}, level by level`;
        problems.say("curve-not-monotone", under(at, 0), message, hint);
      }
      if (units <= previous.units) {
        const message = `the amount of level ${place} is not above the one before it`;
        problems.say(
          "curve-not-monotone",
          under(at, 1),
          message,
          "amounts are cumulative: they rise from above 0, level by level",
        );
      }
    }
    const last = levels[levels.length - 1];
    if (last !== undefined && !Number.isNaN(last.units)) this.totals.count(asset, last.units);
    return levels;
  }

  private constantProduct(id: string, file: ConstantProductFile, instrument: number, at: string): Venue {
    const pair = this.instruments[instrument];
    const reserve = (amount: Amount, asset: number, path: string): number => {
      const units = this.units(amount, asset, path);
      if (units === 0) {
        const message = `${quote(amount.text)} is no reserve`;
        this.problems.say(
          "number-out-of-range",
          path,
          message,
          "a pool has something on both sides; leave an empty one out",
        );
      }
      if (units !== null) this.totals.count(asset, units);
      return units ?? 0;
    };
    return {
      kind: "constant-product",
      id,
      instrument,
      baseUnits: reserve(file.base, pair?.asset ?? 0, under(at, "base")),
      quoteUnits: reserve(file.quote, pair?.quote ?? 0, under(at, "quote")),
      fee: file.fee,
      layer: file.layer,
    };
  }

  /** Whole units of an amount that must be of the asset given, or null with the problem added. */
  private units(amount: Amount, asset: number, path: string): number | null {
    const scale = this.scaleList[asset];
    if (amount.asset !== scale.symbol) {
      const message = `${quote(amount.text)} where an amount of ${scale.symbol} belongs`;
      const hint = `write it like "10 ${scale.symbol}", or correct the venue's instrument`;
      this.problems.say("unit-wrong", path, message, hint);
      return null;
    }
    const units = unitsOf(amount, scale.unitDecimals, path);
    if (typeof units === "number") return units;
    this.problems.add(units);
    return null;
  }

  private assetOf(symbol: string, path: string): AssetScale | null {
    const scale = this.scales.get(symbol);
    if (scale !== undefined) return scale;
    const hint = suggestion(symbol, this.scales.keys());
    this.problems.say("unknown-asset", path, `there is no asset ${quote(symbol)}`, hint);
    return null;
  }

  /** The index of an instrument; null where there is none (a problem) or where it is itself wrong (one already). */
  private instrumentOf(id: string, path: string): number | null {
    const index = this.instrumentPlaces.get(id);
    if (index === undefined) {
      const hint = suggestion(id, this.instrumentPlaces.keys());
      this.problems.say("unknown-instrument", path, `there is no instrument ${quote(id)}`, hint);
      return null;
    }
    return this.instruments[index] === null ? null : index;
  }
}
