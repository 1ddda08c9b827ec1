import { WAD } from "../scales.js";
import { type BranchState, emptyBranch, type LiquityV2Parameters, openTrove, presets, provideToPool } from "./index.js";

export const weth: LiquityV2Parameters = presets.find(({ name }) => name === "weth")!.parameters;
export const wsteth: LiquityV2Parameters = presets.find(({ name }) => name === "wsteth")!.parameters;

export const whole = (amount: bigint) => amount * WAD;

/** A branch with these troves, opened at a price so high that no rule is in the way; the owner carries the trove's name. */
export function branchWith(
  troves: Readonly<Record<string, { collateral: bigint; debt: bigint }>>,
  parameters: LiquityV2Parameters = weth,
): BranchState {
  let state: BranchState = emptyBranch;
  for (const [name, trove] of Object.entries(troves))
    state = openTrove(parameters, state, whole(1_000_000n), name, { ...trove, owner: name }).state;
  return state;
}

/** The branch with this much BOLD of `depositor` in the pool, handed to them out of nothing: for tests of one call. */
export function withDeposit(state: BranchState, depositor: string, amount: bigint): BranchState {
  const rich = { ...state, bold: new Map(state.bold).set(depositor, amount) };
  return provideToPool(rich, depositor, amount, true).state;
}
