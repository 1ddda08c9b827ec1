import type { LendingState } from "../../engine/src/mechanisms/pressure/lending/state.js";
import { load } from "../../engine/src/mechanisms/pressure/lending/state.js";
import type { LiquidationOrder } from "../../engine/src/run/moments.js";
import type { Plan } from "../../engine/src/scenario/plan.js";
import { runWatched, viewWith } from "./watched-mechanism.js";

/** One account as the exact protocol reads it: whole units by asset. */
export interface ExactAccount {
  readonly collateral: readonly bigint[];
  readonly debt: readonly bigint[];
}

/** What the exact protocol would do to the whole account now: whole units. */
export interface ExactTerms {
  readonly collateral: number;
  readonly debt: number;
  readonly seizeUnits: bigint;
  readonly feeUnits: bigint;
  readonly repayUnits: bigint;
}

/** An exact protocol beside the engine's lending; prices are whole steps (1e-8 USD) by asset, amounts whole units of 10^-unitDecimals. */
export interface LendingTwin {
  /** Told before each decision how many milliseconds of the path have passed: for terms that move with time. */
  now?(timeMs: number): void;
  liquidatable(account: ExactAccount, steps: readonly bigint[]): boolean;
  /** Terms of one liquidation of a liquidatable account at term prices; undefined where nothing stands behind the debt. */
  terms(account: ExactAccount, steps: readonly bigint[], termSteps: readonly bigint[]): ExactTerms | undefined;
}

/** What a watched run came to. */
export interface TwinCount {
  decisions: number;
  liquidatable: number;
  orders: number;
  /** The first differences, in words; empty where there are none. */
  readonly differences: string[];
  /** Largest distance of an amount, in units. */
  farthest: bigint;
}

/** A count of nothing yet. */
export function newCount(): TwinCount {
  return { decisions: 0, liquidatable: 0, orders: 0, differences: [], farthest: 0n };
}

/**
 * Runs one path and asks the exact twin at every `decide` about every account, reached or not: who may be liquidated, and for how much. The engine's state is
 * taken before each decision, so each operation is judged by itself.
 */
export function watchLending(
  plan: Plan,
  twin: LendingTwin,
  seed: number,
  path: number,
  count: TwinCount = newCount(),
): TwinCount {
  const say = (text: string) => {
    if (count.differences.length < 5) count.differences.push(text);
  };
  runWatched<LendingState>(plan, "lender", seed, path, {
    decide(rows, at, inner) {
      const emitted = new Map<number, LiquidationOrder>();
      inner(
        viewWith(at, {
          liquidate: (order: LiquidationOrder) => {
            emitted.set(order.row, order);
            return at.liquidate(order);
          },
        }),
      );
      twin.now?.(at.timeMs);
      const steps = Array.from(rows.steps, BigInt);
      const termSteps = Array.from(rows.termSteps, BigInt);
      for (let row = 0; row < rows.columns.rowCount; row++) {
        load(rows, row);
        const account = { collateral: Array.from(rows.heldNow, BigInt), debt: Array.from(rows.owedNow, BigInt) };
        if (account.debt.every((units) => units === 0n)) continue;
        const place = `tick ${at.tick} round ${at.round} row ${row} at ${steps.join("/")}: ${JSON.stringify(
          [account.collateral, account.debt].map((side) => side.map(String)),
        )}`;
        const exact = twin.liquidatable(account, steps);
        const engine = rows.orderOf[row] >= 0 || emitted.has(row) || rows.uncovered.includes(row);
        count.decisions++;
        if (exact) count.liquidatable++;
        const terms = exact ? twin.terms(account, steps, termSteps) : undefined;
        if (exact !== engine && !(exact && terms?.seizeUnits === 0n)) {
          say(`${place}: exact says ${exact}, the engine ${engine}`);
          continue;
        }
        const order = emitted.get(row);
        if (order === undefined) continue;
        count.orders++;
        if (terms === undefined) {
          say(`${place}: the engine has an order, the exact protocol nothing to seize`);
          continue;
        }
        if (terms.collateral !== order.collateral || terms.debt !== order.debt)
          say(`${place}: pair ${terms.collateral}/${terms.debt}, the engine ${order.collateral}/${order.debt}`);
        for (const [what, mine, theirs] of [
          ["seize", terms.seizeUnits, order.seizeUnits],
          ["fee", terms.feeUnits, order.feeUnits],
          ["repay", terms.repayUnits, order.repayUnits],
        ] as const) {
          const apart = mine - BigInt(theirs) < 0n ? BigInt(theirs) - mine : mine - BigInt(theirs);
          if (apart > count.farthest) count.farthest = apart;
          if (apart > 1n) say(`${place}: ${what} ${mine}, the engine ${theirs}`);
        }
      }
    },
  });
  return count;
}
