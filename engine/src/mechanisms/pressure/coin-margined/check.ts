import { powersOfTen } from "../../../rules/account-value.js";
import type { CheckContext, Fault, Reference } from "../../definition.js";

interface Terms {
  readonly positions: string;
  readonly instrument: string;
  readonly oracle: string;
  readonly contractUsd: number;
}

/** Names that must exist. */
export function coinMarginedReferences(params: Terms): readonly Reference[] {
  return [
    { key: "positions", kind: "positions", name: params.positions },
    { key: "instrument", kind: "instrument", name: params.instrument },
    { key: "oracle", kind: "oracle", name: params.oracle },
  ];
}

/** What is wrong beside a book: a spot instrument, missing columns, sizes that are no whole contracts. */
export function coinMarginedFaults(params: Terms, { book }: CheckContext): Fault[] {
  const faults: Fault[] = [];
  const instrument = book.instruments.find((one) => one.id === params.instrument);
  const table = book.positions.find((one) => one.protocol === params.positions);
  if (instrument === undefined || table === undefined) return faults;
  if (instrument.market !== "perpetual") {
    faults.push({
      code: "instrument-wrong",
      key: "instrument",
      message: `${params.instrument} is a spot instrument`,
      hint: "name an instrument with market: perpetual",
    });
  }
  const coin = book.assets[instrument.asset].symbol;
  const quote = book.assets[instrument.quote].symbol;
  const wanted = [
    ["size", instrument.quote, `size ${quote}`, "the contracts' dollars, below 0 for a short"],
    ["entryUsd", -1, "entry USD", "the price at which the contracts were opened"],
    ["margin", instrument.asset, `margin ${coin}`, "the margin in the coin itself"],
  ] as const;
  for (const [role, index, heading, what] of wanted) {
    if (table.columns.some((column) => column.role === role && column.asset === index)) continue;
    faults.push({
      code: "column-missing",
      key: "positions",
      message: `the positions ${params.positions} have no column "${heading}"`,
      hint: `give every account its "${heading}": ${what}`,
    });
  }
  const size = table.columns.find(({ role, asset }) => role === "size" && asset === instrument.quote);
  const contract = Math.round(params.contractUsd * powersOfTen[book.assets[instrument.quote].unitDecimals]);
  // A contract is closed for cash: what is no whole number of its units would be worth one thing on the market and another in the account.
  const exactUnits = params.contractUsd * powersOfTen[book.assets[instrument.quote].unitDecimals];
  if (params.contractUsd > 0 && (contract === 0 || Math.abs(exactUnits - contract) > 1e-9 * contract)) {
    faults.push({
      code: "contract-no-multiple",
      key: "contract",
      message: `a contract of ${params.contractUsd} USD is no whole number of ${quote} units (${book.assets[instrument.quote].unitDecimals} decimals)`,
      hint: `make it a multiple of ${1 / powersOfTen[book.assets[instrument.quote].unitDecimals]} USD`,
    });
  }
  const partial = contract > 0 ? (size?.values.findIndex((units) => units % contract !== 0) ?? -1) : -1;
  if (partial >= 0) {
    faults.push({
      code: "size-no-multiple",
      key: "positions",
      message: `${table.ids.at(partial) ?? `row ${partial}`} has no whole number of contracts of ${params.contractUsd} ${quote}`,
      hint: `make every size a multiple of ${params.contractUsd}, or write another contract`,
    });
  }
  const entry = table.columns.find(({ role }) => role === "entryUsd");
  const unpriced = size?.values.findIndex((units, row) => units !== 0 && !((entry?.values[row] ?? 1) > 0)) ?? -1;
  if (unpriced >= 0) {
    faults.push({
      code: "entry-not-positive",
      key: "positions",
      message: `${table.ids.at(unpriced) ?? `row ${unpriced}`} has an entry price of 0`,
      hint: "a contract in coins is dollars over its entry price: write one above 0",
    });
  }
  return faults;
}
