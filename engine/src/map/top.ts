import { emptyFlow } from "../ladder/index.js";
import type { AccountDescription, ForcedFlow, Ladder } from "../run/mechanism.js";
import { type Landing, Rounds } from "./landing.js";
import { type MapMarket, replaceLadder, spotValueUsd } from "./market.js";
import type { OutsideShock } from "./shock.js";
import { reacting, type SolveOptions, solveShallowest } from "./solve.js";

/** One of the accounts with the largest forced flow at a landing. */
export interface TopAccount {
  readonly mechanism: string;
  readonly row: number;
  readonly description: AccountDescription;
  /** Forced trades at spot before the shock, in dollars, and their share of all forced trades. */
  readonly forcedUsd: number;
  readonly share: number;
  /** By instrument: net whole units, positive sold. */
  readonly units: Float64Array;
  /** All bad debt at the landing with this account, and at the landing solved again without it. */
  readonly badDebtUsd: number;
  readonly badDebtWithoutUsd: number;
}

/** A ladder that can answer for one account: those of `ladder/` can; others are asked through `accounts`. */
export interface SingleAccountLadder extends Ladder {
  forcedOf(row: number, published: Float64Array, into: ForcedFlow): void;
}

function answersForOne(ladder: Ladder): ladder is SingleAccountLadder {
  return "forcedOf" in ladder && typeof ladder.forcedOf === "function";
}

/** A ladder as if one account were not there. Sums over classes are rounded once, so another account's units may differ by one. */
export function withoutAccount(ladder: Ladder, row: number, instrumentCount: number): Ladder {
  const own = emptyFlow(instrumentCount);
  return {
    mechanism: ladder.mechanism,
    pathFree: ladder.pathFree,
    reactionMs: ladder.reactionMs,
    method: `${ladder.method}; without account ${ladder.describe(row).account}`,
    forced(published, into) {
      ladder.forced(published, into);
      forcedOf(ladder, row, published, own);
      for (let instrument = 0; instrument < instrumentCount; instrument++) {
        into.sold[instrument] = Math.max(0, into.sold[instrument] - own.sold[instrument]);
        into.bought[instrument] = Math.max(0, into.bought[instrument] - own.bought[instrument]);
      }
      into.accounts -= own.accounts;
      into.repaidUsd -= own.repaidUsd;
      into.badDebtUsd = Math.max(0, into.badDebtUsd - own.badDebtUsd);
    },
    accounts(published, visit) {
      ladder.accounts(published, (account) => {
        if (account.row !== row) visit(account);
      });
    },
    describe: (other) => ladder.describe(other),
  };
}

function forcedOf(ladder: Ladder, row: number, published: Float64Array, into: ForcedFlow): void {
  into.sold.fill(0);
  into.bought.fill(0);
  into.accounts = 0;
  into.repaidUsd = 0;
  into.badDebtUsd = 0;
  if (answersForOne(ladder)) {
    ladder.forcedOf(row, published, into);
    return;
  }
  let found = false;
  ladder.accounts(published, (account) => {
    if (account.row !== row) return;
    found = true;
    if (account.instrument >= 0) {
      if (account.units > 0) into.sold[account.instrument] += account.units;
      else into.bought[account.instrument] -= account.units;
    }
    into.badDebtUsd += account.badDebtUsd;
  });
  into.accounts = found ? 1 : 0;
}

/** An account of one ladder (by index) and what it is forced to trade. */
interface Candidate {
  readonly ladder: number;
  readonly row: number;
  readonly usd: number;
  readonly units: Float64Array;
}

/** The `count` accounts of a ladder with the largest forced flow, or all of them. Ladders that can find the large ones are asked for those. */
function largestOf(market: MapMarket, ladder: Ladder, index: number, landing: Landing, count: number): Candidate[] {
  if (!ladder.reaching || !answersForOne(ladder)) return allOf(market, ladder, index, landing);
  const instruments = market.instruments.length;
  const flow = emptyFlow(instruments);
  const largest: Candidate[] = [];
  const bounds = new Float64Array(instruments);
  ladder.reaching(null, landing.publishedSteps, bounds, (row) => {
    forcedOf(ladder, row, landing.publishedSteps, flow);
    let usd = 0;
    for (let instrument = 0; instrument < instruments; instrument++) {
      usd += spotValueUsd(market, instrument, flow.sold[instrument]);
      usd += spotValueUsd(market, instrument, flow.bought[instrument]);
    }
    if (usd === 0 || largest.some((one) => one.row === row)) return;
    const units = flow.sold.map((sold, instrument) => sold - flow.bought[instrument]);
    largest.push({ ladder: index, row, usd, units });
    largest.sort(byFlow);
    if (largest.length <= count) return;
    largest.pop();
    // From now on only who reaches the last of them is looked at.
    const leastUsd = largest[count - 1].usd * (1 - 1e-9);
    for (let instrument = 0; instrument < instruments; instrument++)
      bounds[instrument] = leastUsd / spotValueUsd(market, instrument, 1);
  });
  return largest;
}

/** By dollars, ties by ladder, then row. */
function byFlow(a: Candidate, b: Candidate): number {
  return b.usd - a.usd || a.ladder - b.ladder || a.row - b.row;
}

/** Every account of a ladder that is forced to trade. */
function allOf(market: MapMarket, ladder: Ladder, index: number, landing: Landing): Candidate[] {
  const byRow = new Map<number, { usd: number; units: Float64Array }>();
  ladder.accounts(landing.publishedSteps, (account) => {
    if (account.instrument < 0 || account.units === 0) return;
    const known = byRow.get(account.row) ?? { usd: 0, units: new Float64Array(market.instruments.length) };
    known.units[account.instrument] += account.units;
    known.usd += spotValueUsd(market, account.instrument, Math.abs(account.units));
    byRow.set(account.row, known);
  });
  return Array.from(byRow, ([row, { usd, units }]) => ({ ladder: index, row, usd, units }));
}

/**
 * The accounts with the largest forced flow at the landing of a shock, by dollars at spot (ties by mechanism order, then row), with the bad debt with
 * and without each. Each costs a solve.
 */
export function top(
  market: MapMarket,
  shock: OutsideShock,
  landing: Landing,
  count: number = 10,
  options: SolveOptions = {},
): TopAccount[] {
  const found: Candidate[] = [];
  const ladders = reacting(market, options.horizonMs);
  market.ladders.forEach((ladder, index) => {
    if (!ladders.includes(ladder)) return;
    for (const one of largestOf(market, ladder, index, landing, count)) found.push(one);
  });
  found.sort(byFlow);
  return found.slice(0, count).map(({ ladder, row, usd, units }) => {
    const owner = market.ladders[ladder];
    const without = replaceLadder(market, ladder, withoutAccount(owner, row, market.instruments.length));
    return {
      mechanism: owner.mechanism,
      row,
      description: owner.describe(row),
      forcedUsd: usd,
      share: landing.forcedUsd > 0 ? usd / landing.forcedUsd : 0,
      units,
      badDebtUsd: landing.badDebtUsd,
      badDebtWithoutUsd: solveShallowest(new Rounds(without), shock, options).badDebtUsd,
    };
  });
}
