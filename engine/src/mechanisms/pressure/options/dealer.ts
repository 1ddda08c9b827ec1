import type { Book, PositionTable } from "../../../book/book.js";
import { isProblem, unitsOf } from "../../../book/index.js";
import { assert, refuseTooLarge } from "../../../book/problem.js";
import { powersOfTen, stepsPerUsd } from "../../../rules/account-value.js";
import { hedgeTrade } from "../../../rules/option-delta.js";
import type { Decide, Ladder, Layout, Mechanism, Reset, Settle, VolatilitySurface } from "../../../run/index.js";
import { tapeKinds } from "../../../run/tape.js";
import { define } from "../../definition.js";
import { oneAccountFalls } from "../../demonstrations.js";
import { bookHedge, type HedgeAccount, openHedgeAccount, resetHedge } from "../../hedge-account.js";
import { type DealerParams, dealerFaults, dealerSchema, optionColumns } from "./dealer-schema.js";
import { bookDelta, bookVega, closingCost, dealerSizes, type OptionRows, type OptionView } from "./option-book.js";

interface Rows extends HedgeAccount {
  readonly name: string;
  readonly params: DealerParams;
  readonly options: OptionRows;
  readonly view: OptionView;
  readonly surface: VolatilitySurface | null;
  readonly bandUnits: number;
  /** Vega band in USD per 1.00 of volatility times whole units per coin; infinite without one. */
  readonly vegaBand: number;
  /** Share of the options that the dealer still has. */
  share: number;
  /** Hedge at the start: the options' delta at opening prices, so that the dealer begins neutral. */
  readonly openingHedge: number;
  readonly asset: number;
  readonly unitsPerCoin: number;
  readonly feed: number;
}

/**
 * An option dealer who holds the underlying against the options' delta and trades when the gap leaves a band. Short options (negative size) are
 * short gamma: the dealer sells what falls and buys what rises; long options work the other way. Options expire. By a surface of implied volatility the
 * hedge answers to volatility as well (vanna); with a vega band a dealer who has sold too much of it closes a share of every option, at the surface's price.
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
  const { asset } = book.instruments[instrument];
  const surface = params.volatility === null ? null : layout.surface(params.volatility);
  const options = optionsOf(table, asset, params);
  const view = { surface, coin: params.settled === "coin" };
  const { unitDecimals, priceUsd } = book.assets[asset];
  const band = params.band === null ? 0 : unitsOf(params.band, unitDecimals, "band");
  assert(!isProblem(band), "the band is an amount of the hedged asset (parse has checked)");
  const unitsPerCoin = powersOfTen[unitDecimals];
  return {
    ...openHedgeAccount(`${name}/hedge`, instrument, book, layout),
    name,
    params,
    options,
    view,
    surface,
    bandUnits: band,
    vegaBand: params.vega === null ? Number.POSITIVE_INFINITY : params.vega.bandUsd * 100 * unitsPerCoin,
    share: 1,
    openingHedge: hedgeOf(options, view, 1, Math.floor(priceUsd * stepsPerUsd), 0),
    asset,
    unitsPerCoin,
    feed: layout.feed(params.oracle, asset),
  };
}

/** The dealer's options: signed sizes as they stand, or open interest on the side that the author says. */
function optionsOf(table: PositionTable, asset: number, { sign, positions }: DealerParams): OptionRows {
  const find = (role: string, index: number) =>
    table.columns.find((one) => one.role === role && one.asset === index)?.values;
  const column = (role: string, index: number) => {
    const found = find(role, index);
    assert(found !== undefined, `options ${positions} have a column ${role}`);
    return found;
  };
  const [strikeUsd, expiryMs, call, volatility] = optionColumns.map(([role]) => column(role, -1));
  const size = find("size", asset) ?? dealerSizes(column("open", asset), call, sign ?? column("sign", -1));
  return { size, strikeUsd, expiryMs, call, volatility };
}

/** The hedge that makes a share of options delta-neutral: minus the sum of size x delta, in signed whole units. */
function hedgeOf(options: OptionRows, view: OptionView, share: number, steps: number, timeMs: number): number {
  return 0 - Math.round(bookDelta(options, view, steps / stepsPerUsd, timeMs) * share);
}

/** Share of the options that the vega band allows the dealer to keep of those that are left. */
function allowedShare({ options, view, vegaBand }: Rows, share: number, steps: number, timeMs: number): number {
  if (vegaBand === Number.POSITIVE_INFINITY) return share;
  const vega = Math.abs(bookVega(options, view, steps / stepsPerUsd, timeMs));
  // Rounding alone buys nothing back.
  return share * vega > vegaBand * (1 + 1e-9) ? vegaBand / vega : share;
}

function reset(rows: Rows, at: Reset): void {
  rows.share = 1;
  resetHedge(rows, rows.openingHedge, at);
}

function decide(rows: Rows, at: Decide): void {
  const { everyMs, to } = rows.params;
  if (everyMs > 0 && (at.round > 0 || at.timeMs % everyMs !== 0)) return;
  const steps = at.published(rows.feed);
  if (steps === 0) return;
  // Time decay counts from the start of the tick, so that the first tick hedges what the map shows.
  const timeMs = at.timeMs - at.tickMs;
  closeVega(rows, steps, timeMs, at);
  const target = hedgeOf(rows.options, rows.view, rows.share, steps, timeMs);
  const units = hedgeTrade(rows.held, target, rows.bandUnits, to);
  if (!Number.isSafeInteger(units)) {
    // Coins that options pay in: a put deep in the money is worth strike / price of them.
    refuseTooLarge(`the dealer ${rows.name} would have to trade ${units} units at ${steps / stepsPerUsd} USD`);
  }
  if (units !== 0) at.trade(0, rows.account, rows.instrument, units, 0);
}

/** Closes what the vega band does not allow. The dealer's cash stands with `outside`, who is the other side: the tape says what was paid. */
function closeVega(rows: Rows, steps: number, timeMs: number, at: Decide): void {
  const { options, view, share, unitsPerCoin } = rows;
  const allowed = allowedShare(rows, share, steps, timeMs);
  if (allowed === share) return;
  const spot = steps / stepsPerUsd;
  const closed = share - allowed;
  const { paid, strikeUsd, volatility } = closingCost(
    options,
    view,
    spot,
    timeMs,
    closed,
    rows.params.vega?.spread ?? 0,
  );
  rows.surface?.bought((-closed * bookVega(options, view, spot, timeMs)) / unitsPerCoin);
  at.record(tapeKinds.premium, at.mechanismIndex, 0, paid / unitsPerCoin, strikeUsd, volatility);
  rows.share = allowed;
}

function settle(rows: Rows, at: Settle): void {
  if (!at.afterTrades) return;
  const { fills } = at;
  for (let fill = 0; fill < fills.count; fill++) {
    if (fills.order[fill] >= 0 || fills.mechanism[fill] !== at.mechanismIndex) continue;
    bookHedge(rows, 0, at, fill);
  }
}

/** What the dealer trades at a held price from the opening hedge, at the opening's time. Without a band it is a function of the price alone. */
function dealerLadder(rows: Rows): Ladder {
  const { instrument, openingHedge, bandUnits, options, view, params } = rows;
  const units = (published: Float64Array) => {
    const steps = published[rows.feed];
    if (steps === 0) return 0;
    const target = hedgeOf(options, view, allowedShare(rows, 1, steps, 0), steps, 0);
    return hedgeTrade(openingHedge, target, bandUnits, params.to);
  };
  return {
    mechanism: rows.name,
    pathFree: bandUnits === 0 && params.everyMs === 0 && params.vega === null,
    reactionMs: params.everyMs,
    method: `one hedge of ${options.size.length} options, from their delta at the held price`,
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
    ...(params.volatility === null ? [] : [{ key: "volatility", kind: "surface" as const, name: params.volatility }]),
  ],
  check: dealerFaults,
  demonstration: { scenario: shortOptions(), subject: "dealer", measure: "tradedUsd", off: "falls" },
});
