import { assert } from "../book/problem.js";
import { AdverseFlow, forcedByMove } from "../map/adverse-flow.js";
import { assetDepth, defaultMove, fold, type MapMarket, spotPrices } from "../map/index.js";
import { publishHeld } from "../map/market.js";
import { powersOfTen } from "../rules/account-value.js";
import type { Plan } from "../scenario/plan.js";
import { insuredName, insuredRow } from "./insure-plans.js";
import { depthFall } from "./insure-question.js";
import { openMarket } from "./plan-market.js";

/** The falls at which forced flow is told. */
export const insuredFalls: readonly number[] = [-0.1, -0.2, -0.3];
/** The deepest fall that is looked at for the largest gain. */
const deepestFall = -0.5;

/** What the insured sell when the price is held at a fall; dollars at the opening price, purchases negative. */
export interface InsuredFlow {
  readonly fall: number;
  readonly accountUsd: number;
  readonly everybodyUsd: number;
  /** Dollars (opening price) that the market buys at once between that price and `depthFall` below it. */
  readonly depthUsd: number;
  /** Units forced by a further fall of a hundredth over units that the market buys meanwhile; no refill. */
  readonly gain: number;
}

/** The instant view of everybody who follows one strategy. */
export interface InsuredMap {
  readonly flows: readonly InsuredFlow[];
  /** Largest gain over bands of a hundredth down to half the price, and the fall at whose band it is. */
  readonly largestGain: number;
  readonly largestGainFall: number;
  /** Smallest outside fall at which the market's landing jumps; null where none does. */
  readonly foldShock: number | null;
}

/** Asks the map of a plan of `insurancePlan` what its insured sell at held prices, and how the market answers. */
export function insuredMap(plan: Plan, instrument: number): InsuredMap {
  const market = openMarket(plan);
  const { asset } = plan.book.instruments[instrument];
  const spotUsd = market.assets[asset].spotUsd;
  const flows = insuredFalls.map((fall) => flowAt(market, asset, fall));
  let largestGain = 0;
  let largestGainFall = 0;
  for (let share = 1; share > 1 + deepestFall; share *= 1 - defaultMove) {
    const gain = gainAtPrice(market, asset, spotUsd * share);
    if (gain <= largestGain) continue;
    largestGain = gain;
    largestGainFall = share - 1;
  }
  return { flows, largestGain, largestGainFall, foldShock: fold(market, asset, -1)?.shock ?? null };
}

function flowAt(market: MapMarket, asset: number, fall: number): InsuredFlow {
  const ladder = market.ladders.find((one) => one.mechanism === insuredName);
  assert(ladder !== undefined, "every strategy says in the map what it trades");
  const spotUsd = market.assets[asset].spotUsd;
  const unitUsd = spotUsd / powersOfTen[market.assets[asset].unitDecimals];
  const prices = pricesWith(market, asset, spotUsd * (1 + fall));
  const published = publishHeld(market, prices, new Float64Array(market.feeds.length));
  let account = 0;
  let everybody = 0;
  ladder.accounts(published, ({ row, instrument, units }) => {
    if (market.instruments[instrument].asset !== asset) return;
    everybody += units;
    if (row === insuredRow) account += units;
  });
  const depth = assetDepth(market, asset, prices[asset], prices[asset] * (1 - depthFall), prices, 0);
  return {
    fall,
    accountUsd: account * unitUsd,
    everybodyUsd: everybody * unitUsd,
    depthUsd: depth * unitUsd,
    gain: gainAtPrice(market, asset, prices[asset]),
  };
}

/** Forced over absorbed for a further fall of a hundredth, everybody's ladders together; infinite where nobody buys. */
function gainAtPrice(market: MapMarket, asset: number, priceUsd: number): number {
  const flow = new AdverseFlow(market, -1);
  const before = flow.at(market.ladders, pricesWith(market, asset, priceUsd));
  const prices = pricesWith(market, asset, priceUsd * (1 - defaultMove));
  const after = flow.at(market.ladders, prices);
  const forced = market.ladders.reduce((sum, _, at) => sum + forcedByMove(before[at], after[at], asset), 0);
  return forced === 0 ? 0 : forced / assetDepth(market, asset, priceUsd, prices[asset], prices, 0);
}

function pricesWith(market: MapMarket, asset: number, priceUsd: number): Float64Array {
  const prices = spotPrices(market);
  prices[asset] = priceUsd;
  return prices;
}
