import { log, mulDivDown } from "../math/index.js";
import { basisPoints, powersOfTen } from "./account-value.js";
import type { FluidTerms } from "./fluid.js";
import {
  addWide,
  compareWide,
  divideWide,
  isNearWhole,
  multiplyWide,
  narrow,
  shiftWideDown,
  shiftWideUp,
  subtractWide,
  type Wide,
  wide,
} from "./wide.js";

/** A whole tick in partials, 2^30 - 1. */
export const WHOLE_PARTIALS = 2 ** 30 - 1;
/** A call repays at least this many units of debt, and at least a billionth of it. */
export const LEAST_LIQUIDATION = 10_000;

/** Binary places of a ratio of debt to collateral. */
const RATIO_PLACES = 96;
const ratioOne = wide(2 ** 96);
const ray = multiplyWide(wide(1e13), wide(1e14));
const largestWord = subtractWide(shiftWideUp(wide(1), 256), wide(1));
const tickLog = log(1.0015);

/** 2^128 / 1.0015^(2^bit), to the nearest unit, for the fifteen bits of a tick (Fluid TickMath). */
const inverse128 = [
  "ff9dd7de423466c20352b1246ce4856f",
  "ff3bd55f4488ad277531fa1c725a66d0",
  "fe78410fd6498b73cb96a6917f853259",
  "fcf2d9987c9be178ad5bfeffaa123273",
  "f9ef02c4529258b057769680fc6601b3",
  "f402d288133a85a17784a411f7aba082",
  "e895615b5beb6386553757b0352bda90",
  "d34f17a00ffa00a8309940a15930391a",
  "ae6b7961714e20548d88ea5123f9a0ff",
  "76d6461f27082d74e0feed3b388c0ca1",
  "372a3bfe0745d8b6b19d985d9a8b85bb",
  "be32cbee48979763cf7247dd7bb539d",
  "8d4f70c9ff4924dac37612d1e2921e",
  "4e009ae5519380809a02ca7aec77",
  "17c45e641b6e95dee056ff10",
].map((digits) => {
  let value: Wide = [];
  for (const digit of digits) value = addWide(shiftWideUp(value, 4), wide(Number.parseInt(digit, 16)));
  return value;
});

const ratios = new Map<number, Wide>();
const ratiosAbove = new Map<number, Wide>();

/** Ratio of debt units to collateral units at a tick, 1.0015^tick x 2^96, as TickMath `getRatioAtTick` rounds it; ticks from -32,767 to 32,767. */
export function ratioAtTick(tick: number): Wide {
  const known = ratios.get(tick);
  if (known !== undefined) return known;
  let factor = shiftWideUp(wide(1), 128);
  let size = Math.abs(tick);
  for (let bit = 0; size > 0; bit++) {
    if (size % 2 === 1) factor = shiftWideDown(multiplyWide(factor, inverse128[bit]), 128);
    size = Math.floor(size / 2);
  }
  let ratio = shiftWideDown(factor, 32);
  if (tick >= 0) {
    const inverted = divideWide(largestWord, factor);
    const cut = shiftWideDown(inverted, 32);
    ratio = compareWide(shiftWideUp(cut, 32), inverted) === 0 ? cut : addWide(cut, wide(1));
  }
  ratios.set(tick, ratio);
  return ratio;
}

/** The highest tick whose ratio is at most this one. */
export function tickAtRatio(ratio: Wide): number {
  let tick = Math.floor(log(narrow(ratio) / narrow(ratioOne)) / tickLog);
  while (compareWide(ratioAtTick(tick), ratio) > 0) tick--;
  while (compareWide(ratioAtTick(tick + 1), ratio) <= 0) tick++;
  return tick;
}

/** All positions of one ratio: a whole tick, or what a liquidation left between two ticks. Whole units. */
export interface FluidLevel {
  readonly tick: number;
  /** 0 for a whole tick; else how far from the tick below, in parts of 2^30 - 1. */
  readonly partials: number;
  readonly ratio: Wide;
  readonly collateral: number;
  readonly debt: number;
  /** Its positions and their shares, which add up to `shares`. */
  readonly rows: readonly number[];
  readonly parts: readonly number[];
  readonly shares: number;
}

/** Ratio of a level, rounded down. */
export function ratioOfLevel(tick: number, partials: number): Wide {
  const ratio = ratioAtTick(tick);
  if (partials === 0) return ratio;
  const less = divideWide(multiplyWide(ratio, wide(10_000)), wide(10_015));
  return addWide(less, divideWide(multiplyWide(subtractWide(ratio, less), wide(partials)), wide(WHOLE_PARTIALS)));
}

/** Where liquidation and absorption begin at a price. */
export interface FluidLimits {
  /** Ticks above it are liquidated; the tick itself is not. */
  readonly liquidationTick: number;
  readonly thresholdRatio: Wide;
  /** Ticks above it are absorbed. */
  readonly maxTick: number;
  /** Collateral units per debt unit that a liquidator gets, 27 decimals, penalty included. */
  readonly collateralPerDebt: Wide;
}

/** Limits at published prices above 0 (FluidVaultT1 `liquidate`, its first part). */
export function fluidLimits(terms: FluidTerms, steps: ArrayLike<number>, unitDecimals: ArrayLike<number>): FluidLimits {
  const { collateral, debt } = terms;
  const price = divideWide(
    multiplyWide(wide(steps[collateral]), wide(powersOfTen[unitDecimals[debt]]), ray),
    multiplyWide(wide(steps[debt]), wide(powersOfTen[unitDecimals[collateral]])),
  );
  const ratio = divideWide(shiftWideUp(price, RATIO_PLACES), ray);
  const tickOf = (thousandths: number) => tickAtRatio(divideWide(multiplyWide(ratio, wide(thousandths)), wide(1_000)));
  const liquidationTick = tickOf(terms.thresholdThousandths);
  return {
    liquidationTick,
    thresholdRatio: ratioAtTick(liquidationTick),
    maxTick: tickOf(terms.limitThousandths),
    collateralPerDebt: divideWide(
      multiplyWide(divideWide(multiplyWide(ray, ray), price), wide(basisPoints + terms.penaltyBps)),
      wide(basisPoints),
    ),
  };
}

/** Where a position stands: the tick above its ratio, the debt that the tick makes of its own, and how much of that is not owed. */
export interface FluidPlace {
  readonly tick: number;
  readonly debt: number;
  readonly dust: number;
}

/** Puts a debt on a tick: a billionth and a unit on top, then up to the next tick (`_addDebtToTickWrite`). Both above 0. */
export function placeOf(owed: number, held: number): FluidPlace {
  const net = mulDivDown(owed, 1e9 + 1, 1e9) + 1;
  const ticks = log(net / held) / tickLog;
  // In Float64 where neither the tick nor the debt on it is too close to tell.
  if (Math.abs(ticks - Math.round(ticks)) > 1e-9) {
    const tick = Math.floor(ticks) + 1;
    const debt = (narrow(stepAbove(tick - 1)) / 2 ** 96) * held;
    if (!isNearWhole(debt)) return { tick, debt: Math.floor(debt), dust: Math.floor(debt) - net };
  }
  const tick = tickAtRatio(divideWide(shiftWideUp(wide(net), RATIO_PLACES), wide(held))) + 1;
  const debt = narrow(shiftWideDown(multiplyWide(stepAbove(tick - 1), wide(held)), RATIO_PLACES));
  return { tick, debt, dust: debt - net };
}

/** A tick's ratio and 0.15 %, as a debt is put on the tick above. */
function stepAbove(tick: number): Wide {
  let step = ratiosAbove.get(tick);
  if (step === undefined) {
    step = divideWide(multiplyWide(ratioAtTick(tick), wide(10_015)), wide(10_000));
    ratiosAbove.set(tick, step);
  }
  return step;
}

/** What a liquidation does to the highest levels. */
export interface FluidWalk {
  /** Repaid and taken in all, units. */
  readonly debt: number;
  readonly collateral: number;
  /** Levels that become one. */
  readonly merged: number;
  /** By merged level: what its shares are multiplied by. */
  readonly factors: readonly number[];
  /** The one level that is left of them, without its positions. */
  readonly left: Pick<FluidLevel, "tick" | "partials" | "collateral" | "debt" | "shares">;
}

/** What is being liquidated: levels merged so far. */
interface Active {
  ratio: Wide;
  debt: number;
  collateral: number;
  /** Collateral as the vault derives it from debt and ratio. */
  derived: number;
  shares: number;
}

/**
 * Repays up to `amount` units from the highest level down: the top's ratio falls to the next level's, both go on together, and so on to the threshold
 * (FluidVaultT1 `liquidate`). Undefined where nothing stands above the threshold.
 */
export function walkLevels(levels: readonly FluidLevel[], limits: FluidLimits, amount: number): FluidWalk | undefined {
  const [top] = levels;
  if (top === undefined || top.tick <= limits.liquidationTick || amount === 0) return undefined;
  if (top.partials === 1 && top.tick === limits.liquidationTick + 1) return undefined;
  const { debt, collateral, ratio, shares } = top;
  const active: Active = { ratio, debt, collateral, derived: derivedOf(debt, ratio), shares };
  const factors = [1];
  let left = amount;
  let taken = 0;
  for (let place = 1; ; place++) {
    const next = levels[place];
    const joins = next !== undefined && next.tick > limits.liquidationTick;
    const end = joins ? next.ratio : limits.thresholdRatio;
    const repaid = repaidUntil(active, end, limits.collateralPerDebt);
    const isLast = repaid >= left || !joins;
    const step = isLast ? Math.min(repaid, left) : repaid;
    const units = Math.min(active.collateral, collateralFor(step, limits.collateralPerDebt));
    taken += units;
    active.debt -= step;
    active.collateral -= units;
    active.derived -= units;
    left -= step;
    if (isLast) {
      const at =
        repaid >= step + left
          ? endBetween(active, joins ? next : undefined, limits.liquidationTick)
          : { tick: limits.liquidationTick + 1, partials: 1 };
      return {
        debt: amount - left,
        collateral: taken,
        merged: place,
        factors,
        left: { ...at, collateral: active.collateral, debt: active.debt, shares: active.shares },
      };
    }
    const factor = (next.debt / next.shares) * (active.shares / active.debt);
    factors.push(factor);
    active.shares += next.shares * factor;
    active.derived += derivedOf(next.debt, end);
    active.debt += next.debt;
    active.collateral += next.collateral;
    active.ratio = end;
  }
}

function derivedOf(debt: number, ratio: Wide): number {
  return narrow(divideWide(shiftWideUp(wide(debt), RATIO_PLACES), ratio));
}

function collateralFor(debt: number, collateralPerDebt: Wide): number {
  return narrow(divideWide(multiplyWide(wide(debt), collateralPerDebt), ray));
}

/** Debt to repay until a ratio, one unit short of all of it: x = (debt - end x debt / ratio) / (1 - collateral per debt x end). */
function repaidUntil({ debt, ratio }: Active, end: Wide, collateralPerDebt: Wide): number {
  const owed = wide(debt);
  const excess = subtractWide(owed, divideWide(multiplyWide(end, owed), ratio));
  const rest = subtractWide(ray, shiftWideDown(multiplyWide(collateralPerDebt, end), RATIO_PLACES));
  const repaid = narrow(divideWide(multiplyWide(excess, ray), rest));
  return repaid >= debt ? debt - 1 : repaid;
}

/** Tick and partials of where debt and collateral stand when the amount ends between two levels; never on a whole tick. */
function endBetween({ debt, derived }: Active, reference: FluidLevel | undefined, liquidationTick: number) {
  const ratio = divideWide(shiftWideUp(wide(debt), RATIO_PLACES), wide(Math.max(1, derived)));
  const below = tickAtRatio(ratio);
  const referenceTick = reference?.tick ?? liquidationTick;
  const referencePartials = reference?.partials ?? 0;
  if (below < referenceTick && referencePartials === 0) return { tick: below + 2, partials: 1 };
  const perfect = ratioAtTick(below);
  const length = subtractWide(divideWide(multiplyWide(perfect, wide(10_015)), wide(10_000)), perfect);
  const part = narrow(divideWide(multiplyWide(subtractWide(ratio, perfect), wide(WHOLE_PARTIALS)), length));
  const partials = Math.max(1, Math.min(WHOLE_PARTIALS - 1, part));
  const tick = below + 1;
  // The contract refuses such an amount; a fill that is booked ends just above the level it would have met.
  if (tick === referenceTick && referencePartials >= partials)
    return { tick, partials: Math.min(WHOLE_PARTIALS - 1, referencePartials + 1) };
  return { tick, partials };
}

/** The levels after a walk: those it merged are one, with all their positions. */
export function levelsAfter(levels: readonly FluidLevel[], { merged, factors, left }: FluidWalk): FluidLevel[] {
  const rows: number[] = [];
  const parts: number[] = [];
  for (let place = 0; place < merged; place++) {
    const level = levels[place];
    for (let at = 0; at < level.rows.length; at++) {
      rows.push(level.rows[at]);
      parts.push(level.parts[at] * factors[place]);
    }
  }
  const level = { ...left, ratio: ratioOfLevel(left.tick, left.partials), rows, parts };
  return byRatio([...levels.slice(merged), level]);
}

/** Highest ratio first; at one ratio as they were. */
export function byRatio(levels: readonly FluidLevel[]): FluidLevel[] {
  return [...levels].sort((a, b) => compareWide(b.ratio, a.ratio));
}
