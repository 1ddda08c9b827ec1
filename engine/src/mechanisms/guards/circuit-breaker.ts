import type { Book } from "../../book/book.js";
import { assert } from "../../book/problem.js";
import type { Gate, Layout, Mechanism, Moment } from "../../run/index.js";
import { tapeKinds } from "../../run/tape.js";
import { type CheckContext, define, type Fault, type Reference } from "../definition.js";
import { oneAccountFalls } from "../demonstrations.js";
import { type CircuitBreakerParams, circuitBreakerSchema } from "./circuit-breaker-schema.js";
import { PriceWindow } from "./price-window.js";

/** What a breaker's `guard` rows say in column b. tripped: x move, y price, z trips so far; reopened: x trips so far; held: x orders. */
export const breakerSays = { tripped: 1, reopened: 2, held: 3 } as const;

interface Rows {
  /** The watched feed, or -1, and the watched instrument, or -1. */
  readonly feed: number;
  readonly instrument: number;
  readonly haltInstruments: readonly number[];
  /** Mechanism whose orders are held; -1: all. */
  readonly protocol: number;
  readonly window: PriceWindow;
  /** The watched price at the start of the path. */
  opening: number;
  /** Milliseconds until which it halts and from which it watches (again). */
  haltedUntilMs: number;
  armedFromMs: number;
  halting: boolean;
  trips: number;
}

/**
 * A circuit breaker in one of two forms (docs/model.md): `halt venue` lets no order trade on an instrument while its fair value moves on, and reopens by a
 * gap; `halt liquidations` holds the standing orders of one protocol or of all. It trips in the round in which the watched price stands `move` away from its
 * highest (falls) or lowest (rises) of the window, and after reopening starts with an empty window. Market-wide levels count `from: open`, the price at the
 * start, halt several instruments, may be over `before` the close and halt for the `rest`; while another level halts the watched instrument they do not look.
 * Untripped it changes nothing, to the bit.
 * Oracles that read a halted venue go on seeing its quotes, which follow fair value. Source: single-stock halts against a reference price in a rolling window
 * (SEC Rule 6121, limit up - limit down); market-wide levels 7/13/20 % (NYSE Rule 7.12).
 */
export function circuitBreaker(name: string, params: CircuitBreakerParams): Mechanism<Rows> {
  return {
    name,
    open: (book, layout) => openRows(params, book, layout),
    reset(rows): void {
      rows.window.clear();
      rows.haltedUntilMs = 0;
      rows.armedFromMs = 0;
      rows.halting = false;
      rows.trips = 0;
    },
    publish(rows, at): void {
      if (!at.endOfTick) return;
      if (at.timeMs === 0) rows.opening = watchedPrice(rows, at);
      watch(rows, at, at.timeMs / at.tickMs - 1);
    },
    gate(rows, at): void {
      reopen(rows, params, at);
      if (!rows.halting) trip(rows, params, at);
      if (rows.halting) halt(rows, params, at);
    },
  };
}

function openRows(params: CircuitBreakerParams, book: Book, layout: Layout): Rows {
  const instrumentOf = (id: string | undefined) =>
    id === undefined ? -1 : book.instruments.findIndex((instrument) => instrument.id === id);
  const instrument = instrumentOf(params.instrument);
  const asset = book.assets.findIndex((one) => one.symbol === params.asset);
  assert(instrument >= 0 || asset >= 0, "a breaker watches an instrument or an asset");
  return {
    feed: instrument >= 0 ? -1 : layout.feed(params.oracle, asset),
    instrument,
    haltInstruments: [
      params.haltInstrument === undefined ? instrument : instrumentOf(params.haltInstrument),
      ...params.haltInstruments.map(instrumentOf),
    ].filter((one) => one >= 0),
    protocol: params.protocol === undefined ? -1 : layout.mechanismIndex(params.protocol),
    window: new PriceWindow(Math.ceil(params.windowMs / layout.tickMs), params.move < 0 ? 1 : -1),
    opening: Number.NaN,
    haltedUntilMs: 0,
    armedFromMs: 0,
    halting: false,
    trips: 0,
  };
}

function watchedPrice(rows: Rows, at: Moment): number {
  return rows.feed >= 0 ? at.published(rows.feed) : at.middle(rows.instrument);
}

/** Looks at the price, unless it is not armed; returns it, or NaN. */
function watch(rows: Rows, at: Moment, tick: number): number {
  if (rows.halting || at.timeMs < rows.armedFromMs) return Number.NaN;
  const price = watchedPrice(rows, at);
  rows.window.see(tick, price);
  return price;
}

function reopen(rows: Rows, params: CircuitBreakerParams, at: Gate): void {
  if (!rows.halting || at.timeMs < rows.haltedUntilMs) return;
  rows.halting = false;
  rows.armedFromMs = rows.haltedUntilMs + params.rearmMs;
  rows.window.clear();
  at.record(tapeKinds.guard, at.mechanismIndex, breakerSays.reopened, rows.trips, 0, 0);
}

function trip(rows: Rows, params: CircuitBreakerParams, at: Gate): void {
  if (rows.trips >= params.trips || (params.beforeMs !== null && at.timeMs > params.beforeMs)) return;
  const price = watch(rows, at, at.tick);
  const move = price / (params.from === "open" ? reference(rows, at) : rows.window.extreme()) - 1;
  if (!(params.move < 0 ? move <= params.move : move >= params.move)) return;
  rows.halting = true;
  rows.trips++;
  // The tick in which it trips is the first that is halted.
  rows.haltedUntilMs = params.rest ? Number.POSITIVE_INFINITY : at.timeMs + params.durationMs;
  at.record(tapeKinds.guard, at.mechanismIndex, breakerSays.tripped, move, price, rows.trips);
}

/** The opening price; NaN, from which nothing is far, while another guard halts what is watched: there are no trades then. */
function reference(rows: Rows, at: Gate): number {
  return rows.instrument >= 0 && at.isHalted(rows.instrument) ? Number.NaN : rows.opening;
}

function halt(rows: Rows, params: CircuitBreakerParams, at: Gate): void {
  if (params.halt === "venue") {
    for (const instrument of rows.haltInstruments) at.haltInstrument(instrument);
    return;
  }
  const { standing } = at;
  let held = 0;
  for (let order = 0; order < standing.count; order++) {
    if (standing.open[order] === 0 || (rows.protocol >= 0 && standing.mechanism[order] !== rows.protocol)) continue;
    at.hold(order);
    held++;
  }
  if (held > 0) at.record(tapeKinds.guard, at.mechanismIndex, breakerSays.held, held, 0, 0);
}

function check(params: CircuitBreakerParams, { tickMs }: CheckContext): readonly Fault[] {
  const faults: Fault[] = [];
  const say = (code: string, key: string, message: string, hint: string) => faults.push({ code, key, message, hint });
  if ((params.instrument === undefined) === (params.asset === undefined)) {
    const message = "a breaker watches either an instrument or an asset's published price";
    say("choice-wrong", "instrument", message, "write one of `instrument` and `asset`");
  }
  if (params.halt === "venue" && params.haltInstrument === undefined && params.instrument === undefined) {
    say("value-missing", "haltInstrument", "there is no instrument to halt", "name the instrument");
  }
  if (params.halt === "liquidations" && params.haltInstruments.length > 0) {
    const message = "a halt of liquidations halts no instruments";
    say("choice-wrong", "haltInstruments", message, "write halt: venue, or leave haltInstruments out");
  }
  if (params.move === 0) say("number-out-of-range", "move", "a move of 0 always trips", 'write it like "-10%"');
  for (const [key, ms] of [
    ["window", params.windowMs],
    ["duration", params.durationMs],
    ["rearm", params.rearmMs],
    ["before", params.beforeMs ?? 0],
  ] as const) {
    if (ms % tickMs === 0) continue;
    const message = `${ms} ms is no whole number of ticks of ${tickMs} ms`;
    say("duration-no-multiple", key, message, "write a multiple of clock.tick");
  }
  return faults;
}

export const circuitBreakerDefinition = define<CircuitBreakerParams>({
  kind: "circuit-breaker",
  part: "guards",
  summary: "Halts a venue, or a protocol's liquidations, when a price has moved too far within a window.",
  source: "SEC Rule 6121 (limit up - limit down), NYSE Rule 7.12; docs/model.md",
  schema: circuitBreakerSchema,
  create: (name, params) => circuitBreaker(name, params),
  references: (params) => {
    const named: [string, Reference["kind"], string | undefined][] = [
      ["instrument", "instrument", params.instrument],
      ["haltInstrument", "instrument", params.haltInstrument],
      ...params.haltInstruments.map((id, index): [string, Reference["kind"], string] => [
        `haltInstruments[${index}]`,
        "instrument",
        id,
      ]),
      ["asset", "asset", params.asset],
      ["oracle", "oracle", params.asset === undefined ? undefined : params.oracle],
      ["protocol", "mechanism", params.protocol],
    ];
    return named.flatMap(([key, kind, name]) => (name === undefined ? [] : [{ key, kind, name }]));
  },
  check,
  demonstration: {
    scenario: oneAccountFalls({
      guards: [
        {
          name: "breaker",
          kind: "circuit-breaker",
          asset: "ETH",
          move: "-10%",
          window: "1 h",
          halt: "liquidations",
          duration: "2 h",
        },
      ],
    }),
    subject: "breaker",
    measure: "liquidatedAccounts",
    off: "rises",
  },
});
