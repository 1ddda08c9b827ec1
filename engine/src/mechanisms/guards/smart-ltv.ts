import type { Book } from "../../book/book.js";
import { isProblem, unitsOf } from "../../book/index.js";
import { assert } from "../../book/problem.js";
import { card, faults } from "../../exact/smart-ltv/index.js";
import { log } from "../../math/index.js";
import { basisPoints } from "../../rules/account-value.js";
import { smartLtv, weightedVariance } from "../../rules/smart-ltv.js";
import { rampedThreshold } from "../../rules/threshold-ramp.js";
import type { Govern, Layout, Mechanism } from "../../run/index.js";
import { protocolActs, tapeKinds } from "../../run/tape.js";
import { amountFaults } from "../amounts.js";
import { type CheckContext, define, type Fault } from "../definition.js";
import { oneAccountFalls } from "../demonstrations.js";
import { thresholdPath } from "../pressure/lending/thresholds.js";
import { type SmartLtvParams, smartLtvSchema } from "./smart-ltv-schema.js";

const msPerDay = 86_400_000;

/** Lending protocols whose thresholds governance can move; a Morpho market's LLTV, for one, is fixed for ever. */
const governable: readonly string[] = ["lending", "aave-v3", "aave-v4", "euler-v2"];

interface Rows {
  /** The lender's parameter, or -1 where it offers none for the asset. */
  readonly parameter: number;
  readonly asset: number;
  readonly feed: number;
  readonly instrument: number;
  /** Units of the quote asset. */
  readonly cap: number;
  /** Basis points at the opening: never exceeded. */
  opening: number;
  /** Price (steps) and variance a day, as they were last seen. */
  steps: number;
  variance: number;
  /** The signed data, and when it was measured. */
  volatility: number;
  liquidity: number;
  measuredAtMs: number;
  governedAtMs: number;
  /** The way of the threshold, basis points. */
  from: number;
  to: number;
  startMs: number;
  /** Where it stood in the last tick. */
  standing: number;
}

/**
 * Sets a lender's liquidation threshold to what SmartLTV's formula supports: volatility from an exponentially weighted mean of squared returns of the published price,
 * liquidity at a slippage on the instrument's depth, the supply cap. Never above the threshold of the opening; down at once or on a ramp, up at once. Data is
 * measured now and then and refused when it is too old; where the formula has no answer (no liquidity at all) the threshold stays. Source: `SmartLTV.ltv`
 * (backstop-protocol/smart-ltv 17fd53c). There it decides what a vault lends; to govern thresholds by it is this model's own use.
 */
function governor(name: string, params: SmartLtvParams): Mechanism<Rows> {
  return {
    name,
    open: (book, layout) => openRows(params, book, layout),
    reset(rows): void {
      rows.opening = -1;
      rows.steps = 0;
      rows.variance = params.volatility * params.volatility;
      rows.measuredAtMs = Number.NEGATIVE_INFINITY;
      rows.governedAtMs = Number.NEGATIVE_INFINITY;
      rows.startMs = 0;
    },
    govern(rows, at): void {
      if (rows.parameter < 0) return;
      if (rows.opening < 0) begin(rows, at);
      see(rows, params, at);
      if (at.timeMs - rows.measuredAtMs >= params.refreshMs) measure(rows, params, at);
      if (at.timeMs - rows.governedAtMs >= params.everyMs) decide(rows, params, at);
      set(rows, params, at);
    },
  };
}

function openRows(params: SmartLtvParams, book: Book, layout: Layout): Rows {
  const asset = book.assets.findIndex(({ symbol }) => symbol === params.asset);
  const instrument = book.instruments.findIndex(({ id }) => id === params.instrument);
  assert(instrument >= 0, "the instrument was filled in and checked");
  const cap = unitsOf(params.cap, book.assets[book.instruments[instrument].quote].unitDecimals, "");
  assert(!isProblem(cap), "the cap was checked");
  return {
    parameter: layout.parameterIndex(thresholdPath(params.lender, params.asset)),
    asset,
    feed: layout.feed(params.oracle, asset),
    instrument,
    cap,
    opening: -1,
    steps: 0,
    variance: 0,
    volatility: 0,
    liquidity: 0,
    measuredAtMs: 0,
    governedAtMs: 0,
    from: 0,
    to: 0,
    startMs: 0,
    standing: 0,
  };
}

/** The first tick of a path: the threshold as it opens. */
function begin(rows: Rows, at: Govern): void {
  rows.opening = at.parameter(rows.parameter);
  rows.from = rows.opening;
  rows.to = rows.opening;
  rows.standing = rows.opening;
}

/** A published price enters the volatility. */
function see(rows: Rows, { halfLifeMs }: SmartLtvParams, at: Govern): void {
  const steps = at.published(rows.feed);
  if (rows.steps > 0 && steps > 0)
    rows.variance = weightedVariance(
      rows.variance,
      log(steps / rows.steps),
      at.tickMs / msPerDay,
      halfLifeMs / msPerDay,
    );
  rows.steps = steps;
}

/** New data: volatility, and what selling until the price has moved by the slippage brings. */
function measure(rows: Rows, params: SmartLtvParams, at: Govern): void {
  const price = at.middle(rows.instrument) * (1 - (params.slippage ?? params.bonus));
  const units = Math.max(0, at.unitsToPrice(rows.instrument, price));
  rows.volatility = Math.sqrt(rows.variance);
  rows.liquidity = at.quoteCash(rows.instrument, units);
  rows.measuredAtMs = at.timeMs;
}

/** Where the threshold is to go: down on the ramp, up at once, never above the opening. Nowhere on data that is too old. */
function decide(rows: Rows, params: SmartLtvParams, at: Govern): void {
  rows.governedAtMs = at.timeMs;
  if (at.timeMs - rows.measuredAtMs > params.maxAgeMs) return;
  const supported = smartLtv({
    confidence: 1 / params.riskLevel,
    volatility: rows.volatility,
    liquidity: rows.liquidity,
    cap: rows.cap,
    bonus: params.bonus,
  });
  if (Number.isNaN(supported)) return;
  const target = Math.min(rows.opening, Math.floor(supported * basisPoints));
  if (target === rows.to) return;
  rows.from = rows.standing;
  rows.to = target;
  rows.startMs = at.timeMs;
}

/** Sets the threshold where its way has it now. */
function set(rows: Rows, { overMs }: SmartLtvParams, at: Govern): void {
  const { from, to, startMs, standing } = rows;
  const threshold = rampedThreshold(from, to, startMs, overMs, at.timeMs);
  if (threshold === standing) return;
  at.setParameter(rows.parameter, threshold);
  at.record(tapeKinds.protocol, at.mechanismIndex, rows.asset, standing, threshold, protocolActs.govern);
  rows.standing = threshold;
}

/** The asset's first spot market, and the bonus as slippage, where nothing else is written. */
function fill(params: SmartLtvParams, book: Book): SmartLtvParams {
  const asset = book.assets.findIndex(({ symbol }) => symbol === params.asset);
  const instrument =
    params.instrument ?? book.instruments.find((one) => one.market === "spot" && one.asset === asset)?.id;
  return { ...params, instrument, slippage: params.slippage ?? params.bonus };
}

function check(params: SmartLtvParams, { book, kinds }: CheckContext): readonly Fault[] {
  const found: Fault[] = [];
  const say = (code: string, key: string, message: string, hint: string) => found.push({ code, key, message, hint });
  const kind = kinds.get(params.lender)?.kind ?? "";
  if (!governable.includes(kind))
    say("not-governable", "lender", `the thresholds of ${kind} do not move`, `govern one of: ${governable.join(", ")}`);
  const instrument = book.instruments.find(({ id }) => id === params.instrument);
  const asset = book.assets.findIndex(({ symbol }) => symbol === params.asset);
  if (instrument === undefined || instrument.asset !== asset) {
    const message =
      params.instrument === undefined
        ? `${params.asset} has no spot market`
        : `${params.instrument} does not trade ${params.asset}`;
    say("instrument-of-another-asset", "instrument", message, `name an instrument of ${params.asset}`);
  } else {
    found.push(...amountFaults(params.cap, book.assets[instrument.quote], "cap"));
    const cap = unitsOf(params.cap, book.assets[instrument.quote].unitDecimals, "");
    if (!isProblem(cap) && cap === 0)
      say("zero-scale", "cap", "the cap is 0; it must be above 0", 'write it like "5000000 USD"');
  }
  if (params.slippage === 0)
    say("zero-scale", "slippage", "a slippage of 0 finds no liquidity", "write a bonus or a slippage above 0");
  found.push(
    ...faults({
      trustedRelayer: "the relayer of the scenario",
      chainId: 1n,
      riskLevel: BigInt(Math.round(params.riskLevel * 1e9)) * 1_000_000_000n,
      maxDataAge: BigInt(Math.floor(params.maxAgeMs / 1000)),
    }),
  );
  return found;
}

export const smartLtvDefinition = define<SmartLtvParams>({
  kind: "smart-ltv",
  part: "guards",
  protocol: card,
  summary:
    "SmartLTV as a governor: a lender's threshold follows volatility and liquidity, and never rises above its opening.",
  source: "backstop-protocol/smart-ltv 17fd53c, SmartLTV.ltv; age of data as in its TIMEOUT of one day",
  schema: smartLtvSchema,
  fill,
  check,
  create: governor,
  references: ({ lender, asset, instrument, oracle }) => [
    { key: "lender", kind: "mechanism", name: lender },
    { key: "asset", kind: "asset", name: asset },
    { key: "oracle", kind: "oracle", name: oracle },
    ...(instrument === undefined ? [] : [{ key: "instrument", kind: "instrument" as const, name: instrument }]),
  ],
  demonstration: {
    scenario: oneAccountFalls({
      prices: { shock: { kind: "line", moves: { ETH: "-10%" }, over: "1 h" } },
      guards: [
        {
          name: "governor",
          protocol: "smart-ltv",
          lender: "lender",
          asset: "ETH",
          cap: "1000000 USD",
          bonus: "5%",
          volatility: "1%",
          every: "10 min",
          refresh: "10 min",
        },
      ],
    }),
    subject: "governor",
    measure: "liquidatedAccounts",
    off: "falls",
  },
});
