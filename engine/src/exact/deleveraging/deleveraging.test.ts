import fc from "fast-check";
import { describe, expect, it } from "vitest";
import {
  AllotmentExceedsPosition,
  bankruptcyProceeds,
  binanceRank,
  bybitRank,
  type Counterparty,
  cappedProRataHaircut,
  cappedProRataPolicy,
  closeOut,
  compareRanks,
  type DeleveragingTask,
  deficitAt,
  drawFromFund,
  dydxPolicy,
  equitiesAfter,
  faults,
  hyperliquidRank,
  inRankOrder,
  policyOf,
  presets,
  proRataHaircut,
  proRataPolicy,
  queueHaircut,
  queuePolicy,
  type Rank,
  type Side,
  settleBankruptcy,
  survivesPrice,
  waterFill,
  waterLevel,
} from "./index.js";

const USD = 1_000_000n;
const value = ({ numerator, denominator }: Rank) => Number(numerator) / Number(denominator);
const task = (change: Partial<DeleveragingTask> = {}): DeleveragingTask => ({
  side: -1n,
  units: 100n,
  proceeds: 5_500n * USD,
  mark: 50n * USD,
  priceScale: 1n,
  quoteUnit: USD,
  ...change,
});
/** A position whose account holds nothing else; `margin` is its cash. */
const position = (
  size: bigint,
  entryValue: bigint,
  margin: bigint,
  side: Side = -1n,
  mark = 50n * USD,
): Counterparty => ({
  size,
  entryValue,
  margin,
  walletBalance: margin,
  accountValue: margin + side * (size * mark - entryValue),
  maintenanceMargin: (size * mark) / 100n,
});

describe("deleveraging", () => {
  it("golden: Binance's scores and order (MECHANISMS section 16, golden vector binance_adl)", () => {
    // The vector gives scores without inputs; these accounts are ours and were chosen to give them: profit / wallet x maintenance / balance.
    const account = (walletBalance: bigint, profit: bigint, maintenanceMargin: bigint): Counterparty => ({
      ...position(1n, 1n, 1n),
      walletBalance: walletBalance * USD,
      accountValue: (walletBalance + profit) * USD,
      maintenanceMargin: maintenanceMargin * USD,
    });
    const accounts = [
      account(1_000n, 5_000n, 250n), // a: 5 x 250 / 6000
      account(10_000n, 2_000n, 500n), // b: 0.2 x 500 / 12000
      account(100n, 2_000n, 100n), // c: 20 x 100 / 2100
      account(1_000n, -200n, 100n), // d: a loss
      account(-700n, 200n, 100n), // e: no balance left
    ];
    const scores = accounts.map((one) => value(binanceRank(task(), one)));
    expect(scores[0]).toBeCloseTo(0.20833333333333331, 15);
    expect(scores[1]).toBeCloseTo(0.008333333333333333, 15);
    expect(scores[2]).toBeCloseTo(0.9523809523809523, 15);
    expect(scores.slice(3)).toEqual([0, 0]);
    expect(inRankOrder(task(), accounts, binanceRank)).toEqual([2, 0, 1, 3, 4]);
    // A wallet below one dollar counts as one dollar.
    expect(value(binanceRank(task(), { ...accounts[0], walletBalance: USD / 2n, accountValue: 2n * USD }))).toBe(187.5);
  });

  it("golden: Hyperliquid's ranks for shorts (MECHANISMS section 17, golden vector hl_adl)", () => {
    // No inputs in the vector. Its accounts are named s1 to s3 and its values are 12/11 x 5, 23/22 x 20 and 12/11: shorts from 60,000, 57,500 and 60,000 at a
    // mark
    // of 55,000 with leverage 5, 20 and 1, entry over mark. So the vector, too, seems to turn the ratio over for shorts.
    const short = (entry: bigint, leverage: bigint): Counterparty => ({
      ...position(1n, entry * USD, 0n),
      accountValue: (55_000n * USD) / leverage,
    });
    const at55 = task({ mark: 55_000n * USD });
    const shorts = [short(60_000n, 5n), short(57_500n, 20n), short(60_000n, 1n)];
    const ranks = shorts.map((one) => value(hyperliquidRank(at55, one)));
    expect(ranks[0]).toBeCloseTo(5.454545454545454, 12);
    expect(ranks[1]).toBeCloseTo(20.909090909090907, 12);
    expect(ranks[2]).toBeCloseTo(1.0909090909090908, 12);
    expect(inRankOrder(at55, shorts, hyperliquidRank)).toEqual([1, 0, 2]);
  });

  it("behavior: Hyperliquid ranks longs by mark over entry times leverage; an account worth nothing is last", () => {
    const at60 = task({ side: 1n, mark: 60n * USD });
    const long = { ...position(10n, 500n * USD, 100n * USD, 1n, 60n * USD), accountValue: 200n * USD };
    expect(value(hyperliquidRank(at60, long))).toBeCloseTo(1.2 * 3, 12);
    expect(value(hyperliquidRank(at60, { ...long, accountValue: 0n }))).toBe(0);
    expect(value(hyperliquidRank(at60, { ...long, entryValue: 0n }))).toBe(0);
  });

  it("behavior: Bybit ranks profit by leverage and divides losses by it", () => {
    // Notional 500, entry 600 short: profit 100 of 600, equity 50 + 100: leverage 10/3.
    const winner = position(10n, 600n * USD, 50n * USD);
    expect(value(bybitRank(task(), winner))).toBeCloseTo((100 / 600) * (500 / 150), 12);
    // Entry 450: loss 50 of 450, equity 150 - 50: leverage 5.
    const loser = position(10n, 450n * USD, 150n * USD);
    expect(value(bybitRank(task(), loser))).toBeCloseTo((-50 / 450 / 500) * 100, 12);
    expect(compareRanks(bybitRank(task(), winner), bybitRank(task(), loser))).toBe(-1);
    expect(value(bybitRank(task(), position(10n, 450n * USD, 50n * USD)))).toBe(0);
  });

  it("golden: the example of arXiv:2512.01112: queue, pro rata and caps (VALIDATED-MODELS row 10)", () => {
    const profits = [8n * USD, 4n * USD, USD / 2n, -3n * USD, -12n * USD];
    const equities = [10n, 5n, 1n, -3n, -12n].map((equity) => equity * USD);
    const budget = (15n * USD) / 2n;
    const queue = queueHaircut(budget, profits, [1, 0, 2, 4, 3]);
    expect(queue).toEqual({ amounts: [3_500_000n, 4_000_000n, 0n, 0n, 0n], unfilled: 0n });
    expect(equitiesAfter(equities, queue)).toEqual([6_500_000n, 1_000_000n, 1_000_000n, -3_000_000n, -12_000_000n]);
    const proRata = proRataHaircut(budget, profits);
    expect(equitiesAfter(equities, proRata)).toEqual([5_200_000n, 2_600_000n, 700_000n, -3_000_000n, -12_000_000n]);
    const capped = cappedProRataHaircut(budget, profits, [5n, 10n, 10n, 10n, 10n], 10n);
    // 4 from the first, and 3.5 of 4.5 from the two others: 0.777778. 388,888.9 of half a dollar rounds up by the larger remainder.
    expect(capped).toEqual({ amounts: [4_000_000n, 3_111_111n, 388_889n, 0n, 0n], unfilled: 0n });
    const claims = [4n, 4n, 1n].map((cap, place) => ({ weight: profits[place], cap: cap * USD }));
    claims[2] = { weight: profits[2], cap: profits[2] };
    const level = waterLevel({ amounts: [4_000_000n, 3_111_111n, 388_889n], unfilled: 0n }, claims, 1_000_000n);
    expect(Number(level) / 1e6).toBeCloseTo(0.777778, 6);
  });

  it("equality: equity of exactly nothing at the closing price may be closed, one unit less may not", () => {
    const at = task({ side: -1n, units: 10n, proceeds: 550n });
    const short = (margin: bigint): Counterparty => position(10n, 500n, margin, -1n, 50n);
    expect(survivesPrice(at, short(50n))).toBe(true);
    expect(survivesPrice(at, short(49n))).toBe(false);
    expect(queuePolicy(bybitRank, false)(at, [short(49n)])).toEqual({ amounts: [0n], unfilled: 10n });
    const long = task({ side: 1n, units: 10n, proceeds: 450n });
    expect(survivesPrice(long, position(10n, 500n, 50n, 1n, 50n))).toBe(true);
    expect(survivesPrice(long, position(10n, 500n, 49n, 1n, 50n))).toBe(false);
  });

  it("behavior: dYdX begins at its place, goes round, skips what does not overlap and looks no further than it may", () => {
    const at = task({ units: 25n, proceeds: 25n * 55n * USD });
    const winner = position(10n, 700n * USD, 10n * USD);
    const weak = position(10n, 500n * USD, 10n * USD);
    const all = [winner, weak, winner, winner];
    expect(dydxPolicy(2)(at, all)).toEqual({ amounts: [5n, 0n, 10n, 10n], unfilled: 0n });
    expect(dydxPolicy(0)(at, all)).toEqual({ amounts: [10n, 0n, 10n, 5n], unfilled: 0n });
    expect(dydxPolicy(0, 2)(at, all)).toEqual({ amounts: [10n, 0n, 0n, 0n], unfilled: 15n });
    expect(dydxPolicy(6)(at, all)).toEqual(dydxPolicy(2)(at, all));
    expect(dydxPolicy(0)(at, [])).toEqual({ amounts: [], unfilled: 25n });
  });

  it("behavior: closing moves value between the two sides to the unit, at the bankruptcy price", () => {
    // A long of 100 bought at 60 with 5 a contract behind it is bankrupt at 55; the mark is 50: a deficit of 500 if sold at the mark.
    const bankrupt = { side: 1n as Side, size: 100n, entryValue: 6_000n * USD, margin: 500n * USD };
    expect(bankruptcyProceeds(1n, bankrupt.entryValue, bankrupt.margin)).toBe(5_500n * USD);
    expect(deficitAt(bankrupt, 5_000n * USD)).toBe(500n * USD);
    const shorts = [position(80n, 80n * 60n * USD, 100n * USD), position(40n, 40n * 58n * USD, 100n * USD)];
    const market = { mark: 50n * USD, priceScale: 1n, quoteUnit: USD };
    const none = { balance: 0n, paid: 0n, shortfall: 500n * USD };
    const outcome = settleBankruptcy(bankrupt, none, proRataPolicy("contracts", true), shorts, market);
    expect(outcome?.fills.map(({ units }) => units)).toEqual([67n, 33n]);
    expect(outcome?.bankruptCash).toBe(5_500n * USD);
    expect(outcome?.fills.reduce((sum, fill) => sum + fill.forgone, 0n)).toBe(500n * USD);
    // Where the fund has paid 300, they give up 200: the bankruptcy price moves by what it paid.
    const partly = drawFromFund(300n * USD, 500n * USD, "partial");
    expect(partly).toEqual({ balance: 0n, paid: 300n * USD, shortfall: 200n * USD });
    const cheaper = settleBankruptcy(bankrupt, partly, proRataPolicy("contracts", true), shorts, market);
    expect(cheaper?.fills.reduce((sum, fill) => sum + fill.forgone, 0n)).toBe(200n * USD);
    const full = drawFromFund(500n * USD, 500n * USD, "all-or-nothing");
    expect(settleBankruptcy(bankrupt, full, proRataPolicy("contracts", true), shorts, market)).toBeNull();
  });

  it("equality: a fund that meets a deficit exactly pays it; one unit short, all or nothing pays nothing", () => {
    expect(drawFromFund(100n, 100n, "all-or-nothing")).toEqual({ balance: 0n, paid: 100n, shortfall: 0n });
    expect(drawFromFund(99n, 100n, "all-or-nothing")).toEqual({ balance: 99n, paid: 0n, shortfall: 100n });
    expect(drawFromFund(99n, 100n, "partial")).toEqual({ balance: 0n, paid: 99n, shortfall: 1n });
    expect(drawFromFund(-5n, 100n, "partial")).toEqual({ balance: -5n, paid: 0n, shortfall: 100n });
  });

  it("behavior: sparing accounts without a profit, and the cap, each change who is closed", () => {
    const at = task({ units: 60n, proceeds: 60n * 51n * USD });
    const all = [position(40n, 40n * 60n * USD, 500n * USD), position(40n, 40n * 49n * USD, 500n * USD)];
    expect(proRataPolicy("contracts", false)(at, all).amounts).toEqual([30n, 30n]);
    expect(proRataPolicy("contracts", true)(at, all)).toEqual({ amounts: [40n, 0n], unfilled: 20n });
    expect(cappedProRataPolicy("contracts", 5_000n, false)(at, all)).toEqual({ amounts: [20n, 20n], unfilled: 20n });
    const uneven = [position(10n, 10n * 70n * USD, 500n * USD), position(50n, 50n * 55n * USD, 500n * USD)];
    const half = { ...at, units: 30n, proceeds: 30n * 51n * USD };
    // Profits 200 and 250: by contracts 5 and 25, by profit 10 (its whole position) and 20.
    expect(proRataPolicy("contracts", true)(half, uneven).amounts).toEqual([5n, 25n]);
    expect(proRataPolicy("profit", true)(half, uneven).amounts).toEqual([10n, 20n]);
    expect(cappedProRataPolicy("profit", 8_000n, true)(half, uneven).amounts).toEqual([8n, 22n]);
  });

  it("error: closing more of a position than there is", () => {
    expect(() => closeOut(task(), [position(1n, 1n, 1n)], { amounts: [2n], unfilled: 0n })).toThrow(
      AllotmentExceedsPosition,
    );
    expect(() => closeOut(task(), [position(1n, 1n, 1n)], { amounts: [-1n], unfilled: 0n })).toThrow(
      AllotmentExceedsPosition,
    );
  });

  it("error: every fault of the parameters is named, all at once", () => {
    for (const preset of presets) expect(faults(preset.parameters), preset.name).toEqual([]);
    const pool = { triggerBasisPoints: 10_001n, stopBasisPoints: -1n, triggerBalance: -1n, windowSeconds: 0n };
    const wrong = {
      policy: "lottery" as "binance-queue",
      onlyProfitable: true,
      fundRule: "partial" as const,
      mostAccounts: 0n,
    };
    expect(faults({ ...wrong, capBasisPoints: 10_001n, pool }).map(({ code }) => code)).toEqual([
      "unknown-policy",
      "cap-above-one",
      "nobody-looked-at",
      "trigger-out-of-range",
      "stop-beyond-trigger",
      "negative-balance",
      "window-without-length",
    ]);
    expect(faults({ policy: "capped-pro-rata", onlyProfitable: true, fundRule: "partial" })[0].code).toBe(
      "cap-missing",
    );
  });

  it("behavior: every policy is reached by its name", () => {
    const at = task({ units: 20n, proceeds: 20n * 51n * USD });
    const all = [position(40n, 40n * 52n * USD, 500n * USD), position(40n, 40n * 90n * USD, 200n * USD)];
    const closed = (policy: Parameters<typeof policyOf>[0]["policy"], capBasisPoints?: bigint) =>
      policyOf({ policy, onlyProfitable: true, fundRule: "partial", capBasisPoints }, 0)(at, all).amounts;
    expect(closed("binance-queue")).toEqual([0n, 20n]);
    expect(closed("hyperliquid-queue")).toEqual([20n, 0n]);
    expect(closed("bybit-queue")).toEqual([0n, 20n]);
    expect(closed("dydx-order")).toEqual([20n, 0n]);
    expect(closed("pro-rata-contracts")).toEqual([10n, 10n]);
    expect(closed("pro-rata-profit")).toEqual([1n, 19n]);
    expect(closed("capped-pro-rata", 2_500n)).toEqual([10n, 10n]);
  });
});

/** Whole-number arithmetic in another order: raise the level by bisection on a fine grid of exact fractions. */
function levelByBisection(need: bigint, claims: readonly { weight: bigint; cap: bigint }[]): (place: number) => number {
  const open = claims.filter(({ weight }) => weight > 0n);
  const given = (level: number) =>
    open.reduce((sum, { weight, cap }) => sum + Math.min(Number(cap), level * Number(weight)), 0);
  let low = 0;
  let high = 1;
  while (given(high) < Number(need) && high < 2 ** 60) high *= 2;
  for (let step = 0; step < 200; step++) {
    const middle = (low + high) / 2;
    if (given(middle) < Number(need)) low = middle;
    else high = middle;
  }
  return (place) =>
    claims[place].weight > 0n ? Math.min(Number(claims[place].cap), high * Number(claims[place].weight)) : 0;
}

describe("deleveraging at random", () => {
  const units = fc.bigInt({ min: 0n, max: 1_000_000n });
  const claims = fc.array(fc.record({ weight: units, cap: units }), { maxLength: 12 });

  it("property: water-filling meets the sum exactly, passes no cap, and stays within one unit of a level found by bisection", () => {
    fc.assert(
      fc.property(claims, fc.bigInt({ min: 0n, max: 5_000_000n }), (parties, need) => {
        const found = waterFill(need, parties);
        const most = parties.reduce((sum, { weight, cap }) => (weight > 0n ? sum + cap : sum), 0n);
        const expected = need < most ? need : most;
        expect(found.amounts.reduce((sum, amount) => sum + amount, 0n)).toBe(expected);
        expect(found.unfilled).toBe(need - expected);
        const level = levelByBisection(expected, parties);
        found.amounts.forEach((amount, place) => {
          expect(amount >= 0n && amount <= parties[place].cap).toBe(true);
          expect(Math.abs(Number(amount) - level(place))).toBeLessThan(1 + 1e-6);
        });
      }),
      { seed: 20_251_010, numRuns: 3_000 },
    );
  });

  it("property: splitting an account leaves pro rata unchanged to one unit; scaling scales; larger gives no less", () => {
    const profits = fc.array(fc.bigInt({ min: 1n, max: 1_000_000n }), { minLength: 2, maxLength: 10 });
    fc.assert(
      fc.property(profits, fc.bigInt({ min: 0n, max: 1_000_000n }), fc.nat(), (all, share, cut) => {
        const total = all.reduce((sum, profit) => sum + profit, 0n);
        const budget = (total * share) / 1_000_000n;
        const whole = proRataHaircut(budget, all).amounts;
        const part = BigInt(cut) % (all[0] + 1n);
        const split = proRataHaircut(budget, [part, all[0] - part, ...all.slice(1)]).amounts;
        const apart = (a: bigint, b: bigint) => (a > b ? a - b : b - a);
        expect(apart(split[0] + split[1], whole[0]) <= 1n).toBe(true);
        all.slice(1).forEach((_, place) => {
          expect(apart(split[place + 2], whole[place + 1]) <= 1n).toBe(true);
        });
        const scaled = proRataHaircut(
          budget * 7n,
          all.map((profit) => profit * 7n),
        ).amounts;
        all.forEach((_, place) => {
          expect(apart(scaled[place], whole[place] * 7n) <= 7n).toBe(true);
        });
        all.forEach((a, i) => {
          all.forEach((b, j) => {
            if (a < b) expect(whole[i] <= whole[j] && a - whole[i] <= b - whole[j] + 1n).toBe(true);
          });
        });
      }),
      { seed: 8, numRuns: 2_000 },
    );
  });

  it("property: the queue is not proof against splitting: the parts of the first are asked after others", () => {
    // Rank by profit alone, as an example of what pro rata avoids: 10 against 6; split in two fives the second pays first.
    expect(queueHaircut(8n, [10n, 6n], [0, 1]).amounts).toEqual([8n, 0n]);
    expect(queueHaircut(8n, [5n, 5n, 6n], [2, 0, 1]).amounts).toEqual([2n, 0n, 6n]);
  });

  it("property: among the smallest numbers, where every rounding shows, nobody who survives the price ends below zero", () => {
    let [touched, spared] = [0, 0];
    for (const side of [1n, -1n] as const) {
      for (let units = 1n; units <= 3n; units++) {
        for (let proceeds = 0n; proceeds <= 7n; proceeds++) {
          for (let size = 1n; size <= 3n; size++) {
            for (let entryValue = 0n; entryValue <= 7n; entryValue++) {
              for (let margin = 0n; margin <= 3n; margin++) {
                const at = task({ side, units, proceeds, mark: 1n });
                const one = position(size, entryValue, margin, side, 1n);
                // In whole numbers: (margin + side x (proceeds x size / units - entry)) x units.
                const exact = margin * units + side * (proceeds * size - entryValue * units);
                expect(survivesPrice(at, one)).toBe(exact >= 0n);
                if (!survivesPrice(at, one)) {
                  spared++;
                  continue;
                }
                const closed = size < units ? size : units;
                for (let part = 1n; part <= closed; part++) {
                  const { counterparties } = closeOut(at, [one], { amounts: [part], unfilled: units - part });
                  if (counterparties[0].margin < 0n)
                    expect(counterparties[0], JSON.stringify([side, String(units)])).toBe(one);
                  touched++;
                }
              }
            }
          }
        }
      }
    }
    expect(touched).toBeGreaterThan(1_000);
    expect(spared).toBeGreaterThan(500);
  });

  it("property: 20,000 bankruptcies under every policy: units and money conserved, nobody beyond its position or its own bankruptcy", () => {
    let seed = 42n;
    const draw = (most: bigint) => {
      seed = (seed * 6_364_136_223_846_793_005n + 1_442_695_040_888_963_407n) & ((1n << 64n) - 1n);
      return (seed >> 20n) % (most + 1n);
    };
    const policies = presets
      .map(({ parameters }) => parameters)
      .concat([
        { policy: "pro-rata-contracts", onlyProfitable: true, fundRule: "partial" },
        { policy: "pro-rata-profit", onlyProfitable: true, fundRule: "partial" },
        { policy: "capped-pro-rata", capBasisPoints: 3_333n, onlyProfitable: false, fundRule: "partial" },
      ]);
    let closedSome = 0;
    for (let run = 0; run < 20_000; run++) {
      const label = `run ${run} of seed 42`;
      const side: Side = draw(1n) === 1n ? 1n : -1n;
      const mark = 1n + draw(100_000n);
      const priceScale = 1n + draw(1_000n);
      const counterparties = Array.from({ length: Number(draw(7n)) }, () => {
        const size = 1n + draw(10_000n);
        const entryValue = (size * (1n + draw(120_000n))) / priceScale;
        const margin = draw(entryValue + 10n);
        const accountValue = margin + side * ((size * mark) / priceScale - entryValue);
        return { size, entryValue, margin, walletBalance: margin, accountValue, maintenanceMargin: draw(1_000n) };
      });
      const size = 1n + draw(30_000n);
      const entryValue = (size * (1n + draw(120_000n))) / priceScale;
      const bankrupt = { side: -side as Side, size, entryValue, margin: draw(entryValue) };
      const payment = drawFromFund(draw(1_000_000n), 1n + draw(2_000_000n), "partial");
      if (payment.shortfall === 0n) continue;
      const policy = policyOf(policies[run % policies.length], Number(draw(20n)));
      const outcome = settleBankruptcy(bankrupt, payment, policy, counterparties, { mark, priceScale, quoteUnit: 1n });
      if (outcome === null) throw new Error(label);
      const { fills, bankruptUnits, bankruptCash, unfilled } = outcome;
      if (fills.length > 0) closedSome++;
      const sum = (of: (fill: (typeof fills)[number]) => bigint) => fills.reduce((all, fill) => all + of(fill), 0n);
      expect(bankruptUnits + unfilled, label).toBe(size);
      expect(
        sum(({ units }) => units),
        label,
      ).toBe(bankruptUnits);
      // Cash: what one side gets the other pays; and no more than the price says for all of it.
      expect(bankruptCash, label).toBe(-side * sum(({ cash }) => cash));
      if (unfilled === 0n) {
        expect(
          sum(({ cash }) => cash),
          label,
        ).toBe(bankruptcyProceeds(-side as Side, entryValue, bankrupt.margin) + side * payment.paid);
      }
      outcome.counterparties.forEach((after, place) => {
        const before = counterparties[place];
        expect(after.size >= 0n && after.margin >= 0n, `${label}, ${place}`).toBe(true);
        // Margin and entry value move together: nothing appears.
        const fill = fills.find((one) => one.place === place);
        const cash = fill === undefined ? 0n : fill.cash;
        expect(after.margin - before.margin, label).toBe(side * (cash - (before.entryValue - after.entryValue)));
        if (fill !== undefined)
          expect(survivesPrice({ ...at(), proceeds: proceeds(), units: size }, before), label).toBe(true);
        function at(): DeleveragingTask {
          return { side, units: size, proceeds: 0n, mark, priceScale, quoteUnit: 1n };
        }
        function proceeds() {
          return bankruptcyProceeds(-side as Side, entryValue, bankrupt.margin) + side * payment.paid;
        }
      });
    }
    expect(closedSome).toBeGreaterThan(5_000);
  });
});
