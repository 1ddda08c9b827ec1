import { describe, expect, it } from "vitest";
import { NothingToDo, NotLiquidatable } from "../errors.js";
import {
  bankruptcyQuote,
  bankruptcyRating,
  type Chain,
  card,
  configFaults,
  deleverage,
  deleveragingPrice,
  FillAmountNotDivisibleByStepSize,
  FillOutsideOrder,
  type Fraction,
  faults,
  fillablePrice,
  gateWithdrawals,
  genesisLiquidationsConfig,
  genesisTiers,
  InvalidDeleveragedSubaccount,
  InvalidPerpetualPositionSizeDelta,
  initialMarginPpm,
  insuranceFundDelta,
  isLiquidatable,
  isValidTransition,
  LiquidationConflictsWithClobPairStatus,
  type LiquidationsConfig,
  type LiquidityTier,
  limitPrice,
  liquidatableQuantums,
  liquidate,
  liquidationOrder,
  maxPositionNotional,
  NoMarginRequirement,
  NoOraclePrice,
  NoPerpetualPositionsToLiquidate,
  netNotional,
  nextBlock,
  type OraclePrices,
  type PerpetualParameters,
  positionToLiquidate,
  presets,
  type Subaccount,
  SubaccountHasLiquidatedPerpetual,
  subaccountRisk,
  Undercollateralized,
  WithdrawalsAndTransfersBlocked,
  withdraw,
  withdrawalsGated,
} from "./index.js";

const usd = 1_000_000n;

/** Large markets as they were after genesis: 2 % and 60 %, which is what the golden vectors use (720 of 60,000 dollars). */
const large: LiquidityTier = {
  name: "Large-Cap",
  initialMarginPpm: 20_000n,
  maintenanceFractionPpm: 600_000n,
  openInterestLowerCap: 0n,
  openInterestUpperCap: 0n,
};
/** BTC as on chain: 1e10 quantums a coin, prices in steps of 1e-5. */
const btc: PerpetualParameters = {
  baseDecimals: 10,
  quoteDecimals: 6,
  priceDecimals: 5,
  tier: large,
  stepBaseQuantums: 1_000_000n,
  priceStepsPerTick: 1n,
  finalSettlement: false,
};
const coin = 10_000_000_000n;
const open: LiquidationsConfig = {
  ...genesisLiquidationsConfig,
  maxPositionPortionLiquidatedPpm: 1_000_000n,
  maxNotionalLiquidated: 10n ** 15n,
};

function chainOf(subaccounts: Record<string, Subaccount>, change: Partial<Chain> = {}): Chain {
  return {
    config: open,
    perpetuals: { BTC: btc },
    openInterest: {},
    subaccounts,
    insuranceFund: 0n,
    height: 100n,
    liquidatedInBlock: {},
    negativeCollateralSeenAt: null,
    ...change,
  };
}

const at = (dollars: number): OraclePrices => ({ BTC: BigInt(Math.round(dollars * 1e5)) });
const long = (quote: number): Subaccount => ({ quoteBalance: BigInt(quote) * usd, positions: { BTC: coin } });
const short = (quote: number): Subaccount => ({ quoteBalance: BigInt(quote) * usd, positions: { BTC: -coin } });
/** A price of quote quantums a base quantum in dollars a coin. */
const dollars = ({ numerator, denominator }: Fraction, perCoin = 1e4) =>
  (Number((numerator * 10n ** 12n) / denominator) / 1e12) * perCoin;

/** MECHANISMS section 14, golden vectors `dydx` of an independent replica (Float64): liquidatable, TNC, TMMR, ABR, fillable and bankruptcy price. */
const vectors: readonly [string, Subaccount, number, boolean, number, number, number, number, number][] = [
  ["long", long(-58_500), 60_000, false, 1500, 720, 0, 60_000, 58_500],
  ["long", long(-58_500), 59_215, false, 715, 710.58, 0, 59_215, 58_500],
  ["long", long(-58_500), 59_000, true, 500, 708, 0.2937853107344633, 58_688, 58_500],
  ["long", long(-58_500), 58_500, true, 0, 702, 1, 57_447, 58_500],
  ["long", long(-58_500), 58_000, true, -500, 696, 1, 56_956, 58_500],
  ["short", short(61_500), 60_000, false, 1500, 720, 0, 60_000, 61_500],
  ["short", short(61_500), 60_780, true, 720, 729.36, 0.012833168805528134, 60_794.04, 61_500],
  ["short", short(61_500), 61_000, true, 500, 732, 0.31693989071038253, 61_348, 61_500],
  ["short", short(61_500), 62_000, true, -500, 744, 1, 63_116, 61_500],
];

describe("dydx-v4, vectors", () => {
  it.each(vectors)(
    "golden: one BTC %s at %s",
    (_, subaccount, price, liquidatable, collateral, required, rating, fillable, bankruptcy) => {
      const chain = chainOf({ a: subaccount });
      const risk = subaccountRisk(chain, at(price), subaccount);
      expect(isLiquidatable(risk)).toBe(liquidatable);
      expect([Number(risk.netCollateral) / 1e6, Number(risk.maintenanceMargin) / 1e6]).toEqual([collateral, required]);
      expect(dollars(bankruptcyRating(chain, at(price), "a"), 1)).toBeCloseTo(rating, 11);
      expect(dollars(fillablePrice(chain, at(price), "a", "BTC"))).toBeCloseTo(fillable, 7);
      const delta = -subaccount.positions.BTC;
      const quote = bankruptcyQuote(chain, at(price), "a", "BTC", delta);
      expect(quote).toBe((delta < 0n ? 1n : -1n) * BigInt(bankruptcy) * usd);
    },
  );

  const tier = { ...large, initialMarginPpm: 200_000n, maintenanceFractionPpm: 500_000n };
  const markets = { BTC: { ...btc, baseDecimals: 8, tier }, ETH: { ...btc, baseDecimals: 9, priceDecimals: 6, tier } };
  const config = { ...open, spreadToMaintenanceMarginRatioPpm: 100_000n };
  const theirs = (quote: bigint, positions: Record<string, bigint>, change: Partial<LiquidationsConfig> = {}) =>
    chainOf({ a: { quoteBalance: quote, positions } }, { perpetuals: markets, config: { ...config, ...change } });
  const prices = { BTC: 5_000_000_000n, ETH: 3_000_000_000n };

  // Expected values of the protocol's own unit tests (TestGetBankruptcyPriceInQuoteQuantums, v4-chain 84d4664b): BTC 50,000, ETH 3,000, 20 % and 10 % margin.
  it.each<[string, string, bigint, bigint, Record<string, bigint>, bigint]>([
    ["whole long below maintenance", "BTC", -10_000_000n, -4_501n * usd, { BTC: 10_000_000n }, 4_501_000_000n],
    ["whole short below maintenance", "BTC", 10_000_000n, 5_499n * usd, { BTC: -10_000_000n }, -5_499_000_000n],
    ["half a long at bankruptcy", "BTC", -5_000_000n, -5_000n * usd, { BTC: 10_000_000n }, 2_500_000_000n],
    ["half a short at bankruptcy", "BTC", 5_000_000n, 5_000n * usd, { BTC: -10_000_000n }, -2_500_000_000n],
    ["long below bankruptcy", "BTC", -10_000_000n, -5_100n * usd, { BTC: 10_000_000n }, 5_100_000_000n],
    ["short below bankruptcy", "BTC", 10_000_000n, 4_900n * usd, { BTC: -10_000_000n }, -4_900_000_000n],
    ["one of two longs", "ETH", -100_000_000n, -490n * usd, { BTC: 400_000n, ETH: 100_000_000n }, 294_000_000n],
    ["one of two shorts", "ETH", 100_000_000n, 510n * usd, { BTC: -400_000n, ETH: -100_000_000n }, -306_000_000n],
    ["short beside a long", "ETH", 100_000_000n, 110n * usd, { BTC: 400_000n, ETH: -100_000_000n }, -306_000_000n],
    ["part of a long, 2,775.11 rounded up", "BTC", -21_347n, -13n * usd, { BTC: 100_000_000n }, 2_776n],
    ["part of a short, -2,775.11 rounded up", "BTC", 21_347n, 13n * usd, { BTC: -100_000_000n }, -2_775n],
    ["a long without debt", "BTC", -100_000_000n, usd, { BTC: 100_000_000n }, -1_000_000n],
  ])("golden: bankruptcy quote, the chain's own test, %s", (_, market, delta, quote, positions, expected) => {
    expect(bankruptcyQuote(theirs(quote, positions), prices, "a", market, delta)).toBe(expected);
  });

  // TestGetFillablePrice, same source: 49,999/100 and so on quote quantums a base quantum.
  it.each<[string, bigint, bigint, Partial<LiquidationsConfig>, bigint]>([
    ["long", -4_501n, 10_000_000n, {}, 49_999n],
    ["long, adjustment 2", -4_501n, 10_000_000n, { bankruptcyAdjustmentPpm: 2_000_000n }, 49_998n],
    ["long, spread 20 %", -4_501n, 10_000_000n, { spreadToMaintenanceMarginRatioPpm: 200_000n }, 49_998n],
    ["short", 5_499n, -10_000_000n, {}, 50_001n],
    ["short, adjustment 2", 5_499n, -10_000_000n, { bankruptcyAdjustmentPpm: 2_000_000n }, 50_002n],
    ["short, spread 20 %", 5_499n, -10_000_000n, { spreadToMaintenanceMarginRatioPpm: 200_000n }, 50_002n],
  ])("golden: fillable price, the chain's own test, %s", (_, quote, size, change, hundredths) => {
    const { numerator, denominator } = fillablePrice(theirs(quote * usd, { BTC: size }, change), prices, "a", "BTC");
    expect(numerator * 100n).toBe(hundredths * denominator);
  });

  it("golden: position limits and limit prices of the chain's own tests", () => {
    // TestGetMaxAndMinPositionNotionalLiquidatable: 50,000 dollars and 5 dollars.
    const limit = (least: bigint, portion: bigint, notional: bigint) =>
      maxPositionNotional(
        theirs(0n, {}, { minPositionNotionalLiquidated: least, maxPositionPortionLiquidatedPpm: portion }),
        notional,
      );
    expect(limit(100n, 1_000_000n, 50_000n * usd)).toBe(50_000_000_000n);
    expect(limit(100n, 500_000n, 50_000n * usd)).toBe(25_000_000_000n);
    expect(limit(10_000_000n, 1_000_000n, 5n * usd)).toBe(5_000_000n);
    // TestConvertFillablePriceToSubticks: ticks of 100, a step worth ten quote quantums a base quantum.
    const ticks = { ...btc, baseDecimals: 0, quoteDecimals: 1, priceDecimals: 0, priceStepsPerTick: 100n };
    const limitOf = (price: bigint, selling: boolean) =>
      limitPrice(ticks, { numerator: price, denominator: 1n }, selling);
    expect([limitOf(7n, true), limitOf(197n, true), limitOf(0n, true), limitOf(7n, false)]).toEqual([
      100n,
      100n,
      100n,
      100n,
    ]);
    expect([limitOf(1_001n, true), limitOf(1_999n, false)]).toEqual([200n, 100n]);
  });

  it("golden: 33 presets without a fault; genesis tiers 3, 5, 10 and 20 % maintenance", () => {
    expect(presets).toHaveLength(33);
    for (const { name, parameters } of presets) expect([name, faults(parameters)]).toEqual([name, []]);
    expect(configFaults(genesisLiquidationsConfig)).toEqual([]);
    expect(genesisTiers.map((one) => (one.initialMarginPpm * one.maintenanceFractionPpm) / 1_000_000n)).toEqual([
      30_000n,
      50_000n,
      100_000n,
      200_000n,
    ]);
    // A quantum of PEPE is ten coins: 1,000 quantums at 0.00001 dollars are 0.1 dollars.
    const pepe = presets.find((one) => one.name === "pepe-usd") as (typeof presets)[number];
    expect(netNotional(pepe.parameters, 1_000n, 1_000n)).toBe(100_000n);
  });
});

describe("dydx-v4, limits", () => {
  it("equality: net collateral exactly at the maintenance margin is safe, one quantum below not", () => {
    const bad = (quote: bigint) => {
      const one = { quoteBalance: quote, positions: { BTC: coin } };
      return isLiquidatable(subaccountRisk(chainOf({}), at(60_000), one));
    };
    // 720 dollars are needed.
    expect([bad(-59_280n * usd - 1n), bad(-59_280n * usd), bad(-59_280n * usd + 1n)]).toEqual([true, false, false]);
    expect(isLiquidatable({ netCollateral: -1n, initialMargin: 0n, maintenanceMargin: 0n })).toBe(false);
    expect(card.atEquality.liquidatable).toBe(false);
  });
  it("equality: the fund pays down to exactly 0, one quantum more stops the match", () => {
    // Bankruptcy 58,500; sold for 58,400.
    const fill = [{ quantums: coin, quote: 58_400n * usd }];
    const just = liquidate(chainOf({ a: long(-58_500) }, { insuranceFund: 100n * usd }), at(58_600), "a", "BTC", fill);
    expect([just.stopped, just.chain.insuranceFund, just.chain.subaccounts.a.quoteBalance]).toEqual([null, 0n, 0n]);
    const short = liquidate(
      chainOf({ a: long(-58_500) }, { insuranceFund: 100n * usd - 1n }),
      at(58_600),
      "a",
      "BTC",
      fill,
    );
    expect([short.stopped, short.filled]).toEqual(["insurance-fund-has-insufficient-funds", 0n]);
    expect(short.chain.subaccounts.a).toEqual(long(-58_500));
  });
  it("equality: withdrawals are gated for 50 blocks, the first included", () => {
    const seen = (height: bigint) => withdrawalsGated(chainOf({}, { height, negativeCollateralSeenAt: 100n }));
    expect([seen(100n), seen(149n), seen(150n), withdrawalsGated(chainOf({}))]).toEqual([true, true, false, false]);
  });
  it("limit: initial margin rises with open interest between the caps and is one beyond", () => {
    const tier = { ...large, openInterestLowerCap: 20n, openInterestUpperCap: 50n };
    expect([20n, 21n, 35n, 49n, 50n].map((notional) => initialMarginPpm(tier, notional))).toEqual([
      20_000n,
      52_666n,
      510_000n,
      967_333n,
      1_000_000n,
    ]);
  });
});

describe("dydx-v4, steps", () => {
  it("behavior: fee to the fund is 1.5 % of the quote or what is above bankruptcy, whichever is less", () => {
    const chain = chainOf({ a: long(-58_500) });
    const fee = (quote: bigint) =>
      insuranceFundDelta(chain, at(59_000), "a", "BTC", { quantums: coin, quote: quote * usd });
    // 58,800 leaves 300 dollars, 60,000 would leave 1,500 but 1.5 % are 900.
    expect([fee(58_800n), fee(60_000n), fee(58_500n), fee(58_000n)]).toEqual([300n * usd, 900n * usd, 0n, -500n * usd]);
    const done = liquidate(chain, at(59_000), "a", "BTC", [{ quantums: coin, quote: 58_800n * usd }]);
    expect(done.chain.subaccounts.a).toEqual({ quoteBalance: 0n, positions: {} });
    expect(done.chain.insuranceFund).toBe(300n * usd);
    expect(done.movements.reduce((sum, one) => sum + one.quote, 0n)).toBe(0n);
  });

  it("behavior: genesis limits: at most 100,000 dollars of a block, one order a perpetual, again in the next block", () => {
    const config = genesisLiquidationsConfig;
    // 30 BTC at 59,000 are 1,770,000 dollars; 10 % are 177,000; 100,000 dollars buy 1.69491525 BTC, cut to steps of 0.0001.
    const subaccount = { quoteBalance: -1_755_000n * usd, positions: { BTC: 30n * coin } };
    const chain = chainOf({ a: subaccount }, { config });
    const order = liquidationOrder(chain, at(59_000), "a", "BTC");
    expect(order.quantums).toBe(16_949_000_000n);
    const sold = liquidate(chain, at(59_000), "a", "BTC", [
      { quantums: order.quantums, quote: netNotional(btc, order.quantums, 5_900_000_000n) },
    ]);
    expect(sold.chain.liquidatedInBlock.a.notionalLiquidated).toBe(99_999_100_000n);
    expect(() => liquidationOrder(sold.chain, at(59_000), "a", "BTC")).toThrow(SubaccountHasLiquidatedPerpetual);
    expect(liquidatableQuantums(nextBlock(sold.chain), at(59_000), "a", "BTC")).toBe(16_949_000_000n);
    // A smaller position: 1,000 dollars, though 10 % would be 590; 1,000 / 59,000 = 0.016949.
    const small = chainOf({ a: { quoteBalance: -5_850n * usd, positions: { BTC: coin / 10n } } }, { config });
    expect(liquidatableQuantums(small, at(59_000), "a", "BTC")).toBe(169_000_000n);
  });

  it("behavior: positions are taken from the start index on, those already liquidated are passed over", () => {
    const two = { quoteBalance: 0n, positions: { ETH: 5n, BTC: 5n, SOL: 5n } };
    const after = { a: { notionalLiquidated: 0n, insuranceLost: 0n, perpetuals: ["ETH"] } };
    const chain = chainOf({ a: two }, { liquidatedInBlock: after });
    expect([0, 1, 2].map((start) => positionToLiquidate(chain, "a", start))).toEqual(["BTC", "SOL", "SOL"]);
    expect([0, 1, 2].map((start) => positionToLiquidate(nextBlock(chain), "a", start))).toEqual(["BTC", "ETH", "SOL"]);
  });

  it("behavior: deleveraging at the bankruptcy price from the start index on, passing over who would be bankrupt himself", () => {
    const chain = chainOf(
      {
        a: long(-58_500),
        rich: { quoteBalance: 40_000n * usd, positions: { BTC: -coin / 2n } },
        poor: { quoteBalance: 29_200n * usd, positions: { BTC: -coin / 2n } },
        other: { quoteBalance: 31_000n * usd, positions: { BTC: -coin / 2n } },
        same: long(-10_000),
      },
      { openInterest: { BTC: 2n * coin } },
    );
    const prices = at(58_000);
    expect(deleveragingPrice(chain, prices, "a", "BTC")).toBe("bankruptcy");
    const done = deleverage(chain, prices, "a", "BTC", ["rich", "poor", "other", "same"], 1);
    // Half a coin costs 29,250 dollars: `poor` has 29,200.
    expect(done.skipped).toEqual(["poor"]);
    expect(done.fills).toEqual([
      { counterparty: "other", quantums: coin / 2n, quote: 29_250n * usd },
      { counterparty: "rich", quantums: coin / 2n, quote: 29_250n * usd },
    ]);
    expect(done.chain.subaccounts.a).toEqual({ quoteBalance: 0n, positions: {} });
    expect(done.chain.subaccounts.other).toEqual({ quoteBalance: 1_750n * usd, positions: {} });
    expect([done.remaining, done.chain.openInterest.BTC]).toEqual([0n, coin]);
    // Nobody left: half stays open, and withdrawals are gated.
    const alone = deleverage(chain, prices, "a", "BTC", ["poor", "rich"], 0);
    expect(alone.remaining).toBe(coin / 2n);
    const gated = gateWithdrawals(alone.chain, prices, ["a"]);
    expect(gated.negativeCollateralSeenAt).toBe(100n);
    expect(() => withdraw(gated, prices, "rich", usd)).toThrow(WithdrawalsAndTransfersBlocked);
    expect(withdraw(alone.chain, prices, "rich", usd).chain.subaccounts.rich.quoteBalance).toBe(10_749n * usd);
    expect(gateWithdrawals(done.chain, prices, ["a", "rich"]).negativeCollateralSeenAt).toBeNull();
  });

  it("behavior: an empty insurance fund alone deleverages nobody (MECHANISMS section 14 says it does; CanDeleverageSubaccount asks for negative net collateral)", () => {
    const chain = chainOf({ a: long(-58_500), b: short(70_000) });
    const refused = liquidate(chain, at(58_600), "a", "BTC", [{ quantums: coin, quote: 58_400n * usd }]);
    expect(refused.stopped).toBe("insurance-fund-has-insufficient-funds");
    expect(deleveragingPrice(refused.chain, at(58_600), "a", "BTC")).toBeNull();
    expect(() => deleverage(refused.chain, at(58_600), "a", "BTC", ["b"], 0)).toThrow(InvalidDeleveragedSubaccount);
  });

  it("behavior: final settlement closes healthy positions at the oracle price", () => {
    const perpetuals = { BTC: { ...btc, finalSettlement: true } };
    const chain = chainOf({ a: long(-50_000), b: short(70_000) }, { perpetuals });
    const done = deleverage(chain, at(58_000), "a", "BTC", ["b"], 0);
    expect(done.fills[0].quote).toBe(58_000n * usd);
    expect(() => liquidationOrder(chainOf({ a: long(-58_500) }, { perpetuals }), at(58_600), "a", "BTC")).toThrow(
      LiquidationConflictsWithClobPairStatus,
    );
  });
});

describe("dydx-v4, switches", () => {
  const subject = (config: Partial<LiquidationsConfig>) =>
    chainOf({ a: long(-58_500) }, { config: { ...open, ...config }, insuranceFund: 1_000n * usd });
  it("behavior: a smaller largest fee leaves the owner more", () => {
    const kept = (maxLiquidationFeePpm: bigint) =>
      liquidate(subject({ maxLiquidationFeePpm }), at(59_000), "a", "BTC", [{ quantums: coin, quote: 59_000n * usd }])
        .chain.subaccounts.a.quoteBalance;
    expect([kept(1n), kept(15_000n)]).toEqual([500n * usd - 59_000n, 0n]);
  });
  it("behavior: the least spread fills at the oracle price, genesis allows 312 dollars less; a doubled adjustment 624", () => {
    const gap = (config: Partial<LiquidationsConfig>) =>
      59_000 - dollars(fillablePrice(subject(config), at(59_000), "a", "BTC"));
    expect(gap({ spreadToMaintenanceMarginRatioPpm: 1n })).toBeCloseTo(0.000208, 6);
    expect(gap({})).toBeCloseTo(312, 6);
    expect(gap({ bankruptcyAdjustmentPpm: 2_000_000n })).toBeCloseTo(624, 6);
  });
  it("behavior: limits of position, block and insurance each stop a sale that goes through without them", () => {
    const size = (config: Partial<LiquidationsConfig>) => liquidatableQuantums(subject(config), at(59_000), "a", "BTC");
    expect([
      size({}),
      size({ maxPositionPortionLiquidatedPpm: 100_000n }),
      size({ maxNotionalLiquidated: 5_900n * usd }),
    ]).toEqual([coin, coin / 10n, coin / 10n]);
    const sale = (config: Partial<LiquidationsConfig>) =>
      liquidate(subject(config), at(58_600), "a", "BTC", [{ quantums: coin, quote: 58_400n * usd }]).stopped;
    expect([sale({}), sale({ maxQuantumsInsuranceLost: 100n * usd - 1n })]).toEqual([
      null,
      "exceeds-subaccount-max-insurance-lost",
    ]);
  });
  it("behavior: without the scaling by open interest a withdrawal is allowed that it refuses", () => {
    const chain = (upper: bigint) =>
      chainOf(
        { a: long(-57_000) },
        {
          perpetuals: { BTC: { ...btc, tier: { ...large, openInterestUpperCap: upper } } },
          openInterest: { BTC: 10n * coin },
        },
      );
    expect(withdraw(chain(0n), at(60_000), "a", 1_000n * usd).movements.reduce((sum, one) => sum + one.quote, 0n)).toBe(
      0n,
    );
    expect(() => withdraw(chain(1_000_000n * usd), at(60_000), "a", 1_000n * usd)).toThrow(Undercollateralized);
  });
});

describe("dydx-v4, refusals", () => {
  const chain = chainOf({ a: long(-58_500), flat: { quoteBalance: usd, positions: {} } });
  const low = at(58_600);
  it("error: every class of refusal", () => {
    expect(() => liquidationOrder(chain, at(60_000), "a", "BTC")).toThrow(NotLiquidatable);
    expect(() => liquidationOrder(chain, {}, "a", "BTC")).toThrow(NoOraclePrice);
    expect(() => liquidationOrder(chain, low, "x", "BTC")).toThrow(NoPerpetualPositionsToLiquidate);
    expect(() => liquidatableQuantums(chain, low, "flat", "BTC")).toThrow(NoPerpetualPositionsToLiquidate);
    expect(() => positionToLiquidate(chain, "flat", 0)).toThrow(NoPerpetualPositionsToLiquidate);
    expect(() => fillablePrice(chain, low, "flat", "BTC")).toThrow(NoPerpetualPositionsToLiquidate);
    expect(() => deleverage(chain, low, "flat", "BTC", [], 0)).toThrow(NoPerpetualPositionsToLiquidate);
    for (const delta of [0n, 1n, -coin - 1n]) {
      expect(() => bankruptcyQuote(chain, low, "a", "BTC", delta)).toThrow(InvalidPerpetualPositionSizeDelta);
    }
    const fill = (quantums: bigint, quote: bigint) => () => liquidate(chain, low, "a", "BTC", [{ quantums, quote }]);
    expect(fill(0n, 0n)).toThrow(NothingToDo);
    expect(fill(coin + 1n, 10n ** 12n)).toThrow(FillOutsideOrder);
    expect(fill(coin, 1n)).toThrow(FillOutsideOrder);
    expect(fill(1n, 10n ** 12n)).toThrow(FillAmountNotDivisibleByStepSize);
    // One quantum of BTC is worth nothing in whole quote quantums below a price of 10,000 dollars a coin.
    expect(() =>
      bankruptcyQuote(chainOf({ a: { quoteBalance: 0n, positions: { BTC: 1n } } }), at(5), "a", "BTC", -1n),
    ).toThrow(NoMarginRequirement);
    expect(() => withdraw(chain, low, "a", 0n)).toThrow(NothingToDo);
    expect(() => withdraw(chain, low, "a", 1n)).toThrow(Undercollateralized);
  });
  it.each<[string, Partial<PerpetualParameters>]>([
    ["initial-margin-out-of-range", { tier: { ...large, initialMarginPpm: 1_000_001n } }],
    ["maintenance-fraction-out-of-range", { tier: { ...large, maintenanceFractionPpm: 0n } }],
    ["open-interest-caps", { tier: { ...large, openInterestLowerCap: 9n, openInterestUpperCap: 9n } }],
    ["decimals-out-of-range", { baseDecimals: 0.5 }],
    ["step-below-one", { stepBaseQuantums: 0n }],
    ["tick-below-one", { priceStepsPerTick: 0n }],
  ])("error: fault %s", (code, change) => {
    expect(faults({ ...btc, ...change }).map((one) => one.code)).toEqual([code]);
  });
  it("error: faults of the rules, all at once", () => {
    const wrong = {
      maxLiquidationFeePpm: 0n,
      bankruptcyAdjustmentPpm: 999_999n,
      spreadToMaintenanceMarginRatioPpm: 0n,
      minPositionNotionalLiquidated: -1n,
      maxPositionPortionLiquidatedPpm: 1_000_001n,
      maxNotionalLiquidated: 0n,
      maxQuantumsInsuranceLost: 0n,
    };
    expect(configFaults(wrong).map((one) => one.code)).toEqual([
      "fee-out-of-range",
      "portion-out-of-range",
      "adjustment-below-one",
      "spread-zero",
      "min-notional-negative",
      "max-notional-zero",
      "max-insurance-zero",
    ]);
  });
  it("error: an update may not leave a subaccount riskier: the four branches of the chain's rule", () => {
    const risk = (netCollateral: bigint, maintenanceMargin: bigint, initialMargin = 1_000n) => ({
      netCollateral,
      maintenanceMargin,
      initialMargin,
    });
    expect(isValidTransition(risk(10n, 10n), risk(1_000n, 99n))).toBe(true);
    expect(isValidTransition(risk(10n, 10n), risk(11n, 11n))).toBe(false);
    expect([isValidTransition(risk(10n, 10n), risk(5n, 5n)), isValidTransition(risk(10n, 10n), risk(4n, 5n))]).toEqual([
      true,
      false,
    ]);
    expect([isValidTransition(risk(-5n, 0n), risk(-4n, 0n)), isValidTransition(risk(-5n, 0n), risk(-5n, 0n))]).toEqual([
      true,
      false,
    ]);
    expect(isValidTransition(risk(-5n, 5n), risk(-1n, 0n))).toBe(false);
  });
});
