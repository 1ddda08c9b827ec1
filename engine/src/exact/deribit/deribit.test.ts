import { describe, expect, it } from "vitest";
import { NothingToDo, NotLiquidatable } from "../errors.js";
import {
  accountOf,
  card,
  contingencyMargin,
  type DeribitExchange,
  type DeribitParameters,
  deposit,
  emptyExchange,
  equity,
  faults,
  InitialMarginNotMet,
  initialMargin,
  isLiquidatable,
  LossBeyondBalance,
  liquidate,
  liquidationStep,
  maintenanceMargin,
  openingValue,
  optionInitial,
  optionMaintenance,
  PriceNotPositive,
  portfolioScenarios,
  presets,
  profit,
  socialiseLoss,
  trade,
  worstLoss,
  worth,
} from "./index.js";

const usd = 100_000_000n;
const btc = 100_000_000n;
const [{ parameters: bitcoin }, { parameters: ether }, { parameters: solana }] = presets;
/** BTC_USDC of the exchange's page: contracts of 0.001 BTC. */
const linearBitcoin: DeribitParameters = {
  ...bitcoin,
  kind: "linear",
  settlementDecimals: 6,
  contractValue: 100_000n,
};

/** Seeded generator of whole numbers (splitmix64). */
function generator(seed: bigint): (below: bigint) => bigint {
  let state = seed;
  const mask = (1n << 64n) - 1n;
  return (below) => {
    state = (state + 0x9e3779b97f4a7c15n) & mask;
    let mixed = state;
    mixed = ((mixed ^ (mixed >> 30n)) * 0xbf58476d1ce4e5b9n) & mask;
    mixed = ((mixed ^ (mixed >> 27n)) * 0x94d049bb133111ebn) & mask;
    return (mixed ^ (mixed >> 31n)) % below;
  };
}

const size = (contracts: bigint) => (contracts < 0n ? -contracts : contracts);

/** An exchange with one account in one position. */
function one(parameters: DeribitParameters, contracts: bigint, price: bigint, balance: bigint, fund = 0n) {
  return trade(parameters, deposit(emptyExchange(fund), "a", balance), "a", contracts, price, price);
}

describe("deribit", () => {
  it("oracle: the exchange's own margin examples of linear perpetuals (support page, BTC at 100,000 and SOL at 200)", () => {
    const dollars = (units: bigint) => Number(units) / 1e6;
    const at = 100_000n * usd;
    expect(dollars(initialMargin(linearBitcoin, 25_000n, at))).toBe(53_125);
    expect(dollars(initialMargin(linearBitcoin, 350_000n, at))).toBe(1_312_500);
    expect(dollars(maintenanceMargin(linearBitcoin, 25_000n, at))).toBe(28_125);
    expect(dollars(initialMargin(solana, 250n, 200n * usd))).toBe(200.625);
    expect(dollars(maintenanceMargin(solana, 250n, 200n * usd))).toBe(100.625);
    expect(dollars(initialMargin(solana, 60_000n, 200n * usd))).toBe(84_000);
  });

  it("oracle: the inverse contract has the same rates in coin: 25 BTC need 0.53125 BTC initial and 0.28125 BTC maintenance", () => {
    const contracts = 250_000n; // 2,500,000 dollars at 100,000
    expect(initialMargin(bitcoin, contracts, 100_000n * usd)).toBe(53_125_000n);
    expect(maintenanceMargin(bitcoin, contracts, 100_000n * usd)).toBe(28_125_000n);
    // ETH: 1,000 ETH at 2,000: 2 % + 0.4 % and 1 % + 0.4 %.
    expect(initialMargin(ether, 2_000_000n, 2_000n * usd)).toBe(24_0000000n);
    expect(maintenanceMargin(ether, 2_000_000n, 2_000n * usd)).toBe(14_0000000n);
  });

  it("behavior: margins and equity agree with fractions over one denominator, 2,000 random cases of every kind and side", () => {
    const random = generator(11n);
    const all = [bitcoin, ether, solana, linearBitcoin];
    for (let i = 0; i < 2000; i++) {
      const parameters = all[Number(random(4n))];
      const contracts = (random(2n) === 0n ? 1n : -1n) * (1n + random(100_000n));
      const price = usd + random(200_000n * usd);
      // Second implementation: value as a fraction n/d, margin = ceil(value' x rate) over the rounded value'.
      const inverse = parameters.kind === "inverse";
      const ten = (digits: number) => BigInt(`1${"0".repeat(digits)}`);
      const n = inverse
        ? size(contracts) * parameters.contractValue * ten(parameters.coinDecimals)
        : size(contracts) * parameters.contractValue * price;
      const d = inverse ? price : ten(parameters.coinDecimals + 8 - parameters.settlementDecimals);
      const owes = contracts > 0n === inverse;
      const value = owes ? (n + d - 1n) / d : n / d;
      expect(worth(parameters, contracts, price)).toBe(value);
      const coins = inverse ? value : size(contracts) * parameters.contractValue;
      const whole = ten(parameters.coinDecimals);
      for (const [base, found] of [
        [parameters.initialBase, initialMargin(parameters, contracts, price)],
        [parameters.maintenanceBase, maintenanceMargin(parameters, contracts, price)],
      ]) {
        const rate = base * whole + parameters.perCoin * coins;
        const capped = rate > parameters.highestRate * whole ? parameters.highestRate * whole : rate;
        const numerator = value * capped;
        expect(found).toBe((numerator + whole * 1_000_000n - 1n) / (whole * 1_000_000n));
      }
      const account = { balance: random(1_000n * btc), contracts, entryValue: random(1_000n * btc) };
      const exact = (account.balance + (owes ? account.entryValue : -account.entryValue)) * d + (owes ? -n : n);
      const floored = exact >= 0n || exact % d === 0n ? exact / d : exact / d - 1n;
      expect(equity(parameters, account, price)).toBe(floored);
    }
  });

  it("behavior: the number of steps agrees with fractions computed from the start, to one step at the border, 1,000 random cases", () => {
    const random = generator(12n);
    let exactly = 0;
    for (let i = 0; i < 1000; i++) {
      const contracts = (random(2n) === 0n ? 1n : -1n) * (1_000n + random(200_000n));
      const entry = 20_000n * usd + random(80_000n * usd);
      const opened = worth(bitcoin, contracts, entry);
      const state = one(bitcoin, contracts, entry, opened / 4n + 2n * initialMargin(bitcoin, contracts, entry));
      // Find a price at which it falls due but is solvent: walk towards it.
      let price = entry;
      const account = accountOf(state, "a");
      while (!isLiquidatable(bitcoin, account, price)) price = (price * (contracts > 0n ? 9_980n : 10_020n)) / 10_000n;
      const end = liquidate(bitcoin, state, "a", price, () => price, 100_000);
      // Second implementation: equity(c) = equity - fee x closed, maintenance(c) = v (base + k v), in units of 1e-24 coin as fractions.
      const start = equity(bitcoin, account, price);
      const each = 10n * usd * btc;
      let steps = 0n;
      for (;;) {
        const closed = steps * 200n < size(contracts) ? steps * 200n : size(contracts);
        const rest = size(contracts) - closed;
        // Over the common denominator price^2 x 1e14.
        const left = (start * price * 1_000_000n - closed * each * 7_500n) * price * btc;
        const needed = rest * each * (10_000n * price * btc + 50n * rest * each);
        if (steps > 0n && (left >= needed || rest === 0n)) break;
        steps++;
      }
      const distance = BigInt(end.steps.length) - steps;
      expect(distance >= -1n && distance <= 1n, `case ${i}: ${end.steps.length} and ${steps}`).toBe(true);
      if (distance === 0n) exactly++;
      expect(end.finished).toBe(true);
    }
    // Every step rounds twice, against the account: thousands of steps shift the end by a few thousand units of the 80,000 that a step frees.
    expect(exactly).toBeGreaterThan(975);
  });

  it("equality: an account exactly at its maintenance margin is healthy, one unit less is not", () => {
    const price = 50_000n * usd;
    const needed = maintenanceMargin(bitcoin, 1_000n, price);
    const at = { balance: needed, contracts: 1_000n, entryValue: worth(bitcoin, 1_000n, price) };
    expect(equity(bitcoin, at, price)).toBe(needed);
    expect(isLiquidatable(bitcoin, at, price)).toBe(card.atEquality.liquidatable);
    expect(isLiquidatable(bitcoin, { ...at, balance: needed - 1n }, price)).toBe(true);
    expect(isLiquidatable(bitcoin, { ...at, balance: needed + 1n }, price)).toBe(false);
  });

  it("behavior: a liquidation stops as soon as maintenance is met and leaves the rest open; each step is 200 contracts at most", () => {
    const state = one(bitcoin, 100_000n, 50_000n * usd, 2n * btc);
    // 20 BTC long with 2 BTC: at 46,200 equity is 0.3506, maintenance 0.2398; at 45,900 equity is 0.2135, maintenance 0.2416.
    expect(isLiquidatable(bitcoin, accountOf(state, "a"), 46_200n * usd)).toBe(false);
    const end = liquidate(bitcoin, state, "a", 45_900n * usd, () => 45_900n * usd, 10_000);
    expect(end.finished).toBe(true);
    expect(end.steps.length).toBeGreaterThan(100);
    expect(accountOf(end.state, "a").contracts).toBeGreaterThan(0n);
    expect(new Set(end.steps.map((step) => step.contracts))).toEqual(new Set([200n]));
    expect(liquidate(bitcoin, state, "a", 45_900n * usd, () => 45_900n * usd, 3).finished).toBe(false);
    expect(end.state.fund).toBe(end.steps.reduce((sum, step) => sum + step.fee, 0n));
  });

  it("behavior: switching rules off moves named numbers: growth with size, fee, cap, step", () => {
    const state = one(bitcoin, 100_000n, 50_000n * usd, 2n * btc);
    const at = 45_900n * usd;
    const steps = (parameters: DeribitParameters) => liquidate(parameters, state, "a", at, () => at, 10_000).steps;
    const flat = { ...bitcoin, perCoin: 0n };
    expect(maintenanceMargin(flat, 100_000n, at)).toBeLessThan(maintenanceMargin(bitcoin, 100_000n, at));
    // Without growth the maintenance of 21.8 BTC is 0.2179: still due, but less to close.
    expect(isLiquidatable(flat, accountOf(state, "a"), at)).toBe(true);
    expect(steps(flat).length).toBeLessThan(steps(bitcoin).length);
    expect(steps({ ...bitcoin, liquidationFeeRate: 0n }).length).toBeLessThan(steps(bitcoin).length);
    expect(steps({ ...bitcoin, contractsPerStep: 100_000n }).length).toBe(1);
    const capped = { ...bitcoin, highestRate: 20_000n };
    expect(initialMargin(capped, 100_000n, at)).toBeLessThan(initialMargin(bitcoin, 100_000n, at));
  });

  it("behavior: a balance below 0 is covered by the fund once all is closed; beyond it winners share", () => {
    const state = one(bitcoin, 150n, 50_000n * usd, 1_000_000n, 100n);
    const step = liquidationStep(bitcoin, state, "a", 30_000n * usd, 30_000n * usd);
    // 1,500 dollars: 3,000,000 units at entry, 5,000,000 at 30,000; balance 1,000,000 - 2,000,000.
    expect([step.covered, step.uncovered, step.fee]).toEqual([100n, 999_900n, 0n]);
    expect(accountOf(step.state, "a").balance).toBe(0n);
    const shared = socialiseLoss(
      step.state,
      new Map([
        ["x", 3_000_000n],
        ["y", 1_000_000n],
        ["z", -5n],
      ]),
    );
    expect([shared.paid.get("x"), shared.paid.get("y"), shared.paid.get("z")]).toEqual([749_925n, 249_975n, undefined]);
    expect(shared.state.uncovered).toBe(0n);
    expect(() => socialiseLoss(shared.state, new Map([["x", 1n]]))).toThrow(NothingToDo);
  });

  it("oracle: short options by the documented formulas, in and out of the money", () => {
    const price = 50_000n * usd;
    const mark = 2_000_000n;
    const call = (strike: bigint) => ({ call: true, strike: strike * usd, underlying: price, mark });
    const put = (strike: bigint, quoted = mark) => ({
      call: false,
      strike: strike * usd,
      underlying: price,
      mark: quoted,
    });
    // Call at the money 0.15 + 0.02; 2 % out 0.13 + 0.02; far out 0.1 + 0.02; in the money 0.15 + 0.02.
    expect([50_000n, 51_000n, 80_000n, 40_000n].map((strike) => optionInitial(call(strike), btc))).toEqual([
      17_000_000n,
      15_000_000n,
      12_000_000n,
      17_000_000n,
    ]);
    expect(optionMaintenance(call(80_000n), btc)).toBe(9_500_000n);
    expect([50_000n, 49_000n, 20_000n].map((strike) => optionInitial(put(strike), btc))).toEqual([
      17_000_000n,
      15_000_000n,
      12_000_000n,
    ]);
    expect(optionMaintenance(put(50_000n), btc)).toBe(9_500_000n);
    // A put deep in the money with a mark of 3 coins: max(0.075, 0.225) + 3, and the initial margin is not below that.
    expect(optionMaintenance(put(200_000n, 3n * btc), btc)).toBe(322_500_000n);
    expect(optionInitial(put(200_000n, 3n * btc), btc)).toBe(322_500_000n);
  });

  it("behavior: option margins agree with fractions, 1,000 random cases", () => {
    const random = generator(13n);
    for (let i = 0; i < 1000; i++) {
      const option = {
        call: random(2n) === 0n,
        strike: 1n + random(200_000n * usd),
        underlying: 1n + random(200_000n * usd),
        mark: random(3n * btc),
      };
      // max(0.15 U - amount, 0.1 U) over U, as one fraction in coin units; the engine rounds the share once more, at most 100 units (1e-6 coin).
      const amount = option.call ? option.strike - option.underlying : option.underlying - option.strike;
      const out = amount > 0n ? amount : 0n;
      const high = 15n * option.underlying - 100n * out;
      const low = 10n * option.underlying;
      const exact = ((high > low ? high : low) * btc) / (100n * option.underlying) + option.mark;
      const put = 75n * option.mark > 75n * btc ? (75n * option.mark + 999n) / 1000n : 7_500_000n;
      const least = option.call ? 0n : put + option.mark;
      const distance = optionInitial(option, btc) - (exact > least ? exact : least);
      expect(distance >= 0n && distance <= 100n, `case ${i}: ${distance}`).toBe(true);
    }
  });

  it("oracle: the portfolio matrix has 27 cells from -16 % to +16 %, and a hedged pair of futures loses little in it", () => {
    const price = 50_000n * usd;
    const cells = portfolioScenarios(price);
    expect(cells).toHaveLength(27);
    expect([...new Set(cells.map((cell) => Number(cell.price) / 1e8))]).toEqual([
      42_000, 44_000, 46_000, 48_000, 50_000, 52_000, 54_000, 56_000, 58_000,
    ]);
    // 20 BTC inverse long loses 100,000 x 10 (1/42,000 - 1/50,000) = 3.8095 BTC at -16 %.
    const long = worstLoss([{ parameters: bitcoin, contracts: 100_000n }], price);
    expect(Number(long.loss) / 1e8).toBeCloseTo(3.8095238, 6);
    expect(long.scenario?.move).toBe(-160_000n);
    const short = worstLoss([{ parameters: bitcoin, contracts: -100_000n }], price);
    expect(Number(short.loss) / 1e8).toBeCloseTo(100_000 * 10 * (1 / 50_000 - 1 / 58_000), 6);
    const hedged = worstLoss(
      [
        { parameters: bitcoin, contracts: 100_000n },
        { parameters: bitcoin, contracts: -100_000n },
      ],
      price,
    );
    // Rounding only: one unit a future.
    expect(hedged.loss).toBeLessThanOrEqual(2n);
    // A short straddle that loses 1 BTC when volatility rises is the worst case where prices stand still.
    const vega = worstLoss([], price, (cell) => (cell.volatility === "up" ? -btc : 0n));
    expect([vega.loss, vega.scenario?.volatility]).toEqual([btc, "up"]);
    expect(worstLoss([], price)).toEqual({ loss: 0n, scenario: undefined });
    // Documentation's example: +10 calls and -20 puts at one strike are net 10 short, 0.01 each; 100 against 100 BTC of futures add 1 BTC.
    expect(contingencyMargin([-10n * btc], [100n * btc, -100n * btc])).toBe(10_000_000n + btc);
  });

  it("error: every class is thrown", () => {
    const state = one(bitcoin, 1_000n, 50_000n * usd, btc);
    const mark = 50_000n * usd;
    expect(() => worth(bitcoin, 1n, 0n)).toThrow(PriceNotPositive);
    expect(() => trade(bitcoin, state, "a", 0n, mark, mark)).toThrow(NothingToDo);
    expect(() => trade(bitcoin, state, "poor", 1n, mark, mark)).toThrow(InitialMarginNotMet);
    expect(() => trade(bitcoin, state, "a", -1_000n, 5_000n * usd, mark)).toThrow(LossBeyondBalance);
    expect(() => liquidationStep(bitcoin, state, "a", mark, mark)).toThrow(NotLiquidatable);
  });

  it("error: every parameter fault is found, all at once; the presets have none", () => {
    for (const preset of presets) expect(faults(preset.parameters), preset.name).toEqual([]);
    const codes = faults({
      kind: "inverse",
      coinDecimals: -1,
      settlementDecimals: 8,
      contractValue: 0n,
      initialBase: 5n,
      maintenanceBase: 10n,
      perCoin: -1n,
      highestRate: 2_000_000n,
      liquidationFeeRate: 11n,
      contractsPerStep: 0n,
    }).map((fault) => fault.code);
    expect(new Set(codes)).toEqual(
      new Set([
        "decimals-out-of-range",
        "settlement-not-coin",
        "scale-not-positive",
        "negative",
        "initial-below-maintenance",
        "rate-cap",
        "fee-above-maintenance",
      ]),
    );
  });

  for (const [label, parameters, start] of [
    ["inverse", { ...bitcoin, contractsPerStep: 2_000n }, 50_000n * usd],
    ["linear", { ...solana, contractsPerStep: 60n }, 200n * usd],
  ] as const) {
    it(`property: 10,000 operations (${label}) keep every unit, liquidate nobody healthy, and rounding never pays out`, () => {
      const seed = 20260102n;
      const random = generator(seed);
      const scale = parameters.kind === "inverse" ? btc : 1_000_000_000n;
      let state: DeribitExchange = emptyExchange(scale);
      let deposited = scale;
      let price: bigint = start;
      let legs = 0n;
      const done = { steps: 0, whole: 0, uncovered: 0 };
      const names = Array.from({ length: 16 }, (_, index) => `account-${index}`);
      const total = () => {
        let sum = state.fund + state.clearing;
        for (const account of state.accounts.values()) sum += account.balance;
        return sum;
      };
      for (let step = 0; step < 10_000; step++) {
        const where = `seed ${seed}, step ${step}`;
        const name = names[Number(random(16n))];
        const other = names[Number(random(16n))];
        const kind = random(8n);
        if (kind < 2n) {
          price = (price * (960_000n + random(82_000n))) / 1_000_000n;
          if (price < start / 20n) price = start;
        } else if (kind < 3n) {
          const account = accountOf(state, name);
          const out = -account.balance / 2n;
          const poorer = equity(parameters, { ...account, balance: account.balance + out }, price);
          const may = account.contracts === 0n || poorer >= initialMargin(parameters, account.contracts, price);
          const units = may && account.balance > scale / 5n ? out : random(scale / 10n);
          state = deposit(state, name, units);
          deposited += units;
        } else if (kind < 6n && name !== other) {
          const contracts = 1n + random(parameters.kind === "inverse" ? 12_000n : 200n);
          try {
            state = trade(
              parameters,
              trade(parameters, state, name, contracts, price, price),
              other,
              -contracts,
              price,
              price,
            );
            legs += 4n;
          } catch (refusal) {
            expect(refusal instanceof InitialMarginNotMet || refusal instanceof LossBeyondBalance, where).toBe(true);
          }
        } else {
          const account = accountOf(state, name);
          if (account.contracts === 0n || name === other) continue;
          const due = isLiquidatable(parameters, account, price);
          try {
            const end = liquidationStep(parameters, state, name, price, price);
            expect(due, where).toBe(true);
            expect(
              end.movements.reduce((sum, movement) => sum + movement.units, 0n),
              where,
            ).toBe(0n);
            expect(end.contracts <= parameters.contractsPerStep && end.state.fund >= 0n, where).toBe(true);
            // The market takes the other side: an account of its own with unlimited means.
            const taken = account.contracts > 0n ? end.contracts : -end.contracts;
            const funded = deposit(end.state, "market", 1_000_000n * scale);
            state = trade(parameters, funded, "market", taken, price, price);
            deposited += 1_000_000n * scale;
            legs += 4n;
            done.steps++;
            if (accountOf(end.state, name).contracts === 0n) done.whole++;
            if (end.uncovered > 0n) done.uncovered++;
          } catch (refusal) {
            expect(refusal, where).toBeInstanceOf(NotLiquidatable);
            expect(due, where).toBe(false);
          }
        }
        expect(total(), where).toBe(deposited);
      }
      for (const [name, account] of state.accounts) {
        if (account.contracts === 0n) continue;
        state = trade(parameters, deposit(state, name, 1_000_000n * scale), name, -account.contracts, price, price);
      }
      const dust = state.clearing + state.uncovered;
      expect(dust >= 0n && dust <= legs, `seed ${seed}: ${dust} of at most ${legs}`).toBe(true);
      expect(done.steps).toBeGreaterThan(100);
      expect(done.whole).toBeGreaterThan(20);
      expect(done.uncovered).toBeGreaterThan(0);
      // What a position gains is the sum of what its parts gain, whatever the order.
      expect(
        profit(parameters.kind, 1n, openingValue(parameters, 1n, start), worth(parameters, 1n, start)),
      ).toBeLessThan(1n);
    });
  }
});
