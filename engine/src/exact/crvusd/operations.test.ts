import { describe, expect, it } from "vitest";
import { ProtocolError } from "../errors.js";
import { divDown, mulDivDown } from "../rounding.js";
import { MAX_UINT256, WAD } from "../scales.js";
import {
  AMM,
  amountForPrice,
  borrowMore,
  CONTROLLER,
  type CrvusdParameters,
  createLoan,
  debtOf,
  exchange,
  exchangeFor,
  health,
  liquidate,
  type Market,
  maxBorrowable,
  NotEnoughRekt,
  type Outcome,
  observe,
  openMarket,
  removeCollateral,
  repay,
  smoothedOracle,
  stableWhenFalling,
  totalDebt,
  withRate,
} from "./index.js";
import { usual } from "./test-support.js";

/** Numbers in [0, below) from a fixed seed. */
function generator(seed: number) {
  let state = BigInt(seed) * 0x9e3779b97f4a7c15n;
  return (below: number) => {
    state = (state * 6364136223846793005n + 1442695040888963407n) & ((1n << 64n) - 1n);
    return Number(((state >> 11n) * BigInt(below)) >> 53n);
  };
}

const ceiling = 10n ** 14n * WAD;

/** What the parties own, kept apart from the market: every transfer is booked once on each side. */
class Ledger {
  readonly stable = new Map<string, bigint>([[CONTROLLER, ceiling]]);
  readonly collateral = new Map<string, bigint>();
  book({ transfers }: Outcome): void {
    for (const { from, to, coin, amount } of transfers) {
      expect(amount > 0n).toBe(true);
      const owned = this[coin];
      owned.set(from, (owned.get(from) ?? 0n) - amount);
      owned.set(to, (owned.get(to) ?? 0n) + amount);
    }
  }
  total(coin: "stable" | "collateral"): bigint {
    return [...this[coin].values()].reduce((sum, one) => sum + one, 0n);
  }
}

/** Everything that must hold of any market at any time. */
function checkMarket(market: Market, ledger: Ledger, where: string): void {
  const { stablePrecision, collateralPrecision } = market.parameters;
  expect(ledger.total("stable"), where).toBe(ceiling);
  expect(ledger.total("collateral"), where).toBe(0n);
  expect(market.ammHoldings.stable, where).toBe(ledger.stable.get(AMM) ?? 0n);
  expect(market.ammHoldings.collateral, where).toBe(ledger.collateral.get(AMM) ?? 0n);
  expect(market.controllerStable, where).toBe(ledger.stable.get(CONTROLLER));
  const shares = new Map<number, bigint>();
  for (const position of market.positions.values())
    position.shares.forEach((owned, index) => {
      const band = position.firstBand + index;
      shares.set(band, (shares.get(band) ?? 0n) + owned);
    });
  let stable = market.adminFees.stable * stablePrecision;
  let collateral = market.adminFees.collateral * collateralPrecision;
  for (const [band, content] of market.bands) {
    if ((shares.get(band) ?? 0n) !== content.shares) throw new Error(`${where}: shares of band ${band} do not add up`);
    if (content.stable < 0n || content.collateral < 0n)
      throw new Error(`${where}: band ${band} holds less than nothing`);
    if (band > market.activeBand && content.stable !== 0n)
      throw new Error(`${where}: stablecoin above the active band`);
    if (band < market.activeBand && content.collateral !== 0n) throw new Error(`${where}: collateral below it`);
    const outside = band < market.lowestBand || band > market.highestBand;
    if (outside && (content.stable > 0n || content.collateral > 0n)) throw new Error(`${where}: band ${band} outside`);
    stable += content.stable;
    collateral += content.collateral;
  }
  // The AMM has in tokens what its bands and the admin own, and dust besides.
  if (market.ammHoldings.stable * stablePrecision < stable) throw new Error(`${where}: the AMM lacks stablecoin`);
  if (market.ammHoldings.collateral * collateralPrecision < collateral)
    throw new Error(`${where}: it lacks collateral`);
}

/** There and back at one oracle price: nobody ends with more than he began. */
function checkRoundTrip(market: Market, direction: "up" | "down", amount: bigint, where: string): void {
  const there = exchange(market, { trader: "trader", direction, amount, limit: 0n });
  if (there.received === 0n) return;
  const back = exchange(there.market, {
    trader: "trader",
    direction: direction === "up" ? "down" : "up",
    amount: there.received,
    limit: 0n,
  });
  if (back.paid < there.received) return;
  if (back.received > there.paid) throw new Error(`${where}: ${there.paid} came back as ${back.received}`);
}

interface Tally {
  readonly done: Record<string, number>;
  refused: number;
  liquidated: number;
  spared: number;
}

function run(parameters: CrvusdParameters, seed: number, steps: number, tally: Tally): void {
  const random = generator(seed);
  const pick = <One>(from: readonly One[]): One => from[random(from.length)];
  const unitStable = divDown(WAD, parameters.stablePrecision);
  const unitCollateral = divDown(WAD, parameters.collateralPrecision);
  const some = (unit: bigint, upTo: number) => divDown(unit * BigInt(1 + random(upTo * 1000)), 1000n);
  const ledger = new Ledger();
  let market = openMarket(parameters, 2000n * WAD, 0n, ceiling);
  const names = Array.from({ length: 12 }, (_, index) => `borrower-${index}`);

  const attempt = (what: string, call: () => Outcome) => {
    try {
      const outcome = call();
      ledger.book(outcome);
      market = outcome.market;
      tally.done[what] = (tally.done[what] ?? 0) + 1;
    } catch (error) {
      if (!(error instanceof ProtocolError)) throw error;
      tally.refused += 1;
    }
  };

  const liquidateSome = () => {
    for (const account of market.loans.keys()) {
      const before = health(market, account, "full");
      const fraction = pick([WAD, divDown(WAD, 2n), divDown(WAD, 10n)]);
      let refused = false;
      attempt("liquidate", () => {
        try {
          return liquidate(market, { account, liquidator: "liquidator", fraction, leastStable: 0n });
        } catch (error) {
          refused = error instanceof NotEnoughRekt;
          throw error;
        }
      });
      if (refused !== before >= 0n) throw new Error(`seed ${seed}: health ${before}, refused ${refused}`);
      if (refused) tally.spared += 1;
      else tally.liquidated += 1;
    }
  };

  const operations: (() => void)[] = [
    () => {
      const collateral = some(unitCollateral, 50);
      const bandCount = 4 + random(pick([7, 47]));
      const debt = mulDivDown(maxBorrowable(market, collateral, bandCount), BigInt(850 + random(160)), 1000n);
      attempt("create", () => createLoan(market, { account: pick(names), collateral, debt, bandCount }));
    },
    () => {
      const account = pick(names);
      const debt = mulDivDown(debtOf(market, account), BigInt(random(50)), 1000n);
      attempt("borrow", () => borrowMore(market, { account, collateral: some(unitCollateral, 3), debt }));
    },
    () => attempt("remove", () => removeCollateral(market, pick(names), some(unitCollateral, 2))),
    () => {
      const account = pick(names);
      const amount = mulDivDown(debtOf(market, account), BigInt(1 + random(pick([100, 1200]))), 1000n);
      const caller = random(5) === 0 ? "friend" : account;
      attempt("repay", () => repay(market, { account, caller, amount, shrink: random(3) === 0 }));
    },
    () => {
      const direction = pick(["up", "down"] as const);
      const amount = direction === "up" ? some(unitStable, 60_000) : some(unitCollateral, 30);
      if (random(4) === 0) checkRoundTrip(market, direction, amount, `seed ${seed}`);
      attempt(`exchange ${direction}`, () => exchange(market, { trader: "trader", direction, amount, limit: 0n }));
    },
    () => {
      const direction = pick(["up", "down"] as const);
      const amount = direction === "down" ? some(unitStable, 60_000) : some(unitCollateral, 30);
      const call = { trader: "trader", direction, amount: random(20) === 0 ? MAX_UINT256 : amount, limit: MAX_UINT256 };
      attempt(`exchange for ${direction}`, () => exchangeFor(market, call));
    },
    () => {
      const step = BigInt(970 + random(60));
      const jumps = random(12) === 0;
      const price = mulDivDown(market.externalPrice, jumps ? pick([820n, 1200n]) : step, 1000n);
      const kept = price < 700n * WAD || price > 4000n * WAD ? 2000n * WAD : price;
      market = observe(market, market.time + BigInt(random(pick([30, 3000]))), kept);
      if (jumps) liquidateSome();
    },
    () => {
      const { direction, amount } = amountForPrice(market, smoothedOracle(market).price);
      attempt("arbitrage", () => exchange(market, { trader: "trader", direction, amount, limit: 0n }));
    },
    () => {
      market = withRate(market, BigInt(random(10)) * 1_000_000_000n);
    },
  ];
  for (let step = 0; step < steps; step++) {
    pick(operations)();
    if (step % 40 === 0) liquidateSome();
    if (step % 5 === 0) checkMarket(market, ledger, `seed ${seed}, step ${step}`);
  }
  // The controller's total and the single debts part by roundings only: one unit an operation at most.
  const single = [...market.loans.keys()].reduce((sum, account) => sum + debtOf(market, account), 0n);
  const apart = single - totalDebt(market);
  expect(apart <= BigInt(steps) && -apart <= BigInt(steps), `seed ${seed}: total debt off by ${apart}`).toBe(true);
  for (const account of market.loans.keys()) expect(stableWhenFalling(market, account) >= 0n).toBe(true);
}

describe("crvUSD in 24,000 random operations", () => {
  const variants: readonly [string, CrvusdParameters][] = [
    ["v2, 18 decimals", usual],
    ["v2, 6 and 8 decimals", { ...usual, stablePrecision: 10n ** 12n, collateralPrecision: 10n ** 10n }],
    ["v1 with half the fees to the admin", { ...usual, rules: "v1", bandFeeShare: 0n, adminFee: WAD / 2n }],
    [
      "v1, the engine's decimals",
      { ...usual, rules: "v1", bandFeeShare: 0n, stablePrecision: 10n ** 12n, collateralPrecision: 10n ** 11n },
    ],
  ];
  for (const [name, parameters] of variants)
    it(`property: value is conserved, shares add up, nobody healthy is liquidated, no round trip pays (${name})`, () => {
      const tally: Tally = { done: {}, refused: 0, liquidated: 0, spared: 0 };
      for (let seed = 1; seed <= 6; seed++) run(parameters, seed, 1_000, tally);
      // Not a walk through refusals: every kind of call went through many times.
      for (const what of ["create", "repay", "exchange up", "exchange down", "exchange for up", "exchange for down"])
        expect(tally.done[what], `${what} in ${JSON.stringify(tally)}`).toBeGreaterThan(50);
      expect(tally.done.borrow).toBeGreaterThan(5);
      expect(tally.liquidated, JSON.stringify(tally)).toBeGreaterThan(10);
      expect(tally.spared).toBeGreaterThan(50);
      if (process.env.SHOW) console.log(name, JSON.stringify(tally));
    });
});
