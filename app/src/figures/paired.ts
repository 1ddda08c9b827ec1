import { type Basis, type Figure, figure, type Measures, measureNames, type PathResult } from "@firebreak/engine";
import { measureUnit } from "./measures.js";
import { mean } from "./spread.js";
import { studentCritical } from "./student.js";

/** One measure on the same paths of two scenarios. */
export interface PairedDifference {
  readonly a: Figure;
  readonly b: Figure;
  /** Mean of b - a over the paths; the band is the 95 % interval of that mean (paired t). */
  readonly difference: Figure;
  /** Share of the paths on which b is larger than a, and smaller; the rest are equal. */
  readonly largerShare: Figure;
  readonly smallerShare: Figure;
}

/** Paired differences by measure. */
export type PairedFigures = { readonly [name in keyof Measures]: PairedDifference };

/** Compares path by path: both lists hold the same seeds' paths in the same order. */
export function pairedFigures(a: readonly PathResult[], b: readonly PathResult[], basis: Basis): PairedFigures {
  const figures = measureNames.map((name) => {
    const unit = measureUnit(name);
    const left = Float64Array.from(a, (result) => result.measures[name]);
    const right = Float64Array.from(b, (result) => result.measures[name]);
    const differences = right.map((value, path) => value - left[path]);
    const count = (test: (difference: number) => boolean) => differences.filter(test).length / differences.length;
    return [
      name,
      {
        a: figure(mean(left), unit, basis),
        b: figure(mean(right), unit, basis),
        difference: figure(mean(differences), unit, basis, meanInterval(differences)),
        largerShare: figure(
          count((difference) => difference > 0),
          "share",
          basis,
        ),
        smallerShare: figure(
          count((difference) => difference < 0),
          "share",
          basis,
        ),
      },
    ] as const;
  });
  return Object.fromEntries(figures) as PairedFigures;
}

/** The 95 % interval of a mean: mean ± t x s / sqrt(n). Undefined for one value. */
export function meanInterval(values: Float64Array): readonly [number, number] | undefined {
  const count = values.length;
  if (count < 2) return undefined;
  const middle = mean(values);
  let squares = 0;
  for (const value of values) squares += (value - middle) * (value - middle);
  const half = studentCritical(count - 1) * Math.sqrt(squares / (count - 1) / count);
  return [middle - half, middle + half];
}
