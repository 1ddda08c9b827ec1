import { describe, expect, it } from "vitest";
import { WAD } from "../scales.js";
import {
  type AjnaParameters,
  type AjnaPool,
  AmountLTMinDebt,
  AuctionActive,
  AuctionNotClearable,
  AuctionNotCleared,
  AuctionNotTakeable,
  AuctionPriceGtBucketPrice,
  accrue,
  addQuote,
  auctionPrice,
  BorrowerOk,
  BorrowerUnderCollateralized,
  BucketIndexOutOfBounds,
  bondOf,
  bondPaymentFactor,
  bucketPrice,
  bucketTake,
  DustAmountNotExceeded,
  debtOf,
  drawDebt,
  EMPTY_POOL,
  exp2,
  faults,
  highestThresholdPrice,
  InsufficientCollateral,
  InsufficientLiquidity,
  InvalidAmount,
  isCollateralized,
  kick,
  log2,
  lowestUtilisedPrice,
  MIN_PRICE,
  NoAuction,
  neutralPrice,
  neutralToThreshold,
  presets,
  repayDebt,
  settle,
  take,
  takePenalty,
  totalDeposits,
  withdrawBonds,
} from "./index.js";

/** Decimals as a wad, exactly: `wad("10.5")`. */
function wad(text: string): bigint {
  const [whole, fraction = ""] = text.split(".");
  return BigInt(whole + fraction.padEnd(18, "0"));
}
const number = (amount: bigint) => Number(amount) / 1e18;
const parameters: AjnaParameters = presets[1].parameters;
const HOUR = 3_600n;

/** A pool with 10,000 in each of four buckets about 100 and one loan of 29,000 against 340 units, whose debt then grows by 10 %. */
function opened(rules = parameters): AjnaPool {
  let pool = EMPTY_POOL;
  for (const index of [3_220, 3_232, 3_240, 3_260]) pool = addQuote(rules, pool, index, wad("10000"));
  pool = drawDebt(rules, pool, "a", wad("29000"), wad("340"), 0n);
  return pool;
}
const grown = (rules = parameters) => accrue(opened(rules), wad("1.1"));
const kicked = (rules = parameters) => kick(rules, grown(rules), "a", "k", 0n).pool;
const loanOf = (pool: AjnaPool, t0Debt: string, collateral: string, id = "a"): AjnaPool => ({
  ...pool,
  t0Debt: pool.t0Debt + wad(t0Debt),
  loans: {
    ...pool.loans,
    [id]: {
      t0Debt: wad(t0Debt),
      collateral: wad(collateral),
      neutralRatio: neutralToThreshold(parameters.interestRate),
    },
  },
});

describe("ajna prices", () => {
  it("golden: the auction's price by minutes (MECHANISMS section 9, golden vector ajna_price): the float of our integers is the vector's to 15 digits", () => {
    for (const [minutes, price] of [
      [0n, 256_000],
      [60n, 32_000],
      [120n, 4_000],
      [160n, 3_174.8021039363994],
      [240n, 2_000],
      [360n, 1_000],
      [480n, 500],
      [840n, 62.5],
      [1_440n, 0.06103515625],
    ] as const) {
      expect(number(auctionPrice(wad("1000"), minutes * 60n)) / price, `${minutes}`).toBeCloseTo(1, 14);
    }
    // Where the halvings are whole the integers are exact; at 160 minutes the inverse of 2^(1/3) is cut to 18 places before it is multiplied.
    expect(auctionPrice(wad("1000"), 1_440n * 60n)).toBe(wad("0.06103515625"));
  });

  it("golden: the auction's price to the last unit, as the contract's own tests state it (Auctions.t.sol, ERC20PoolLiquidationsTake.t.sol)", () => {
    for (const [reference, seconds, price] of [
      ["8678.5", 0n, "2221696"],
      ["8678.5", 2_640n, "483524.676068186452113664"],
      ["8678.5", 9_540n, "27712.130183984744559172"],
      ["8678.5", 9_543n, "27704.127762591858494776"],
      ["8678.5", 5n * HOUR, "12273.252401054905374068"],
      ["8678.5", 6n * HOUR, "8678.5"],
      ["8678.5", 13n * HOUR, "767.07827506593158154"],
      ["8678.5", 24n * HOUR, "0.529693603515625"],
      ["8678.5", 36n * HOUR, "0.000129319727420501"],
      ["8678.5", 72n * HOUR, "0.000000000000001627"],
      ["10.921190543779342162", 22_000n, "10.508629868487414"],
      ["10.921190543779342162", 43_000n, "1.391688189743023672"],
      ["10.921190543779342162", 47_000n, "0.946897685981543764"],
    ] as const) {
      expect(auctionPrice(wad(reference), seconds), `${reference} after ${seconds}`).toBe(wad(price));
    }
  });

  it("equality: at two and at fourteen hours the later formula holds: only its rounding differs", () => {
    // 4 x 31 and not 256 x round(31 / 64); 31 / 16 cut and not 4 x round(31 / 64).
    expect(auctionPrice(31n, 2n * HOUR)).toBe(124n);
    expect(auctionPrice(31n, 2n * HOUR - 1n)).toBe(0n);
    expect(auctionPrice(31n, 14n * HOUR)).toBe(1n);
    expect(auctionPrice(31n, 14n * HOUR - 1n)).toBe(0n);
  });

  it("golden: bucket prices to the last unit (PoolHelperTest.t.sol)", () => {
    for (const [index, price] of [
      [0, "1004968987.606512354182109771"],
      [1_077, "4669863.090889329544038534"],
      [2_632, "2000.221618840727700609"],
      [3_232, "100.33236814328200989"],
      [4_156, "1"],
      [4_310, "0.463902261297391185"],
      [5_155, "0.006856528811048429"],
      [7_388, "0.00000009983628289"],
    ] as const) {
      expect(bucketPrice(index), `${index}`).toBe(wad(price));
    }
    expect(bucketPrice(7_388)).toBe(MIN_PRICE);
    for (const index of [-1, 7_389, 0.5]) expect(() => bucketPrice(index)).toThrow(BucketIndexOutOfBounds);
  });

  it("oracle: powers and logarithms against floating point, and against each other", () => {
    for (let step = -400; step <= 400; step++) {
      const x = (BigInt(step) * WAD) / 17n;
      const expected = 2 ** (step / 17);
      expect(Math.abs(number(exp2(x)) - expected)).toBeLessThan(1e-15 + expected * 1e-14);
      if (step >= 0) expect(number(log2(exp2(x)))).toBeCloseTo(step / 17, 12);
    }
    expect(exp2(-60n * WAD)).toBe(0n);
  });

  it("limit: the price never rises, over every ten seconds of 80 hours", () => {
    let last = auctionPrice(wad("1000"), 0n);
    for (let seconds = 10n; seconds < 80n * HOUR; seconds += 10n) {
      const price = auctionPrice(wad("1000"), seconds);
      if (price > last) expect(price, `${seconds}`).toBe(last);
      last = price;
    }
    expect(last < 100n).toBe(true);
  });
});

describe("ajna bonds", () => {
  it("golden: bond payment factor and penalty (MECHANISMS section 9, golden vector ajna_bpf)", () => {
    // Factor 0.0112, neutral price 1112, debt over collateral 1000. In the deployed contract the neutral price also holds 1.04, so that this pair does not
    // arise from one loan: the vector
    // tests the function, not a kick.
    for (const [price, factor, penalty] of [
      ["900", 0.0112, 0.0112],
      ["1000", 0.0112, 0.0112],
      ["1056", 0.0056, 0.0126],
      ["1112", 0, 0.014],
      ["1224", -0.0112, 0.0168],
      ["1500", -0.0112, 0.0168],
    ] as const) {
      const got = bondPaymentFactor(wad("1000"), wad("1112"), wad("0.0112"), wad(price));
      expect(number(got), price).toBeCloseTo(factor, 15);
      expect(number(takePenalty(wad("0.0112"), got)), price).toBeCloseTo(penalty, 15);
    }
  });

  it("golden: the factor to the last unit (Auctions.t.sol testBpf)", () => {
    const factor = (perCollateral: string, neutral: string, price: string) =>
      bondPaymentFactor(wad(perCollateral), wad(neutral), wad("0.1"), wad(price));
    expect(factor("11", "15", "10")).toBe(wad("0.1"));
    expect(factor("9", "15", "10")).toBe(wad("0.083333333333333333"));
    expect(factor("9", "15", "9.5")).toBe(wad("0.091666666666666667"));
    expect(factor("9", "10", "10.5")).toBe(-wad("0.05"));
    expect(factor("11", "5", "10.5")).toBe(-wad("0.1"));
    expect(factor("11", "5", "4")).toBe(wad("0.1"));
    expect(factor("11", "5", "5")).toBe(0n);
  });

  it("golden: ratio, bond and neutral price of a kick (ERC20PoolLiquidationsTake.t.sol)", () => {
    const ratio = neutralToThreshold(wad("0.05"));
    const bond = bondOf(wad("9822.951211365485636463"), ratio);
    expect(bond).toEqual({ factor: wad("0.011180339887498948"), size: wad("109.823933241385648657") });
    expect(neutralPrice(wad("9822.951211365485636463"), wad("1040"), ratio)).toBe(wad("10.921190543779342162"));
    expect(bondOf(WAD, WAD).factor).toBe(wad("0.005"));
    expect(bondOf(WAD, 2n * WAD).factor).toBe(wad("0.03"));
  });
});

describe("ajna", () => {
  it("golden: two takes to the last unit (ERC20PoolLiquidationsTake.t.sol)", () => {
    // The loan as the test states it at the take, with an inflator of 1: its t0 debt and inflator are not published, and the last unit of the debt left hangs
    // on them.
    const within = (ours: bigint, stated: string) => expect([-1n, 0n, 1n]).toContain(ours - wad(stated));
    const auctioned = (debt: string) => {
      const pool = loanOf(EMPTY_POOL, "9822.951211365485636463", "1040");
      const started = kick(parameters, pool, "a", "lender", 0n).pool;
      return { ...started, t0Debt: wad(debt), loans: { a: { ...started.loans.a, t0Debt: wad(debt) } } };
    };
    const all = take(parameters, auctioned("9823.610021566400073017"), "a", wad("1100"), 47_000n);
    expect(all.collateral).toBe(wad("1040"));
    expect(all.paid).toBe(wad("984.77359342080551456"));
    expect(all.bondChange).toBe(wad("11.010103486678303484"));
    expect(all.pool.auctions[0].bondSize).toBe(wad("120.834036728063952141"));
    within(all.pool.loans.a.t0Debt, "8849.846531632272862778");
    const some = take(parameters, auctioned("9823.259585107984853687"), "a", wad("577"), 22_000n);
    expect(some.paid).toBe(wad("6063.479434117237878"));
    expect(some.bondChange).toBe(wad("18.948075348653218429"));
    within(some.pool.loans.a.t0Debt, "3839.782833371446802894");
  });

  it("equality: collateral worth exactly 1.04 times the debt is collateralised, one unit of debt more is not; at the lowest price none is", () => {
    expect(isCollateralized(wad("100"), wad("104"), WAD)).toBe(true);
    expect(isCollateralized(wad("100") + 1n, wad("104"), WAD)).toBe(false);
    expect(isCollateralized(1n, wad("104"), MIN_PRICE)).toBe(false);
    expect(isCollateralized(0n, 0n, MIN_PRICE)).toBe(true);
    // The same through kick: one bucket at a price of 1.
    const pool = loanOf(addQuote(parameters, EMPTY_POOL, 4_156, wad("1000")), "100", "104");
    expect(() => kick(parameters, pool, "a", "k", 0n)).toThrow(BorrowerOk);
    const one = {
      ...pool,
      t0Debt: pool.t0Debt + 1n,
      loans: { a: { ...pool.loans.a, t0Debt: pool.loans.a.t0Debt + 1n } },
    };
    expect(kick(parameters, one, "a", "k", 0n).auction.borrower).toBe("a");
  });

  it("equality: 72 hours to the second are not enough to settle with collateral left, one more is; at 144 hours reserves are free", () => {
    expect(() => settle(kicked(), "a", 10, 72n * HOUR)).toThrow(AuctionNotClearable);
    expect(settle(kicked(), "a", 10, 72n * HOUR + 1n).settled).toBe(true);
    const stripped = (at: bigint) => {
      const pool = kicked();
      return settle({ ...pool, loans: { a: { ...pool.loans.a, collateral: 0n } } }, "a", 10, at);
    };
    expect(stripped(144n * HOUR - 1n).t0ByReserves).toBe(kicked().auctions[0].t0ReserveSettleAmount);
    expect(stripped(144n * HOUR).t0ByReserves > stripped(144n * HOUR - 1n).t0ByReserves).toBe(true);
  });

  it("behavior: the lowest utilised price is that of the bucket down to which deposits cover the debt", () => {
    const pool = opened();
    expect(lowestUtilisedPrice(pool, 0n)).toBe(bucketPrice(0));
    expect(lowestUtilisedPrice(pool, wad("10000"))).toBe(bucketPrice(3_220));
    expect(lowestUtilisedPrice(pool, wad("10000") + 1n)).toBe(bucketPrice(3_232));
    expect(lowestUtilisedPrice(pool, wad("40000") + 1n)).toBe(MIN_PRICE);
    expect(highestThresholdPrice(pool)).toBe(
      (((pool.loans.a.t0Debt * WAD + wad("170")) / wad("340")) * 104n + 50n) / 100n,
    );
  });

  it("behavior: reference prices are chained, bonds are reused, and taking above the neutral price costs the kicker", () => {
    let pool = drawDebt(parameters, opened(), "b", wad("100"), wad("3"), 0n);
    pool = accrue(pool, wad("1.4"));
    const first = kick(parameters, pool, "a", "k", 0n);
    const second = kick(parameters, first.pool, "b", "k", 60n);
    expect(second.auction.referencePrice).toBe(first.auction.referencePrice);
    expect(second.auction.neutralPrice < first.auction.referencePrice).toBe(true);
    const early = take(parameters, first.pool, "a", WAD, 5n * HOUR);
    expect(early.bondChange < 0n).toBe(true);
    const late = take(parameters, first.pool, "a", WAD, 8n * HOUR);
    expect(late.bondChange > 0n).toBe(true);
    expect(early.price > first.auction.neutralPrice && late.price < first.auction.neutralPrice).toBe(true);
    // A loan repaid by a take leaves the auction; its bond is claimable and serves the next kick.
    const done = take(parameters, second.pool, "b", wad("3"), 9n * HOUR);
    expect(done.settled).toBe(true);
    const bond = done.pool.kickers.k.claimable;
    expect(bond > 0n && done.pool.loans.b.collateral > 0n).toBe(true);
    const again = kick(parameters, loanOf(done.pool, "100", "0.5", "c"), "c", "k", 9n * HOUR);
    expect(again.paid < again.auction.bondSize).toBe(true);
    expect(withdrawBonds(parameters, done.pool, "k", wad("1000")).paid).toBe(bond);
  });

  it("behavior: a bucket takes collateral when the auction is below its price: by arbitrage at the auction's price, else at its own", () => {
    const pool = kicked();
    const at = 7n * HOUR;
    const arbitrage = bucketTake(parameters, pool, "a", 3_232, false, at);
    const byDeposit = bucketTake(parameters, pool, "a", 3_232, true, at);
    expect(arbitrage.price < byDeposit.price).toBe(true);
    expect(byDeposit.price).toBe(bucketPrice(3_232));
    expect(arbitrage.collateral > byDeposit.collateral).toBe(true);
    for (const outcome of [arbitrage, byDeposit]) {
      // All but a unit's worth of the deposit, and all collateral of it is the bucket's.
      expect(outcome.depositUsed <= wad("10000") && outcome.depositUsed > wad("9999")).toBe(true);
      expect(outcome.pool.buckets[3_232].collateral).toBe(outcome.collateral);
      expect(outcome.pool.quoteBalance).toBe(pool.quoteBalance);
    }
    // The taker's shares are worth the difference, which the lenders of the bucket do not lose.
    const worth = ({ deposit, collateral }: { deposit: bigint; collateral: bigint }) =>
      deposit * WAD + collateral * bucketPrice(3_232);
    const before = pool.buckets[3_232];
    const after = arbitrage.pool.buckets[3_232];
    expect(worth(after) * before.lp >= worth(before) * after.lp - worth(before) * 10n).toBe(true);
    // Above the neutral price a bucket take costs the kicker his bond, in quote tokens.
    const high = addQuote(parameters, pool, 3_100, wad("1000"));
    expect(bucketTake(parameters, high, "a", 3_100, true, at).bondChange < 0n).toBe(true);
  });

  it("behavior: a settlement swaps collateral for deposits, then spends reserves up to the loan's limit, then cancels deposits", () => {
    const pool = kicked();
    const done = settle(pool, "a", 10, 73n * HOUR);
    expect(done.settled).toBe(true);
    // 340 units buy deposits from the highest bucket down: 10,000 each at 106.5, 100.3 and, in part, 96.4.
    expect(done.collateralMoved <= wad("340")).toBe(true);
    expect(done.t0ByDeposits > 0n && done.t0ByReserves >= 0n).toBe(true);
    expect(done.pool.kickers.k.claimable).toBe(pool.auctions[0].bondSize);
    // Half the collateral: 170 units buy about 17,500; the rest is reserves and cancelled deposits.
    const poor = { ...pool, loans: { a: { ...pool.loans.a, collateral: wad("170") } } };
    const short = settle(poor, "a", 10, 73n * HOUR);
    expect(short.settled).toBe(true);
    expect(number(short.depositsUsed)).toBeCloseTo(
      10_000 + (170 - 10_000 / number(bucketPrice(3_220))) * number(bucketPrice(3_232)),
      6,
    );
    expect(short.t0ByReserves).toBe(pool.auctions[0].t0ReserveSettleAmount);
    const { t0ByDeposits, t0ByReserves, t0Forgiven } = short;
    expect(t0ByDeposits + t0ByReserves + t0Forgiven).toBe(poor.loans.a.t0Debt);
    // Each bucket cancelled whole rounds its debt down on its own.
    const apart = debtOf(pool, t0Forgiven) - short.depositsCancelled;
    expect(apart >= -3n && apart <= 3n).toBe(true);
    // One bucket at a time: the auction goes on, the limit is remembered.
    const step = settle(poor, "a", 1, 73n * HOUR);
    expect(step.settled).toBe(false);
    expect(step.depositsUsed).toBe(wad("10000"));
    expect(step.pool.auctions.length).toBe(1);
    // Without any deposits the collateral goes into the lowest bucket and reserves alone may pay.
    const bare = { ...poor, buckets: {} };
    const left = settle(bare, "a", 3, 73n * HOUR);
    expect(left.pool.buckets[7_388].collateral).toBe(wad("170"));
    expect(left.t0ByReserves > pool.auctions[0].t0ReserveSettleAmount).toBe(true);
  });

  it("behavior: reserves are what exceeds deposits by more than a billionth", () => {
    const pool = kicked();
    const stripped = { ...pool, loans: { a: { ...pool.loans.a, collateral: 0n } } };
    const done = settle(stripped, "a", 10, 144n * HOUR);
    // All debt is this loan's, the inflator 1.1: quote + debt - 1.000000001 x deposits - bond, all of it over 1.1, rounded down.
    const debt = (pool.t0Debt * pool.inflator) / WAD;
    const deposits = totalDeposits(pool);
    const reserves = pool.quoteBalance + debt - deposits - deposits / 1_000_000_000n - pool.totalBondEscrowed;
    expect(done.t0ByReserves).toBe((reserves * WAD) / pool.inflator);
  });

  it("limit: a bucket whose deposit is cancelled whole is bankrupt: its shares are void", () => {
    const pool = kicked();
    const none = { ...pool, loans: { a: { ...pool.loans.a, collateral: 0n } } };
    const { pool: after } = settle(none, "a", 10, 73n * HOUR);
    expect(after.buckets[3_220]).toEqual({ deposit: 0n, collateral: 0n, lp: 0n });
    expect(totalDeposits(after) > 0n).toBe(true);
  });

  it("behavior: tokens of six decimals: payments round up to a unit, a wider rate costs more fee and bond", () => {
    const coarse = presets[0].parameters;
    const pool = kicked(coarse);
    const one = take(coarse, pool, "a", WAD, 8n * HOUR);
    expect(one.paid % coarse.quoteScale).toBe(0n);
    expect(one.paid >= take(parameters, kicked(), "a", WAD, 8n * HOUR).paid).toBe(true);
    const dear = { ...parameters, interestRate: wad("0.5") };
    expect(opened(dear).loans.a.t0Debt > opened().loans.a.t0Debt).toBe(true);
    expect(
      kick(dear, accrue(opened(dear), wad("1.1")), "a", "k", 0n).auction.bondFactor > kicked().auctions[0].bondFactor,
    ).toBe(true);
  });

  it("error: every refusal", () => {
    const pool = kicked();
    expect(() => addQuote(parameters, EMPTY_POOL, 1, 0n)).toThrow(InvalidAmount);
    expect(() => accrue(grown(), WAD)).toThrow(InvalidAmount);
    expect(() => drawDebt(parameters, EMPTY_POOL, "a", 1n, 1n, 0n)).toThrow(InsufficientLiquidity);
    expect(() => drawDebt(parameters, opened(), "b", wad("1000"), wad("10"), 0n)).toThrow(BorrowerUnderCollateralized);
    expect(() => drawDebt(parameters, pool, "a", 0n, 1n, 0n)).toThrow(AuctionActive);
    expect(() => drawDebt(parameters, pool, "b", 1n, 1n, 73n * HOUR)).toThrow(AuctionNotCleared);
    expect(() =>
      drawDebt({ ...parameters, quoteScale: 1n }, { ...opened(), inflator: WAD }, "b", 0n, 0n, 0n),
    ).not.toThrow();
    expect(() => repayDebt(parameters, pool, "a", WAD, 0n, 0n)).toThrow(AuctionActive);
    expect(() => repayDebt(parameters, opened(), "a", 0n, 0n, 0n)).toThrow(InvalidAmount);
    expect(() => repayDebt(parameters, opened(), "a", 0n, wad("100"), 0n)).toThrow(BorrowerUnderCollateralized);
    const coarse = presets[0].parameters;
    const dust = opened(coarse);
    const whole = debtOf(dust, dust.loans.a.t0Debt);
    expect(() => repayDebt(coarse, dust, "a", whole - 1n, 0n, 0n)).toThrow(DustAmountNotExceeded);
    let many = opened();
    for (let place = 0; place < 9; place++) many = drawDebt(parameters, many, `${place}`, wad("500"), wad("6"), 0n);
    expect(() => drawDebt(parameters, many, "small", wad("10"), wad("1"), 0n)).toThrow(AmountLTMinDebt);
    expect(() => kick(parameters, opened(), "a", "k", 0n)).toThrow(BorrowerOk);
    expect(() => kick(parameters, opened(), "nobody", "k", 0n)).toThrow(BorrowerOk);
    expect(() => kick(parameters, pool, "a", "k", 1n)).toThrow(AuctionActive);
    expect(() => kick(parameters, loanOf(EMPTY_POOL, "1", "0"), "a", "k", 1n)).toThrow(InsufficientCollateral);
    expect(() => take(parameters, pool, "a", 0n, 1n)).toThrow(InvalidAmount);
    expect(() => take(parameters, pool, "a", 1n, 0n)).toThrow(AuctionNotTakeable);
    expect(() => take(parameters, opened(), "a", 1n, 0n)).toThrow(NoAuction);
    expect(() => take(parameters, pool, "a", 1n, 200n * HOUR)).toThrow(InvalidAmount);
    expect(() => take(parameters, { ...pool, loans: { a: { ...pool.loans.a, collateral: 0n } } }, "a", 1n, 1n)).toThrow(
      InsufficientCollateral,
    );
    expect(() => bucketTake(parameters, pool, "a", 3_232, false, HOUR)).toThrow(AuctionPriceGtBucketPrice);
    expect(() => bucketTake(parameters, pool, "a", 3_000, false, 7n * HOUR)).toThrow(InsufficientLiquidity);
    const crumb = { ...pool, buckets: { ...pool.buckets, 3_232: { deposit: 1n, collateral: 0n, lp: 1n } } };
    expect(() => bucketTake(parameters, crumb, "a", 3_232, false, 7n * HOUR)).toThrow(InsufficientLiquidity);
    expect(() => settle(opened(), "a", 1, 0n)).toThrow(NoAuction);
    expect(() => withdrawBonds(parameters, pool, "k", WAD)).toThrow(InsufficientLiquidity);
  });

  it("error: every fault of the parameters is named, all at once", () => {
    for (const preset of presets) expect(faults(preset.parameters), preset.name).toEqual([]);
    expect(
      faults({ quoteScale: 0n, collateralScale: 3n, interestRate: -1n }).map(({ code, key }) => `${code} ${key}`),
    ).toEqual([
      "scale-out-of-range quoteScale",
      "scale-out-of-range collateralScale",
      "rate-out-of-range interestRate",
    ]);
    expect(faults({ ...parameters, interestRate: 5n * WAD })[0].code).toBe("rate-out-of-range");
  });
});

/** A take in floating point, from the rule: what the taker pays and how much debt it repays. */
function takeInFloats(
  price: number,
  debt: number,
  collateral: number,
  wanted: number,
  factor: number,
  neutral: number,
  perCollateral: number,
) {
  const share = Math.max(-1, Math.min(1, (neutral - price) / (neutral - perCollateral)));
  const borrowers = price * (1 - 1.25 * factor + 0.25 * factor * share);
  const taken = Math.min(wanted, collateral, debt / borrowers);
  return { paid: taken * price, repaid: taken * borrowers, bond: taken * price * factor * share };
}

describe("ajna at random", () => {
  const sequence = (seed: number) => {
    let state = seed >>> 0;
    return (most: number) => {
      state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
      return Math.floor((state / 2 ** 32) * (most + 1));
    };
  };

  it("oracle: 1,000 takes against the rule in floating point", () => {
    const draw = sequence(23);
    const started = kick(parameters, grown(), "a", "k", 0n).pool;
    const auction = started.auctions[0];
    const bond = 10n ** 24n;
    const pool = {
      ...started,
      auctions: [{ ...auction, bondSize: bond }],
      totalBondEscrowed: bond,
      kickers: { k: { locked: bond, claimable: 0n } },
    };
    const debt = number(debtOf(pool, pool.loans.a.t0Debt));
    for (let run = 0; run < 1_000; run++) {
      const at = BigInt(1 + draw(40_000));
      const wanted = 0.001 + draw(400_000) / 1_000;
      const got = take(parameters, pool, "a", BigInt(Math.round(wanted * 1e6)) * 10n ** 12n, at);
      const { bondFactor, neutralPrice: neutral, debtToCollateral } = auction;
      const expected = takeInFloats(
        number(got.price),
        debt,
        340,
        wanted,
        number(bondFactor),
        number(neutral),
        number(debtToCollateral),
      );
      expect(Math.abs(number(got.paid) / expected.paid - 1), `run ${run} of seed 23`).toBeLessThan(1e-9);
      expect(Math.abs(number(debtOf(pool, got.t0Repaid)) / expected.repaid - 1), `run ${run} of seed 23`).toBeLessThan(
        1e-9,
      );
      expect(Math.abs(number(got.bondChange) - expected.bond), `run ${run} of seed 23`).toBeLessThan(
        1e-9 * expected.paid,
      );
    }
  });

  it("property: 20,000 operations: quote tokens, collateral, bonds and debt conserved to the unit, reserves fall only by settling, no collateralised loan is kicked", () => {
    const seed = 29;
    const draw = sequence(seed);
    const rules = presets[0].parameters;
    let pool = EMPTY_POOL;
    let [quote, collateral, at] = [0n, 0n, 0n];
    const counts = {
      deposits: 0,
      draws: 0,
      repays: 0,
      kicks: 0,
      takes: 0,
      bucketTakes: 0,
      settles: 0,
      bonds: 0,
      refused: 0,
    };
    const reservesOf = (one: AjnaPool) =>
      one.quoteBalance + debtOf(one, one.t0Debt) - totalDeposits(one) - one.totalBondEscrowed - one.unclaimedReserves;
    for (let step = 0; step < 20_000; step++) {
      const label = `step ${step} of seed ${seed}`;
      at += BigInt(draw(1_500));
      const borrower = `${draw(14)}`;
      const kicker = `k${draw(2)}`;
      const queued = pool.auctions[draw(Math.max(0, pool.auctions.length - 1))]?.borrower ?? borrower;
      const kind = draw(19);
      const before = pool;
      let allowed = 0n;
      try {
        if (kind < 2) {
          const amount = wad(`${draw(6_000)}`);
          pool = addQuote(rules, pool, 3_200 + 8 * draw(9), amount);
          quote += amount;
          counts.deposits++;
        } else if (kind < 6) {
          const amount = wad(`${100 + draw(4_000)}`);
          const pledged = amount / 100n + wad(`${draw(8)}`);
          pool = drawDebt(rules, pool, borrower, amount, pledged, at);
          quote -= amount;
          collateral += pledged;
          counts.draws++;
        } else if (kind < 7) {
          const paid = repayDebt(rules, pool, borrower, wad(`${draw(3_000)}`), 0n, at);
          pool = paid.pool;
          quote += paid.paid;
          counts.repays++;
        } else if (kind < 9) {
          pool = accrue(pool, pool.inflator + (pool.inflator * BigInt(draw(30))) / 4_000n);
          allowed = -1n;
        } else if (kind < 12) {
          const price = lowestUtilisedPrice(pool, debtOf(pool, pool.t0Debt));
          // The riskiest loan that is not in auction, whether it may be kicked or not.
          const waiting = Object.entries(pool.loans).filter(
            ([id]) => !pool.auctions.some((one) => one.borrower === id),
          );
          const [riskiest = borrower] = waiting.reduce<[string?, number?]>((worst, [id, one]) => {
            const ratio = Number(one.t0Debt) / Number(one.collateral + 1n);
            return ratio > (worst[1] ?? 0) ? [id, ratio] : worst;
          }, []);
          const started = kick(rules, pool, riskiest, kicker, at);
          const { t0Debt, collateral: held } = pool.loans[riskiest];
          expect(isCollateralized(debtOf(pool, t0Debt), held, price), label).toBe(false);
          pool = started.pool;
          quote += started.paid;
          counts.kicks++;
        } else if (kind < 15) {
          const taken = take(rules, pool, queued, wad(`${1 + draw(4)}`), at);
          pool = taken.pool;
          quote += taken.paid;
          collateral -= taken.collateral;
          counts.takes++;
        } else if (kind < 17) {
          pool = bucketTake(rules, pool, queued, 3_200 + 8 * draw(9), draw(1) === 0, at).pool;
          counts.bucketTakes++;
        } else if (kind < 19) {
          const done = settle(pool, queued, 1 + draw(6), at);
          allowed = debtOf(pool, done.t0ByReserves) + 1n;
          pool = done.pool;
          counts.settles++;
        } else {
          const paid = withdrawBonds(rules, pool, kicker, wad(`${draw(500)}`));
          pool = paid.pool;
          quote -= paid.paid;
          counts.bonds++;
        }
      } catch (error) {
        if (!(error instanceof Error) || error.constructor === Error || error.name === "AssertionError") throw error;
        counts.refused++;
      }
      if (pool === before) continue;
      const buckets = Object.values(pool.buckets);
      const loans = Object.values(pool.loans);
      const total = (amounts: readonly bigint[]) => amounts.reduce((sum, amount) => sum + amount, 0n);
      const bonds = Object.values(pool.kickers);
      // Compared first: an assertion with a label costs more than the step.
      const balances: [bigint, bigint][] = [
        [pool.quoteBalance, quote],
        [total(buckets.map((one) => one.collateral)) + total(loans.map((one) => one.collateral)), collateral],
        [total(loans.map((one) => one.t0Debt)), pool.t0Debt],
        [total(bonds.map((one) => one.locked + one.claimable)), pool.totalBondEscrowed],
        [total(bonds.map((one) => one.locked)), total(pool.auctions.map((one) => one.bondSize))],
      ];
      for (const [ours, expected] of balances) if (ours !== expected) expect(ours, label).toBe(expected);
      if ([...buckets.map((one) => one.deposit), ...loans.map((one) => one.collateral)].some((amount) => amount < 0n)) {
        throw new Error(`negative at ${label}`);
      }
      // Rounding costs reserves at most a few units an operation: half a unit for each of debt, repaid debt, deposit used and bond.
      if (allowed >= 0n) {
        const fall = reservesOf(before) - reservesOf(pool);
        if (fall > allowed + 8n * (1n + pool.inflator / WAD)) expect(fall, label).toBeLessThanOrEqual(allowed);
      }
    }
    expect(Math.min(...Object.values(counts)), JSON.stringify(counts)).toBeGreaterThan(60);
  });
});
