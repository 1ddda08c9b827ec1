import type { Book } from "../../../book/book.js";
import { isProblem, unitsOf } from "../../../book/index.js";
import { assert } from "../../../book/problem.js";
import { stepsPerUsd } from "../../../rules/account-value.js";
import { hedgeTrade, optionDelta } from "../../../rules/option-delta.js";
import type { Decide, Ladder, Layout, Mechanism, Reset, Settle } from "../../../run/index.js";
import { tapeKinds } from "../../../run/tape.js";
import { define } from "../../definition.js";
import { oneAccountFalls } from "../../demonstrations.js";
import { type DealerParams, dealerFaults, dealerSchema, optionColumns } from "./dealer-schema.js";

interface Rows {
  readonly name: string;
  readonly params: DealerParams;
  /** The dealer's options: signed whole units, and what the delta needs. */
  readonly size: Float64Array;
  readonly strikeUsd: Float64Array;
  readonly expiryMs: Float64Array;
  readonly call: Float64Array;
  readonly volatility: Float64Array;
  readonly bandUnits: number;
  /** Hedge at the start: the options' delta at opening prices, so that the dealer begins neutral. */
  readonly openingHedge: number;
  /** Signed whole units of the hedge now. */
  held: number;
  readonly instrument: number;
  /** What the hedge is held in: the asset, or its contract. */
  readonly traded: number;
  readonly asset: number;
  readonly quote: number;
  readonly feed: number;
  readonly account: number;
  /** Lends what is sold short: `outside` spot, `rest-of-market` contracts. */
  readonly lender: number;
  readonly layout: Layout;
}

/**
 * An option dealer who holds the underlying against the options' delta and trades when the gap leaves a band. Short options (negative size) are
 * short gamma: the dealer sells what falls and buys what rises; long options work the other way. Options expire; implied volatility stays as it is.
 */
export function dealer(name: string, params: DealerParams): Mechanism<Rows> {
  return {
    name,
    open: (book, layout) => openRows(name, params, book, layout),
    reset,
    decide,
    settle,
    ladder: dealerLadder,
  };
}

function openRows(name: string, params: DealerParams, book: Book, layout: Layout): Rows {
  const table = book.positions.find((one) => one.protocol === params.positions);
  const instrument = book.instruments.findIndex((one) => one.id === params.instrument);
  assert(
    table !== undefined && instrument >= 0,
    `positions ${params.positions} and instrument ${params.instrument} exist`,
  );
  const { asset, quote, market } = book.instruments[instrument];
  const column = (role: string, index: number) => {
    const found = table.columns.find((one) => one.role === role && one.asset === index);
    assert(found !== undefined, `options ${params.positions} have a column ${role}`);
    return found.values;
  };
  const [strikeUsd, expiryMs, call, volatility] = optionColumns.map(([role]) => column(role, -1));
  const band = params.band === null ? 0 : unitsOf(params.band, book.assets[asset].unitDecimals, "band");
  assert(!isProblem(band), "the band is an amount of the hedged asset (parse has checked)");
  const options = { size: column("size", asset), strikeUsd, expiryMs, call, volatility };
  return {
    ...options,
    name,
    params,
    bandUnits: band,
    openingHedge: targetHedge(options, Math.floor(book.assets[asset].priceUsd * stepsPerUsd), 0),
    held: 0,
    instrument,
    traded: market === "perpetual" ? layout.contract(instrument) : asset,
    asset,
    quote,
    feed: layout.feed(params.oracle, asset),
    account: layout.account(`${name}/hedge`, "arbitrageur"),
    lender: market === "perpetual" ? layout.restOfMarket : layout.outside,
    layout,
  };
}

/** What the delta of a set of options needs. */
interface Options {
  readonly size: Float64Array;
  readonly strikeUsd: Float64Array;
  readonly expiryMs: Float64Array;
  readonly call: Float64Array;
  readonly volatility: Float64Array;
}

/** The hedge that makes options delta-neutral: minus the sum of size x delta, in signed whole units. */
function targetHedge(options: Options, steps: number, timeMs: number): number {
  const { size, strikeUsd, expiryMs, call, volatility } = options;
  const spot = steps / stepsPerUsd;
  let delta = 0;
  for (let row = 0; row < size.length; row++) {
    if (size[row] === 0) continue;
    delta += size[row] * optionDelta(call[row] > 0, spot, strikeUsd[row], volatility[row], expiryMs[row] - timeMs);
  }
  return 0 - Math.round(delta);
}

function reset(rows: Rows, at: Reset): void {
  rows.held = rows.openingHedge;
  // A short hedge is borrowed: what it lacks stands as a negative balance of its lender.
  at.transfer(rows.lender, rows.account, rows.traded, Math.max(0, rows.held));
}

function decide(rows: Rows, at: Decide): void {
  const { everyMs, to } = rows.params;
  if (everyMs > 0 && (at.round > 0 || at.timeMs % everyMs !== 0)) return;
  const steps = at.published(rows.feed);
  if (steps === 0) return;
  // Time decay counts from the start of the tick, so that the first tick hedges what the map shows.
  const target = targetHedge(rows, steps, at.timeMs - at.tickMs);
  const units = hedgeTrade(rows.held, target, rows.bandUnits, to);
  if (units !== 0) at.trade(0, rows.account, rows.instrument, units, 0);
}

function settle(rows: Rows, at: Settle): void {
  if (!at.afterTrades) return;
  const { fills } = at;
  for (let fill = 0; fill < fills.count; fill++) {
    if (fills.order[fill] >= 0 || fills.mechanism[fill] !== at.mechanismIndex) continue;
    const units = fills.soldUnits[fill] - fills.boughtUnits[fill];
    const received = fills.soldCash[fill] - fills.boughtCash[fill];
    rows.held -= units;
    at.record(tapeKinds.trade, at.mechanismIndex, 0, units, Math.abs(received), rows.instrument);
    balance(rows, at, rows.traded, Math.max(0, rows.held), rows.lender);
    // The dealer's cash stands with `outside`, who also pays for what is bought.
    balance(rows, at, rows.quote, 0, rows.layout.outside);
  }
}

/** Brings the dealer's balance of an asset to `units`, against another account. */
function balance(rows: Rows, at: Settle, asset: number, units: number, other: number): void {
  const more = units - at.balance(rows.account, asset);
  if (more >= 0) at.transfer(other, rows.account, asset, more);
  else at.transfer(rows.account, other, asset, -more);
}

/** What the dealer trades at a held price from the opening hedge, at the opening's time. Without a band it is a function of the price alone. */
function dealerLadder(rows: Rows): Ladder {
  const { instrument, openingHedge, bandUnits } = rows;
  const units = (published: Float64Array) => {
    const steps = published[rows.feed];
    return steps === 0 ? 0 : hedgeTrade(openingHedge, targetHedge(rows, steps, 0), bandUnits, rows.params.to);
  };
  return {
    mechanism: rows.name,
    pathFree: bandUnits === 0 && rows.params.everyMs === 0,
    reactionMs: rows.params.everyMs,
    method: `one hedge of ${rows.size.length} options, from their delta at the held price`,
    forced(published, into) {
      const traded = units(published);
      if (traded === 0) return;
      into.accounts++;
      if (traded > 0) into.sold[instrument] += traded;
      else into.bought[instrument] -= traded;
    },
    accounts(published, visit) {
      const traded = units(published);
      if (traded !== 0) visit({ row: 0, instrument, units: traded, badDebtUsd: 0 });
    },
    describe: () => ({
      account: rows.name,
      collateral: [{ asset: rows.asset, units: Math.max(0, openingHedge) }],
      debt: [{ asset: rows.asset, units: Math.max(0, -openingHedge) }],
    }),
  };
}

/** The small scenario with a dealer who is short calls and puts around the price. */
export function shortOptions(dealerEntry: Readonly<Record<string, unknown>> = {}, rows?: readonly unknown[]): unknown {
  return oneAccountFalls({
    positions: {
      dealer: {
        layer: "made",
        columns: ["account", "size ETH", "strike USD", "expiry day", "call x", "volatility %"],
        rows: rows ?? [
          ["call-2000", -1000, 2000, 7, 1, 70],
          ["put-1800", -500, 1800, 30, -1, 75],
        ],
      },
    },
    pressure: { dealer: { kind: "dealer", instrument: "ETH/USD", ...dealerEntry } },
  });
}

export const dealerDefinition = define<DealerParams>({
  kind: "dealer",
  part: "pressure",
  summary: "An option dealer hedges delta in a band: short gamma sells what falls and buys what rises.",
  source:
    "Black and Scholes (1973), delta at zero rate; Whalley and Wilmott (1997), hedging band; Frey and Stremme (1997), feedback",
  schema: dealerSchema,
  create: (name, params) => dealer(name, params),
  references: (params) => [
    { key: "positions", kind: "positions", name: params.positions },
    { key: "instrument", kind: "instrument", name: params.instrument },
    { key: "oracle", kind: "oracle", name: params.oracle },
  ],
  check: dealerFaults,
  demonstration: { scenario: shortOptions(), subject: "dealer", measure: "tradedUsd", off: "falls" },
});
