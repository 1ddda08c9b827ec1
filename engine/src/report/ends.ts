import type { Plan } from "../scenario/plan.js";
import { type Assumption, ownersAct } from "./assuming.js";
import { dealerSides } from "./dealer-sides.js";

/** One way in which the world may differ from the plan. */
export interface End {
  readonly id: string;
  /** As it stands in a sentence: `half the depth`. */
  readonly words: string;
  readonly assumption: Assumption;
  /** Which driver it belongs to; corners belong to none. */
  readonly driver: "depth" | "refill" | "owners" | "dealers" | null;
}

/** A figure with its band: the value of the plan as it is, the smallest and the largest over all ends, and which ends those are. */
export interface Banded {
  readonly value: number;
  readonly low: number;
  readonly high: number;
  readonly lowEnd: string;
  readonly highEnd: string;
}

/** The plan as it is: what every figure's value is taken from. */
export const asPlanned: End = { id: "as-planned", words: "as planned", assumption: {}, driver: null };

/**
 * The ends of every figure (docs/model.md): depth halved and doubled, refill a quarter and four times, nobody acts where the plan has owners, dealers long
 * and short everything where their side is a convention (no other convention has more or less gamma); and the two corners in which all of them work
 * together, which decide where effects add up.
 */
export function endsOf(plan: Plan): End[] {
  const nobody: Assumption = ownersAct(plan) ? { owners: "nobody" } : {};
  const sides = dealerSides(plan);
  const [short, long]: readonly Assumption[] =
    sides.length === 0 ? [{}, {}] : [{ dealers: "short-all" }, { dealers: "long-all" }];
  const stated = (sign: string) => sides.every((side) => side.sign === sign);
  return [
    { id: "half-depth", words: "half the depth", assumption: { depthTimes: 0.5 }, driver: "depth" },
    { id: "double-depth", words: "twice the depth", assumption: { depthTimes: 2 }, driver: "depth" },
    { id: "quarter-refill", words: "a quarter of the refill", assumption: { refillTimes: 0.25 }, driver: "refill" },
    { id: "fourfold-refill", words: "four times the refill", assumption: { refillTimes: 4 }, driver: "refill" },
    ...(ownersAct(plan)
      ? [{ id: "nobody-acts", words: "nobody acts", assumption: nobody, driver: "owners" } as const]
      : []),
    ...(stated("short-all")
      ? []
      : [{ id: "dealers-short", words: "dealers short all", assumption: short, driver: "dealers" } as const]),
    ...(stated("long-all")
      ? []
      : [{ id: "dealers-long", words: "dealers long all", assumption: long, driver: "dealers" } as const]),
    {
      id: "worst",
      words: `half the depth, a quarter of the refill${ownersAct(plan) ? ", nobody acts" : ""}${sides.length > 0 ? ", dealers short all" : ""}`,
      assumption: { depthTimes: 0.5, refillTimes: 0.25, ...nobody, ...short },
      driver: null,
    },
    {
      id: "best",
      words: `twice the depth, four times the refill${sides.length > 0 ? ", dealers long all" : ""}`,
      assumption: { depthTimes: 2, refillTimes: 4, ...long },
      driver: null,
    },
  ];
}

/** A banded figure from the planned value and the values at the ends; values that could not be computed (NaN) are left out. */
export function banded(value: number, atEnds: readonly { readonly end: End; readonly value: number }[]): Banded {
  let low = { value, words: asPlanned.words };
  let high = low;
  for (const one of atEnds) {
    if (one.value < low.value) low = { value: one.value, words: one.end.words };
    if (one.value > high.value) high = { value: one.value, words: one.end.words };
  }
  return { value, low: low.value, high: high.value, lowEnd: low.words, highEnd: high.words };
}
