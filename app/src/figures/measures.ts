import { type Basis, type Figure, figure, type Measures, measureNames, type PathResult } from "@firebreak/engine";
import { mean, middleBand } from "./spread.js";

/** A figure for every measure. */
export type MeasureFigures = { readonly [name in keyof Measures]: Figure };

const unitEndings: readonly (readonly [RegExp, string])[] = [
  [/Accounts$/, "accounts"],
  [/Usd$/, "USD"],
  [/Share$/, "share"],
  [/^waves$/, "rounds"],
  [/^guardHolds$/, "holds"],
  [/^volatilityPerTick$/, "share per tick"],
  [/Basis$/, "share"],
  [/^marginCalls$/, "calls"],
  [/Makers$/, "makers"],
];

/** The unit of a measure, read off its name's ending. */
export function measureUnit(name: keyof Measures): string {
  return unitEndings.find(([ending]) => ending.test(name))?.[1] ?? "";
}

/** Mean over the paths, with the middle nine tenths of them as band where there is more than one. */
export function measureFigures(results: readonly PathResult[], basis: Basis): MeasureFigures {
  const figures = measureNames.map((name) => {
    const values = Float64Array.from(results, (result) => result.measures[name]);
    return [name, figure(mean(values), measureUnit(name), basis, values.length > 1 ? middleBand(values) : undefined)];
  });
  return Object.fromEntries(figures) as MeasureFigures;
}
