import type { RecordGap } from "@firebreak/engine";
import { durationText, percent } from "../cli/text/numbers.js";

/** Two records that contradict each other, in words. */
export function gapText(gap: RecordGap): string {
  const better =
    gap.bestShiftMs !== 0 && gap.bestGap < gap.gap / 2
      ? ` They fit best, within ${percent(gap.bestGap, 1)}, if the pool's record is moved by ${durationText(Math.abs(gap.bestShiftMs))} ${gap.bestShiftMs > 0 ? "later" : "earlier"}: its clock is in doubt, and so is every figure that rests on it.`
      : "";
  return `Records contradict each other: the pool ${gap.pool} stands ${percent(gap.gap, 0)} off the recorded price of the same moment (root mean square over ${gap.rows} rows).${better}`;
}
