import type { Book } from "../../../book/index.js";
import type { Fault, Reference } from "../../definition.js";
import type { PerpetualsParams } from "../perpetuals/schema.js";

/** Decimals of what an exchange trades and of what it counts money in, on a book. */
export function exchangeDecimals(
  book: Book,
  instrumentId: string,
): { readonly assetDecimals: number; readonly quoteDecimals: number } {
  const instrument = book.instruments.find(({ id }) => id === instrumentId);
  return {
    assetDecimals: book.assets[instrument?.asset ?? 0].unitDecimals,
    quoteDecimals: book.assets[instrument?.quote ?? 0].unitDecimals,
  };
}

/** Names that must exist beside an exchange. */
export function exchangeReferences(params: PerpetualsParams): readonly Reference[] {
  return [
    { key: "positions", kind: "positions", name: params.positions },
    { key: "instrument", kind: "instrument", name: params.instrument },
    { key: "oracle", kind: "oracle", name: params.oracle },
  ];
}

/** Two lists of faults, without those of the second whose key the first has told. */
export function withoutRepeats(general: readonly Fault[], own: readonly Fault[]): Fault[] {
  return [...general, ...own.filter(({ key }) => !general.some((fault) => key.startsWith(fault.key)))];
}

/** Neither a market nor terms of the scenario's own. */
export function noTiers(example: string): Fault {
  return {
    code: "term-missing",
    key: "tiers",
    message: "there is neither a market nor a table of tiers",
    hint: `write ${example}`,
  };
}
