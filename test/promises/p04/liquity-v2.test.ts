import { describe, expect, it } from "vitest";
import * as liquity from "../../../engine/src/exact/liquity-v2/index.js";
import { type LendingState, load } from "../../../engine/src/mechanisms/pressure/lending/state.js";
import type { LiquityPool } from "../../../engine/src/mechanisms/pressure/protocols/liquity-pool.js";
import {
  exactParameters,
  type LiquityV2Params,
} from "../../../engine/src/mechanisms/pressure/protocols/liquity-terms.js";
import type { Plan } from "../../../engine/src/scenario/plan.js";
import { lendingPlan } from "../../support/protocol-scenarios.js";
import { runWatched } from "../../support/watched-mechanism.js";
import { p04Scenarios, p04Seed } from "./scenarios.js";

const distance = (a: bigint, b: bigint) => (a < b ? b - a : a - b);

/** What a run came to. */
interface Count {
  readonly differences: string[];
  readonly seen: Record<string, number>;
  farthest: bigint;
}

/** A branch in bigint at the engine's decimals, asked about every wave of liquidations from the engine's state before it. */
function watchLiquity(plan: Plan, seed: number, path: number, count: Count): void {
  const params = plan.mechanisms.find(({ name }) => name === "lender")?.params as LiquityV2Params;
  const parameters = exactParameters(params, plan.book);
  const collateral = plan.book.assets.findIndex(({ symbol }) => symbol === params.collateral);
  const debt = plan.book.assets.findIndex(({ symbol }) => symbol === params.debt);
  const note = (what: string, times = 1) => {
    count.seen[what] = (count.seen[what] ?? 0) + times;
  };
  const say = (text: string) => {
    if (count.differences.length < 8) count.differences.push(text);
  };
  const same = (place: string, what: string, exact: bigint, engine: number) => {
    const apart = distance(exact, BigInt(engine));
    if (apart > count.farthest) count.farthest = apart;
    if (apart > 1n) say(`${place}: ${what} ${exact}, the engine ${engine}`);
  };
  let pool: LiquityPool;
  /** The branch as the engine holds it now: nothing pending, remainders of none. */
  const branch = (rows: LendingState): liquity.BranchState => {
    const troves = new Map<string, liquity.Trove>();
    let activeCollateral = 0n;
    let activeDebt = 0n;
    for (let row = 0; row < rows.columns.rowCount; row++) {
      load(rows, row);
      if (rows.owedNow[debt] === 0) continue;
      const trove = {
        owner: `${row}`,
        collateral: BigInt(rows.heldNow[collateral]),
        debt: BigInt(rows.owedNow[debt]),
        stake: BigInt(pool.stakes[row]),
        collateralSnapshot: 0n,
        debtSnapshot: 0n,
      };
      troves.set(`${row}`, trove);
      activeCollateral += trove.collateral;
      activeDebt += trove.debt;
    }
    return {
      ...liquity.emptyBranch,
      troves,
      activeCollateral,
      activeDebt,
      totalStakes: [...troves.values()].reduce((sum, { stake }) => sum + stake, 0n),
      pool: { ...liquity.emptyBranch.pool, totalDeposits: BigInt(pool.deposits) },
    };
  };
  const unsafe = (rows: LendingState, state: liquity.BranchState) =>
    [...state.troves].filter(([, trove]) => liquity.isLiquidatable(parameters, trove, BigInt(rows.steps[collateral])));
  runWatched<LendingState>(plan, "lender", seed, path, {
    opened(rows) {
      pool = rows.disposal as LiquityPool;
      const liquidate = pool.liquidate.bind(pool);
      pool.liquidate = (state, at, wave) => {
        const place = `tick ${at.tick} round ${at.round} wave ${wave.join(",")}`;
        const before = branch(state);
        const price = BigInt(state.steps[collateral]);
        const breaching = unsafe(state, before).map(([name]) => name);
        if (breaching.length !== wave.length || wave.some((row) => !breaching.includes(`${row}`)))
          say(`${place}: exact finds ${breaching.join(",")}`);
        const names = wave.slice(0, Math.min(wave.length, before.troves.size - 1)).map(String);
        const gainedBefore = pool.gained;
        const spread = liquidate(state, at, wave);
        note("waves");
        if (names.length < wave.length) note("last troves");
        if (names.length === 0) return spread;
        const exact = liquity.liquidate(parameters, before, price, names, "k");
        note("liquidations", names.length);
        if (exact.debtToOffset > 0n) note("offsets");
        if (exact.debtToRedistribute > 0n) note("redistributions");
        if (exact.debtToOffset > 0n && exact.debtToRedistribute > 0n) note("both");
        if (exact.surplus > 0n) note("surpluses");
        const posted = pool.waiting().slice(-names.length);
        exact.liquidated.forEach(({ trove, values }, place_) => {
          const { row, split } = posted[place_];
          if (`${row}` !== trove) say(`${place}: exact liquidates ${trove}, the engine ${row}`);
          for (const key of Object.keys(values) as (keyof typeof values)[])
            same(`${place} trove ${trove}`, key, values[key], split[key]);
        });
        same(place, "deposits", exact.state.pool.totalDeposits, pool.deposits);
        same(place, "gained", exact.state.pool.collateral, pool.gained - gainedBefore);
        for (let row = 0; row < state.columns.rowCount; row++) {
          load(state, row);
          const trove = exact.state.troves.get(`${row}`);
          if (trove === undefined) {
            if (state.owedNow[debt] > 0) say(`${place}: exact closed ${row}`);
            continue;
          }
          const latest = liquity.latestTrove(exact.state, trove);
          same(`${place} row ${row}`, "collateral", latest.collateral, state.heldNow[collateral]);
          same(`${place} row ${row}`, "debt", latest.debt, state.owedNow[debt]);
        }
        return spread;
      };
    },
    decide(rows, at, inner) {
      const wasShut = pool.shutDown;
      inner(at);
      const state = branch(rows);
      const left = unsafe(rows, state);
      if (left.length > 0 && state.troves.size > 1)
        say(`tick ${at.tick} round ${at.round}: exact would liquidate ${left.map(([name]) => name).join(",")}`);
      if (at.round > 0) return;
      const ratio = liquity.branchRatio(parameters, state, BigInt(rows.steps[collateral]));
      const shut = wasShut || ratio < parameters.shutdownCollateralRatio;
      if (shut !== pool.shutDown) say(`tick ${at.tick}: exact shut down ${shut}, the engine ${pool.shutDown}`);
      if (shut && !wasShut) note("shutdowns");
    },
  });
}

/** Owners of half the accounts repay or sell when they come near. */
const owners = { kind: "owners", protocol: "lender", share: "50%", reaction: "5 min", repays: "50%" };

describe("P04: Liquity v2", () => {
  it(`behavior: P04 the same liquidations, offsets, redistributions and shutdowns, amounts within one unit (seed ${p04Seed})`, () => {
    const count: Count = { differences: [], seen: {}, farthest: 0n };
    for (let index = 0; index < p04Scenarios; index++) {
      const debt = index % 3 === 1 ? "DAI" : "USD";
      const plan = lendingPlan(p04Seed, index, {
        lender: {
          protocol: "liquity-v2",
          market: index % 2 === 0 ? "weth" : "reth",
          stabilityPool: `${[0, 40_000, 2_000_000][index % 3]} ${debt}`,
          interest: index % 4 === 0 ? "40%" : 0,
          depositorsSell: index % 5 === 0 ? "100%" : "50%",
          within: "30 min",
          shutdownRatio: index % 4 === 3 ? "140%" : undefined,
        },
        collaterals: [index % 4 === 2 ? "BTC" : "ETH"],
        debts: [debt],
        ...(index % 6 === 5 ? { pressure: { owners } } : {}),
        leverage: index % 2 === 0 ? [0.5, 0.89] : [0.5, 0.82],
      });
      watchLiquity(plan, p04Seed, index, count);
    }
    expect(count.differences).toEqual([]);
    expect(count.farthest).toBeLessThanOrEqual(1n);
    for (const name of [
      "waves",
      "liquidations",
      "offsets",
      "redistributions",
      "both",
      "surpluses",
      "last troves",
      "shutdowns",
    ])
      expect(count.seen[name] ?? 0, name).toBeGreaterThan(0);
  });
});
