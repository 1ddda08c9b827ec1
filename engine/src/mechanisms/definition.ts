import type { z } from "zod";
import type { Book } from "../book/book.js";
import type { Series } from "../book/series.js";
import type { ProtocolCard, ProtocolFamily } from "../exact/protocol.js";
import type { Mechanism } from "../run/index.js";

/** Which side of the loop a mechanism is on; also its folder. */
export type Part = "prices" | "liquidity" | "pressure" | "guards";

/** A scenario in which a mechanism does something, as the conformance suite runs it with and without. */
export interface Demonstration {
  /** A scenario as its author writes it (an object, as YAML or JSON would give it). It has a mechanism of this kind named `subject`. */
  readonly scenario: unknown;
  readonly subject: string;
  /** Name of the measure (see `study/measures.ts`) that changes. */
  readonly measure: string;
  /** Where the measure goes when the mechanism is switched off. */
  readonly off: "rises" | "falls";
  /**
   * What stands in the subject's place, under its name, when it is switched off: for oracles, whose readers cannot do without any. Left out where the scenario
   * runs without.
   */
  readonly instead?: Readonly<Record<string, unknown>>;
}

/**
 * One kind of mechanism: how a scenario writes it, how it is made, what it claims, and the demonstration that it is no decoration. Registering a
 * definition once puts it into the schema, the docs, `explain` and the conformance suite.
 */
export interface Definition<Params = unknown> {
  /** As scenarios write it: `kind: lending`. */
  readonly kind: string;
  readonly part: Part;
  /** A named protocol: scenarios write `protocol: <kind>` instead of `kind: <kind>`; what it is a model of, and of what not. */
  readonly protocol?: ProtocolCard;
  /** Markets of the protocol whose parameters are shipped: what `market:` may name. */
  readonly markets?: readonly Market[];
  /** One sentence: what it does. */
  readonly summary: string;
  /** Paper and equation, or contract and function. */
  readonly source: string;
  /** From what an author writes to parameters with every default filled in. */
  readonly schema: z.ZodType<Params>;
  /** The parameters with what they take from the book filled in (a market's terms for the assets that the book has); parse asks before `check`. */
  fill?(params: Params, book: Book): Params;
  create(name: string, params: Params, sources: Sources): Mechanism;
  /** Symbols and names in the parameters that must exist, with the key they stand under; parse reports the missing ones. */
  references?(params: Params): readonly Reference[];
  /** What is wrong with the parameters beside this book, series and clock; parse asks once every reference is found. */
  check?(params: Params, context: CheckContext): readonly Fault[];
  readonly demonstration: Demonstration;
}

/** Shipped parameters of one market of a protocol. */
export interface Market {
  readonly name: string;
  /** ISO date of the parameters. */
  readonly asOf: string;
  readonly source: string;
}

/** A name in a mechanism's parameters that must exist elsewhere in the scenario or book. */
export interface Reference {
  readonly key: string;
  readonly kind: "asset" | "instrument" | "venue" | "positions" | "oracle" | "surface" | "mechanism" | "series";
  readonly name: string;
}

/** What a mechanism's parameters stand beside: all that the rest of the scenario says. */
export interface CheckContext {
  readonly book: Book;
  readonly series: Readonly<Record<string, Series>>;
  readonly tickMs: number;
  readonly durationMs: number;
  /** The scenario's mechanisms by their names. */
  readonly kinds: ReadonlyMap<string, NamedMechanism>;
  /** Assets by the names of the scenario's surfaces of implied volatility. */
  readonly surfaces: ReadonlyMap<string, string>;
}

/** What a check may know of another mechanism of the scenario. */
export interface NamedMechanism {
  readonly kind: string;
  readonly family: ProtocolFamily | null;
  /** Its position table and its instrument, where its parameters name one. */
  readonly positions?: string;
  readonly instrument?: string;
}

/** Something wrong with a mechanism's parameters: a Problem whose place is a key below the mechanism. */
export interface Fault {
  readonly code: string;
  readonly key: string;
  readonly message: string;
  readonly hint: string;
}

/** Recorded series a scenario names: candles, gas, reserves. */
export interface Sources {
  readonly series: Readonly<Record<string, Series>>;
}

/** Whether mechanisms of a kind publish a feed of every asset, so that others may name them as their oracle. */
export function publishesFeeds(kind: string): boolean {
  return kind.endsWith("oracle") || kind === "stale-index";
}

/** Whether mechanisms of a kind offer a surface of implied volatility, so that others may name them as their `volatility`. */
export function offersSurface(kind: string): boolean {
  return kind === "implied-volatility";
}

/** Keeps a definition's parameter type where it is written and forgets it in the registry. */
export function define<Params>(definition: Definition<Params>): Definition {
  return definition as unknown as Definition;
}
