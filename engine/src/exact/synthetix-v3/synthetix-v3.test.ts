import { describe, expect, it } from "vitest";
import { NothingToDo, NotLiquidatable } from "../errors.js";
import {
  AccountHasOpenPositions,
  AccountLiquidatable,
  accountOf,
  accountRequirement,
  availableMargin,
  card,
  charge,
  deposit,
  emptyState,
  faults,
  fillPrice,
  InsufficientMargin,
  InvalidMarket,
  isEligibleForLiquidation,
  keeperReward,
  liquidate,
  liquidateMarginOnly,
  liquidationCapacity,
  liquidationWindows,
  marketDebt,
  marketOf,
  maxLiquidatableAmount,
  maxLiquidationInWindow,
  NotEligibleForLiquidation,
  NotEligibleForMarginLiquidation,
  orderFee,
  positionPnl,
  requiredMargins,
  type SynthetixMarketParameters,
  type SynthetixParameters,
  type SynthetixState,
  settleOrder,
  withAccount,
} from "./index.js";

const wad = 10n ** 18n;
const coin = 10n ** 7n;
const usd = 10n ** 6n;
const step = 100_000_000n;

/** Engine decimals: ETH 7, dollars 6, prices in 1e-8 USD. The fees, scale and window of section 13's worked example. */
const ether: SynthetixMarketParameters = {
  valueScale: 10n ** 9n,
  makerFee: (7n * wad) / 1000n,
  takerFee: (3n * wad) / 1000n,
  skewScale: 1_000n * coin,
  maxFundingVelocity: 9n * wad,
  initialMarginRatio: wad,
  minimumInitialMarginRatio: wad / 50n,
  maintenanceMarginScalar: wad / 2n,
  minimumPositionMargin: 50n * usd,
  flagRewardRatio: wad / 10_000n,
  maxLiquidationLimitAccumulationMultiplier: wad,
  maxSecondsInLiquidationWindow: 10n,
  maxLiquidationPd: 0n,
  endorsedLiquidator: "endorsed",
};
const parameters: SynthetixParameters = {
  markets: new Map([
    ["ETH", ether],
    ["BTC", { ...ether, skewScale: 300n * coin, maxLiquidationPd: wad / 5n }],
  ]),
  minKeeperRewardUsd: 2n * usd,
  maxKeeperRewardUsd: 500n * usd,
  minKeeperProfitRatio: wad / 4n,
  maxKeeperScalingRatio: wad / 20n,
  collateralLiquidateRewardRatio: wad / 1_000n,
  flagCostUsd: 3n * usd,
  liquidateCostUsd: 2n * usd,
};
const at = (ethPrice: bigint, btcPrice = 2_000n) =>
  new Map([
    ["ETH", ethPrice * step],
    ["BTC", btcPrice * step],
  ]);
const prices = at(2_000n);

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

/** Fails where a condition does not hold: cheaper than an expectation twenty thousand times over. */
function holds(condition: boolean, where: string): void {
  if (!condition) throw new Error(where);
}

/** One account with a position in ETH, opened at 2,000 at time 0. */
function long(size: bigint, collateral: bigint, rules = parameters): SynthetixState {
  const funded = deposit(emptyState(rules, 0n), "a", collateral * usd);
  return settleOrder(rules, funded, "a", "ETH", size * coin, prices, 0n).state;
}

describe("synthetix v3", () => {
  it("golden: snx_window: maker 0.007, taker 0.003, skewScale 1,000, multiplier 1, 10 s give 100 units (MECHANISMS section 13, vectors of an independent integer replica)", () => {
    expect(maxLiquidationInWindow(ether)).toBe(100n * coin);
    expect(maxLiquidationInWindow({ ...ether, skewScale: 1_000n * wad })).toBe(100n * wad);
    expect(liquidationWindows(ether, 250n * coin)).toBe(3n);
  });

  it("golden: snx_fill: price 1,200 and skewScale 1,000,000 (MECHANISMS section 13; the source's own example is the first)", () => {
    const fill = (skew: bigint, size: bigint) => fillPrice(skew * wad, 1_000_000n * wad, size * wad, 1_200n * wad);
    expect(fill(0n, 100n)).toBe((120_006n * wad) / 100n);
    expect(fill(100_000n, -50_000n)).toBe(1_290n * wad);
    expect(fill(-200_000n, -10_000n)).toBe(954n * wad);
    expect(fillPrice(5n, 0n, 7n, 1_200n)).toBe(1_200n);
  });

  it("behavior: margins agree with exact fractions to the four roundings down, 1,500 random cases", () => {
    const random = generator(31n);
    for (let i = 0; i < 1500; i++) {
      const rules = {
        ...ether,
        skewScale: 1n + random(10_000n * coin),
        initialMarginRatio: random(3n * wad),
        minimumInitialMarginRatio: random(wad / 5n),
        maintenanceMarginScalar: random(wad),
      };
      const size = 1n + random(3_000n * coin);
      const price = 1n + random(100_000n * step);
      const found = requiredMargins(rules, random(2n) === 0n ? size : -size, price);
      // Over one denominator: (size x ratio + scale x least) / (scale x 1e18) x size x price / 1e9.
      const share = size * rules.initialMarginRatio + rules.skewScale * rules.minimumInitialMarginRatio;
      const initial = (share * size * price) / (rules.skewScale * wad * rules.valueScale) + rules.minimumPositionMargin;
      const shareDown = share * rules.maintenanceMarginScalar;
      const maintenance =
        (shareDown * size * price) / (rules.skewScale * wad * wad * rules.valueScale) + rules.minimumPositionMargin;
      // Ratios lose at most three units of 1e-18, notional one unit.
      const notional = (size * price) / rules.valueScale;
      const tolerance = 2n + (4n * notional) / wad + found.initialRatio / wad;
      for (const distance of [initial - found.initial, maintenance - found.maintenance]) {
        expect(distance >= 0n && distance <= tolerance, `case ${i}: ${distance} of ${tolerance}`).toBe(true);
      }
    }
  });

  it("oracle: keeper reward by hand: between its bounds, profit ratio, share of margin", () => {
    // cost 5: at least max(7, 6.25) = 7; flag reward 20 + 5 = 25; at most 500 or 5 % of the margin.
    expect(keeperReward(parameters, 0n, 5n * usd, 0n)).toBe(7n * usd);
    expect(keeperReward(parameters, 20n * usd, 5n * usd, 10_000n * usd)).toBe(25n * usd);
    expect(keeperReward(parameters, 20n * usd, 5n * usd, 100n * usd)).toBe(5n * usd);
    expect(keeperReward(parameters, 10_000n * usd, 5n * usd, 0n)).toBe(500n * usd);
    expect(keeperReward(parameters, 0n, 100n * usd, 0n)).toBe(125n * usd);
  });

  it("oracle: order fees by hand: taker, maker, and both where the skew turns round", () => {
    const fee = (skew: bigint, size: bigint) => orderFee(ether, skew * coin, size * coin, 2_000n * step);
    expect(fee(0n, 10n)).toBe(60n * usd);
    expect(fee(50n, 10n)).toBe(60n * usd);
    expect(fee(50n, -10n)).toBe(140n * usd);
    // 10 against the skew at 0.7 %, 5 beyond it at 0.3 %.
    expect(fee(10n, -15n)).toBe(140n * usd + 30n * usd);
  });

  it("equality: an account whose available margin is exactly maintenance + reward is healthy, one unit less is not", () => {
    // Without a reward on collateral the reward does not move with it.
    const fixed = { ...parameters, collateralLiquidateRewardRatio: 0n };
    const state = long(100n, 60_000n, fixed);
    const account = accountOf(state, "a");
    const gap = (collateral: bigint) => {
      const one = { ...account, collateralUsd: collateral };
      const { maintenance, reward } = accountRequirement(fixed, one, prices);
      return availableMargin(fixed, state, one, prices, 0n) - maintenance - reward;
    };
    const collateral = account.collateralUsd - gap(account.collateralUsd);
    expect(gap(collateral)).toBe(0n);
    const eligible = (units: bigint) =>
      isEligibleForLiquidation(fixed, state, { ...account, collateralUsd: units }, prices, 0n);
    expect(eligible(collateral)).toBe(card.atEquality.liquidatable);
    expect(eligible(collateral - 1n)).toBe(true);
    expect(eligible(collateral + 1n)).toBe(false);
  });

  it("equality: a record exactly one window old no longer counts", () => {
    const market = {
      ...marketOf(parameters, long(1n, 5_000n), "ETH").market,
      liquidations: [{ time: 100n, amount: 30n * coin }],
    };
    expect(liquidationCapacity(ether, market, 109n).capacity).toBe(70n * coin);
    expect(liquidationCapacity(ether, market, 110n).capacity).toBe(100n * coin);
  });

  it("behavior: flag seizes all collateral, the throttle leaves the rest for later windows, the keeper is paid by the providers", () => {
    const state = long(250n, 200_000n);
    const crash = at(1_500n);
    const first = liquidate(parameters, state, "a", "keeper", crash, 1_000n);
    expect(first.flagged).toBe(true);
    expect(first.seizedUsd).toBe(accountOf(state, "a").collateralUsd);
    expect(first.positions).toEqual([{ market: "ETH", amount: 100n * coin, left: 150n * coin, grant: "capacity" }]);
    // Flag reward 250 x 1,500 x 0.01 % = 37.5; collateral reward 0.1 % of about 198,500 is more; cost 5.
    expect(first.rewardUsd).toBe(first.seizedUsd / 1_000n + 5n * usd);
    const same = liquidate(parameters, first.state, "a", "keeper", crash, 1_000n);
    expect([same.positions[0].grant, same.rewardUsd]).toEqual(["none", 0n]);
    const next = liquidate(parameters, same.state, "a", "keeper", crash, 1_010n);
    expect([next.positions[0].amount, next.rewardUsd, next.finished]).toEqual([100n * coin, 4n * usd, false]);
    const last = liquidate(parameters, next.state, "a", "keeper", crash, 1_020n);
    expect([last.positions[0].amount, last.finished]).toEqual([50n * coin, true]);
    expect(accountOf(last.state, "a")).toEqual({
      collateralUsd: 0n,
      debtUsd: 0n,
      positions: new Map(),
      flagged: false,
    });
    expect(marketOf(parameters, last.state, "ETH").market.skew).toBe(0n);
  });

  it("behavior: switching rules off moves named numbers: throttle, exception, endorsed liquidator, impact, maintenance scalar, flag reward", () => {
    const state = long(250n, 200_000n);
    const crash = at(1_500n);
    const with_ = (change: Partial<SynthetixMarketParameters>): SynthetixParameters => ({
      ...parameters,
      markets: new Map(parameters.markets).set("ETH", { ...ether, ...change }),
    });
    const amount = (rules: SynthetixParameters, by = "keeper", from = state, time = 1_000n) =>
      liquidate(rules, from, "a", by, crash, time).positions[0].amount;
    expect(amount(parameters)).toBe(100n * coin);
    expect(amount(with_({ maxSecondsInLiquidationWindow: 0n }))).toBe(250n * coin);
    expect(amount(parameters, "endorsed")).toBe(250n * coin);
    expect(amount(with_({ endorsedLiquidator: undefined }), "endorsed")).toBe(100n * coin);
    const used = liquidate(parameters, state, "a", "keeper", crash, 1_000n).state;
    expect(amount(parameters, "keeper", used, 1_001n)).toBe(0n);
    // Skew 150 of 1,000: an exception below 20 % opens another window, one below 15 % does not, and never at the same second.
    expect(amount(with_({ maxLiquidationPd: wad / 5n }), "keeper", used, 1_001n)).toBe(100n * coin);
    expect(amount(with_({ maxLiquidationPd: (15n * wad) / 100n }), "keeper", used, 1_001n)).toBe(0n);
    expect(amount(with_({ maxLiquidationPd: wad / 5n }), "keeper", used, 1_000n)).toBe(0n);
    const flat = { ...ether, initialMarginRatio: 0n };
    expect(requiredMargins(flat, 250n * coin, 2_000n * step).initial).toBe(10_050n * usd);
    expect(requiredMargins(ether, 250n * coin, 2_000n * step).initial).toBe(135_050n * usd);
    expect(requiredMargins({ ...ether, maintenanceMarginScalar: wad }, 250n * coin, 2_000n * step).maintenance).toBe(
      135_050n * usd,
    );
    const rewarded = accountRequirement(with_({ flagRewardRatio: wad / 100n }), accountOf(state, "a"), prices).reward;
    expect(rewarded).toBeGreaterThan(accountRequirement(parameters, accountOf(state, "a"), prices).reward);
  });

  it("behavior: funding flows from the skewed side: after a day at 10 % of the skew the rate is 0.9 and the mean 0.45 of the price", () => {
    const state = long(100n, 60_000n);
    const { market } = marketOf(parameters, state, "ETH");
    const position = accountOf(state, "a").positions.get("ETH");
    if (position === undefined) throw new Error("the order opened a position");
    const pnl = positionPnl(ether, market, position, 2_000n * step, 86_400n);
    expect(pnl.funding).toBe(-90_000n * usd);
    expect(positionPnl({ ...ether, maxFundingVelocity: 0n }, market, position, 2_000n * step, 86_400n).funding).toBe(
      0n,
    );
  });

  it("behavior: losses beyond collateral become debt, gains pay debt first", () => {
    const account = { collateralUsd: 10n, debtUsd: 0n, positions: new Map(), flagged: false };
    expect(charge(account, -15n)).toEqual({ ...account, collateralUsd: 0n, debtUsd: 5n });
    expect(charge({ ...account, debtUsd: 4n }, 6n)).toEqual({ ...account, collateralUsd: 12n, debtUsd: 0n });
  });

  it("error: every class is thrown", () => {
    const state = long(100n, 60_000n);
    expect(() => deposit(state, "a", 0n)).toThrow(NothingToDo);
    expect(() => settleOrder(parameters, state, "a", "ETH", 0n, prices, 0n)).toThrow(NothingToDo);
    expect(() => settleOrder(parameters, state, "a", "SOL", 1n, prices, 0n)).toThrow(InvalidMarket);
    expect(() => settleOrder(parameters, state, "a", "ETH", 1n, new Map(), 0n)).toThrow(InvalidMarket);
    expect(() => settleOrder(parameters, state, "a", "ETH", 500n * coin, prices, 0n)).toThrow(InsufficientMargin);
    expect(() => settleOrder(parameters, state, "a", "ETH", -coin, at(1_300n), 0n)).toThrow(AccountLiquidatable);
    expect(() => liquidate(parameters, state, "a", "keeper", prices, 0n)).toThrow(NotEligibleForLiquidation);
    expect(() => liquidate(parameters, state, "a", "keeper", prices, 0n)).toThrow(NotLiquidatable);
    expect(() => liquidateMarginOnly(parameters, state, "a", prices, 0n)).toThrow(AccountHasOpenPositions);
    expect(() => liquidateMarginOnly(parameters, deposit(state, "b", usd), "b", prices, 0n)).toThrow(
      NotEligibleForMarginLiquidation,
    );
  });

  it("error: every parameter fault is found, all at once", () => {
    expect(faults(parameters)).toEqual([]);
    expect(faults({ ...parameters, markets: new Map() }).map((one) => one.code)).toEqual(["markets-missing"]);
    const codes = faults({
      ...parameters,
      minKeeperRewardUsd: 600n * usd,
      flagCostUsd: -1n,
      markets: new Map([
        ["x", { ...ether, valueScale: 0n, maintenanceMarginScalar: 2n * wad, maxSecondsInLiquidationWindow: 0n }],
      ]),
    }).map((one) => one.code);
    expect(new Set(codes)).toEqual(
      new Set([
        "negative",
        "reward-bounds-cross",
        "scale-not-positive",
        "threshold-above-opening",
        "throttle-without-limit",
      ]),
    );
  });

  it("property: 20,000 operations keep every dollar, flag nobody healthy, and never liquidate more than the window allows", () => {
    const seed = 20260104n;
    const random = generator(seed);
    const markets = ["ETH", "BTC"];
    let state = emptyState(parameters, 0n);
    let deposited = 0n;
    let keepers = 0n;
    let time = 0n;
    let changes = 0n;
    const quotes: Record<string, bigint> = { ETH: 2_000n, BTC: 2_000n };
    const throttled: Record<string, { time: bigint; amount: bigint }[]> = { ETH: [], BTC: [] };
    const done = { orders: 0, flagged: 0, partial: 0, lowSkew: 0, endorsed: 0, marginOnly: 0, writtenOff: 0 };
    for (let step_ = 0; step_ < 20_000; step_++) {
      const where = `seed ${seed}, step ${step_}`;
      const name = `account-${random(20n)}`;
      const market = markets[Number(random(2n))];
      const now = at(quotes.ETH, quotes.BTC);
      const kind = random(10n);
      if (kind < 2n) {
        time += random(8n);
        quotes[market] = (quotes[market] * (910n + random(185n))) / 1_000n;
        if (quotes[market] < 300n || quotes[market] > 9_000n) quotes[market] = 2_000n;
      } else if (kind < 3n) {
        const units = 1n + random(8_000n * usd);
        if (accountOf(state, name).collateralUsd > 20_000n * usd) continue;
        state = deposit(state, name, units);
        deposited += units;
      } else if (kind < 6n) {
        const size = random(60n * coin) - 30n * coin;
        try {
          const end = settleOrder(parameters, state, name, market, size, now, time);
          holds(end.moved.account + end.moved.providers === 0n, where);
          state = end.state;
          changes++;
          done.orders++;
        } catch (refusal) {
          const known = [AccountLiquidatable, InsufficientMargin, NothingToDo];
          expect(
            known.some((one) => refusal instanceof one),
            `${where}: ${refusal}`,
          ).toBe(true);
        }
      } else if (kind < 9n) {
        const account = accountOf(state, name);
        const eligible = isEligibleForLiquidation(parameters, state, account, now, time);
        const by = random(12n) === 0n ? "endorsed" : "keeper";
        try {
          const end = liquidate(parameters, state, name, by, now, time);
          holds(account.flagged || eligible, where);
          holds(end.moved.account + end.moved.providers + end.moved.keeper === 0n, where);
          holds(end.rewardUsd <= parameters.maxKeeperRewardUsd, where);
          for (const one of end.positions) {
            if (one.amount > 0n) changes++;
            if (one.grant === "capacity") throttled[one.market].push({ time, amount: one.amount });
            if (one.grant === "low-skew") {
              done.lowSkew++;
              throttled[one.market] = [];
            }
            if (one.left !== 0n && one.amount > 0n) done.partial++;
          }
          if (by === "endorsed") done.endorsed++;
          if (end.flagged) done.flagged++;
          if (end.writtenOffUsd > 0n) done.writtenOff++;
          keepers += end.rewardUsd;
          state = end.state;
        } catch (refusal) {
          holds(refusal instanceof NotEligibleForLiquidation && !eligible && !account.flagged, `${where}: ${refusal}`);
        }
      } else {
        try {
          const end = liquidateMarginOnly(parameters, state, name, now, time);
          keepers += end.rewardUsd;
          state = end.state;
          done.marginOnly++;
        } catch (refusal) {
          const known = [AccountHasOpenPositions, NotEligibleForMarginLiquidation];
          expect(
            known.some((one) => refusal instanceof one),
            `${where}: ${refusal}`,
          ).toBe(true);
        }
      }
      let margins = 0n;
      const skew: Record<string, bigint> = { ETH: 0n, BTC: 0n };
      const size: Record<string, bigint> = { ETH: 0n, BTC: 0n };
      const pnl: Record<string, bigint> = { ETH: 0n, BTC: 0n };
      const after = at(quotes.ETH, quotes.BTC);
      for (const account of state.accounts.values()) {
        margins += account.collateralUsd - account.debtUsd;
        holds(account.collateralUsd >= 0n && account.debtUsd >= 0n, where);
        if (account.flagged) holds(account.positions.size > 0, where);
        for (const [one, position] of account.positions) {
          skew[one] += position.size;
          size[one] += position.size < 0n ? -position.size : position.size;
          if (step_ % 8 !== 0) continue;
          const found = marketOf(parameters, state, one);
          pnl[one] += positionPnl(found.rules, found.market, position, after.get(one) ?? 0n, time).total;
        }
      }
      holds(margins + state.providersUsd + keepers === deposited, where);
      for (const one of markets) {
        const found = marketOf(parameters, state, one);
        holds(found.market.skew === skew[one] && found.market.size === size[one], where);
        // The market's debt is what all traders would get: kept in one number by the contract, summed here; four roundings a change and two a position.
        const debt = marketDebt(found.rules, found.market, after.get(one) ?? 0n, time);
        const distance = step_ % 8 === 0 ? debt - pnl[one] : 0n;
        const tolerance = 4n * changes + 50n;
        holds(distance <= tolerance && -distance <= tolerance, `${where}: ${distance}`);
        // What the capacity alone granted within a window never exceeds it.
        const since = time - found.rules.maxSecondsInLiquidationWindow;
        throttled[one] = throttled[one].filter((record) => record.time > since);
        const granted = throttled[one].reduce((sum, record) => sum + record.amount, 0n);
        holds(granted <= maxLiquidationInWindow(found.rules), where);
      }
    }
    expect(done.orders).toBeGreaterThan(1_000);
    expect(done.flagged).toBeGreaterThan(150);
    expect(done.partial).toBeGreaterThan(5);
    expect(done.lowSkew).toBeGreaterThan(0);
    expect(done.endorsed).toBeGreaterThan(5);
    expect(done.writtenOff).toBeGreaterThan(0);
  });

  it("behavior: capacity agrees with a sum over all records, and grants with the contract's cases, 1,000 random cases", () => {
    const random = generator(32n);
    const grants = new Set<string>();
    for (let i = 0; i < 1000; i++) {
      const rules = {
        ...ether,
        maxSecondsInLiquidationWindow: random(20n),
        maxLiquidationPd: random(2n) === 0n ? 0n : random(wad / 5n),
      };
      const times = Array.from({ length: Number(random(6n)) }, () => random(30n)).sort((a, b) => Number(a - b));
      const liquidations = [...new Set(times)].map((time) => ({ time, amount: random(60n * coin) }));
      const base = marketOf(parameters, emptyState(parameters, 0n), "ETH").market;
      const market = { ...base, skew: random(300n * coin) - 150n * coin, liquidations };
      const now = 30n + random(3n) - 1n;
      const wanted = 1n + random(200n * coin);
      const by = random(5n) === 0n ? "endorsed" : "keeper";
      const found = maxLiquidatableAmount(rules, market, wanted, by, now);
      grants.add(found.grant);
      // Second implementation: 1 % of 1,000 units a second.
      const window = 10n * coin * rules.maxSecondsInLiquidationWindow;
      let used = 0n;
      for (const record of liquidations)
        if (now - record.time < rules.maxSecondsInLiquidationWindow) used += record.amount;
      const room = window > used ? window - used : 0n;
      const last = liquidations.length === 0 ? 0n : liquidations[liquidations.length - 1].time;
      const skew = market.skew < 0n ? -market.skew : market.skew;
      const low =
        rules.maxLiquidationPd > 0n && last !== now && (skew * wad) / rules.skewScale < rules.maxLiquidationPd;
      const allowed = by === "endorsed" || window === 0n ? wanted : room > 0n ? room : low ? window : 0n;
      expect(found.amount, `case ${i}`).toBe(allowed < wanted ? allowed : wanted);
    }
    expect(grants).toEqual(new Set(["endorsed", "unlimited", "capacity", "low-skew", "none"]));
  });

  it("behavior: an account without positions loses collateral and debt where it cannot carry both and the reward", () => {
    const state = withAccount(emptyState(parameters, 0n), "a", {
      collateralUsd: 100n * usd,
      debtUsd: 99n * usd,
      positions: new Map(),
      flagged: false,
    });
    const end = liquidateMarginOnly(parameters, state, "a", prices, 0n);
    // Reward 0.1 + 5, at least 7, at most 5 % of 100.
    expect([end.rewardUsd, end.seizedUsd, end.writtenOffUsd]).toEqual([5n * usd, 100n * usd, 99n * usd]);
    expect(end.state.providersUsd).toBe(-4n * usd);
    expect(accountOf(end.state, "a").debtUsd).toBe(0n);
  });
});
