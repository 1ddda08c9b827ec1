import { dealerSides, type Plan } from "@firebreak/engine";

/** The sign of every dealer whose side is a convention, for the charts that hang on it: `sign: options short-all (assumed)`; empty without one. */
export function signNote(plan: Plan): string {
  const sides = dealerSides(plan);
  return sides.length === 0
    ? ""
    : `sign: ${sides.map(({ mechanism, sign }) => `${mechanism} ${sign}`).join(", ")} (assumed)`;
}
