import { z } from "zod";
import type { Book } from "../../book/book.js";
import { type Amount, isProblem, quantity, unitsOf } from "../../book/index.js";
import { assert } from "../../book/problem.js";
import { powersOfTen } from "../../rules/account-value.js";
import { supplyImpact } from "../../rules/supply-impact.js";
import type { Decide, Ladder, Layout, Mechanism, Settle } from "../../run/index.js";
import { amountFaults } from "../amounts.js";
import { type CheckContext, define, type Fault } from "../definition.js";
import { oneAccountFalls } from "../demonstrations.js";
import { bookHedge, type HedgeAccount, openHedgeAccount } from "../hedge-account.js";

const schema = z
  .strictObject({
    kind: z.literal("observed-supply"),
    instrument: z.string().describe("The instrument on which announced orders are met."),
    riskAversion: quantity
      .number({ above: 0, most: 1e6 })
      .default(1.5)
      .describe("a: investors' constant absolute risk aversion, the market as a whole being 1."),
    priorVariance: quantity
      .number({ above: 0, most: 1e6 })
      .default(0.04)
      .describe("Sigma: variance of the value before anybody learns anything (0.04 is 20 % squared)."),
    signalVariance: quantity
      .number({ above: 0, most: 1e9 })
      .default(10)
      .describe("Sigma_eps / nu: variance of a private signal over the share of investors who get one."),
    supplyVariance: quantity
      .number({ above: 0, most: 1e6 })
      .default(0.0001)
      .describe("Sigma_L: variance of the supply that nobody observes (0.0001 is 1 % of the market squared)."),
    capital: quantity
      .amount()
      .optional()
      .describe("Most that these investors put in, in the quote asset; without: no limit."),
  })
  .transform(({ kind: _, ...params }): ObservedSupplyParams => params);

/** Parameters of investors who meet announced orders, with every default filled in. */
export interface ObservedSupplyParams {
  readonly instrument: string;
  readonly riskAversion: number;
  readonly priorVariance: number;
  readonly signalVariance: number;
  readonly supplyVariance: number;
  readonly capital?: Amount;
}

interface Rows extends HedgeAccount {
  /** Share of announced orders that is met: 1 - observed / unobserved impact. */
  readonly share: number;
  /** Whole quote units that may be out; Infinity without a limit. */
  readonly capitalUnits: number;
  /** Quote units per (quote coin per coin x base unit), and the opening price in quote coins per coin. */
  readonly quotePerUnit: number;
  readonly openingPrice: number;
  readonly layout: Layout;
  /** Whole quote units paid so far, less what came back. */
  paid: number;
}

/**
 * Investors who know that announced orders carry no news, and meet them at the going price. Whoever sees a sale and does not know why it is made takes it for a sign
 * and asks for a lower price: the venue's own depth. Of what is announced, these investors take so much that the rest moves the price as the whole would if everybody
 * knew: the share 1 - observed / unobserved impact of Gennotte and Leland, computed from their parameters.
 */
function observedSupply(name: string, params: ObservedSupplyParams): Mechanism<Rows> {
  return {
    name,
    open: (book, layout) => openRows(name, params, book, layout),
    reset(rows): void {
      rows.held = 0;
      rows.paid = 0;
    },
    decide,
    settle,
    ladder: (rows) => observedLadder(name, rows),
  };
}

function openRows(name: string, params: ObservedSupplyParams, book: Book, layout: Layout): Rows {
  const instrument = book.instruments.findIndex((one) => one.id === params.instrument);
  assert(instrument >= 0, `instrument ${params.instrument} exists`);
  const { asset, quote } = book.instruments[instrument];
  const capital =
    params.capital === undefined
      ? Number.POSITIVE_INFINITY
      : unitsOf(params.capital, book.assets[quote].unitDecimals, "capital");
  assert(!isProblem(capital), "parse has checked the capital");
  const impact = supplyImpact({
    riskAversion: params.riskAversion,
    priorVariance: params.priorVariance,
    signalVarianceOverInformed: params.signalVariance,
    hiddenSupplyVariance: params.supplyVariance,
  });
  return {
    ...openHedgeAccount(`${name}/investors`, instrument, book, layout),
    share: Math.max(0, 1 - impact.observed / impact.unobserved),
    capitalUnits: capital,
    quotePerUnit: powersOfTen[book.assets[quote].unitDecimals] / powersOfTen[book.assets[asset].unitDecimals],
    openingPrice: book.assets[asset].priceUsd / book.assets[quote].priceUsd,
    layout,
    paid: 0,
  };
}

/** Units announced on the instrument in this round: positive are sales. */
function announced(rows: Rows, at: Decide): number {
  let sum = 0;
  for (const plan of rows.layout.plans()) sum += plan.announced(rows.instrument, at);
  return sum;
}

function decide(rows: Rows, at: Decide): void {
  const units = announced(rows, at);
  const met = withinCapital(rows, Math.trunc(units * rows.share), at.middle(rows.instrument));
  if (met !== 0) at.trade(0, rows.account, rows.instrument, -met, 0);
}

/** Of units to be bought (positive) no more than the capital left pays for at the middle; sales are not bounded. */
function withinCapital(rows: Rows, units: number, middle: number): number {
  if (units <= 0 || !Number.isFinite(rows.capitalUnits)) return units;
  const left = Math.max(0, rows.capitalUnits - Math.max(0, rows.paid));
  return Math.min(units, Math.floor(left / (middle * rows.quotePerUnit)));
}

function settle(rows: Rows, at: Settle): void {
  if (!at.afterTrades) return;
  const { fills } = at;
  for (let fill = 0; fill < fills.count; fill++) {
    if (fills.order[fill] >= 0 || fills.mechanism[fill] !== at.mechanismIndex) continue;
    rows.paid += fills.boughtCash[fill] - fills.soldCash[fill];
    bookHedge(rows, 0, at, fill);
  }
}

/** What these investors take of what would be announced at held prices: buying where others must sell, so it counts against the gain. */
function observedLadder(name: string, rows: Rows): Ladder {
  const units = (published: Float64Array) => {
    let sum = 0;
    for (const plan of rows.layout.plans()) sum += plan.announcedAt(rows.instrument, published);
    return withinCapital(rows, Math.trunc(sum * rows.share), rows.openingPrice);
  };
  return {
    mechanism: name,
    pathFree: false,
    reactionMs: 0,
    method: `the share ${rows.share.toFixed(4)} of what others announce`,
    forced(published, into) {
      const met = units(published);
      if (met === 0) return;
      into.accounts++;
      if (met > 0) into.bought[rows.instrument] += met;
      else into.sold[rows.instrument] -= met;
    },
    accounts(published, visit) {
      const met = units(published);
      if (met !== 0) visit({ row: 0, instrument: rows.instrument, units: -met, badDebtUsd: 0 });
    },
    describe: () => ({ account: name, collateral: [], debt: [] }),
  };
}

function check(params: ObservedSupplyParams, { book, kinds }: CheckContext): Fault[] {
  const instrument = book.instruments.find((one) => one.id === params.instrument);
  if (instrument === undefined) return [];
  const faults: Fault[] = [];
  const here = [...kinds.values()].filter((one) => one.kind === "observed-supply" && one.instrument === instrument.id);
  if (here.length > 1) {
    faults.push({
      code: "choice-wrong",
      key: "instrument",
      message: `${here.length} crowds would each meet the same announced orders on ${instrument.id}, and buy more than is sold`,
      hint: "the share is the whole market's: write one on each instrument",
    });
  }
  if (params.capital !== undefined)
    faults.push(...amountFaults(params.capital, book.assets[instrument.quote], "capital"));
  return faults;
}

export const observedSupplyDefinition = define<ObservedSupplyParams>({
  kind: "observed-supply",
  part: "liquidity",
  summary:
    "Investors who know that an announced order carries no news meet it: announced and hidden hedging move the price differently.",
  source:
    "Gennotte and Leland (1990), impact of observed and of unobserved supply; Admati and Pfleiderer (1991), sunshine trading",
  schema,
  create: (name, params) => observedSupply(name, params),
  references: (params) => [{ key: "instrument", kind: "instrument", name: params.instrument }],
  check,
  demonstration: {
    scenario: oneAccountFalls({
      positions: {
        insurer: { layer: "made", columns: ["account", "risky ETH", "cash USD"], rows: [["fund", 1000, 2000000]] },
      },
      liquidity: { investors: { kind: "observed-supply", instrument: "ETH/USD" } },
      pressure: { insurer: { kind: "cppi", instrument: "ETH/USD", multiplier: 4, floor: "87.5%", announced: "100%" } },
    }),
    subject: "investors",
    measure: "lowestPriceShare",
    off: "falls",
  },
});
