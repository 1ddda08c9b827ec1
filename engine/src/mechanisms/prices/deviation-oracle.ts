import { z } from "zod";
import type { Book } from "../../book/book.js";
import { quantity } from "../../book/index.js";
import { stepsPerUsd } from "../../rules/account-value.js";
import type { Layout, Mechanism, Publish } from "../../run/index.js";
import { type CheckContext, define, type Fault } from "../definition.js";
import { oneAccountFalls } from "../demonstrations.js";
import { indexPrice, venuesOfAsset, weightedVenues } from "./index-price.js";

/** An oracle that publishes when the price has moved enough or enough time has passed. */
export interface DeviationOracleParams {
  /** Empty: every venue of the asset's first instrument, equally weighted; an asset without venues publishes its fair value. */
  readonly venues: readonly { readonly venue: string; readonly weight: number }[];
  /** A move beyond this share of the last answer gives a new one. */
  readonly deviation: number;
  readonly heartbeatMs: number;
  /** From the observation to the publication. */
  readonly latencyMs: number;
}

const schema = z
  .strictObject({
    kind: z.literal("deviation-oracle"),
    deviation: quantity
      .share({ bare: true })
      .default(0.005)
      .describe("A move beyond this share of the last answer gives a new one."),
    heartbeat: quantity.duration({ above: 0 }).prefault("1 h").describe("A new answer at the latest after this time."),
    latency: quantity.duration().default(0).describe("From the observation to the publication."),
    venues: weightedVenues,
  })
  .transform(
    ({ deviation, heartbeat, latency, venues }): DeviationOracleParams => ({
      venues,
      deviation,
      heartbeatMs: heartbeat,
      latencyMs: latency,
    }),
  );

interface Rows {
  readonly feeds: readonly number[];
  readonly venues: readonly (readonly { readonly venue: number; readonly weight: number }[])[];
  /** Per asset: the last answer (steps) and when it was observed; it may still be on its way. */
  readonly answers: Float64Array;
  readonly answeredMs: Float64Array;
  /** Per asset: answers on their way by the tick of their observation modulo the latency's ticks; 0 where there is none. */
  readonly underWay: readonly Float64Array[];
  readonly latencyTicks: number;
}

/**
 * At the end of a tick an asset gets a new answer where its price is further than `deviation` from the last answer, or that is `heartbeat` old. Without latency it is
 * there for the next tick; with it, at the end of the tick that many later. The last answer counts even while it is on its way, as it does for Chainlink's nodes.
 */
export function deviationOracle(name: string, params: DeviationOracleParams): Mechanism<Rows> {
  return {
    name,
    open(book: Book, layout: Layout): Rows {
      const venues = book.assets.map((_, asset) => venuesOfAsset(book, layout, asset, params.venues));
      const latencyTicks = Math.round(params.latencyMs / layout.tickMs);
      return {
        feeds: venues.map((of, asset) =>
          layout.declareFeed({ oracle: name, asset, venues: of, delayMs: params.latencyMs }),
        ),
        venues,
        answers: new Float64Array(venues.length),
        answeredMs: new Float64Array(venues.length),
        underWay: venues.map(() => new Float64Array(latencyTicks)),
        latencyTicks,
      };
    },
    reset(rows: Rows): void {
      for (const prices of rows.underWay) prices.fill(0);
    },
    publish(rows: Rows, at: Publish): void {
      if (!at.endOfTick) return;
      for (let asset = 0; asset < rows.feeds.length; asset++) {
        const steps = Math.floor(indexPrice(rows.venues[asset], asset, at) * stepsPerUsd);
        // The kernel publishes before the first tick too: the feed opens with the price of that moment.
        if (at.timeMs === 0) {
          answer(rows, asset, steps, 0);
          at.publishSteps(rows.feeds[asset], steps);
        } else observe(rows, params, asset, steps, at);
      }
    },
  };
}

function answer(rows: Rows, asset: number, steps: number, timeMs: number): void {
  rows.answers[asset] = steps;
  rows.answeredMs[asset] = timeMs;
}

function observe(rows: Rows, params: DeviationOracleParams, asset: number, steps: number, at: Publish): void {
  const last = rows.answers[asset];
  const moved = Math.abs(steps - last) > params.deviation * last;
  const isNew = moved || at.timeMs - rows.answeredMs[asset] >= params.heartbeatMs;
  if (isNew) answer(rows, asset, steps, at.timeMs);
  if (rows.latencyTicks === 0) {
    if (isNew) at.publishSteps(rows.feeds[asset], steps);
    return;
  }
  // The slot of this tick holds what was answered `latency` ago: it arrives now and makes room.
  const underWay = rows.underWay[asset];
  const slot = at.tick % rows.latencyTicks;
  if (underWay[slot] > 0) at.publishSteps(rows.feeds[asset], underWay[slot]);
  underWay[slot] = isNew ? steps : 0;
}

function check({ heartbeatMs, latencyMs }: DeviationOracleParams, { tickMs }: CheckContext): Fault[] {
  const durations = [
    { key: "heartbeat", ms: heartbeatMs },
    { key: "latency", ms: latencyMs },
  ];
  return durations
    .filter(({ ms }) => ms % tickMs !== 0)
    .map(({ key, ms }) => ({
      code: "duration-no-multiple",
      key,
      message: `${ms} ms is no whole number of ticks of ${tickMs} ms`,
      hint: "make it a multiple of clock.tick",
    }));
}

export const deviationOracleDefinition = define<DeviationOracleParams>({
  kind: "deviation-oracle",
  part: "prices",
  summary: "Publishes when the price has moved by more than a share of the last answer, or after a heartbeat.",
  source: "Chainlink data feeds: deviation threshold and heartbeat (docs.chain.link, Data Feeds); docs/model.md",
  schema,
  create: (name, params) => deviationOracle(name, params),
  references: (params) => params.venues.map(({ venue }) => ({ key: `venues.${venue}`, kind: "venue", name: venue })),
  check,
  demonstration: {
    scenario: oneAccountFalls({
      prices: {
        feed: { kind: "deviation-oracle", deviation: "10%", heartbeat: "2 h" },
        spot: { kind: "spot-oracle" },
      },
      pressure: { lender: { kind: "lending", oracle: "feed", threshold: { ETH: "85%" }, bonus: { ETH: "5%" } } },
    }),
    subject: "feed",
    // Followed step by step, accounts are liquidated earlier and less collateral pays.
    measure: "seizedUsd",
    off: "falls",
    instead: { kind: "spot-oracle" },
  },
});
