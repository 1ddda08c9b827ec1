import { z } from "zod";
import type { Book } from "../../book/book.js";
import { quantity } from "../../book/index.js";
import { stepsPerUsd } from "../../exact/account-value.js";
import type { Layout, Mechanism, Publish } from "../../run/index.js";
import { type CheckContext, define, type Fault } from "../definition.js";
import { oneAccountFalls } from "../demonstrations.js";
import { indexPrice, venuesOfAsset, weightedVenues } from "./index-price.js";

/** An oracle that publishes prices of some time ago: a fixed lag, or Maker's security module. */
export interface DelayedOracleParams {
  /** Empty: every venue of the asset's first instrument, equally weighted; an asset without venues publishes its fair value. */
  readonly venues: readonly { readonly venue: string; readonly weight: number }[];
  readonly rule:
    | { readonly kind: "lag"; readonly delayMs: number }
    | {
        /** At each poke the next price becomes the current one, and the price of that moment the next. */
        readonly kind: "hop";
        readonly hopMs: number;
        /** From a whole multiple of the hop, counted in UTC, to the poke. */
        readonly phaseMs: number;
      }
    | { readonly kind: "none" };
}

const schema = z
  .strictObject({
    kind: z.literal("delayed-oracle"),
    delay: quantity.duration({ above: 0 }).optional().describe("Fixed lag from a price to its publication."),
    hop: quantity
      .duration({ above: 0 })
      .optional()
      .describe("Maker's security module: every hop the next price becomes current and the price of the moment next."),
    phase: quantity.duration().default(0).describe("With hop: how long after a full hop in UTC the poke comes."),
    venues: weightedVenues,
  })
  .transform(
    ({ delay, hop, phase, venues }): DelayedOracleParams => ({
      venues,
      rule:
        delay !== undefined && hop === undefined
          ? { kind: "lag", delayMs: delay }
          : hop !== undefined && delay === undefined
            ? { kind: "hop", hopMs: hop, phaseMs: phase }
            : { kind: "none" },
    }),
  );

interface Rows {
  readonly feeds: readonly number[];
  readonly venues: readonly (readonly { readonly venue: number; readonly weight: number }[])[];
  /** Lag: the last prices (steps) by tick modulo their number, one column per asset. Hop: one price per asset, the next one. */
  readonly held: readonly Float64Array[];
  /** Ticks of the lag, or of the hop. */
  readonly ticks: number;
  /** Tick boundaries (counted from the path's start) of which this is the remainder by `ticks` are pokes. */
  readonly pokeRemainder: number;
}

/**
 * Sees end-of-tick prices and publishes them later, before anybody decides in the tick that ends `delay` after the price. With `hop` (Maker's OSM: `poke` sets
 * current to next and next to the price of the moment, once per hop) a published price is one hop old when it comes and two when it goes. Both hold the
 * opening price until the first price of the path is old enough.
 */
export function delayedOracle(name: string, params: DelayedOracleParams): Mechanism<Rows> {
  const { rule } = params;
  return {
    name,
    open: (book, layout) => openRows(name, params, book, layout),
    reset(): void {},
    publish(rows: Rows, at: Publish): void {
      // The kernel publishes before the first tick too: that price is older than any of the path's.
      const opening = at.endOfTick && at.timeMs === 0;
      if (opening) open(rows, at);
      else if (rule.kind === "lag") publishLagged(rows, at);
      else if (isPoke(rows, at)) poke(rows, at);
    },
  };
}

function openRows(name: string, params: DelayedOracleParams, book: Book, layout: Layout): Rows {
  const { rule } = params;
  const venues = book.assets.map((_, asset) => venuesOfAsset(book, layout, asset, params.venues));
  const delayMs = rule.kind === "lag" ? rule.delayMs : rule.kind === "hop" ? rule.hopMs : 0;
  const ticks = Math.max(1, Math.round(delayMs / layout.tickMs));
  const sinceHop = rule.kind === "hop" ? book.atMs - rule.phaseMs : 0;
  return {
    feeds: venues.map((of, asset) => layout.declareFeed({ oracle: name, asset, venues: of, delayMs })),
    venues,
    held: venues.map(() => new Float64Array(rule.kind === "lag" ? ticks : 1)),
    ticks,
    // Boundary n is at atMs + n x tick: a poke where atMs - phase + n x tick is a multiple of the hop.
    pokeRemainder: rule.kind === "hop" ? (ticks - positiveRemainder(sinceHop / layout.tickMs, ticks)) % ticks : 0,
  };
}

function positiveRemainder(value: number, by: number): number {
  const rest = value % by;
  return rest < 0 ? rest + by : rest;
}

function open(rows: Rows, at: Publish): void {
  for (let asset = 0; asset < rows.feeds.length; asset++) {
    const steps = stepsNow(rows, asset, at);
    rows.held[asset].fill(steps);
    at.publishSteps(rows.feeds[asset], steps);
  }
}

/** Slot t mod n holds the price of the end of tick t - n until the end of tick t: it is published in tick t and then replaced. */
function publishLagged(rows: Rows, at: Publish): void {
  if (!at.endOfTick && at.round > 0) return;
  const slot = at.tick % rows.ticks;
  for (let asset = 0; asset < rows.feeds.length; asset++) {
    if (at.endOfTick) rows.held[asset][slot] = stepsNow(rows, asset, at);
    else at.publishSteps(rows.feeds[asset], rows.held[asset][slot]);
  }
}

function isPoke(rows: Rows, at: Publish): boolean {
  return (at.endOfTick || at.round === 0) && (at.tick + 1) % rows.ticks === rows.pokeRemainder;
}

/** Current <- next before the poke's tick is decided, next <- the price at its end. */
function poke(rows: Rows, at: Publish): void {
  for (let asset = 0; asset < rows.feeds.length; asset++) {
    if (at.endOfTick) rows.held[asset][0] = stepsNow(rows, asset, at);
    else at.publishSteps(rows.feeds[asset], rows.held[asset][0]);
  }
}

function stepsNow(rows: Rows, asset: number, at: Publish): number {
  return Math.floor(indexPrice(rows.venues[asset], asset, at) * stepsPerUsd);
}

function check({ rule }: DelayedOracleParams, { tickMs, book }: CheckContext): Fault[] {
  if (rule.kind === "none") {
    const hint = 'write "delay": "1 h" for a fixed lag, or "hop": "1 h" for Maker\'s security module';
    return [{ code: "value-wrong", key: "delay", message: "needs one of delay and hop, and not both", hint }];
  }
  const faults: Fault[] = [];
  const whole = (key: string, ms: number) => {
    if (ms % tickMs === 0) return;
    const message = `${ms} ms is no whole number of ticks of ${tickMs} ms`;
    faults.push({ code: "duration-no-multiple", key, message, hint: "make it a multiple of clock.tick" });
  };
  if (rule.kind === "lag") {
    whole("delay", rule.delayMs);
    return faults;
  }
  whole("hop", rule.hopMs);
  if (rule.phaseMs >= rule.hopMs) {
    const message = `a phase of ${rule.phaseMs} ms is not shorter than the hop of ${rule.hopMs} ms`;
    faults.push({ code: "number-out-of-range", key: "phase", message, hint: "write less than a hop" });
  } else if (faults.length === 0 && positiveRemainder(book.atMs - rule.phaseMs, tickMs) !== 0) {
    const message = `pokes ${rule.phaseMs} ms after a full hop in UTC fall inside ticks of ${tickMs} ms from the book's moment`;
    faults.push({ code: "duration-no-multiple", key: "phase", message, hint: "make it a multiple of clock.tick" });
  }
  return faults;
}

export const delayedOracleDefinition = define<DelayedOracleParams>({
  kind: "delayed-oracle",
  part: "prices",
  summary: "Publishes the venues' prices of some time ago: a fixed lag, or Maker's one-hour security module.",
  source:
    "MakerDAO osm.sol (makerdao/osm), poke: cur = nxt, nxt = peek(), zzz = now - now % hop; MODEL section 3, point 4",
  schema,
  create: (name, params) => delayedOracle(name, params),
  references: (params) => params.venues.map(({ venue }) => ({ key: `venues.${venue}`, kind: "venue", name: venue })),
  check,
  demonstration: {
    scenario: oneAccountFalls({
      prices: { osm: { kind: "delayed-oracle", hop: "1 h" }, spot: { kind: "spot-oracle" } },
      pressure: { lender: { kind: "lending", oracle: "osm", threshold: { ETH: "85%" }, bonus: { ETH: "5%" } } },
    }),
    subject: "osm",
    measure: "liquidatedAccounts",
    off: "falls",
  },
});
