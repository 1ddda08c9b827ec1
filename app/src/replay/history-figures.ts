import {
  type Basis,
  type Figure,
  figure,
  type History,
  type HistoryReading,
  type HistoryStudy,
  type Plan,
} from "@firebreak/engine";
import { version } from "../cli/version.js";
import { basesOf } from "../report/figures.js";

/** A figure's observed value (its middle where several were published) with the ends as band, or null. */
function observedFigure(observed: readonly [number, number] | null, unit: string): Figure {
  if (observed === null) return figure(null, unit, "measured");
  const [low, high] = observed;
  return low === high ? figure(low, unit, "measured") : figure((low + high) / 2, unit, "measured", observed);
}

/** What `replay --json` prints of a scenario that carries its day's history. */
export function historyFigures(plan: Plan, history: History, study: HistoryStudy, seed: number, paths: number) {
  const basis: Basis = basesOf(plan).run;
  const read = (reading: HistoryReading) =>
    Object.fromEntries(history.facts.map(({ name, unit }, fact) => [name, figure(reading.facts[fact], unit, basis)]));
  const named = (variants: HistoryStudy["sets"]) =>
    Object.fromEntries(
      variants.map(({ name, reading }) => [
        name,
        {
          figures: read(reading),
          halted: figure(reading.haltedMs, "ms", basis),
          tapeHash: reading.tapeHash,
        },
      ]),
    );
  return {
    scenario: plan.name,
    version: version(),
    seed,
    paths,
    note: history.note,
    facts: history.facts.map(({ name, unit, observed, source }, fact) => ({
      name,
      source,
      observed: observedFigure(observed, unit),
      modelled: figure(study.base.facts[fact], unit, basis, study.bands[fact]),
    })),
    tracks: history.tracks.map(({ name, timesMs, pricesUsd }, track) => ({
      name,
      error: figure(Number.isNaN(study.trackErrors[track]) ? null : study.trackErrors[track], "share", basis),
      moments: Array.from(timesMs, (time, index) => ({
        atMs: plan.book.atMs + time,
        observed: figure(pricesUsd[index], "USD", "measured"),
        modelled: figure(
          Number.isNaN(study.base.tracks[track][index]) ? null : study.base.tracks[track][index],
          "USD",
          basis,
        ),
      })),
    })),
    sets: named(study.sets),
    counterfactuals: named(study.counterfactuals),
    tapeHash: study.base.tapeHash,
  };
}

/** What `replay --json` prints of such a scenario. */
export type HistoryFigures = ReturnType<typeof historyFigures>;
