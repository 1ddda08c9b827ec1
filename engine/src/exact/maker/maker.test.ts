import { describe, expect, it } from "vitest";
import { NothingToDo, NotLiquidatable } from "../errors.js";
import { RAD, RAY, WAD } from "../scales.js";
import type { MakerParameters } from "./index.js";
import * as maker from "./index.js";
import { DAI, dai, ETH, ethA, marketWith, price, rich, start, withPrice } from "./test-support.js";

const {
  accrueFees,
  adjustVault,
  auctionPrice,
  auctionStatus,
  bark,
  barkSize,
  elapse,
  emptyState,
  faults,
  heal,
  joinCollateral,
  pokeOracle,
  pokeSafetyPrice,
  redo,
  rpow,
  saleSize,
  setBreaker,
  take,
  tripBreaker,
} = maker;

/** 10 ETH against 14,000 DAI at 2,000 less one cent of safety: the vault of MECHANISMS section 30, liquidated. */
const section30 = { alice: { collateral: 10n * ETH, normalisedDebt: 14_000n * DAI } };
/** The same collateral against 25,000 DAI: far under water, and large enough to be cut in two. */
const larger = { alice: { collateral: 10n * ETH, normalisedDebt: 25_000n * DAI } };
const barked = () => bark(ethA, marketWith(ethA, price(2_000n), section30), "alice", "keeper");

describe("golden: price curves (MECHANISMS section 4, golden vectors maker_price, of an independent integer replica)", () => {
  const top = 2_200n * RAY;
  const stairstep = { kind: "stairstep", cut: (99n * RAY) / 100n, step: 90n } as const;
  const linear = { kind: "linear", seconds: 7_200n } as const;
  const exponential = { kind: "exponential", cut: (9_999n * RAY) / 10_000n } as const;
  const rows: readonly (readonly [bigint, bigint, bigint, bigint, boolean])[] = [
    [0n, 2200000000000000000000000000000n, 2200000000000000000000000000000n, 2200000000000000000000000000000n, false],
    [89n, 2200000000000000000000000000000n, 2172805555555555555555555553600n, 2180505902695445828797066867600n, false],
    [90n, 2178000000000000000000000000000n, 2172500000000000000000000000000n, 2180287852105176284214187162400n, false],
    [900n, 1989640565019369878022000000000n, 1925000000000000000000000000000n, 2010639559095088501471802847200n, false],
    [
      3600n,
      1471737868853297130664344917800n,
      1100000000000000000000000000000n,
      1534860287780435768817988791600n,
      false,
    ],
    [7110n, 994496030586246475866408088600n, 27500000000000000000000000000n, 1080497742869504080573273388600n, false],
    [7190n, 994496030586246475866408088600n, 3055555555555555555555553600n, 1071887816052158104632524916200n, false],
    [7200n, 984551070280384011107744008000n, 0n, 1070816410457019139015985383600n, true],
    [7201n, 984551070280384011107744008000n, 0n, 1070709328815973437102083785400n, true],
  ];
  it.each(rows)("golden: maker_price at second %s", (seconds, stair, line, exponent, needsReset) => {
    expect(auctionPrice(stairstep, top, seconds)).toBe(stair);
    expect(auctionPrice(linear, top, seconds)).toBe(line);
    expect(auctionPrice(exponential, top, seconds)).toBe(exponent);
    expect(auctionStatus(ethA, { startedAt: start, startPrice: top }, start + seconds)).toEqual({
      price: stair,
      needsReset,
    });
  });

  it("golden: maker_first_reset is second 7200, by price and not by time", () => {
    const status = (seconds: bigint) => auctionStatus(ethA, { startedAt: start, startPrice: top }, start + seconds);
    let first = 0n;
    while (!status(first).needsReset) first++;
    expect(first).toBe(7200n);
    const noFloor = { ...ethA, resetBelowShare: 1n };
    const byTime = (seconds: bigint) =>
      auctionStatus(noFloor, { startedAt: start, startPrice: top }, start + seconds).needsReset;
    expect([byTime(7200n), byTime(7201n)]).toEqual([false, true]);
  });
});

describe("golden: bark and take (MECHANISMS section 4, golden vectors maker_bark and maker_take, of an independent integer replica)", () => {
  it("golden: maker_bark normal", () => {
    const done = barked();
    expect(done).toMatchObject({
      normalisedDebt: 14000000000000000000000n,
      collateral: 10000000000000000000n,
      debt: 14000000000000000000000000000000000000000000000000n,
      tab: 15820000000000000000000000000000000000000000000000n,
      startPrice: 2_200n * RAY,
      // tip 250 + 0.1 % of 15,820
      incentive: dai(26_582n) / 100n,
    });
  });

  // These two carry no inputs. The room stands in their names. With the first one's debt of 14,000 less than dust would be left and the whole vault would go;
  // collateral over debt of the result, 3.5398 of 10 ETH for 8,849.56, says that the vault owed 25,000 (10 x 8,849.56 / 3.5398), and that gives every digit.
  it("golden: maker_bark throttled to a room of 10,000", () => {
    const size = barkSize(ethA, larger.alice, RAY, dai(10_000n));
    expect(size).toEqual({
      normalisedDebt: 8849557522123893805309n,
      collateral: 3539823008849557522n,
      debt: 8849557522123893805309000000000000000000000000000n,
      tab: 9999999999999999999999170000000000000000000000000n,
    });
    const narrow = { ...ethA, auctionLimit: dai(10_000n) };
    expect(bark(narrow, marketWith(narrow, price(2_000n), larger), "alice", "keeper")).toMatchObject(size);
    expect(barkSize(ethA, section30.alice, RAY, dai(10_000n)).tab).toBe(dai(15_820n));
  });

  it("golden: maker_bark throttled to 8,000 is a dusty auction", () => {
    expect(() => barkSize(ethA, larger.alice, RAY, dai(8_000n))).toThrow(maker.DustyAuction);
  });

  it("golden: maker_take, a partial purchase that would leave less than chost is trimmed", () => {
    expect(maker.leastTab(ethA)).toBe(dai(8_475n));
    expect(saleSize({ lot: 10n * ETH, tab: dai(15_820n) }, 1_800n * RAY, 8n * ETH, dai(8_475n))).toEqual({
      owed: 7345000000000000000000000000000000000000000000000n,
      slice: 4080555555555555555n,
    });
  });

  it("golden: maker_take, trimmed and in full, through the whole call at a price of 1,800", () => {
    // a start price of 1,800 without fall: the oracle says 1,800 / 1.1 rounded up, and the rounding is taken off again
    const done = barked();
    const state = rich(done.state, "buyer", dai(1_000_000n));
    const running = { ...state.auctions.get(1n)!, startPrice: 1_800n * RAY };
    const at1800 = { ...state, auctions: new Map([[1n, running]]) };
    const buy = (amount: bigint) =>
      take(ethA, at1800, { auction: 1n, amount, maximumPrice: 1_800n * RAY, buyer: "buyer" });
    expect(buy(8n * ETH)).toMatchObject({ tabLeft: dai(8_475n), lotLeft: 5919444444444444445n, ended: false });
    expect(buy(10n * ETH)).toMatchObject({
      owed: 15820000000000000000000000000000000000000000000000n,
      slice: 8788888888888888888n,
      tabLeft: 0n,
      lotLeft: 1211111111111111112n,
      returned: 1211111111111111112n,
      ended: true,
    });
    expect(buy(10n * ETH).state.collateral.get("alice")).toBe(1211111111111111112n);
  });
});

describe("equality: Maker", () => {
  // 10 ETH at 1,450 over 145 % carry exactly 10,000 DAI
  const at = (normalisedDebt: bigint) =>
    marketWith(ethA, price(1_450n), { alice: { collateral: 10n * ETH, normalisedDebt } });

  it("equality: a vault exactly at the limit is safe, one unit of debt more is not (Dog.bark)", () => {
    expect(maker.card.atEquality.liquidatable).toBe(false);
    expect(() => bark(ethA, at(10_000n * DAI - 1n), "alice", "keeper")).toThrow(maker.NotUnsafe);
    expect(() => bark(ethA, at(10_000n * DAI), "alice", "keeper")).toThrow(NotLiquidatable);
    expect(bark(ethA, at(10_000n * DAI + 1n), "alice", "keeper").collateral).toBe(10n * ETH);
  });

  it("equality: a draw up to the limit is allowed, one unit more is not (Vat.frob)", () => {
    const draw = (more: bigint) =>
      adjustVault(ethA, at(8_000n * DAI), "alice", { collateral: 0n, normalisedDebt: 2_000n * DAI + more });
    expect(draw(0n).state.vaults.get("alice")?.normalisedDebt).toBe(10_000n * DAI);
    expect(() => draw(1n)).toThrow(maker.NotSafe);
  });

  it("equality: the breaker trips below the tolerance, not at it (ClipperMom.tripBreaker)", () => {
    const next = (value: bigint) => {
      const state = at(8_000n * DAI);
      return { ...state, oracle: { ...state.oracle, next: value } };
    };
    expect(() => tripBreaker(ethA, next(price(725n)))).toThrow(maker.PriceWithinBounds);
    expect(tripBreaker(ethA, next(price(725n) - 1n)).stopped).toBe(2);
  });

  it("equality: the price may be poked at the end of the hour, not a second before (OSM.poke)", () => {
    const poked = pokeOracle(ethA, emptyState(start + 59n), price(2_000n));
    expect(poked.oracle.pokedAt).toBe(start);
    expect(() => pokeOracle(ethA, { ...poked, now: start + 3_599n }, price(1n))).toThrow(maker.NotPassed);
    expect(pokeOracle(ethA, { ...poked, now: start + 3_600n }, price(1n)).oracle.current).toBe(price(2_000n));
  });

  it("equality: a keeper is paid for a reset where the tab reaches chost, not one rad below (Clipper.redo)", () => {
    const paid = (tab: bigint) => {
      const { state } = barked();
      const auctions = new Map([[1n, { ...state.auctions.get(1n)!, tab }]]);
      return redo(ethA, elapse({ ...state, auctions }, 7_200n), 1n, "keeper").incentive;
    };
    expect(paid(dai(8_475n) - 1n)).toBe(0n);
    expect(paid(dai(8_475n))).toBe(dai(250n) + dai(8_475n) / 1_000n);
  });

  it("equality: a lot is worth a reset's reward from chost on (Clipper.redo)", () => {
    const paid = (lot: bigint) => {
      const { state } = barked();
      const auctions = new Map([[1n, { ...state.auctions.get(1n)!, lot }]]);
      return redo(ethA, elapse({ ...state, auctions }, 7_200n), 1n, "keeper").incentive > 0n;
    };
    // 8,475 / 2,000
    const enough = (8_475n * ETH) / 2_000n;
    expect([paid(enough - 1n), paid(enough)]).toEqual([false, true]);
  });

  it("equality: a purchase may leave exactly chost, one rad less is trimmed (Clipper.take)", () => {
    const standing = { lot: 10n * ETH, tab: 10_000n * RAD };
    const price1 = RAY; // one rad unit for one unit of collateral at price 1
    const leaves = (amount: bigint, chost: bigint) =>
      standing.tab - saleSize(standing, 1_000n * price1, amount, chost).owed;
    expect(leaves(2n * ETH, 8_000n * RAD)).toBe(8_000n * RAD);
    expect(leaves(2n * ETH, 8_000n * RAD + 1n)).toBe(8_000n * RAD + 1n);
  });
});

describe("equality: Maker, sizes and resets to the unit", () => {
  it("equality: a price exactly at cusp needs no reset (Clipper.status)", () => {
    const top = { startedAt: start, startPrice: 2_200n * RAY };
    const needsReset = (resetBelowShare: bigint) =>
      auctionStatus({ ...ethA, resetBelowShare }, top, start + 90n).needsReset;
    expect([needsReset((99n * RAY) / 100n), needsReset((99n * RAY) / 100n + 1n)]).toEqual([false, true]);
  });

  it("equality: a vault may keep exactly dust; one unit less and it goes as a whole (Dog.bark)", () => {
    // 17,500 of 25,000 with 13 % need a room of 19,775 and leave 7,500
    const taken = (room: bigint) => barkSize(ethA, larger.alice, RAY, room).normalisedDebt;
    expect(taken(dai(19_775n))).toBe(17_500n * DAI);
    expect(taken(dai(19_775n) + 2n * RAY)).toBe(25_000n * DAI);
  });

  it("equality: an auction may be of exactly dust, not of a unit less (Dog.bark)", () => {
    expect(barkSize(ethA, larger.alice, RAY, dai(8_475n)).normalisedDebt).toBe(7_500n * DAI);
    expect(() => barkSize(ethA, larger.alice, RAY, dai(8_475n) - 1n)).toThrow(maker.DustyAuction);
  });

  it("equality: a buyer pays the tab and not a rad more; a tab of exactly chost cannot be bought in part (Clipper.take)", () => {
    expect(saleSize({ lot: 10n, tab: 999n }, 100n, 10n, 0n)).toEqual({ owed: 999n, slice: 9n });
    expect(saleSize({ lot: 10n, tab: 1_000n }, 100n, 10n, 0n)).toEqual({ owed: 1_000n, slice: 10n });
    expect(() => saleSize({ lot: 10n, tab: 500n }, 100n, 2n, 500n)).toThrow(maker.NoPartialPurchase);
    expect(saleSize({ lot: 10n, tab: 501n }, 100n, 2n, 500n)).toEqual({ owed: 1n, slice: 0n });
  });
});

describe("error: Maker", () => {
  const market = () => marketWith(ethA, price(2_000n), section30);
  const buy = { auction: 1n, amount: 10n * ETH, maximumPrice: 10n ** 40n, buyer: "buyer" };

  it("error: bark", () => {
    expect(() => bark(ethA, market(), "nobody", "keeper")).toThrow(maker.NotUnsafe);
    expect(() => bark(ethA, { ...market(), safetyPrice: 0n }, "alice", "keeper")).toThrow(maker.NotUnsafe);
    const full = { ...market(), debtAtAuction: ethA.auctionLimit };
    expect(() => bark(ethA, full, "alice", "keeper")).toThrow(maker.LiquidationLimitHit);
    const globallyFull = { ...market(), globalDebtAtAuction: ethA.globalAuctionLimit };
    expect(() => bark(ethA, globallyFull, "alice", "keeper")).toThrow(maker.LiquidationLimitHit);
    const narrow = { ...ethA, auctionLimit: dai(8_000n) };
    const wide = marketWith(narrow, price(2_000n), larger);
    expect(() => bark(narrow, wide, "alice", "keeper")).toThrow(maker.DustyAuction);
    const bare = marketWith(ethA, price(2_000n), { alice: { collateral: 0n, normalisedDebt: 8_000n * DAI } });
    expect(() => bark(ethA, bare, "alice", "keeper")).toThrow(maker.NullAuction);
    expect(() => bark(ethA, { ...market(), stopped: 1 }, "alice", "keeper")).toThrow(maker.StoppedIncorrect);
    const unpriced = { ...market(), oracle: { ...market().oracle, current: null } };
    expect(() => bark(ethA, unpriced, "alice", "keeper")).toThrow(maker.InvalidPrice);
    const worthless = { ...market(), oracle: { ...market().oracle, current: 0n } };
    expect(() => bark(ethA, worthless, "alice", "keeper")).toThrow(maker.ZeroStartPrice);
  });

  it("error: take and redo, by breaker level", () => {
    const { state } = barked();
    expect(() => take(ethA, state, { ...buy, auction: 2n })).toThrow(maker.NotRunningAuction);
    expect(() => take(ethA, state, { ...buy, amount: 0n })).toThrow(NothingToDo);
    expect(() => take(ethA, state, buy)).toThrow(maker.InsufficientBalance);
    expect(() => take(ethA, state, { ...buy, maximumPrice: 2_200n * RAY - 1n })).toThrow(maker.TooExpensive);
    expect(() => take(ethA, elapse(state, 7_200n), buy)).toThrow(maker.NeedsReset);
    expect(() => redo(ethA, state, 1n, "keeper")).toThrow(maker.CannotReset);
    expect(() => redo(ethA, state, 9n, "keeper")).toThrow(maker.NotRunningAuction);
    const small = { ...state, auctions: new Map([[1n, { ...state.auctions.get(1n)!, tab: dai(8_000n) }]]) };
    expect(() => take(ethA, rich(small, "buyer", dai(9_000n)), { ...buy, amount: ETH })).toThrow(
      maker.NoPartialPurchase,
    );
    const able = rich(state, "buyer", dai(100_000n));
    const allowed = ([0, 1, 2, 3] as const).map((level) => {
      const stopped = { ...able, stopped: level };
      const works = (call: () => unknown) => {
        try {
          call();
          return true;
        } catch (error) {
          expect(error).toBeInstanceOf(maker.StoppedIncorrect);
          return false;
        }
      };
      return [
        works(() => bark(ethA, { ...market(), stopped: level }, "alice", "keeper")),
        works(() => redo(ethA, elapse(stopped, 7_200n), 1n, "keeper")),
        works(() => take(ethA, stopped, buy)),
      ];
    });
    expect(allowed).toEqual([
      [true, true, true],
      [false, true, true],
      [false, false, true],
      [false, false, false],
    ]);
  });

  it("error: breaker, oracle, vault and Vow", () => {
    const fallen = { ...market(), oracle: { ...market().oracle, next: 1n } };
    expect(() => tripBreaker(ethA, { ...fallen, stopped: 2 })).toThrow(maker.AlreadyStopped);
    const locked = setBreaker(fallen, 0, 3_600n);
    expect(() => tripBreaker(ethA, elapse(locked, 3_600n))).toThrow(maker.TemporarilyLocked);
    expect(tripBreaker(ethA, elapse(locked, 3_601n)).stopped).toBe(2);
    expect(() => tripBreaker(ethA, emptyState(start))).toThrow(maker.InvalidPrice);
    expect(() => tripBreaker(ethA, market())).toThrow(maker.PriceWithinBounds);
    expect(() => setBreaker(market(), 4 as never, 0n)).toThrow(maker.NonexistentLevel);
    const stopped = { ...market(), oracle: { ...market().oracle, stopped: true } };
    expect(() => pokeOracle(ethA, stopped, 1n)).toThrow(maker.OracleStopped);
    expect(() => pokeOracle(ethA, market(), 1n)).toThrow(maker.NotPassed);
    const draw = (normalisedDebt: bigint, collateral = 0n, parameters: MakerParameters = ethA) =>
      adjustVault(parameters, market(), "alice", { collateral, normalisedDebt });
    expect(() => draw(1n)).toThrow(maker.NotSafe);
    expect(() => draw(1n, 0n, { ...ethA, debtCeiling: dai(14_000n) })).toThrow(maker.CeilingExceeded);
    expect(() => draw(-7_000n * DAI)).toThrow(maker.VaultBelowDust);
    expect(() => draw(-14_001n * DAI)).toThrow(maker.InsufficientBalance);
    expect(() => draw(0n, -11n * ETH)).toThrow(maker.InsufficientBalance);
    expect(() => draw(0n, 1n)).toThrow(maker.InsufficientBalance);
    expect(() => heal(market(), 1n)).toThrow(maker.InsufficientSurplus);
    expect(() => heal(rich(market(), maker.VOW, 1n), 1n)).toThrow(maker.InsufficientDebt);
    expect(() => joinCollateral(market(), "bob", -1n)).toThrow(maker.InsufficientBalance);
    expect(() => maker.moveDai(market(), "bob", "carol", 1n)).toThrow(maker.InsufficientBalance);
    expect(() => maker.moveDai(market(), "alice", "bob", -1n)).toThrow(RangeError);
  });

  it("error: every parameter fault, all at once", () => {
    expect(faults(ethA)).toEqual([]);
    const wrong: MakerParameters = {
      ...ethA,
      decimals: { collateral: 18, debt: 18.5, price: 40 },
      liquidationRatio: RAY - 1n,
      targetPrice: 0n,
      feePerSecond: RAY - 1n,
      debtCeiling: -1n,
      dust: -1n,
      liquidationPenalty: WAD - 1n,
      globalAuctionLimit: -1n,
      auctionLimit: -1n,
      startPriceFactor: RAY - 1n,
      resetAfterSeconds: 0n,
      resetBelowShare: 0n,
      incentiveShare: WAD,
      incentiveFlat: -1n,
      breakerTolerance: RAY + 1n,
      priceCurve: { kind: "stairstep", cut: RAY, step: 0n },
      oracleDelaySeconds: 0n,
    };
    const found = faults(wrong);
    expect(found.map(({ code, key }) => `${code} ${key}`).sort()).toEqual([
      "auction-without-end priceCurve.cut",
      "auction-without-end resetAfterSeconds",
      "auction-without-end resetBelowShare",
      "bonus-below-par liquidationPenalty",
      "decimals-out-of-range decimals.debt",
      "decimals-out-of-range decimals.price",
      "fee-below-zero feePerSecond",
      "incentive-above-one incentiveShare",
      "negative auctionLimit",
      "negative debtCeiling",
      "negative dust",
      "negative globalAuctionLimit",
      "negative incentiveFlat",
      "start-below-feed startPriceFactor",
      "threshold-above-one liquidationRatio",
      "tolerance-above-one breakerTolerance",
      "zero-scale oracleDelaySeconds",
      "zero-scale priceCurve.step",
      "zero-scale targetPrice",
    ]);
    expect(found.every(({ message, hint }) => message.length > 10 && hint.length > 5)).toBe(true);
    const codes = (changed: Partial<MakerParameters>) => faults({ ...ethA, ...changed }).map(({ code }) => code);
    expect(codes({ liquidationPenalty: (146n * WAD) / 100n })).toEqual(["threshold-times-bonus"]);
    expect(codes({ liquidationPenalty: (145n * WAD) / 100n })).toEqual([]);
    expect(codes({ resetBelowShare: RAY + 1n })).toEqual(["auction-never-open"]);
    expect(codes({ breakerTolerance: -1n })).toEqual(["negative"]);
    expect(codes({ incentiveShare: -1n })).toEqual(["negative"]);
    expect(codes({ priceCurve: { kind: "linear", seconds: 0n } })).toEqual(["zero-scale"]);
    expect(codes({ priceCurve: { kind: "exponential", cut: 0n } })).toEqual(["auction-without-end"]);
    expect(codes({ decimals: { collateral: 18, debt: 0, price: 18 } })).toEqual(["decimals-out-of-range"]);
  });
});

describe("behavior: Maker's rules switched off", () => {
  const market = (parameters = ethA) => marketWith(parameters, price(2_000n), section30);
  const barkWith = (changed: Partial<MakerParameters>) =>
    bark({ ...ethA, ...changed }, market({ ...ethA, ...changed }), "alice", "keeper");

  it("behavior: without hole the whole vault goes, with a hole of 10,000 only what fits", () => {
    const tab = (changed: Partial<MakerParameters>) =>
      bark({ ...ethA, ...changed }, marketWith(ethA, price(2_000n), larger), "alice", "keeper").tab;
    // 25,000 x 1.13
    expect(tab({})).toBe(dai(28_250n));
    expect(tab({ auctionLimit: dai(10_000n) })).toBe(9999999999999999999999170000000000000000000000000n);
    expect(tab({ globalAuctionLimit: dai(10_000n) })).toBe(9999999999999999999999170000000000000000000000000n);
  });

  it("behavior: dust carries a whole vault over the limit; without dust the limit holds", () => {
    const limits = { auctionLimit: dai(9_000n) };
    expect(barkWith({ ...limits, dust: dai(7_000n) }).tab).toBe(dai(15_820n));
    expect(barkWith({ ...limits, dust: 0n }).tab).toBeLessThan(dai(9_000n));
  });

  it("behavior: without penalty the tab is the debt; without tip and chip nobody is paid", () => {
    expect(barkWith({ liquidationPenalty: WAD }).tab).toBe(dai(14_000n));
    expect(barkWith({ incentiveFlat: 0n }).incentive).toBe(dai(1_582n) / 100n);
    expect(barkWith({ incentiveShare: 0n }).incentive).toBe(dai(250n));
    expect(barkWith({ incentiveFlat: 0n, incentiveShare: 0n }).incentive).toBe(0n);
  });

  it("behavior: without buf the auction starts at the oracle's price", () => {
    expect(barkWith({}).startPrice).toBe(2_200n * RAY);
    expect(barkWith({ startPriceFactor: RAY }).startPrice).toBe(2_000n * RAY);
  });

  it("behavior: without dust a purchase is not trimmed", () => {
    const standing = { lot: 10n * ETH, tab: dai(15_820n) };
    expect(saleSize(standing, 1_800n * RAY, 8n * ETH, maker.leastTab(ethA)).owed).toBe(dai(7_345n));
    expect(saleSize(standing, 1_800n * RAY, 8n * ETH, maker.leastTab({ ...ethA, dust: 0n })).owed).toBe(dai(14_400n));
  });

  it("behavior: with a tolerance of 0 the breaker never trips", () => {
    const fallen = { ...market(), oracle: { ...market().oracle, next: 0n } };
    expect(tripBreaker(ethA, fallen).stopped).toBe(2);
    expect(() => tripBreaker({ ...ethA, breakerTolerance: 0n }, fallen)).toThrow(maker.PriceWithinBounds);
  });

  it("behavior: the oracle's delay keeps a vault safe for an hour after the price fell", () => {
    let state = marketWith(ethA, price(2_100n), section30);
    const judged = (at: bigint, source: bigint) => {
      state = pokeSafetyPrice(ethA, pokeOracle(ethA, { ...state, now: at }, source));
      return maker.isUnsafe(state, state.vaults.get("alice")!);
    };
    expect(judged(start + 7_200n, price(1_000n))).toBe(false);
    expect(judged(start + 10_800n, price(1_000n))).toBe(true);
    const quick = { ...ethA, oracleDelaySeconds: 1n };
    const sooner = pokeOracle(quick, elapse(marketWith(quick, price(2_100n), section30), 60n), price(1_000n));
    expect(pokeOracle(quick, elapse(sooner, 1n), null).oracle).toEqual(sooner.oracle);
    expect(sooner.oracle.next).toBe(price(1_000n));
    expect(pokeOracle(quick, elapse(sooner, 1n), price(1_000n)).oracle.current).toBe(price(1_000n));
  });

  it("behavior: fees make a safe vault unsafe, without fee it stays safe", () => {
    const vault = { alice: { collateral: 10n * ETH, normalisedDebt: 13_700n * DAI } };
    // 10 % a year; 13,700 x 1.1 above 20,000 / 1.45 = 13,793.1
    const withFee = { ...ethA, feePerSecond: 1000000003022265980097387650n };
    const year = (parameters: MakerParameters) => {
      const aged = accrueFees(parameters, elapse(marketWith(parameters, price(2_000n), vault), 31_536_000n));
      return { unsafe: maker.isUnsafe(aged.state, vault.alice), rate: aged.state.rate, aged };
    };
    expect(year(ethA)).toMatchObject({ unsafe: false, rate: RAY });
    const { unsafe, rate, aged } = year(withFee);
    expect(unsafe).toBe(true);
    // 1.1 to 17 places: the rate of a second is cut at 27 and compounds 3e7 times
    expect(rate / 10n ** 9n).toBe((11n * RAY) / 10n / 10n ** 9n - 1n);
    expect(aged.transfers).toEqual([{ asset: "dai", from: "issuer", to: "vow", units: 13_700n * DAI * (rate - RAY) }]);
  });

  it("behavior: cut and step set the price's speed, tail and cusp the reset", () => {
    const top = { startedAt: start, startPrice: 2_200n * RAY };
    const at = (changed: Partial<MakerParameters>, seconds: bigint) =>
      auctionStatus({ ...ethA, ...changed }, top, start + seconds);
    const slow = { priceCurve: { kind: "stairstep", cut: (99n * RAY) / 100n, step: 180n } } as const;
    expect(at(slow, 180n).price).toBeGreaterThan(at({}, 180n).price);
    expect(at({}, 7_200n).needsReset).toBe(true);
    expect(at({ resetBelowShare: 1n }, 7_200n).needsReset).toBe(false);
    expect(at({ resetBelowShare: 1n, resetAfterSeconds: 7_199n }, 7_200n).needsReset).toBe(true);
  });

  it("behavior: a lot sold out below its tab leaves bad debt with the Vow and frees the room", () => {
    const done = barked();
    const state = rich(elapse(done.state, 7_110n), "buyer", dai(100_000n));
    const sold = take(ethA, state, { auction: 1n, amount: 10n * ETH, maximumPrice: 2_200n * RAY, buyer: "buyer" });
    expect(sold.tabLeft).toBe(dai(15_820n) - sold.owed);
    expect(sold.owed).toBe(10n * ETH * 994496030586246475866408088600n);
    expect(sold.state.debtAtAuction).toBe(0n);
    const owedByVow = sold.state.vowDebt - (sold.state.dai.get(maker.VOW) ?? 0n);
    // debt 14,000 + incentive 265.82 - what the sale brought
    expect(owedByVow).toBe(dai(14_000n) + done.incentive - sold.owed);
    const healed = heal(sold.state, sold.owed).state;
    expect([healed.dai.get(maker.VOW), healed.vowDebt]).toEqual([0n, owedByVow]);
  });

  it("behavior: a buyer without DAI pays out of what the collateral fetched", () => {
    const { state } = barked();
    const funded = rich(state, "market", dai(30_000n));
    const sold = take(ethA, funded, {
      auction: 1n,
      amount: 10n * ETH,
      maximumPrice: 2_200n * RAY,
      buyer: "buyer",
      exchange: (balances, sale) =>
        maker.settle(balances, [
          { asset: "collateral", from: "buyer", to: "market", units: sale.slice },
          { asset: "dai", from: "market", to: "buyer", units: dai(16_000n) },
        ]),
    });
    expect(sold.state.dai.get("buyer")).toBe(dai(16_000n) - dai(15_820n));
    expect(sold.state.collateral.get("market")).toBe(sold.slice);
  });
});

describe("behavior: Maker at other decimals, and presets", () => {
  it("behavior: at the engine's decimals the same vault is liquidated for the same amounts", () => {
    const small = maker.withDecimals(ethA, { collateral: 7, debt: 6, price: 8 });
    expect(faults(small)).toEqual([]);
    const vaults = { alice: { collateral: 10n * 10n ** 7n, normalisedDebt: 14_000n * 10n ** 6n } };
    const done = bark(small, marketWith(small, 2_000n * 10n ** 8n, vaults), "alice", "keeper");
    expect(done).toMatchObject({
      collateral: 100_000_000n,
      tab: 15_820n * 10n ** 6n * RAY,
      incentive: 265_820_000n * RAY,
      // DAI units for one unit of collateral: 2,200e6 / 1e7
      startPrice: 220n * RAY,
    });
    expect(maker.withDecimals(small, ethA.decimals)).toEqual(ethA);
  });

  it("behavior: a par other than one dollar moves the price against it", () => {
    const parameters = { ...ethA, targetPrice: 2n * RAY };
    expect(maker.feedPrice(parameters, withPrice(parameters, emptyState(start), price(2_000n)))).toBe(1_000n * RAY);
  });

  it("behavior: every preset can run and is named once", () => {
    expect(maker.presets.map(({ name }) => name)).toEqual([
      "eth-a",
      "eth-b",
      "eth-c",
      "wsteth-a",
      "wbtc-a",
      "lsev2-sky-a",
      "link-a",
      "univ2usdceth-a",
      "eth-b-2021-05-19",
      "eth-b-2021-09-20",
      "eth-b-2022-01-21",
    ]);
    for (const preset of maker.presets) expect(faults(preset.parameters), preset.name).toEqual([]);
  });

  it("behavior: presets say what MECHANISMS section 4 says", () => {
    const of = (name: string) => maker.presets.find((preset) => preset.name === name)!.parameters;
    expect(of("eth-a")).toEqual(ethA);
    expect(of("wbtc-a").liquidationPenalty).toBe(WAD);
    expect(of("lsev2-sky-a")).toMatchObject({ auctionLimit: dai(250_000n), resetAfterSeconds: 6_000n });
    expect(of("univ2usdceth-a").priceCurve).toEqual({ kind: "stairstep", cut: (995n * RAY) / 1_000n, step: 125n });
    // 2021-05-19: changes of 2021-05-06; hole, dust, buf and fee were changed later, the tip came on 2021-06-02
    expect(of("eth-b-2021-05-19")).toMatchObject({
      liquidationRatio: (13n * RAY) / 10n,
      auctionLimit: dai(8_000_000n),
      dust: dai(15_000n),
      startPriceFactor: (13n * RAY) / 10n,
      incentiveFlat: 0n,
      resetAfterSeconds: 8_400n,
    });
    expect(rpow(of("eth-b-2021-05-19").feePerSecond, 31_536_000n, RAY) / 10n ** 10n).toBe(109999999999999999n);
  });
});
