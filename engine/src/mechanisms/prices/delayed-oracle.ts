import { z } from "zod";
import type { Book } from "../../book/book.js";
import { quantity } from "../../book/index.js";
import { numbersOf, type Series } from "../../book/series.js";
import { stepsPerUsd } from "../../rules/account-value.js";
import type { Layout, Mechanism, Publish } from "../../run/index.js";
import { type CheckContext, define, type Fault } from "../definition.js";
import { oneAccountFalls } from "../demonstrations.js";
import { indexPrice, venuesOfAsset, weightedVenues } from "./index-price.js";

/** An oracle that publishes prices of some time ago: a fixed lag, or Maker's security module. */
export interface DelayedOracleParams {
  /** Empty: every venue of the asset's first instrument, equally weighted; an asset without venues publishes its fair value. */
  readonly venues: readonly { readonly venue: string; readonly weight: number }[];
  /** Where prices from before the path come from; null: the opening price is held. */
  readonly before: { readonly series: string; readonly table: string; readonly asset: string } | null;
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
    before: z
      .strictObject({
        series: z.string().describe("The series, by its name in the scenario."),
        table: z.string().default("prices").describe("Its table of prices."),
        asset: z.string().describe("The asset whose prices they are."),
      })
      .optional()
      .describe("Recorded prices from before the start, so that the oracle opens with what it really held."),
    venues: weightedVenues,
  })
  .transform(
    ({ delay, hop, phase, before, venues }): DelayedOracleParams => ({
      venues,
      before: before ?? null,
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
  /** By asset: what the oracle held at the start (steps), oldest first as `held` is laid out, and what it published; NaN where nothing is recorded. */
  readonly opening: readonly { readonly published: number; readonly held: Float64Array }[];
  /** Ticks of the lag, or of the hop. */
  readonly ticks: number;
  /** Tick boundaries (counted from the path's start) of which this is the remainder by `ticks` are pokes. */
  readonly pokeRemainder: number;
}

/**
 * Sees end-of-tick prices and publishes them later, before anybody decides in the tick that ends `delay` after the price. With `hop` (Maker's OSM: `poke` sets
 * current to next and next to the price of the moment, once per hop) a published price is one hop old when it comes and two when it goes. Both open
 * with the prices recorded `before` the path, or else hold the opening price until the first price of the path is old enough.
 */
export function delayedOracle(name: string, params: DelayedOracleParams, series?: Series): Mechanism<Rows> {
  const { rule } = params;
  return {
    name,
    open: (book, layout) => openRows(name, params, book, layout, series),
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

function openRows(
  name: string,
  params: DelayedOracleParams,
  book: Book,
  layout: Layout,
  series: Series | undefined,
): Rows {
  const { rule } = params;
  const venues = book.assets.map((_, asset) => venuesOfAsset(book, layout, asset, params.venues));
  const delayMs = rule.kind === "lag" ? rule.delayMs : rule.kind === "hop" ? rule.hopMs : 0;
  const ticks = Math.max(1, Math.round(delayMs / layout.tickMs));
  const sinceHop = rule.kind === "hop" ? book.atMs - rule.phaseMs : 0;
  const feeds = venues.map((of, asset) => layout.declareFeed({ oracle: name, asset, venues: of, delayMs }));
  const held = venues.map(() => new Float64Array(rule.kind === "lag" ? ticks : 1));
  if (rule.kind === "hop") feeds.forEach((feed, asset) => layout.offerWaiting(feed, () => held[asset][0]));
  return {
    feeds,
    venues,
    held,
    opening: book.assets.map((asset) =>
      openingOf(params, asset.symbol === params.before?.asset ? series : undefined, book.atMs, ticks, layout.tickMs),
    ),
    ticks,
    // Boundary n is at atMs + n x tick: a poke where atMs - phase + n x tick is a multiple of the hop.
    pokeRemainder: rule.kind === "hop" ? (ticks - positiveRemainder(sinceHop / layout.tickMs, ticks)) % ticks : 0,
  };
}

/**
 * What the oracle holds at the start: for a hop the price of the last poke but one (published) and of the last one (next); for a lag the prices of the ticks
 * before the start. From a recorded table, the last row at or before each moment; NaN where the record begins later.
 */
function openingOf(
  { rule, before }: DelayedOracleParams,
  series: Series | undefined,
  atMs: number,
  ticks: number,
  tickMs: number,
): Rows["opening"][number] {
  const held = new Float64Array(rule.kind === "lag" ? ticks : 1).fill(Number.NaN);
  const table = series?.tables.find((one) => one.id === before?.table);
  const times = table === undefined ? null : numbersOf(table, "timeMs");
  const prices = table === undefined ? null : numbersOf(table, "priceUsd");
  if (times === null || prices === null) return { published: Number.NaN, held };
  const stepsAt = (moment: number): number => {
    let found = Number.NaN;
    for (let row = 0; row < times.length && times[row] <= moment; row++) found = Math.floor(prices[row] * stepsPerUsd);
    return found;
  };
  if (rule.kind === "hop") {
    const lastPoke = atMs - positiveRemainder(atMs - rule.phaseMs, rule.hopMs);
    held[0] = stepsAt(lastPoke);
    return { published: stepsAt(lastPoke - rule.hopMs), held };
  }
  for (let slot = 0; slot < held.length; slot++) held[slot] = stepsAt(atMs - (ticks - slot) * tickMs);
  return { published: held[0], held };
}

function positiveRemainder(value: number, by: number): number {
  const rest = value % by;
  return rest < 0 ? rest + by : rest;
}

function open(rows: Rows, at: Publish): void {
  for (let asset = 0; asset < rows.feeds.length; asset++) {
    const steps = stepsNow(rows, asset, at);
    const { published, held } = rows.opening[asset];
    for (let slot = 0; slot < held.length; slot++)
      rows.held[asset][slot] = Number.isNaN(held[slot]) ? steps : held[slot];
    at.publishSteps(rows.feeds[asset], Number.isNaN(published) ? steps : published);
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
  source: "MakerDAO osm.sol (makerdao/osm), poke: cur = nxt, nxt = peek(), zzz = now - now % hop; docs/model.md",
  schema,
  create: (name, params, { series }) =>
    delayedOracle(name, params, params.before === null ? undefined : series[params.before.series]),
  references: (params) => [
    ...params.venues.map(({ venue }) => ({ key: `venues.${venue}`, kind: "venue" as const, name: venue })),
    ...(params.before === null ? [] : [{ key: "before.series", kind: "series" as const, name: params.before.series }]),
  ],
  check,
  demonstration: {
    scenario: oneAccountFalls({
      prices: { osm: { kind: "delayed-oracle", hop: "1 h" }, spot: { kind: "spot-oracle" } },
      pressure: { lender: { kind: "lending", oracle: "osm", threshold: { ETH: "85%" }, bonus: { ETH: "5%" } } },
    }),
    subject: "osm",
    // Seen at once, the fall leaves collateral enough for every debt.
    measure: "badDebtUsd",
    off: "falls",
    instead: { kind: "spot-oracle" },
  },
});
