import { assert } from "../book/problem.js";
import { mulDivDown } from "../math/index.js";
import type { Candidates } from "./candidates.js";
import type { ClearingMarket } from "./clearing.js";

/**
 * Passes after which two-legged orders that still do not fit are cut to half of their share, and then to nothing. Pairs that trade against each other over
 * scarce depth would else shrink by the same fraction for ever; what is cut too far stands on and comes again in the next round.
 */
const halvedFrom = 64;
const leftOutFrom = 128;

/**
 * Cuts what depth cannot absorb, in proportion (docs/model.md). First two-legged orders find their size, the smaller fraction of their legs on both,
 * all instruments at once so that no instrument comes before another; then one-legged orders share what room is left, leftover units by
 * stable position id. Works on `soldUnits` and `boughtUnits`, which hold what was asked for.
 */
export function ration(candidates: Candidates, markets: readonly ClearingMarket[], stable: Int32Array): void {
  const paired = stable.some((index) => isPair(candidates, index) && candidates.soldUnits[index] > 0);
  const capacity = markets.map(({ depth }) => [depth.capacity(1), depth.capacity(-1)] as const);
  if (paired) sizePairs(candidates, capacity, stable);
  for (let instrument = 0; instrument < markets.length; instrument++) {
    shareRoom(candidates, capacity[instrument], instrument, stable);
  }
}

function isPair(candidates: Candidates, index: number): boolean {
  return candidates.sellInstrument[index] >= 0 && candidates.buyInstrument[index] >= 0;
}

/** What a side of an instrument is asked for and can be given; `granted` below `asked` on one side at most. */
interface Room {
  readonly sold: readonly [granted: number, asked: number];
  readonly bought: readonly [granted: number, asked: number];
}

function roomOf(sold: number, bought: number, capacity: readonly [number, number]): Room {
  return {
    sold: [Math.min(sold, bought + capacity[0]), sold],
    bought: [Math.min(bought, sold + capacity[1]), bought],
  };
}

/** Cuts two-legged orders until, with everybody else in proportion, every instrument has room; one-legged ones get their request back. */
function sizePairs(candidates: Candidates, capacity: readonly (readonly [number, number])[], stable: Int32Array): void {
  const { sellInstrument, buyInstrument, soldUnits, boughtUnits } = candidates;
  const askedSold = soldUnits.slice(0, candidates.count);
  const askedBought = boughtUnits.slice(0, candidates.count);
  for (let pass = 0; ; pass++) {
    assert(pass < 1000, "rationing ends");
    const sold = new Float64Array(capacity.length);
    const bought = new Float64Array(capacity.length);
    for (const index of stable) {
      if (sellInstrument[index] >= 0) sold[sellInstrument[index]] += soldUnits[index];
      if (buyInstrument[index] >= 0) bought[buyInstrument[index]] += boughtUnits[index];
    }
    const rooms = capacity.map((of, instrument) => roomOf(sold[instrument], bought[instrument], of));
    const within = (room: Room["sold"], units: number) =>
      room[0] < room[1] ? mulDivDown(units, room[0], room[1]) : units;
    let cut = false;
    for (const index of stable) {
      const sells = sellInstrument[index] < 0 ? 0 : within(rooms[sellInstrument[index]].sold, soldUnits[index]);
      const buys = buyInstrument[index] < 0 ? 0 : within(rooms[buyInstrument[index]].bought, boughtUnits[index]);
      if (sells === soldUnits[index] && buys === boughtUnits[index]) continue;
      cut = true;
      if (!isPair(candidates, index)) {
        soldUnits[index] = sells;
        boughtUnits[index] = buys;
      } else cutPair(candidates, index, sells, buys, pass);
    }
    if (!cut) break;
  }
  for (const index of stable) {
    if (isPair(candidates, index)) continue;
    soldUnits[index] = askedSold[index];
    boughtUnits[index] = askedBought[index];
  }
}

/** Both legs by the smaller fraction; a leg that rounds to nothing takes the other with it. */
function cutPair(candidates: Candidates, index: number, sells: number, buys: number, pass: number): void {
  const { soldUnits, boughtUnits } = candidates;
  const sold = soldUnits[index];
  const bought = boughtUnits[index];
  const share = pass < halvedFrom ? 1 : pass < leftOutFrom ? 0.5 : 0;
  soldUnits[index] = Math.floor(share * Math.min(sells, mulDivDown(sold, buys, bought)));
  boughtUnits[index] = Math.floor(share * Math.min(buys, mulDivDown(bought, sells, sold)));
  if (soldUnits[index] > 0 && boughtUnits[index] > 0) return;
  soldUnits[index] = 0;
  boughtUnits[index] = 0;
}

/** One-legged orders of an instrument share what its two-legged orders leave. */
function shareRoom(
  candidates: Candidates,
  capacity: readonly [number, number],
  instrument: number,
  stable: Int32Array,
): void {
  const { sellInstrument, buyInstrument, soldUnits, boughtUnits } = candidates;
  let sold = 0;
  let bought = 0;
  for (const index of stable) {
    if (sellInstrument[index] === instrument) sold += soldUnits[index];
    if (buyInstrument[index] === instrument) bought += boughtUnits[index];
  }
  const room = roomOf(sold, bought, capacity);
  const [granted, asked] = room.sold[0] < room.sold[1] ? room.sold : room.bought;
  if (granted === asked) return;
  const selling = room.sold[0] < room.sold[1];
  const at = selling ? sellInstrument : buyInstrument;
  const legs = selling ? soldUnits : boughtUnits;
  const single: number[] = [];
  let wanted = 0;
  for (const index of stable) {
    if (at[index] !== instrument || legs[index] === 0 || isPair(candidates, index)) continue;
    single.push(index);
    wanted += legs[index];
  }
  let left = wanted - (asked - granted);
  assert(left >= 0, "two-legged orders leave room for what was granted beside them");
  const share = left;
  const before = single.map((index) => legs[index]);
  for (const index of single) {
    legs[index] = mulDivDown(legs[index], share, wanted);
    left -= legs[index];
  }
  for (let place = 0; place < single.length && left > 0; place++) {
    if (legs[single[place]] >= before[place]) continue;
    legs[single[place]] += 1;
    left -= 1;
  }
}
