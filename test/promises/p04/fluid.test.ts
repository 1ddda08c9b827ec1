import { describe, expect, it } from "vitest";
import * as fluid from "../../../engine/src/exact/fluid/index.js";
import type { LendingState } from "../../../engine/src/mechanisms/pressure/lending/state.js";
import { exactParameters, type FluidParams } from "../../../engine/src/mechanisms/pressure/protocols/fluid.js";
import type { FluidVault } from "../../../engine/src/mechanisms/pressure/protocols/fluid-vault.js";
import type { FluidLevel } from "../../../engine/src/rules/fluid-levels.js";
import type { LiquidationOrder } from "../../../engine/src/run/moments.js";
import type { Plan } from "../../../engine/src/scenario/plan.js";
import { lendingPlan } from "../../support/protocol-scenarios.js";
import { runWatched, viewWith } from "../../support/watched-mechanism.js";
import { p04Scenarios, p04Seed } from "./scenarios.js";

const RAY = 10n ** 27n;
const seen = {
  positions: 0,
  decisions: 0,
  offers: 0,
  absorptions: 0,
  absorbedSold: 0,
  underwater: 0,
  fills: 0,
  inPart: 0,
  merges: 0,
  partials: 0,
  tooSmall: 0,
};
const differences: string[] = [];
let farthest = 0n;

/** A Fluid vault in bigint beside the engine's: every decision's limits, absorption and offer, and every fill, from the engine's own levels. */
function watchFluid(plan: Plan, path: number): void {
  const params = plan.mechanisms.find(({ name }) => name === "lender")?.params as FluidParams;
  const parameters = exactParameters(params);
  const collateral = plan.book.assets.findIndex(({ symbol }) => symbol === params.collateral);
  const debt = plan.book.assets.findIndex(({ symbol }) => symbol === params.debt);
  const unit = (asset: number) => 10n ** BigInt(plan.book.assets[asset].unitDecimals);
  const say = (text: string) => {
    if (differences.length < 8) differences.push(text);
  };
  const near = (what: string, mine: bigint | number, exact: bigint, most = 1n) => {
    const apart = BigInt(mine) > exact ? BigInt(mine) - exact : exact - BigInt(mine);
    if (apart > farthest) farthest = apart;
    if (apart > most) say(`${what}: ${mine}, exact ${exact}`);
  };
  const pricesOf = (steps: ArrayLike<number>): fluid.FluidPrices => ({
    debtPerCollateral: (BigInt(steps[collateral]) * unit(debt) * RAY) / (BigInt(steps[debt]) * unit(collateral)),
    supplyExchangePrice: fluid.EXCHANGE_PRICE,
    borrowExchangePrice: fluid.EXCHANGE_PRICE,
  });
  const vaultOf = (levels: readonly FluidLevel[], absorbed: { collateral: number; debt: number }): fluid.Vault => ({
    levels: levels.map((level, id) => ({
      id,
      tick: BigInt(level.tick),
      partials: BigInt(level.partials),
      collateral: BigInt(level.collateral),
      debt: BigInt(level.debt),
      shares: BigInt(level.debt) << 64n,
    })),
    positions: {},
    absorbed: { collateral: BigInt(absorbed.collateral), debt: BigInt(absorbed.debt) },
    nextLevel: levels.length,
  });
  const everything = 10n ** 30n;
  runWatched<LendingState>(plan, "lender", p04Seed, path, {
    opened(rows) {
      // Every position alone in a vault, as `operate` places it.
      const vault = rows.disposal as FluidVault;
      const steps = plan.book.assets.map(({ priceUsd }) => Math.floor(priceUsd * 1e8) * 1_000);
      vault.reset();
      for (let row = 0; row < rows.columns.rowCount; row++) {
        const held = BigInt(rows.columns.collateral[collateral]?.[row] ?? 0);
        const owed = BigInt(rows.columns.debt[debt]?.[row] ?? 0);
        const rich = { ...pricesOf(steps), debtPerCollateral: pricesOf(steps).debtPerCollateral * 1_000n };
        // `operate` adds a unit to what is borrowed; a unit less is asked for.
        const end = fluid.operate(parameters, rich, fluid.EMPTY_VAULT, "one", held, owed - 1n).vault;
        const [level] = end.levels;
        const mine = vault.levels.find(({ rows: members }) => members.includes(row));
        const part = mine?.parts[mine.rows.indexOf(row)] ?? 0;
        if (mine?.tick !== Number(level.tick)) say(`row ${row} on tick ${mine?.tick}, exact ${level.tick}`);
        near(`row ${row}: debt on its tick`, part, level.debt);
        near(`row ${row}: dust`, vault.dust[row], end.positions.one.dustDebt);
        seen.positions++;
      }
    },
    decide(rows, at, inner) {
      const vault = rows.disposal as FluidVault;
      const before = vaultOf(vault.levels, vault.absorbed);
      const offers: LiquidationOrder[] = [];
      inner(
        viewWith(at, {
          liquidate: (offer: LiquidationOrder) => {
            offers.push(offer);
            return at.liquidate(offer);
          },
        }),
      );
      const place = `path ${path} tick ${at.tick} round ${at.round}`;
      const prices = pricesOf(rows.steps);
      const limits = fluid.limitsAt(parameters, prices);
      seen.decisions++;
      if (
        vault.limits?.liquidationTick !== Number(limits.liquidationTick) ||
        vault.limits.maxTick !== Number(limits.maxTick)
      )
        say(
          `${place}: ticks ${vault.limits?.liquidationTick}, ${vault.limits?.maxTick}; exact ${limits.liquidationTick}, ${limits.maxTick}`,
        );
      const { vault: kept, taken } = fluid.absorb(before, limits.maxTick);
      near(`${place}: absorbed debt`, vault.absorbed.debt, kept.absorbed.debt, 0n);
      near(`${place}: absorbed collateral`, vault.absorbed.collateral, kept.absorbed.collateral, 0n);
      if (kept.levels.length !== vault.levels.length)
        say(`${place}: ${vault.levels.length} levels, exact ${kept.levels.length}`);
      if (taken.debt > 0n) seen.absorptions++;
      const pool = offers.find(({ row }) => row === rows.columns.rowCount);
      const stock = offers.find(({ row }) => row === rows.columns.rowCount + 1);
      if (kept.absorbed.debt > 0n && stock === undefined) seen.underwater++;
      const whole = liquidated(parameters, prices, kept, everything);
      if (whole === undefined) {
        if (pool !== undefined) say(`${place}: an offer of ${pool.repayUnits}, the contract refuses any`);
        return;
      }
      // A call must repay ten thousand units and a billionth of all debt.
      const least = (fluid.totalDebt(kept) + kept.absorbed.debt) / 1_000_000_000n;
      if (whole.debtPaid < 10_000n || whole.debtPaid < least) {
        seen.tooSmall++;
        if (pool !== undefined) say(`${place}: an offer too small for the contract`);
        return;
      }
      near(`${place}: offered debt`, pool?.repayUnits ?? 0, whole.debtPaid);
      near(`${place}: offered collateral`, pool?.seizeUnits ?? 0, whole.collateralTaken);
      seen.offers++;
    },
    settle(rows, at, inner) {
      if (at.afterTrades) {
        inner(at);
        return;
      }
      const vault = rows.disposal as FluidVault;
      const { fills, standing } = at;
      const own = Array.from({ length: fills.count }, (_, fill) => fill).filter(
        (fill) => fills.order[fill] >= 0 && standing.mechanism[fills.order[fill]] === at.mechanismIndex,
      );
      const pool = own.find((fill) => fills.row[fill] === rows.columns.rowCount);
      seen.absorbedSold += own.filter((fill) => fills.row[fill] === rows.columns.rowCount + 1).length;
      const isPart = pool !== undefined && fills.seizeUnits[pool] < standing.seizeUnits[fills.order[pool]];
      const before = vaultOf(vault.levels, { collateral: 0, debt: 0 });
      const paid = pool === undefined ? 0n : BigInt(fills.repayUnits[pool]);
      const got = pool === undefined ? 0n : BigInt(fills.seizeUnits[pool]);
      inner(at);
      if (pool === undefined) return;
      seen.fills++;
      if (isPart) seen.inPart++;
      const place = `path ${path} tick ${at.tick} round ${at.round}`;
      const exact = liquidated(parameters, pricesOf(rows.steps), before, paid);
      if (exact === undefined) return;
      near(`${place}: repaid`, paid, exact.debtPaid, 0n);
      const merged = before.levels.length - exact.vault.levels.length + 1;
      if (merged > 1) seen.merges++;
      // Collateral is rounded level by level there, and once here, for what was sold.
      near(`${place}: taken`, got, exact.collateralTaken, BigInt(merged));
      exact.vault.levels.forEach((level, index) => {
        const mine = vault.levels[index];
        if (level.partials > 1n) seen.partials++;
        if (mine?.tick !== Number(level.tick)) say(`${place}: level ${index} on ${mine?.tick}, exact ${level.tick}`);
        else if (Math.abs(mine.partials - Number(level.partials)) > 1)
          say(`${place}: level ${index} at ${mine.partials} partials, exact ${level.partials}`);
        near(`${place}: debt of level ${index}`, mine?.debt ?? 0, level.debt);
        near(`${place}: collateral of level ${index}`, mine?.collateral ?? 0, level.collateral, BigInt(merged));
        const held = mine?.rows.reduce((sum, row) => sum + rows.collateral[collateral][row], 0);
        if (held !== mine?.collateral)
          say(`${place}: rows hold ${held} of level ${index}, which has ${mine?.collateral}`);
      });
    },
  });
}

/** The contract's call, or undefined where it refuses. */
function liquidated(parameters: fluid.FluidParameters, prices: fluid.FluidPrices, vault: fluid.Vault, amount: bigint) {
  try {
    return fluid.liquidate(parameters, prices, vault, amount, 0n, false);
  } catch (error) {
    for (const refusal of [
      fluid.TopTickDoesNotExist,
      fluid.InvalidLiquidation,
      fluid.InvalidLiquidationAmount,
      fluid.LiquidationReverts,
      fluid.BranchDebtTooLow,
    ])
      if (error instanceof refusal) return undefined;
    throw error;
  }
}

describe("P04: Fluid", () => {
  it(`behavior: P04 identical decisions at every decision, amounts within one unit (seed ${p04Seed})`, () => {
    for (let index = 0; index < p04Scenarios; index++) {
      const plan = lendingPlan(p04Seed, index, {
        lender: {
          protocol: "fluid",
          threshold: index % 2 === 0 ? "85%" : "87.5%",
          limit: index % 2 === 0 ? "90%" : "95%",
          penalty: index % 3 === 0 ? "1%" : "3.21%",
        },
        collaterals: [index % 3 === 1 ? "BTC" : "ETH"],
        debts: [index % 5 === 0 ? "DAI" : "USD"],
        leverage: [0.6, 0.84],
        volatility: index % 4 === 3 ? 12 : 3,
      });
      watchFluid(plan, index);
    }
    expect(differences).toEqual([]);
    for (const [name, times] of Object.entries(seen)) expect(times, name).toBeGreaterThan(0);
    expect(seen.fills).toBeGreaterThan(p04Scenarios);
  });
});
