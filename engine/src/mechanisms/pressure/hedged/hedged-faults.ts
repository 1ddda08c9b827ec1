import { quote } from "../../../book/index.js";
import type { CheckContext, Fault, Reference } from "../../definition.js";

/** Names that a book hedged on an exchange has. */
export interface HedgedNames {
  readonly positions: string;
  readonly exchange: string;
  readonly instrument: string;
}

/** Exchanges that let holders see and trade their accounts. */
const exchanges: ReadonlySet<string> = new Set([
  "perpetuals",
  "binance-usdm",
  "hyperliquid",
  "dydx-v4",
  "inverse-perpetual",
  "deribit",
]);

/** Names in the parameters that must exist. */
export function hedgedReferences(params: HedgedNames): readonly Reference[] {
  return [
    { key: "positions", kind: "positions", name: params.positions },
    { key: "exchange", kind: "mechanism", name: params.exchange },
    { key: "instrument", kind: "instrument", name: params.instrument },
  ];
}

/** What is wrong beside a book and the other mechanisms: no exchange, another asset there, accounts that it has not, missing columns. */
export function hedgedFaults(params: HedgedNames, { book, kinds }: CheckContext): Fault[] {
  const faults: Fault[] = [];
  const instrument = book.instruments.find((one) => one.id === params.instrument);
  const table = book.positions.find((one) => one.protocol === params.positions);
  if (instrument !== undefined && instrument.market !== "spot") {
    faults.push({
      code: "instrument-wrong",
      key: "instrument",
      message: `${params.instrument} is a perpetual, but what is hedged is the asset itself`,
      hint: "name a spot instrument",
    });
  }
  if (instrument !== undefined && table !== undefined) {
    if (!table.columns.some((column) => column.role === "risky" && column.asset === instrument.asset)) {
      const heading = `risky ${book.assets[instrument.asset].symbol}`;
      faults.push({
        code: "column-missing",
        key: "positions",
        message: `the positions ${params.positions} have no column "${heading}"`,
        hint: `give every account its "${heading}"`,
      });
    }
    const cash = table.columns.find((column) => column.role === "cash" && column.asset === instrument.quote);
    const owes = cash?.values.findIndex((units) => units < 0) ?? -1;
    if (owes >= 0) {
      faults.push({
        code: "number-out-of-range",
        key: "positions",
        message: `the account ${quote(table.ids.at(owes) ?? "")} of ${params.positions} owes cash`,
        hint: "accounts that are hedged on an exchange have no other debt: write 0 or more",
      });
    }
  }
  const exchange = kinds.get(params.exchange);
  if (exchange === undefined) return faults;
  if (!exchanges.has(exchange.kind)) {
    faults.push({
      code: "mechanism-wrong",
      key: "exchange",
      message: `${quote(params.exchange)} is ${exchange.kind}: nobody can hold a short there`,
      hint: `name one of ${[...exchanges].join(", ")}`,
    });
    return faults;
  }
  const there = book.positions.find((one) => one.protocol === exchange.positions);
  const missing =
    there === undefined || table === undefined
      ? undefined
      : [...Array(table.ids.length).keys()]
          .map((row) => table.ids.at(row) ?? "")
          .find((id) => there.ids.indexOf(id) < 0);
  if (missing !== undefined) {
    faults.push({
      code: "account-missing",
      key: "positions",
      message: `the account ${quote(missing)} of ${params.positions} has none at ${params.exchange}`,
      hint: `give it a row in the positions ${exchange.positions}, with a size of 0 where it has no short yet`,
    });
  }
  const traded = book.instruments.find((one) => one.id === exchange.instrument);
  if (traded !== undefined && instrument !== undefined && traded.asset !== instrument.asset) {
    faults.push({
      code: "instrument-wrong",
      key: "exchange",
      message: `${params.exchange} trades ${book.assets[traded.asset].symbol}, but ${book.assets[instrument.asset].symbol} is to be hedged`,
      hint: "name an exchange of the same asset",
    });
  }
  return faults;
}
