import { describe, expect, it } from "vitest";
import { NothingToDo, NotLiquidatable, ProtocolError } from "../errors.js";
import {
  bankruptcyQuote,
  type Chain,
  deleverage,
  FillAmountNotDivisibleByStepSize,
  FillOutsideOrder,
  fillablePrice,
  gateWithdrawals,
  genesisLiquidationsConfig,
  liquidate,
  liquidationOrder,
  type Movement,
  netNotional,
  nextBlock,
  type PerpetualParameters,
  positionToLiquidate,
  type Subaccount,
  withdraw,
  withdrawalsGated,
} from "./index.js";

/** A small generator of whole numbers below a bound: linear congruence modulo 2^64, upper bits. */
function generator(seed: number): (below: bigint) => bigint {
  let state = BigInt(seed);
  return (below) => {
    state = (state * 6_364_136_223_846_793_005n + 1_442_695_040_888_963_407n) & ((1n << 64n) - 1n);
    return below <= 0n ? 0n : ((state >> 16n) * below) >> 48n;
  };
}

const without = (value: bigint) => (value < 0n ? -value : value);
const upper = (a: bigint, b: bigint) => (a + b - 1n) / b;
const names = ["X", "Y"];

/** Coarse quantums, so that rounding shows: X has 4 decimals, Y 2, money 2, prices 3. */
const tier = {
  name: "Mid",
  initialMarginPpm: 50_000n,
  maintenanceFractionPpm: 600_000n,
  openInterestLowerCap: 0n,
  openInterestUpperCap: 0n,
};
const market = (baseDecimals: number): PerpetualParameters => ({
  baseDecimals,
  quoteDecimals: 2,
  priceDecimals: 3,
  tier,
  stepBaseQuantums: 7n,
  priceStepsPerTick: 1n,
  finalSettlement: false,
});
const start: Chain = {
  config: {
    ...genesisLiquidationsConfig,
    minPositionNotionalLiquidated: 3_000n,
    maxPositionPortionLiquidatedPpm: 300_000n,
    maxNotionalLiquidated: 60_000n,
    maxQuantumsInsuranceLost: 2_000n,
  },
  perpetuals: { X: market(4), Y: market(2) },
  openInterest: { X: 10n ** 12n, Y: 10n ** 12n },
  subaccounts: {},
  insuranceFund: 20_000n,
  height: 1n,
  liquidatedInBlock: {},
  negativeCollateralSeenAt: null,
};

/** Quote quantums a base quantum and price step, as a divisor: X 10^5, Y 10^3. */
const divisor: Readonly<Record<string, bigint>> = { X: 100_000n, Y: 1_000n };

/** Net collateral and maintenance margin written down once more, without anything of the engine. */
function weigh({ quoteBalance, positions }: Subaccount, prices: Readonly<Record<string, bigint>>): [bigint, bigint] {
  let collateral = quoteBalance;
  let required = 0n;
  for (const [name, size] of Object.entries(positions)) {
    const notional = (without(size) * prices[name]) / divisor[name];
    collateral += size < 0n ? -notional : notional;
    required += upper(upper(notional * 5n, 100n) * 6n, 10n);
  }
  return [collateral, required];
}

describe("dydx-v4, a second implementation", () => {
  it("oracle: bankruptcy quote and fillable price in other orders of computation, 2,000 random subaccounts", () => {
    const random = generator(14);
    for (let round = 0; round < 2_000; round++) {
      const prices = { X: 1n + random(10n ** 6n), Y: 1n + random(10n ** 5n) };
      const size = (random(2n) === 0n ? 1n : -1n) * (1_000_000n + random(10n ** 8n));
      const positions = { X: size, Y: random(2n * 10n ** 6n) - 10n ** 6n };
      const quoteBalance = random(2n * 10n ** 9n) - 10n ** 9n;
      const subaccount = { quoteBalance, positions };
      const chain = { ...start, subaccounts: { a: subaccount } };
      const [collateral, required] = weigh(subaccount, prices);
      const units = 1n + random(without(size));
      const after = size < 0n ? size + units : size - units;
      const [, requiredAfter] = weigh({ quoteBalance, positions: { ...positions, X: after } }, prices);
      const quote = bankruptcyQuote(chain, prices, "a", "X", after - size);
      // The least quote that keeps the ratio of collateral to maintenance: (collateral + change + quote) x required >= collateral x requiredAfter.
      const keeps = (paid: bigint) => {
        const [left] = weigh({ quoteBalance: quoteBalance + paid, positions: { ...positions, X: after } }, prices);
        return left * required >= collateral * requiredAfter;
      };
      expect([round, keeps(quote), keeps(quote - 1n)]).toEqual([round, true, false]);
      const { numerator, denominator } = fillablePrice(chain, prices, "a", "X");
      const own = (without(size) * prices.X) / divisor.X;
      const ownMargin = upper(upper(own * 5n, 100n) * 6n, 10n);
      // |size| x price = notional -+ 1.5 x margin x min(1, max(0, 1 - collateral / required)).
      const short = collateral < 0n ? required : collateral > required ? 0n : required - collateral;
      const spread = 3n * ownMargin * short;
      const limit = size > 0n ? own * 2n * required - spread : own * 2n * required + spread;
      expect(numerator * without(size) * 2n * required).toBe(limit * denominator);
    }
  });
});

/** Base quantums by market and quote quantums of subaccounts and fund together. */
function totals(chain: Chain): { units: Record<string, bigint>; quote: bigint } {
  const units: Record<string, bigint> = { X: 0n, Y: 0n };
  let quote = chain.insuranceFund;
  for (const { quoteBalance, positions } of Object.values(chain.subaccounts)) {
    quote += quoteBalance;
    for (const [name, size] of Object.entries(positions)) units[name] += size;
  }
  return { units, quote };
}

/** Cheaper than an assertion, for the inner loop. */
function must(holds: boolean, label: string): void {
  if (!holds) throw new Error(label);
}

describe("dydx-v4, properties", () => {
  it("property: 30,000 random steps (seed 1414): value is conserved to the quantum, no healthy subaccount is liquidated, no limit of a block is exceeded, the fund is never negative", () => {
    const random = generator(1414);
    const done: Record<string, number> = {
      liquidated: 0,
      refusedHealthy: 0,
      deleveraged: 0,
      skipped: 0,
      gated: 0,
      withdrawn: 0,
    };
    const stops: Record<string, number> = {};
    let chain = start;
    const prices: Record<string, bigint> = { X: 100_000n, Y: 3_000n };
    let inBlock = new Map<string, { notional: bigint; lost: bigint; orders: Set<string> }>();
    for (let step = 0; step < 30_000; step++) {
      const id = `subaccount-${random(10n)}`;
      const name = names[Number(random(2n))];
      const subaccount = chain.subaccounts[id] ?? { quoteBalance: 0n, positions: {} };
      const size = subaccount.positions[name] ?? 0n;
      const [collateral, required] = weigh(subaccount, prices);
      const label = `seed 1414, step ${step}`;
      const before = totals(chain);
      let movements: readonly Movement[] = [];
      const kind = random(12n);
      try {
        if (kind <= 1n) {
          chain = nextBlock(chain);
          inBlock = new Map();
          prices[name] = (prices[name] * (930n + random(144n))) / 1000n + 1n;
          if (prices[name] > 1_000_000n) prices[name] = 100_000n;
          if (prices[name] < 100n) prices[name] = 3_000n;
          continue;
        }
        if (kind <= 3n) {
          // A new position with 4 to 12 % margin; who holds one already begins anew.
          const old = size === 0n ? subaccount : { quoteBalance: 0n, positions: {} };
          const opened = (random(2n) === 0n ? 7n : -7n) * (1n + random(30_000n));
          const notional = netNotional(chain.perpetuals[name], opened, prices[name]);
          const deposit = (without(notional) * (4n + random(9n))) / 100n;
          const next = {
            quoteBalance: old.quoteBalance - notional + deposit,
            positions: { ...old.positions, [name]: opened },
          };
          chain = { ...chain, subaccounts: { ...chain.subaccounts, [id]: next } };
          continue;
        }
        if (kind <= 7n) {
          const picked = kind === 4n ? name : positionToLiquidate(chain, id, Number(random(2n)));
          const order = liquidationOrder(chain, prices, id, picked);
          must(collateral < required, label);
          const fills = [];
          let left = order.quantums;
          while (left > 0n && fills.length < 3) {
            const quantums = random(3n) === 0n ? left : (random(left + 1n) / 7n) * 7n;
            const worth = netNotional(chain.perpetuals[picked], quantums, prices[picked]);
            const limit = netNotional(chain.perpetuals[picked], quantums, order.limit);
            fills.push({ quantums, quote: worth + ((limit - worth) * random(101n)) / 100n });
            left -= quantums;
          }
          const outcome = liquidate(chain, prices, id, picked, fills);
          movements = outcome.movements;
          const seen = inBlock.get(id) ?? { notional: 0n, lost: 0n, orders: new Set<string>() };
          must(!seen.orders.has(picked), label);
          seen.orders.add(picked);
          for (const one of movements) {
            if (one.party === "market") seen.notional += (without(one.units) * prices[picked]) / divisor[picked];
            if (one.party === "insurance-fund" && one.quote < 0n) seen.lost -= one.quote;
          }
          inBlock.set(id, seen);
          must(seen.notional <= chain.config.maxNotionalLiquidated, label);
          must(seen.lost <= chain.config.maxQuantumsInsuranceLost, label);
          // Nobody gets riskier by it: with the fund's payments and the fee, collateral over maintenance does not fall.
          const [left2, required2] = weigh(outcome.chain.subaccounts[id], prices);
          must(left2 * required >= collateral * required2, label);
          // The fund takes 1.5 % of what passed at most.
          const passed = movements
            .filter((one) => one.party === "market")
            .reduce((sum, one) => sum + without(one.quote), 0n);
          must(outcome.insuranceFundDelta * 1_000n <= passed * 15n, label);
          chain = outcome.chain;
          if (outcome.filled > 0n) done.liquidated++;
          if (outcome.stopped !== null) stops[outcome.stopped] = (stops[outcome.stopped] ?? 0) + 1;
        } else if (kind <= 9n) {
          const candidates = Object.keys(chain.subaccounts);
          const outcome = deleverage(chain, prices, id, name, candidates, Number(random(BigInt(candidates.length))));
          must(collateral < 0n, label);
          for (const { counterparty } of outcome.fills) {
            // Nobody is bankrupt by it who was not: he keeps his own ratio, or his initial margin.
            const [was, wasRequired] = weigh(chain.subaccounts[counterparty], prices);
            const [is, isRequired] = weigh(outcome.chain.subaccounts[counterparty], prices);
            must(is >= 0n || is * wasRequired >= was * isRequired, label);
          }
          movements = outcome.movements;
          chain = gateWithdrawals(outcome.chain, prices, [id]);
          if (outcome.fills.length > 0) done.deleveraged++;
          done.skipped += outcome.skipped.length;
        } else if (kind === 10n) {
          const gated = withdrawalsGated(chain);
          if (gated) done.gated++;
          const outcome = withdraw(chain, prices, id, random(3_000n));
          must(!gated, label);
          movements = outcome.movements;
          chain = outcome.chain;
          done.withdrawn++;
        } else {
          // Donations keep the fund alive.
          chain = { ...chain, insuranceFund: random(20n) === 0n ? random(3_000n) : chain.insuranceFund };
          continue;
        }
      } catch (problem) {
        // Fills are drawn at prices within the limit, but not always of one step and more.
        if (problem instanceof NotLiquidatable) {
          must(collateral >= required || required === 0n, label);
          done.refusedHealthy++;
        } else if (!(problem instanceof ProtocolError) || problem instanceof FillOutsideOrder) throw problem;
        else if (problem instanceof FillAmountNotDivisibleByStepSize) throw problem;
        else if (problem instanceof NothingToDo) continue;
      }
      const after = totals(chain);
      const outside = movements.filter((one) => one.party === "market" || one.party === "outside");
      for (const one of names) {
        const taken = outside.filter(({ perpetual }) => perpetual === one).reduce((sum, { units }) => sum + units, 0n);
        must(after.units[one] + taken === before.units[one], label);
      }
      must(after.quote + outside.reduce((sum, { quote }) => sum + quote, 0n) === before.quote, label);
      expect(
        movements.reduce((sum, { quote }) => sum + quote, 0n),
        label,
      ).toBe(0n);
      expect(
        movements.reduce((sum, { units }) => sum + units, 0n),
        label,
      ).toBe(0n);
      must(chain.insuranceFund >= 0n, label);
    }
    for (const [name, count] of Object.entries(done))
      expect([name, count > 50], JSON.stringify(done)).toEqual([name, true]);
    for (const reason of [
      "insurance-fund-has-insufficient-funds",
      "exceeds-subaccount-max-notional-liquidated",
      "exceeds-subaccount-max-insurance-lost",
    ]) {
      expect([reason, (stops[reason] ?? 0) > 0], JSON.stringify(stops)).toEqual([reason, true]);
    }
  });
});
