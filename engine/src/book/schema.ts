import { z } from "zod";
import { formatMoment, parseMoment } from "./moment.js";
import type { Problem } from "./problem.js";
import { isProblem, parsedBy, plainUnits, quantity } from "./quantity.js";
import { isForbiddenKey } from "./shape.js";
import { quote } from "./wording.js";

/** The version of our file formats. */
export const fileVersion = 1;

/** Limits of one file; each is tested at the limit and one past it. */
export const limits = {
  assets: 1_000,
  instruments: 1_000,
  layers: 1_000,
  venues: 10_000,
  protocols: 1_000,
  tables: 1_000,
  levels: 10_000,
  columns: 64,
  rows: 2_000_000,
  nameCharacters: 128,
  accountCharacters: 128,
  noteCharacters: 2_000,
} as const;

/** Decimals of an asset whose file does not say (docs/model.md). */
export function defaultUnitDecimals(symbol: string): number {
  if (symbol === "ETH" || symbol === "WETH") return 7;
  return symbol === "BTC" || symbol === "WBTC" ? 8 : 6;
}

const unprintable = /[\p{Cc}\p{Cf}\p{Cs}\p{Co}\p{Zl}\p{Zp}]/u;

/** A name or id: printable, without blanks at its ends. Problems: `value-missing`, `type-wrong`, `value-empty`, `name-malformed`, `text-too-long`, `key-forbidden`. */
export function parseName(value: unknown, path: string, most: number = limits.nameCharacters): string | Problem {
  const text = parseNote(value, path, most);
  if (isProblem(text)) return text;
  if (isForbiddenKey(text)) return named("key-forbidden", path, text, "is not allowed", "choose another name");
  if (text !== text.trim()) return named("name-malformed", path, text, "has blanks at its ends", "take them off");
  return text;
}

/** A text for people: printable, not empty, one line. */
export function parseNote(value: unknown, path: string, most: number = limits.noteCharacters): string | Problem {
  if (value === undefined || value === null) {
    return { code: "value-missing", path, message: "a text is missing", hint: "add it" };
  }
  if (typeof value !== "string") {
    return { code: "type-wrong", path, message: `must be text, but is ${quote(value)}`, hint: "put it in quotes" };
  }
  if (value.trim() === "") return { code: "value-empty", path, message: "a text is empty", hint: "write what it is" };
  if (value.length > most) {
    const message = `${quote(value)} has ${value.length} characters, at most ${most}`;
    return { code: "text-too-long", path, message, hint: "shorten it" };
  }
  if (unprintable.test(value)) {
    return named(
      "name-malformed",
      path,
      value,
      "has characters that do not print",
      "write it on one line of plain text",
    );
  }
  return value;
}

/** The symbol of an asset. Problems: those of `parseName`, `name-malformed`, `name-reserved`. */
export function parseSymbol(value: unknown, path: string): string | Problem {
  const text = parseName(value, path, 32);
  if (isProblem(text)) return text;
  if (plainUnits.includes(text)) {
    return named("name-reserved", path, text, "is a unit and cannot be an asset", "call the asset otherwise");
  }
  if (!/^[A-Za-z0-9][A-Za-z0-9._-]*$/.test(text)) {
    return named("name-malformed", path, text, "is no symbol", "use letters, digits, dot, dash and underscore");
  }
  return text;
}

function named(code: string, path: string, text: string, what: string, hint: string): Problem {
  return { code, path, message: `${quote(text)} ${what}`, hint };
}

const words = (parse: (value: unknown, path: string) => string | Problem, description: string, example: string) =>
  parsedBy(parse, { description, examples: [example], units: null });

/** Builders of zod schemas for the words in files. */
export const word = {
  /** A name or id of our own choosing. */
  name: (description: string, example: string) => words((value, path) => parseName(value, path), description, example),
  /** A reference to something by its id; whether it exists is checked where all ids are known. */
  reference: (description: string, example: string) =>
    words((value, path) => parseName(value, path), description, example),
  symbol: () => words(parseSymbol, "The symbol of an asset of this file.", "ETH"),
  note: (description: string, example: string) => words((value, path) => parseNote(value, path), description, example),
  /** Exactly this text or number; anything else is the problem `code`. */
  exactly: <Value extends string | number>(expected: Value, code: string, what: string) =>
    z
      .unknown()
      .meta({ const: expected, description: `Always ${expected}.` })
      .transform((value, context): Value => {
        if (value === expected) return expected;
        const hint = `write "${what}": ${JSON.stringify(expected)}`;
        const message =
          value === undefined
            ? `"${what}" is missing`
            : `"${what}" must be ${JSON.stringify(expected)}, but is ${quote(value)}`;
        context.addIssue({ code: "custom", message, params: { code, hint } });
        return z.NEVER;
      }),
};

/** Where a layer comes from; the same in books, series and scenarios. */
export const layerSchema = z.strictObject({
  source: word.note("Who published it, and where.", "Maker vaults, github.com/..."),
  asOf: parsedBy(
    (value, path) => {
      const moment = parseMoment(value, path);
      return isProblem(moment) ? moment : formatMoment(moment);
    },
    { description: "The moment (UTC) at which it was true.", examples: ["2021-05-19T00:00:00Z"], units: null },
  ),
  coverage: word.note("What it covers, in words.", "all of ETH-B, 1 % of on-chain ETH debt"),
  coverageShare: quantity
    .share({ bare: true })
    .nullable()
    .default(null)
    .describe("Share of the universe that it covers; null where nobody knows."),
  basis: z
    .enum(["measured", "borrowed", "assumed"])
    .describe("measured: of this date; borrowed: real, of another date or market; assumed: chosen."),
});

const layerReference = () => word.reference("The layer it comes from.", "maker-eth-b");
const instrumentReference = () => word.reference("The instrument traded there.", "ETH/DAI");

export const assetSchema = z.strictObject({
  unitDecimals: z
    .int()
    .min(0)
    .max(18)
    .optional()
    .describe("Amounts are whole units of 10^-unitDecimals; 7 for ETH, 8 for BTC, else 6."),
  price: quantity.price(),
});

export const instrumentSchema = z.strictObject({
  asset: word.symbol(),
  quote: word.symbol(),
  market: z.enum(["spot", "perpetual"]).default("spot"),
  chain: word.name("The chain it lives on.", "ethereum").prefault("ethereum"),
});

/** The cells of a table. They are read by hand, for a table may have millions. */
const rowsSchema = () =>
  z.unknown().meta({
    type: "array",
    description: "One list per row, as long as the list of columns.",
    items: { type: "array", items: { type: ["string", "number"] } },
  });

const columnsSchema = (description: string, example: readonly string[]) =>
  z
    .array(z.string().max(limits.nameCharacters))
    .min(1)
    .max(limits.columns)
    .meta({ description, examples: [[...example]] });

export const positionsSchema = z.strictObject({
  layer: layerReference(),
  columns: columnsSchema('"account", then "<role> <ASSET>" for amounts and "<name> <UNIT>" for plain numbers.', [
    "account",
    "collateral ETH",
    "debt DAI",
  ]).optional(),
  rows: rowsSchema().optional(),
  accounts: z
    .unknown()
    .meta({
      type: "array",
      description: "Instead of columns and rows: one table per account, amounts with their assets.",
      examples: [[{ account: "a1", collateral: ["10 ETH", "1 WBTC"], debt: "15000 DAI" }]],
      items: {
        type: "object",
        properties: { account: { type: ["string", "integer"] } },
        required: ["account"],
        additionalProperties: {
          anyOf: [{ type: "string" }, { type: "array", items: { type: "string" } }],
        },
      },
    })
    .optional(),
});

const levelsSchema = (description: string, example: string) =>
  z
    .array(z.tuple([quantity.relativePrice(), quantity.amount()]))
    .max(limits.levels)
    .prefault([])
    .meta({ description, examples: [[[example, "0.3 ETH"]]] });

export const orderBookSchema = z.strictObject({
  kind: z.literal("order-book"),
  instrument: instrumentReference(),
  layer: layerReference(),
  bids: levelsSchema("Sold into: move of the price, then the cumulative amount absorbed on the way there.", "-0.05%"),
  asks: levelsSchema("Bought from: move of the price, then the cumulative amount absorbed on the way there.", "0.05%"),
  refill: quantity.rate().prefault("0 /h").describe("Exponential recovery of the used volume."),
});

export const constantProductSchema = z.strictObject({
  kind: z.literal("constant-product"),
  instrument: instrumentReference(),
  layer: layerReference(),
  base: quantity.amount(),
  quote: quantity.amount(),
  fee: quantity.share({ least: 0, below: 1 }),
});

export const venueSchema = z.discriminatedUnion("kind", [orderBookSchema, constantProductSchema]);

const schemaReference = () =>
  z.string().max(limits.noteCharacters).optional().describe("The JSON Schema, for editors.");

const bookHead = {
  $schema: schemaReference(),
  version: word.exactly(fileVersion, "version-wrong", "version"),
  kind: word.exactly("book", "kind-wrong", "kind"),
  name: word.name("What this book is called.", "maker-eth-b-2021-05-19"),
  at: quantity.moment(),
};

/** A book as a file; the JSON Schema for editors is made of it (`scenario/editor-schema.ts`). `parseBook` reads each entry by the schema of its section. */
export const bookFileSchema = z
  .strictObject({
    ...bookHead,
    assets: z.record(z.string(), assetSchema),
    instruments: z.record(z.string(), instrumentSchema).default({}),
    layers: z.record(z.string(), layerSchema).default({}),
    positions: z.record(z.string(), positionsSchema).default({}),
    venues: z.record(z.string(), venueSchema).default({}),
  })
  .describe("A Firebreak book: everything that exists at one moment, each layer with its provenance.");

const section = () => z.unknown().optional();

const bookSections = {
  assets: section(),
  instruments: section(),
  layers: section(),
  positions: section(),
  venues: section(),
};

/** A book's head, its sections unread. */
export const bookOutline = z.strictObject({ ...bookHead, ...bookSections });

/** The same for a book that stands inside a scenario, where the scenario's version holds and the kind is clear. */
export const inlineBookOutline = z.strictObject({
  ...bookHead,
  version: bookHead.version.optional(),
  kind: bookHead.kind.optional(),
  ...bookSections,
});

/** Kinds of tables of a series with the columns that each must have. */
export const seriesColumns = {
  candles: ["start", "open USD", "high USD", "low USD", "close USD"],
  prices: ["time", "price USD"],
  gas: ["start"],
  reserves: ["start"],
  events: ["time", "account", "kind"],
} as const;

export const seriesTableSchema = z.strictObject({
  table: z
    .enum(["candles", "prices", "gas", "reserves", "events"])
    .optional()
    .describe("What it is about; the table's name where that says it."),
  layer: layerReference(),
  asset: word.symbol().optional(),
  venue: word.reference("The venue whose reserves they are.", "dai-weth").optional(),
  protocol: word.reference("The protocol whose events they are.", "maker-eth-b").optional(),
  interval: quantity.duration({ above: 0 }).optional(),
  columns: columnsSchema('"start" or "time", then "<name> <UNIT>".', seriesColumns.candles),
  rows: rowsSchema(),
});

const seriesHead = {
  $schema: schemaReference(),
  version: word.exactly(fileVersion, "version-wrong", "version"),
  kind: word.exactly("series", "kind-wrong", "kind"),
  name: word.name("What this series is called.", "eth-2021-05-19"),
};

export const seriesAssetSchema = z.strictObject({ unitDecimals: assetSchema.shape.unitDecimals });

/** A series as a file. */
export const seriesFileSchema = z
  .strictObject({
    ...seriesHead,
    assets: z
      .record(z.string(), seriesAssetSchema)
      .default({})
      .describe("Decimals of assets that differ from the defaults."),
    layers: z.record(z.string(), layerSchema),
    tables: z.record(z.string(), seriesTableSchema),
  })
  .describe("A Firebreak series: what happened over time, each layer with its provenance.");

/** A series' head, its sections unread. */
export const seriesOutline = z.strictObject({ ...seriesHead, assets: section(), layers: section(), tables: section() });
