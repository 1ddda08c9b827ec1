import { mulDivDown, mulDivUp } from "../math/index.js";
import type { Candidates } from "./candidates.js";
import type { MergedDepth } from "./depth.js";
import { ration } from "./rationing.js";

/** What one instrument's batch did. */
export interface Batch {
  instrument: number;
  orders: number;
  /** Net units that walk depth: positive sold. */
  net: number;
  matched: number;
  sellCash: number;
  buyCash: number;
  /** Average price of the larger side, quote coins per coin. */
  averagePrice: number;
  unfilled: number;
}

/** What clearing needs to know of an instrument. */
export interface ClearingMarket {
  readonly depth: MergedDepth;
  /** Quote units per (coin price x base unit). */
  readonly toQuote: number;
  /** Price at which crossing orders meet where there is no venue. */
  readonly fairPrice: number;
  readonly halted: boolean;
}

/**
 * Clears a round's candidates, one batch per instrument (docs/model.md): nets and merges; the smaller side trades at the middle before the round; the
 * larger side gets one average of those units and of the walk; orders whose limit the batch price breaks drop out, worst first; what depth
 * cannot take is rationed in proportion, leftovers by stable position id, and an order of which only less than that may be taken in part asks for less. Fills the granted columns of `candidates`; moves no venue.
 */
export function clearBatches(candidates: Candidates, markets: readonly ClearingMarket[], stable: Int32Array): Batch[] {
  const { count } = candidates;
  const dropped = new Uint8Array(count);
  for (let index = 0; index < count; index++) {
    const sells = candidates.sellInstrument[index];
    const buys = candidates.buyInstrument[index];
    dropped[index] = (sells >= 0 && markets[sells].halted) || (buys >= 0 && markets[buys].halted) ? 1 : 0;
  }
  for (;;) {
    for (let index = 0; index < count; index++) {
      candidates.soldUnits[index] = dropped[index] === 1 ? 0 : candidates.sellUnits[index];
      candidates.boughtUnits[index] = dropped[index] === 1 ? 0 : candidates.buyUnits[index];
      candidates.soldCash[index] = 0;
      candidates.boughtCash[index] = 0;
    }
    ration(candidates, markets, stable);
    if (cutToPartial(candidates, stable)) continue;
    const batches = price(candidates, markets, stable);
    const worst = worstBrokenLimit(candidates, markets, stable);
    if (worst < 0) return batches;
    // The worst drops out, stands on, and the rest is cleared again from what it asked for.
    dropped[worst] = 1;
  }
}

/** Cuts the first request of which more was granted than may be taken in part; true where there was one. */
function cutToPartial(candidates: Candidates, stable: Int32Array): boolean {
  for (const index of stable) {
    const most = candidates.mostPartial[index];
    const selling = candidates.sellInstrument[index] >= 0;
    const asked = selling ? candidates.sellUnits[index] : candidates.buyUnits[index];
    const granted = selling ? candidates.soldUnits[index] : candidates.boughtUnits[index];
    if (!(most < granted && granted < asked)) continue;
    if (selling && candidates.buyInstrument[index] >= 0)
      candidates.buyUnits[index] = mulDivUp(candidates.buyUnits[index], most, asked);
    if (selling) candidates.sellUnits[index] = most;
    else candidates.buyUnits[index] = most;
    return true;
  }
  return false;
}

function price(candidates: Candidates, markets: readonly ClearingMarket[], stable: Int32Array): Batch[] {
  const batches: Batch[] = [];
  for (let instrument = 0; instrument < markets.length; instrument++) {
    let sold = 0;
    let bought = 0;
    let orders = 0;
    let asked = 0;
    for (let index = 0; index < candidates.count; index++) {
      if (candidates.sellInstrument[index] === instrument) {
        sold += candidates.soldUnits[index];
        asked += candidates.sellUnits[index];
        orders++;
      }
      if (candidates.buyInstrument[index] === instrument) {
        bought += candidates.boughtUnits[index];
        asked += candidates.buyUnits[index];
        orders++;
      }
    }
    if (orders === 0) continue;
    const market = markets[instrument];
    const matched = Math.min(sold, bought);
    const net = sold - bought;
    const middle = market.depth.ladders.length === 0 ? market.fairPrice : market.depth.middle();
    const matchedCash = Math.floor(matched * middle * market.toQuote);
    const walkCash = net === 0 ? 0 : market.depth.cash(net);
    const sellCash = net > 0 ? matchedCash + walkCash : matchedCash;
    const buyCash = net < 0 ? matchedCash + walkCash : matchedCash;
    const larger = Math.max(sold, bought);
    batches.push({
      instrument,
      orders,
      net,
      matched,
      sellCash,
      buyCash,
      averagePrice: larger === 0 ? middle : (net >= 0 ? sellCash : buyCash) / larger / market.toQuote,
      unfilled: asked - sold - bought,
    });
    for (const index of stable) {
      if (candidates.sellInstrument[index] === instrument && sold > 0) {
        candidates.soldCash[index] = mulDivDown(sellCash, candidates.soldUnits[index], sold);
      }
      if (candidates.buyInstrument[index] === instrument && bought > 0) {
        candidates.boughtCash[index] = mulDivUp(buyCash, candidates.boughtUnits[index], bought);
      }
    }
  }
  return batches;
}

/** The candidate whose limit its own average price breaks by most; ties by stable id; -1 where none is broken. */
function worstBrokenLimit(candidates: Candidates, markets: readonly ClearingMarket[], stable: Int32Array): number {
  let worst = -1;
  let worstGap = 0;
  for (const index of stable) {
    const limit = candidates.limit[index];
    if (!(limit > 0)) continue;
    const selling = candidates.soldUnits[index] > 0;
    if (!selling && candidates.boughtUnits[index] === 0) continue;
    if (selling && candidates.boughtUnits[index] > 0) {
      // Two legs: quote units received per quote unit paid.
      const paid = candidates.boughtCash[index];
      const short = limit * paid - candidates.soldCash[index];
      const pairGap = short / (limit * paid);
      if (short > 1 && pairGap > worstGap) {
        worst = index;
        worstGap = pairGap;
      }
      continue;
    }
    const market = markets[selling ? candidates.sellInstrument[index] : candidates.buyInstrument[index]];
    const units = selling ? candidates.soldUnits[index] : candidates.boughtUnits[index];
    const cash = selling ? candidates.soldCash[index] : candidates.boughtCash[index];
    const got = cash / units / market.toQuote;
    const gap = (selling ? limit - got : got - limit) / limit;
    // A limit is broken by more than the rounding of one quote unit.
    if (gap * limit * market.toQuote * units > 1 && gap > worstGap) {
      worst = index;
      worstGap = gap;
    }
  }
  return worst;
}
