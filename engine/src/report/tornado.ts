import type { Plan } from "../scenario/plan.js";
import { openMarket } from "../study/plan-market.js";
import { type Assumption, assuming, ownersAct } from "./assuming.js";
import { dealerSides } from "./dealer-sides.js";
import { gainOnTheWay } from "./gains.js";
import { type ShockTableQuestion, shockOutcome } from "./shock-table.js";

/** What a result becomes when one assumption alone is changed. */
export interface DriverSide {
  readonly words: string;
  /** Coins sold within a day of the shock, and largest gain on the way. */
  readonly soldDay: number;
  readonly gain: number;
}

/** One assumption, both ways. */
export interface Driver {
  readonly name: string;
  readonly low: DriverSide;
  readonly high: DriverSide;
  /** Largest difference between the two, or of either from the plan: of coins sold, and of gain. */
  readonly soldSpan: number;
  readonly gainSpan: number;
}

/** How much the sales and the gain of one shock hang on each of five assumptions. */
export interface Tornado {
  readonly move: number;
  readonly planned: { readonly soldDay: number; readonly gain: number };
  /** Largest span of coins sold first, then of gain. */
  readonly drivers: readonly Driver[];
}

interface Swing {
  readonly name: string;
  readonly low: { readonly words: string; readonly assumption: Assumption };
  readonly high: { readonly words: string; readonly assumption: Assumption };
}

const swings = (plan: Plan): Swing[] => [
  {
    name: "depth",
    low: { words: "half", assumption: { depthTimes: 0.5 } },
    high: { words: "twice", assumption: { depthTimes: 2 } },
  },
  {
    name: "refill",
    low: { words: "a quarter", assumption: { refillTimes: 0.25 } },
    high: { words: "four times", assumption: { refillTimes: 4 } },
  },
  {
    name: "bidders' discount",
    low: { words: "half", assumption: { bonusTimes: 0.5 } },
    high: { words: "twice", assumption: { bonusTimes: 2 } },
  },
  {
    name: "lasting share of impact",
    low: { words: "none", assumption: { lastingShare: 0 } },
    high: { words: "half", assumption: { lastingShare: 0.5 } },
  },
  ...(ownersAct(plan)
    ? [
        {
          name: "owners who act",
          low: { words: "nobody", assumption: { owners: "nobody" } as const },
          high: { words: "all", assumption: { owners: 1 } },
        },
      ]
    : []),
  ...(dealerSides(plan).length > 0
    ? [
        {
          name: "dealers' side of open interest",
          low: { words: "long all", assumption: { dealers: "long-all" } as const },
          high: { words: "short all", assumption: { dealers: "short-all" } as const },
        },
      ]
    : []),
];

/** Changes one driver at a time and runs the shock again. */
export function tornado(plan: Plan, question: ShockTableQuestion, move: number): Tornado {
  const side = (words: string, assumption: Assumption): DriverSide => {
    const changed = assuming(plan, assumption);
    const gain = gainOnTheWay(openMarket(changed), question.asset, move, question.horizonMs);
    return { words, soldDay: shockOutcome(changed, question, move).soldDay, gain };
  };
  const { soldDay, gain } = side("as planned", {});
  const drivers = swings(plan).map((swing): Driver => {
    const low = side(swing.low.words, swing.low.assumption);
    const high = side(swing.high.words, swing.high.assumption);
    return {
      name: swing.name,
      low,
      high,
      soldSpan: span(soldDay, low.soldDay, high.soldDay),
      gainSpan: span(gain, low.gain, high.gain),
    };
  });
  drivers.sort((a, b) => b.soldSpan - a.soldSpan || b.gainSpan - a.gainSpan);
  return { move, planned: { soldDay, gain }, drivers };
}

function span(...values: readonly number[]): number {
  const most = Math.max(...values);
  const least = Math.min(...values);
  return most === least ? 0 : most - least;
}
