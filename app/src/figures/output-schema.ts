import { definitions, type JsonSchema, measureNames } from "@firebreak/engine";
import { insureSchema } from "./insure-schema.js";
import {
  basis,
  byName,
  count,
  figure,
  flag,
  hash,
  listOf,
  nullableNumber,
  number,
  orNull,
  ref,
  said,
  table,
  text,
} from "./schema-parts.js";

/** Version of what `--json` prints: a new key leaves it as it is, a key that goes or means something else raises it. */
export const outputVersion = 1;

/** Verbs whose `--json` output has a published schema. */
export const publishedVerbs = [
  "solve",
  "map",
  "gamma",
  "run",
  "compare",
  "insure",
  "replay",
  "volatility",
  "validate",
  "explain",
  "protocols",
] as const;

const common: Readonly<Record<string, JsonSchema>> = {
  basis: {
    description: "What it rests on: of this date; real, of another date or market; chosen. The weakest of its inputs.",
    enum: ["measured", "borrowed", "assumed"],
  },
  figure: {
    ...table(
      {
        value: said(nullableNumber, "Null is a figure that does not exist, like a gain where there is no depth."),
        unit: said(text, "USD, share, x, ms, accounts, or an asset's symbol."),
        basis,
        band: {
          description: "Lower and upper end: over paths, over both ends of what is not known, or of a mean.",
          type: "array",
          prefixItems: [nullableNumber, nullableNumber],
          items: false,
          minItems: 2,
        },
      },
      ["band"],
    ),
  },
  provenance: table({
    source: text,
    asOf: text,
    coverage: text,
    coverageShare: nullableNumber,
    basis,
  }),
  account: {
    description: "One of the accounts with the largest forced flow.",
    ...table({
      mechanism: text,
      account: text,
      collateral: listOf(figure),
      debt: listOf(figure),
      forcedUsd: figure,
      share: said(figure, "Of all that is forced."),
      badDebtUsd: figure,
      badDebtWithoutUsd: said(figure, "All bad debt as if this account were not there."),
    }),
  },
  fold: {
    description: "The smallest outside move (signed), and the dollars sold at once, at which the landing jumps.",
    ...table({ shock: figure, saleUsd: figure }),
  },
  problems: {
    description: "What every verb prints with exit code 2.",
    ...table({ problems: listOf(table({ code: text, path: text, message: text, hint: text })) }),
  },
};

const landing = table({
  prices: said(byName(figure), "By asset, dollars a coin."),
  forcedUsd: figure,
  forced: said(byName(figure), "By asset: coins sold (negative: bought) by those who were forced."),
  repaidUsd: figure,
  badDebtUsd: figure,
  liquidated: count,
  waves: count,
  depthExhausted: flag,
  limit: { description: "Null at a fixed point.", enum: [null, "cycle", "rounds"] },
});

const gain = { horizon: figure, move: figure, atSpot: figure, atShallowest: figure };

const dealers = said(
  listOf(table({ mechanism: text, positions: text, sign: text })),
  "Dealers whose side of open interest is a convention: an assumption.",
);

const solve = table({
  scenario: text,
  direction: { enum: [-1, 1] },
  moves: said(byName(number), "By asset: the move asked for, as a share."),
  sale: said(byName(number), "By asset: the coins of the sale asked for."),
  shallowest: ref("landing"),
  deepest: ref("landing"),
  nonMonotone: flag,
  depthExhausted: flag,
  gain: table({ ...gain, max: figure, maxPrice: figure, noDepthPrice: orNull(figure) }),
  gains: said(listOf(table(gain)), "One per horizon."),
  foldShock: orNull(figure),
  foldSaleUsd: orNull(figure),
  top: listOf(ref("account")),
  dealers,
  bySide: said(
    listOf(table({ convention: text, price: figure, forcedUsd: figure, gainAtSpot: figure, largestGain: figure })),
    "The same with those dealers on another side; empty where there are none.",
  ),
});

const level = table({
  asset: text,
  direction: { enum: ["down", "up"] },
  from: said(figure, "The edge nearer to spot."),
  price: said(figure, "The edge that is reached."),
  forcedUsd: figure,
  cumulativeUsd: figure,
  depthUsd: figure,
  gain: figure,
  byMechanism: byName(figure),
  accounts: said(count, "Forced from spot to this price."),
  badDebtUsd: figure,
  largest: orNull(table({ mechanism: text, account: text, share: figure })),
});

const exposures = { gamma: figure, vanna: figure, charm: figure };

const gamma = table({
  name: text,
  asset: text,
  at: text,
  spot: figure,
  sign: said(
    listOf(
      table({
        table: text,
        convention: said({ type: ["string", "null"] }, "Null where each row states the dealers' side itself."),
        saidBy: { enum: ["rows", "asked", "scenario", "default"] },
      }),
    ),
    "The dealers' side that was taken. Bands are over the four conventions.",
  ),
  smile: { enum: ["sticky-strike", "sticky-delta", "local"] },
  atSpot: table(exposures),
  flips: said(listOf(figure), "Prices at which gamma changes sign, highest first."),
  conventions: orNull(listOf(table({ convention: text, ...exposures, flips: listOf(figure) }))),
  expiries: listOf(table({ expiry: text, contracts: count, open: figure, gamma: figure })),
  levels: listOf(table({ price: figure, move: number, ...exposures, byExpiry: byName(figure) })),
  restsOn: listOf(table({ name: text, layer: text, asOf: text, coverage: text, share: figure })),
  leftOut: said(
    listOf(table({ table: text, account: text, code: text, message: text })),
    "Rows that are no options (expired, without volatility, strike or side): in no figure.",
  ),
  notes: listOf(text),
});

const coverage = listOf(table({ name: text, layer: text, asOf: text, coverage: text, share: figure }));

const map = table({
  scenario: text,
  spot: byName(figure),
  move: figure,
  horizon: figure,
  levels: listOf(level),
  fold: byName(table({ down: orNull(ref("fold")), up: orNull(ref("fold")) })),
  top: listOf(ref("account")),
  topShock: byName(number),
  dealers,
  bySide: said(
    listOf(
      table({
        convention: text,
        asset: text,
        direction: { enum: ["down", "up"] },
        gainAtSpot: figure,
        largestGain: figure,
        largestAt: figure,
      }),
    ),
    "What the gain would be with those dealers on another side; empty where there are none.",
  ),
  reactions: said(
    byName(figure),
    "Milliseconds from a price to each mechanism's answer; later than the horizon: in no figure of forced flow.",
  ),
  coverage: table({ forced: coverage, depth: coverage }),
});

const measures = (of: JsonSchema) => table(Object.fromEntries(measureNames.map((name) => [name, of])));

const run = table({
  scenario: text,
  version: text,
  seed: count,
  paths: count,
  ticks: count,
  tickMs: number,
  tapeHash: hash,
  tapeRows: count,
  ends: table({ settled: count, rounds: count }),
  measures: measures(figure),
});

const compare = table({
  a: table({ scenario: text, tapeHash: hash }),
  b: table({ scenario: text, tapeHash: hash }),
  seed: count,
  paths: count,
  confidence: number,
  measures: measures(table({ a: figure, b: figure, difference: figure, largerShare: figure, smallerShare: figure })),
});

const replayEnd = table({
  accounts: figure,
  coins: figure,
  first: said(figure, "Milliseconds from the window's start to the first liquidation."),
  precision: figure,
  recall: figure,
  brier: figure,
  timeError: figure,
  probabilities: listOf(table({ account: text, probability: number, observed: flag })),
});

const replay = table({
  scenario: text,
  version: text,
  seed: count,
  paths: count,
  protocol: text,
  window: figure,
  accountCount: count,
  observed: table({
    accounts: figure,
    presentAtStart: figure,
    coins: figure,
    first: figure,
    liquidations: listOf(table({ account: text, coins: number, firstMs: number })),
  }),
  nobodyActs: replayEnd,
  ownersAct: orNull(replayEnd),
  staticRule: replayEnd,
  owners: orNull(table({ windows: listOf(text), atRisk: count, acted: count, params: byName({}) })),
  windows: said({ type: ["object", "null"], additionalProperties: true }, "All recorded windows of the protocol."),
  findings: {
    description: "Everything the report says, in its order. Open: parts may be added.",
    type: "object",
    additionalProperties: true,
    properties: { asset: text, spot: figure, verdict: table({ answer: text, reasons: listOf(text) }) },
    required: ["asset", "spot", "verdict", "shocks", "gains", "fold", "landing", "levels", "top"],
  },
  tapeHash: hash,
});

const garch = { mu: figure, omega: figure, alpha: figure, beta: figure };

const volatility = table({
  file: text,
  rows: count,
  leftOut: said(
    listOf(table({ row: count, reason: text })),
    "Only with --skip: lines of the file, 1 being the header.",
  ),
  from: { type: ["string", "null"] },
  to: { type: ["string", "null"] },
  interval: said(figure, "The usual distance of rows; null where they have no times."),
  intervalsPerYear: figure,
  annualised: said(text, "How the intervals of a year came about."),
  estimators: listOf(table({ name: text, annual: figure, perInterval: figure, observations: count, covers: text })),
  garch: orNull(
    table({
      ...garch,
      logLikelihood: figure,
      persistence: figure,
      longRunAnnual: figure,
      nextAnnual: figure,
      standardErrors: orNull(table(garch)),
      end: said({ enum: ["interior", "boundary"] }, "boundary: the likelihood still rises towards an edge."),
      observations: count,
    }),
  ),
  branching: orNull(
    table({
      label: { const: "upper bound" },
      branching: said(figure, "An upper bound of the branching ratio, not an estimate of it."),
      fano: figure,
      eventSize: figure,
      events: count,
      window: count,
      windows: count,
      caution: text,
    }),
  ),
  missing: said(listOf(table({ what: text, why: text })), "What could not be told of this file."),
});

const validate = listOf(
  table({
    id: text,
    source: text,
    tag: { enum: ["S", "S2", "D", "S+D", "S2+D"] },
    unit: text,
    expected: number,
    actual: number,
    tolerance: number,
    toleranceKind: { enum: ["absolute", "relative"] },
    pass: flag,
    how: { enum: ["closed form", "simulated"] },
  }),
);

const protocols = listOf(
  table({
    id: text,
    name: text,
    version: text,
    part: { enum: ["prices", "liquidity", "pressure", "guards"] },
    family: { enum: ["lending", "perpetuals", "guard"] },
    source: text,
    rulesAsOf: text,
    parametersAsOf: said({ type: ["string", "null"] }, "The latest date of a shipped market; null where none is."),
    atEquality: table({ liquidatable: flag, by: text }),
    modelled: listOf(text),
    notModelled: listOf(text),
    markets: listOf(table({ name: text, asOf: text, source: text })),
  }),
);

const plan = table({
  name: text,
  summary: text,
  book: table({ name: text, at: text, hash }),
  clock: table({ tickMs: number, tickCount: count, roundLimit: count, lastingShare: number }),
  mechanisms: listOf(
    table({
      part: { enum: ["prices", "liquidity", "pressure", "guards"] },
      kind: { enum: definitions.map(({ kind }) => kind) },
      name: text,
      summary: text,
      source: text,
      written: said(flag, "The author named it."),
      parameters: listOf(table({ name: text, value: {}, written: flag })),
      ladder: orNull(table({ method: text, pathFree: flag, reactionMs: number })),
    }),
  ),
  restsOn: listOf(
    table({ part: { enum: ["positions", "depth", "series"] }, name: text, layer: text, provenance: ref("provenance") }),
  ),
  assumptions: listOf(table({ mechanism: text, kind: text, why: text })),
  basis: table({ map: basis, run: basis }),
});

const story = table({
  account: text,
  protocol: text,
  seed: count,
  path: count,
  holdings: listOf(table({ role: text, amount: figure })),
  outcome: { enum: ["liquidated", "ordered, not liquidated", "rescued by its owner", "never liquidatable"] },
  events: listOf(
    table(
      {
        what: { enum: ["ordered", "withdrawn", "liquidated", "bad debt", "owner acted", "deleveraged"] },
        time: text,
        tick: count,
        round: count,
        priceUsd: figure,
        seized: figure,
        repaid: figure,
        badDebtUsd: figure,
        keeper: text,
      },
      ["priceUsd", "seized", "repaid", "badDebtUsd", "keeper"],
    ),
  ),
  trades: orNull(table({ sold: figure, received: figure, bought: figure, paid: figure, first: text, last: text })),
  lowestMargin: orNull(figure),
  lowestMarginTime: { type: ["string", "null"] },
  heldBy: listOf(table({ guard: text, times: count })),
  push: orNull(
    table({
      asset: text,
      from: text,
      to: text,
      priceShare: figure,
      fairShare: figure,
      by: listOf(table({ mechanism: text, kind: text, sold: figure, share: figure })),
    }),
  ),
});

const historyVariant = table({
  figures: said(byName(figure), "By fact."),
  halted: said(figure, "Milliseconds in which the first instrument was halted."),
  tapeHash: hash,
});

/** What `replay` prints of a scenario that carries published figures of its day. */
const history = table({
  scenario: text,
  version: text,
  seed: count,
  paths: count,
  note: text,
  facts: listOf(
    table({
      name: text,
      source: text,
      observed: said(figure, "As published, with the ends where several were; null where nobody published it."),
      modelled: said(figure, "The scenario's, with the least and the most over its parameter sets."),
    }),
  ),
  tracks: listOf(
    table({
      name: text,
      error: said(figure, "Root of the mean squared relative error."),
      moments: listOf(table({ atMs: number, observed: figure, modelled: figure })),
    }),
  ),
  sets: byName(historyVariant),
  counterfactuals: byName(historyVariant),
  tapeHash: hash,
});

/**
 * The JSON Schema (2020-12) of what the verbs print with `--json`: one definition per verb, to be taken as `output.schema.json#/$defs/solve`. A figure is the
 * same everywhere. `explain` has two forms, with and without `--account`; so has `replay`, for days with a record and for days with published figures.
 */
export function outputSchema(): JsonSchema {
  const verbs = {
    solve,
    map,
    gamma,
    run,
    compare,
    insure: insureSchema,
    replay: { anyOf: [ref("record"), ref("history")] },
    volatility,
    validate,
    explain: { anyOf: [ref("plan"), ref("story")] },
    protocols,
  };
  return {
    $schema: "https://json-schema.org/draft/2020-12/schema",
    $id: `urn:firebreak:output:${outputVersion}`,
    title: `Firebreak output, version ${outputVersion}`,
    description: "What each verb prints with --json. Shares are fractions; ids, counts, hashes and flags are plain.",
    anyOf: [...publishedVerbs, "problems"].map(ref),
    $defs: { ...verbs, record: replay, history, plan, story, landing, ...common },
  };
}

/** The same schema, refusing every key that it does not describe: what our own tests hold the outputs against. */
export function closed(schema: unknown): unknown {
  if (Array.isArray(schema)) return schema.map(closed);
  if (typeof schema !== "object" || schema === null) return schema;
  const parts = Object.fromEntries(Object.entries(schema).map(([key, value]) => [key, closed(value)]));
  return "required" in parts && !("additionalProperties" in parts) ? { ...parts, additionalProperties: false } : parts;
}
