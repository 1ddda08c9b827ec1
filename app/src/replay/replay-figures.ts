import { type Basis, type Figure, figure, type ReplayEnd, weakest } from "@firebreak/engine";
import { version } from "../cli/version.js";
import { basesOf, findingsFigures } from "../report/figures.js";
import type { ReplayedDay } from "./replayed-day.js";

/** One end, or the static rule, as JSON. */
export interface EndFigures {
  readonly accounts: Figure;
  readonly coins: Figure;
  /** Milliseconds from the window's start to the first liquidation. */
  readonly first: Figure;
  readonly precision: Figure;
  readonly recall: Figure;
  readonly brier: Figure;
  readonly timeError: Figure;
  readonly probabilities: ReplayEnd["probabilities"];
}

/** What `replay --json` prints. */
export function replayFigures(day: ReplayedDay, seed: number, paths: number) {
  const { plan, window, owners, replay, findings } = day;
  const events = window.series.layers[window.events.layer];
  const bases = basesOf(plan);
  const end = (one: ReplayEnd, basis: Basis): EndFigures => ({
    accounts: figure(one.accounts, "accounts", basis, one.accountsBand),
    coins: figure(one.coins, replay.collateral, basis, one.coinsBand),
    first: figure(one.firstMs, "ms", basis),
    precision: figure(one.precision, "share", basis),
    recall: figure(one.recall, "share", basis),
    brier: figure(one.brier, "squared share", basis),
    timeError: figure(one.timeErrorMs, "ms", basis),
    probabilities: one.probabilities,
  });
  const coins = replay.observed.reduce((sum, one) => sum + one.coins, 0);
  return {
    scenario: plan.name,
    version: version(),
    seed,
    paths,
    protocol: replay.protocol,
    window: figure(replay.windowMs, "ms", "assumed"),
    accountCount: replay.accountCount,
    observed: {
      accounts: figure(replay.observed.length, "accounts", events.basis),
      presentAtStart: figure(replay.observedPresent, "accounts", events.basis),
      coins: figure(coins, replay.collateral, events.basis),
      first: figure(replay.observed[0]?.firstMs ?? null, "ms", events.basis),
      liquidations: replay.observed,
    },
    nobodyActs: end(replay.nobodyActs, bases.run),
    ownersAct: replay.ownersAct === null ? null : end(replay.ownersAct, bases.run),
    staticRule: end(replay.staticRule, weakest(bases.positions, events.basis)),
    owners:
      owners === null
        ? null
        : {
            windows: owners.windows,
            atRisk: owners.pooled.atRisk,
            acted: owners.pooled.acted,
            params: owners.mechanism.params,
          },
    windows: day.summary,
    findings: findingsFigures(plan, findings),
    tapeHash: findings.loop.tapeHash,
  };
}

/** What `replay --json` prints. */
export type ReplayFigures = ReturnType<typeof replayFigures>;
