import { describe, expect, it } from "vitest";
import * as compound from "../../../engine/src/exact/compound-v3/index.js";
import type { LendingState } from "../../../engine/src/mechanisms/pressure/lending/state.js";
import { load } from "../../../engine/src/mechanisms/pressure/lending/state.js";
import type { Storefront } from "../../../engine/src/mechanisms/pressure/protocols/compound-storefront.js";
import {
  type CompoundV3Params,
  exactParameters,
} from "../../../engine/src/mechanisms/pressure/protocols/compound-v3.js";
import type { LiquidationOrder } from "../../../engine/src/run/moments.js";
import type { Plan } from "../../../engine/src/scenario/plan.js";
import { lendingPlan } from "../../support/protocol-scenarios.js";
import { runWatched, viewWith } from "../../support/watched-mechanism.js";
import { p04Scenarios, p04Seed } from "./scenarios.js";

const seen = {
  decisions: 0,
  absorbed: 0,
  severalCollaterals: 0,
  surplus: 0,
  shortfall: 0,
  offers: 0,
  hoarded: 0,
  negativeReserves: 0,
  bought: 0,
  boughtInPart: 0,
};
const differences: string[] = [];

/** Compound III in bigint at the engine's decimals, beside the engine's absorptions, offers and sales. */
function watchCompound(plan: Plan, path: number): void {
  const params = plan.mechanisms.find(({ name }) => name === "lender")?.params as CompoundV3Params;
  const parameters = exactParameters(params, plan.book);
  const symbols = plan.book.assets.map(({ symbol }) => symbol);
  const base = symbols.indexOf(parameters.baseAsset);
  const assets = parameters.assets.map(({ name }) => symbols.indexOf(name));
  const say = (text: string) => {
    if (differences.length < 5) differences.push(text);
  };
  /** A market whose reserves and inventory are these, its indices at one. */
  const marketOf = (own: number, inventory: ArrayLike<number>): compound.CompoundMarket => ({
    ...compound.newMarket(parameters, 0n),
    baseBalance: BigInt(own),
    collateral: assets.map((asset) => ({ supplied: 0n, held: BigInt(inventory[asset]) })),
  });
  let order: number[] = [];
  runWatched<LendingState>(plan, "lender", p04Seed, path, {
    decide(rows, at, inner) {
      const storefront = rows.disposal as Storefront;
      const before = Array.from({ length: rows.columns.rowCount }, (_, row) => {
        load(rows, row);
        return { collateral: Array.from(rows.heldNow, BigInt), debt: BigInt(rows.owedNow[base]) };
      });
      const inventory = storefront.inventory.slice();
      let own = BigInt(storefront.ownUnits);
      const offers: LiquidationOrder[] = [];
      inner(
        viewWith(at, {
          liquidate: (offer: LiquidationOrder) => {
            offers.push(offer);
            return at.liquidate(offer);
          },
        }),
      );
      const prices = {
        base: BigInt(rows.steps[base]),
        collateral: assets.map((asset) => BigInt(rows.steps[asset])),
      };
      before.forEach(({ collateral, debt }, row) => {
        if (debt === 0n) return;
        const place = `path ${path} tick ${at.tick} round ${at.round} row ${row}`;
        const account = { principal: -debt, collateral: assets.map((asset) => collateral[asset]) };
        const market = compound.newMarket(parameters, 0n);
        const exact = compound.isLiquidatable(parameters, market, account, prices);
        load(rows, row);
        const engine = rows.owedNow[base] === 0;
        seen.decisions++;
        if (exact !== engine) say(`${place}: exact says ${exact}, the engine ${engine}`);
        if (!exact) return;
        const owing = {
          ...market,
          totalBorrowBase: debt,
          collateral: account.collateral.map((units) => ({ supplied: units, held: units })),
        };
        const [absorption] = compound.absorb(parameters, owing, [account], prices, 0n).absorptions;
        own -= absorption.basePaidOut;
        const credited = BigInt(storefront.credited.get(row) ?? 0);
        if (credited !== absorption.newBalance) say(`${place}: ${credited} credited, not ${absorption.newBalance}`);
        for (const { asset, units } of absorption.seized) inventory[assets[asset]] += Number(units);
        seen.absorbed++;
        if (absorption.seized.length > 1) seen.severalCollaterals++;
        if (absorption.newBalance > 0n) seen.surplus++;
        if (absorption.credit < debt) seen.shortfall++;
      });
      const place = `path ${path} tick ${at.tick} round ${at.round}`;
      if (own !== BigInt(storefront.ownUnits)) say(`${place}: reserves ${storefront.ownUnits}, not ${own}`);
      if (own < 0n) seen.negativeReserves++;
      let expected = Number(own);
      order = offers.map(({ row }) => row);
      for (const offer of offers) {
        const market = marketOf(expected, inventory);
        if (!compound.isForSale(parameters, market, 0n)) say(`${place}: an offer that is not for sale`);
        const asset = assets.indexOf(offer.collateral);
        if (BigInt(offer.seizeUnits) !== compound.collateralReserves(parameters, market, asset))
          say(`${place}: ${offer.seizeUnits} units offered of ${inventory[offer.collateral]}`);
        const buys = (paid: number) => compound.quoteCollateral(parameters, asset, BigInt(paid), prices);
        // The least payment that buys all of it.
        if (buys(offer.repayUnits + 1) < BigInt(offer.seizeUnits)) say(`${place}: ${offer.repayUnits} is too little`);
        if (offer.repayUnits > 1 && buys(offer.repayUnits - 2) >= BigInt(offer.seizeUnits))
          say(`${place}: ${offer.repayUnits} is too much`);
        expected += offer.repayUnits;
        seen.offers++;
      }
      const kept = assets.filter((asset) => inventory[asset] > 0 && !offers.some((one) => one.collateral === asset));
      // What is kept is kept because the contract would refuse its sale now, or after the offers before it.
      if (kept.length > 0 && compound.isForSale(parameters, marketOf(expected, inventory), 0n))
        say(`${place}: kept though for sale`);
      seen.hoarded += kept.length;
    },
    settle(rows, at, inner) {
      const storefront = rows.disposal as Storefront;
      if (at.afterTrades) {
        inner(at);
        return;
      }
      const { fills, standing } = at;
      let market = marketOf(storefront.ownUnits, storefront.inventory);
      const bought = Array.from({ length: fills.count }, (_, fill) => fill).filter(
        (fill) =>
          fills.order[fill] >= 0 &&
          standing.mechanism[fills.order[fill]] === at.mechanismIndex &&
          fills.row[fill] >= rows.columns.rowCount,
      );
      bought.sort((a, b) => order.indexOf(fills.row[a]) - order.indexOf(fills.row[b]));
      const prices = {
        base: BigInt(rows.steps[base]),
        collateral: assets.map((asset) => BigInt(rows.steps[asset])),
      };
      const place = `path ${path} tick ${at.tick} round ${at.round}`;
      for (const fill of bought) {
        const asset = assets.indexOf(standing.collateral[fills.order[fill]]);
        const units = BigInt(fills.seizeUnits[fill]);
        const paid = BigInt(fills.repayUnits[fill]);
        seen.bought++;
        if (fills.seizeUnits[fill] < standing.seizeUnits[fills.order[fill]]) seen.boughtInPart++;
        // The buyer pays at most a unit more than the storefront asks for what it gets, and never less.
        try {
          const exact = compound.buyCollateral(parameters, market, asset, 0n, paid - 1n, prices, 0n);
          if (exact.bought > units) say(`${place}: ${paid} paid for ${units}, ${exact.bought} would have been its due`);
        } catch (error) {
          say(`${place}: ${String(error)}`);
        }
        if (compound.quoteCollateral(parameters, asset, paid + 1n, prices) < units) say(`${place}: too cheap`);
        market = {
          ...market,
          baseBalance: market.baseBalance + paid,
          collateral: market.collateral.map((one, at) => (at === asset ? { ...one, held: one.held - units } : one)),
        };
      }
      inner(at);
      const after = compound.reserves(parameters, market, 0n);
      if (after !== BigInt(storefront.ownUnits))
        say(`${place}: reserves ${storefront.ownUnits} after sales, not ${after}`);
    },
  });
}

describe("P04: Compound III", () => {
  it(`behavior: P04 identical decisions at every decision, amounts within one unit (seed ${p04Seed})`, () => {
    for (let index = 0; index < p04Scenarios; index++) {
      const several = index % 2 === 1;
      const plan = lendingPlan(p04Seed, index, {
        lender: {
          protocol: "compound-v3",
          ...(index % 4 < 2 ? { market: "mainnet-usdc" } : {}),
          base: "USD",
          threshold: several ? { BTC: "78.34%", ETH: "83%", DAI: "77%" } : { ETH: "83%" },
          liquidationFactor: several ? { BTC: "93.07%", ETH: "95%", DAI: "90%" } : { ETH: "88%" },
          interest: index % 3 === 0 ? "40%" : 0,
          ...(index % 5 === 0 ? {} : { reserves: "40000 USD", targetReserves: "60000 USD" }),
        },
        collaterals: several ? ["ETH", "BTC", "DAI"] : ["ETH"],
        assetsPerAccount: several ? 3 : 1,
        ...(index % 3 === 1 ? { guards: [{ kind: "keepers", name: "keepers", capital: "20000 USD" }] } : {}),
      });
      watchCompound(plan, index);
    }
    expect(differences).toEqual([]);
    expect(seen.decisions).toBeGreaterThan(1000 * p04Scenarios);
    expect(seen.absorbed).toBeGreaterThan(p04Scenarios);
    for (const [name, times] of Object.entries(seen)) expect(times, name).toBeGreaterThan(0);
  });
});
