import type { Book } from "../../book/book.js";
import { exp, log } from "../../math/index.js";
import { stepsPerUsd } from "../../rules/account-value.js";
import type { Layout, Mechanism, Publish, VolatilitySurface } from "../../run/index.js";
import { define } from "../definition.js";
import { oneAccountFalls } from "../demonstrations.js";
import {
  type ImpliedVolatilityParams,
  impliedVolatilityFaults,
  impliedVolatilitySchema,
} from "./implied-volatility-schema.js";

/** Nothing lowers a volatility below one point, unless it was lower from the start. */
const leastVolatility = 0.01;
const ln2 = 0.6931471805599453;

interface Rows {
  readonly layout: Layout;
  readonly asset: number;
  readonly openingUsd: number;
  /** Price from which a fall is counted: the opening one, or where people have got used to. */
  usualUsd: number;
  /** Added by purchases so far, and vega (USD per 1.00) bought since. */
  demanded: number;
  boughtVega: number;
  feed: number;
}

/**
 * Implied volatility as dealers and insurers see it. An option that had volatility v has, with x = ln(S / S0), v + m x + spike x 100 ln(R / S)+ + jumps + demand:
 * m is 0 (sticky strike), the skew b (sticky delta) or -b (local volatility, the implied tree). R is the opening price, or with a half-life where people have got
 * used to. An option that is opened now has the same on the line atm - b ln(K / S0), seen from where the regime puts it. At time 0 a
 * surface is what it was at the opening: the map asks it there, at whatever price is held.
 * Source: Derman, "Regimes of volatility", Risk 12 (1999), with ln K in place of K.
 */
export function impliedVolatility(name: string, params: ImpliedVolatilityParams): Mechanism<Rows> {
  return {
    name,
    open: (book, layout) => openRows(name, params, book, layout),
    reset: (rows) => {
      rows.feed = rows.layout.feed(params.oracle, rows.asset);
      rows.usualUsd = rows.openingUsd;
      rows.demanded = 0;
      rows.boughtVega = 0;
    },
    publish: (rows, at) => pass(rows, params, at),
  };
}

function openRows(name: string, params: ImpliedVolatilityParams, book: Book, layout: Layout): Rows {
  const asset = book.assets.findIndex((one) => one.symbol === params.asset);
  // Opening prices as oracles would publish them: a price that has not moved has moved by exactly nothing. What is worth less than a step begins at one.
  const openingUsd = Math.max(1, Math.floor(book.assets[asset].priceUsd * stepsPerUsd)) / stepsPerUsd;
  const rows = { layout, asset, openingUsd, usualUsd: openingUsd, demanded: 0, boughtVega: 0, feed: -1 };
  layout.offerSurface(name, surfaceOf(rows, params));
  return rows;
}

function surfaceOf(rows: Rows, params: ImpliedVolatilityParams): VolatilitySurface {
  const { regime, skew, most, atm } = params;
  const slope = regime === "sticky-strike" ? 0 : regime === "sticky-delta" ? skew : -skew;
  const { openingUsd } = rows;
  return {
    volatility(base, _strikeUsd, spotUsd, timeMs): number {
      const change = slope * log(spotUsd / openingUsd) + added(rows, params, spotUsd, timeMs);
      if (change === 0) return base;
      return change > 0
        ? Math.min(base + change, Math.max(most, base))
        : Math.max(base + change, Math.min(leastVolatility, base));
    },
    atStrike(strikeUsd, _leftMs, spotUsd, timeMs): number {
      const line = atm - skew * log(strikeUsd / openingUsd) + slope * log(spotUsd / openingUsd);
      return Math.min(most, Math.max(leastVolatility, line + added(rows, params, spotUsd, timeMs)));
    },
    bought(vegaUsd): void {
      rows.boughtVega += vegaUsd;
    },
  };
}

/** What spike, jumps and purchases add at a price and time. */
function added(rows: Rows, params: ImpliedVolatilityParams, spotUsd: number, timeMs: number): number {
  const { spike, jumps } = params;
  const atStart = timeMs <= 0;
  const usual = atStart ? rows.openingUsd : rows.usualUsd;
  let sum = atStart ? 0 : rows.demanded;
  if (spike > 0 && spotUsd < usual) sum += spike * 100 * log(usual / spotUsd);
  for (const { atMs, by } of jumps) {
    if (atMs > timeMs) break;
    sum += by * kept(params, timeMs - atMs);
  }
  return sum;
}

/** Share of an addition that is left after some time. */
function kept({ decayMs }: ImpliedVolatilityParams, passedMs: number): number {
  return decayMs === null || passedMs === 0 ? 1 : exp((-ln2 * passedMs) / decayMs);
}

/** The end of a tick: people get used to the price, and what was bought raises volatility. */
function pass(rows: Rows, params: ImpliedVolatilityParams, at: Publish): void {
  if (!at.endOfTick || at.timeMs === 0) return;
  const share = kept(params, at.tickMs);
  rows.demanded = rows.demanded * share + (params.demand * rows.boughtVega) / 1e8;
  rows.boughtVega = 0;
  const spotUsd = at.published(rows.feed) / stepsPerUsd;
  if (share < 1 && spotUsd > 0) rows.usualUsd = spotUsd * exp(share * log(rows.usualUsd / spotUsd));
}

/** A dealer who has sold puts far below the price hedges by a surface that rises in the fall. */
function spikingPuts(): unknown {
  return oneAccountFalls({
    prices: {
      iv: { kind: "implied-volatility", asset: "ETH", atm: "60%", skew: 0.3, regime: "local", spike: "2%" },
    },
    positions: {
      dealer: {
        layer: "made",
        columns: ["account", "open ETH", "strike USD", "expiry day", "call x", "volatility %"],
        rows: [["put-1000", 1000, 1000, 60, -1, 80]],
      },
    },
    pressure: {
      dealer: { kind: "dealer", instrument: "ETH/USD", sign: "short-all", volatility: "iv" },
    },
  });
}

export const impliedVolatilityDefinition = define<ImpliedVolatilityParams>({
  kind: "implied-volatility",
  part: "prices",
  summary: "Implied volatility that dealers and insurers share: a skew, a regime, and a spike when prices fall.",
  source:
    "Derman (1999), Regimes of volatility; Garleanu, Pedersen and Poteshman (2009), demand-based option pricing; sizes are the author's to assume",
  schema: impliedVolatilitySchema,
  create: (name, params) => impliedVolatility(name, params),
  references: ({ asset, oracle }) => [
    { key: "asset", kind: "asset", name: asset },
    { key: "oracle", kind: "oracle", name: oracle },
  ],
  check: impliedVolatilityFaults,
  demonstration: {
    scenario: spikingPuts(),
    subject: "iv",
    measure: "tradedUsd",
    off: "falls",
    // The same options at the volatilities they began with.
    instead: { kind: "implied-volatility", asset: "ETH", atm: "60%" },
  },
});
