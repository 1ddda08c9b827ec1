import { stepsPerUsd } from "../../../rules/account-value.js";
import type { Strategy } from "./account-frame.js";
import { type AccountRows, openingWealth } from "./account-rows.js";
import { holdingWhileIn } from "./opening-holding.js";

/** When an account gets out, and whether it comes back. Moves are signed shares: -0.1 is a fall by a tenth. */
export interface StopRule {
  /** What falls: the published price, or the account's wealth. */
  readonly of: "price" | "wealth";
  /** The move at which it gets out; null: the table has a price for each account. */
  readonly stop: number | null;
  /** The move is counted from the highest value so far, not from the opening one. */
  readonly trailing: boolean;
  /** Share of the opening holding that is sold. */
  readonly share: number;
  /** The move, counted from the same value, at which it buys back; null: never. */
  readonly reentry: number | null;
}

interface State {
  /** Where each account began: steps of the price, or whole 1e-6 USD of wealth. */
  readonly opening: Float64Array;
  /** From where each account counts now. */
  readonly highest: Float64Array;
  /** Prices of the table's own stops, in steps; empty where there are none. */
  readonly ownStops: Float64Array;
  readonly out: Uint8Array;
}

/** Sells a share of the opening holding once a value has fallen far enough, and buys back where it may. */
export function stopRule({ of, stop, trailing, share, reentry }: StopRule): Strategy<State> {
  const stopAt = (state: State, row: number) =>
    state.ownStops.length > 0 ? state.ownStops[row] : Math.floor(state.highest[row] * (1 + (stop ?? 0)));
  return {
    // A stop that hangs on the price alone, and is final, sells the same units however the price got there.
    pathFree: !trailing && reentry === null,
    holdsOn: true,
    method: "accounts one by one: those whose stop the held price has reached",
    open(rows, book) {
      const stops = of === "price" ? rows.column("stopUsd") : undefined;
      return {
        opening: Float64Array.from(rows.openingRisky, (_, row) =>
          of === "price" ? Math.floor(rows.openingUsd * stepsPerUsd) : Math.floor(openingWealth(rows, book, row)),
        ),
        highest: new Float64Array(rows.openingRisky.length),
        ownStops: Float64Array.from(stops ?? [], (usd) => Math.floor(usd * stepsPerUsd)),
        out: new Uint8Array(rows.openingRisky.length),
      };
    },
    reset(state: State): void {
      state.highest.set(state.opening);
      state.out.fill(0);
    },
    watch(state, _rows, row, wealth, at): void {
      const value = of === "price" ? at.assetSteps : wealth;
      if (trailing && value > state.highest[row]) state.highest[row] = value;
      if (state.out[row] === 0) {
        if (value <= stopAt(state, row)) state.out[row] = 1;
      } else if (reentry !== null && value >= state.highest[row] * (1 + reentry)) state.out[row] = 0;
    },
    holding(state: State, rows: AccountRows, row, risky, wealth, at): number {
      if (state.out[row] === 0) return holdingWhileIn(rows, row, risky, wealth, at);
      const opening = rows.openingRisky[row];
      return Math.min(risky, opening - Math.round(opening * share));
    },
  };
}
