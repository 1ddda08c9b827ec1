import { describe, expect, it } from "vitest";
import * as maker from "../../../engine/src/exact/maker/index.js";
import type { LendingState } from "../../../engine/src/mechanisms/pressure/lending/state.js";
import { load } from "../../../engine/src/mechanisms/pressure/lending/state.js";
import type {
  MakerAuctions,
  RunningAuction,
} from "../../../engine/src/mechanisms/pressure/protocols/maker-auctions.js";
import { exactParameters, type MakerParams } from "../../../engine/src/mechanisms/pressure/protocols/maker-terms.js";
import type { Plan } from "../../../engine/src/scenario/plan.js";
import { lendingPlan } from "../../support/protocol-scenarios.js";
import { runWatched } from "../../support/watched-mechanism.js";
import { p04Scenarios, p04Seed } from "./scenarios.js";

const RAY = 10n ** 27n;
const distance = (a: bigint, b: bigint) => (a < b ? b - a : a - b);
/** Rad as whole units, rounded up. */
const unitsUp = (rad: bigint) => (rad + RAY - 1n) / RAY;

/** What a run came to. */
interface Count {
  readonly differences: string[];
  readonly seen: Record<string, number>;
  farthest: bigint;
  priceError: number;
}

/** Maker in bigint at the engine's decimals, asked about every bark, price, reset, purchase and trip of the breaker from the engine's state before it. */
function watchMaker(plan: Plan, seed: number, path: number, count: Count): void {
  const params = plan.mechanisms.find(({ name }) => name === "lender")?.params as MakerParams;
  const parameters = exactParameters(params, plan.book);
  const collateral = plan.book.assets.findIndex(({ symbol }) => symbol === params.collateral);
  const debt = plan.book.assets.findIndex(({ symbol }) => symbol === params.debt);
  const { seen } = count;
  const say = (text: string) => {
    if (count.differences.length < 8) count.differences.push(text);
  };
  const same = (place: string, what: string, exact: bigint, engine: number) => {
    const apart = distance(exact, BigInt(engine));
    if (apart > count.farthest) count.farthest = apart;
    if (apart > 1n) say(`${place}: ${what} ${exact}, the engine ${engine}`);
  };
  /** Start price in ray of every running auction, as the exact engine knows it. */
  const startPrices = new Map<RunningAuction, bigint>();
  let auctions: MakerAuctions;
  let waiting: (() => number) | undefined;
  let called = new Map<number, boolean>();
  let place = "";

  const stateAt = (rows: LendingState, timeMs: number): maker.MakerState => {
    const current = BigInt(rows.steps[collateral]);
    const next = waiting === undefined ? null : BigInt(waiting());
    const state = {
      ...maker.emptyState(BigInt(auctions.now({ timeMs }))),
      oracle: { current, next, pokedAt: 0n, stopped: false },
      globalDebtAtAuction: BigInt(auctions.atAuction) * RAY,
      debtAtAuction: BigInt(auctions.atAuction) * RAY,
      stopped: auctions.stopped,
    };
    return maker.pokeSafetyPrice(parameters, state);
  };
  const tripped = (state: maker.MakerState): maker.MakerState => {
    if (parameters.breakerTolerance === 0n) return state;
    try {
      return maker.tripBreaker(parameters, state);
    } catch (error) {
      if (
        error instanceof maker.PriceWithinBounds ||
        error instanceof maker.AlreadyStopped ||
        error instanceof maker.InvalidPrice
      )
        return state;
      throw error;
    }
  };
  const bark = (state: maker.MakerState, held: number, owed: number) => {
    const vault = { collateral: BigInt(held), normalisedDebt: BigInt(owed) };
    try {
      return maker.bark(parameters, { ...state, vaults: new Map([["v", vault]]) }, "v", "k");
    } catch (error) {
      for (const [name, kind] of [
        ["room", maker.LiquidationLimitHit],
        ["dusty", maker.DustyAuction],
        ["nothing", maker.NullAuction],
        ["stopped", maker.StoppedIncorrect],
      ] as const)
        if (error instanceof kind) {
          seen[name] = (seen[name] ?? 0) + 1;
          return undefined;
        }
      throw error;
    }
  };
  const note = (what: string) => {
    seen[what] = (seen[what] ?? 0) + 1;
  };

  runWatched<LendingState>(plan, "lender", seed, path, {
    opened(rows) {
      auctions = rows.disposal as MakerAuctions;
      waiting = rows.layout.waiting(rows.feeds[collateral]);
      const breach = auctions.breach.bind(auctions);
      auctions.breach = (state, row, at) => {
        const exactState = tripped(stateAt(state, at.timeMs));
        const held = state.heldNow[collateral];
        const owed = state.owedNow[debt];
        const exact = bark(exactState, held, owed);
        const before = new Set(auctions.running);
        const vowBefore = auctions.vowDebt;
        const again = breach(state, row, at);
        called.set(row, true);
        const began = auctions.running.find((auction) => auction !== null && !before.has(auction)) ?? undefined;
        const here = `${place} row ${row}`;
        if ((exact === undefined) !== (began === undefined)) {
          say(`${here}: exact ${exact === undefined ? "does not bark" : "barks"}, the engine differs`);
          return again;
        }
        if (exact === undefined || began === undefined) return again;
        note("barks");
        if (exact.normalisedDebt < BigInt(owed)) note("partial barks");
        same(here, "dart", exact.normalisedDebt, began.due);
        same(here, "dink", exact.collateral, began.lot);
        same(here, "tab", exact.tab / RAY, began.tab);
        same(here, "incentive", exact.incentive / RAY, auctions.vowDebt - vowBefore - began.due);
        same(here, "debt left", BigInt(owed) - exact.normalisedDebt, state.debt[debt][row]);
        same(here, "collateral left", BigInt(held) - exact.collateral, state.collateral[collateral][row]);
        startPrices.set(began, exact.startPrice);
        return again;
      };
    },
    decide(rows, at, inner) {
      place = `tick ${at.tick} round ${at.round}`;
      const vaults: [number, number][] = [];
      for (let row = 0; row < rows.columns.rowCount; row++) {
        load(rows, row);
        vaults.push([rows.heldNow[collateral], rows.owedNow[debt]]);
      }
      const before = auctions.running.map((auction) => (auction === null ? null : { auction, copy: { ...auction } }));
      const stoppedBefore = auctions.stopped;
      called = new Map();
      inner(at);
      const state = stateAt(rows, at.timeMs);
      const exactStopped = tripped({ ...state, stopped: stoppedBefore }).stopped;
      if (exactStopped !== auctions.stopped) say(`${place}: breaker ${exactStopped}, the engine ${auctions.stopped}`);
      if (exactStopped !== stoppedBefore) note("trips");
      vaults.forEach(([held, owed], row) => {
        const unsafe = maker.isUnsafe(state, { collateral: BigInt(held), normalisedDebt: BigInt(owed) });
        if (unsafe) note("unsafe");
        if (called.has(row) && !unsafe) say(`${place} row ${row}: exact says safe, the engine barks`);
        // Who waits is not looked at in every round: nothing may have changed for it.
        if (unsafe && !called.has(row) && bark(state, held, owed) !== undefined)
          say(`${place} row ${row}: exact barks, the engine does not look`);
      });
      for (const [slot, auction] of auctions.running.entries()) {
        if (auction === null) continue;
        const known = startPrices.get(auction) as bigint;
        const was = before[slot]?.auction === auction ? before[slot]?.copy : undefined;
        const began = { startedAt: BigInt(was?.startedAt ?? auction.startedAt), startPrice: known };
        let status = maker.auctionStatus(parameters, began, state.now);
        const reset = was !== undefined && auction.startedAt !== was.startedAt;
        if (reset !== (status.needsReset && auctions.stopped < 2))
          say(`${place} auction ${slot}: exact reset ${status.needsReset}, the engine ${reset}`);
        if (reset && was !== undefined) {
          note("resets");
          const running = { vault: "v", ...began, tab: BigInt(was.tab) * RAY, lot: BigInt(was.lot) };
          const again = maker.redo(parameters, { ...state, auctions: new Map([[1n, running]]) }, 1n, "k");
          startPrices.set(auction, again.startPrice);
          status = maker.auctionStatus(parameters, { startedAt: state.now, startPrice: again.startPrice }, state.now);
          if (again.incentive > 0n) note("paid resets");
        }
        if (status.needsReset) {
          note("unavailable");
          if (auction.order >= 0) say(`${place} auction ${slot}: offered though it needs a reset`);
          continue;
        }
        const price = Number(status.price) / 1e27;
        count.priceError = Math.max(count.priceError, Math.abs(auction.price / price - 1));
        const tab = BigInt(auction.tab) * RAY;
        const lot = BigInt(auction.lot);
        const sale = maker.saleSize({ lot, tab }, status.price, lot, maker.leastTab(parameters));
        if (auction.order < 0) {
          if (sale.slice > 1n) say(`${place} auction ${slot}: nothing offered, exact sells ${sale.slice}`);
          continue;
        }
        same(`${place} auction ${slot}`, "slice", sale.slice, at.standing.seizeUnits[auction.order]);
        same(`${place} auction ${slot}`, "owed", unitsUp(sale.owed), at.standing.repayUnits[auction.order]);
      }
    },
    settle(rows, at, inner) {
      if (at.afterTrades) return inner(at);
      const { fills, standing } = at;
      const purchases: { slot: number; auction: RunningAuction; was: RunningAuction; units: number; whole: boolean }[] =
        [];
      for (let fill = 0; fill < fills.count; fill++) {
        if (fills.order[fill] < 0 || fills.row[fill] < rows.columns.rowCount) continue;
        if (standing.mechanism[fills.order[fill]] !== at.mechanismIndex) continue;
        const slot = fills.row[fill] - rows.columns.rowCount;
        const auction = auctions.running[slot] as RunningAuction;
        const units = fills.seizeUnits[fill];
        const whole = units >= standing.seizeUnits[fills.order[fill]];
        purchases.push({ slot, auction, was: { ...auction }, units, whole });
      }
      const state = stateAt(rows, at.timeMs);
      inner(at);
      for (const { slot, auction, was, units, whole } of purchases) {
        const here = `tick ${at.tick} round ${at.round} auction ${slot}`;
        const running = {
          vault: "v",
          startedAt: BigInt(was.startedAt),
          startPrice: startPrices.get(auction) as bigint,
          tab: BigInt(was.tab) * RAY,
          lot: BigInt(was.lot),
        };
        const rich = 10n ** 60n;
        const exact = maker.take(
          parameters,
          {
            ...state,
            auctions: new Map([[1n, running]]),
            collateral: new Map([[maker.CLIPPER, running.lot]]),
            dai: new Map([["b", rich]]),
            globalDebtAtAuction: rich,
            debtAtAuction: rich,
          },
          { auction: 1n, amount: whole ? running.lot : BigInt(units), maximumPrice: rich, buyer: "b" },
        );
        note(whole ? "whole purchases" : "partial purchases");
        same(here, "slice", exact.slice, units);
        same(here, "owed", unitsUp(exact.owed), was.tab - auction.tab);
        same(here, "tab left", exact.tabLeft / RAY, auction.tab);
        const ended = auctions.running[slot] !== auction;
        if (exact.ended !== ended && !(distance(exact.lotLeft, BigInt(auction.lot)) <= 1n))
          say(`${here}: ended ${exact.ended}, the engine ${ended}`);
        if (exact.returned > 0n) note("collateral returned");
        if (exact.ended && exact.lotLeft === 0n && exact.tabLeft > 0n) note("tabs left");
        if (auction.due > auction.raised && ended) note("bad debt");
      }
    },
  });
}

/** The terms of one scenario: every limit, curve and oracle has its turn. */
function lenderOf(index: number): Readonly<Record<string, unknown>> {
  const debt = index % 3 === 1 ? "DAI" : "USD";
  const curves = [
    { kind: "stairstep", cut: "99%", step: "90 s" },
    { kind: "stairstep", cut: "93%", step: "2 min" },
    { kind: "linear", duration: "50 min" },
    { kind: "exponential", cut: 0.9995 },
  ];
  return {
    protocol: "maker",
    oracle: index % 2 === 0 ? "osm" : "spot",
    liquidationRatio: "131%",
    penalty: "13%",
    dust: index % 5 === 4 ? `0 ${debt}` : `2000 ${debt}`,
    ...(index % 4 === 0 ? {} : { auctionLimit: `${[30_000, 300_000, 900_000][index % 3]} ${debt}` }),
    ...(index % 7 === 0 ? { globalAuctionLimit: `50000 ${debt}` } : {}),
    startPrice: index % 2 === 0 ? "130%" : "105%",
    priceCurve: curves[index % 4],
    resetAfter: index % 5 === 0 ? "12 min" : "40 min",
    resetBelow: index % 6 === 0 || index % 4 === 2 ? "92%" : "40%",
    incentiveShare: "0.1%",
    incentiveFlat: `300 ${debt}`,
    breaker: index % 9 === 8 ? "off" : "on",
    breakerTolerance: index % 8 === 6 ? "97%" : index % 8 === 2 ? "94%" : "50%",
    fee: index % 3 === 0 ? "40%" : 0,
  };
}

/** Keepers without gas; nobody reaches a large least profit, so that auctions stand until the breaker finds them. */
const keepers = (leastProfit: string) => ({
  name: "keepers",
  kind: "keepers",
  capital: "2000000 USD",
  gas: 0,
  leastProfit,
});

/** Owners of half the accounts repay or sell when they come near. */
const owners = { kind: "owners", protocol: "lender", share: "50%", reaction: "5 min", repays: "50%" };

describe("P04: Maker", () => {
  it(`behavior: P04 the same barks, prices, resets, purchases and trips at every decision, amounts within one unit (seed ${p04Seed})`, () => {
    const count: Count = { differences: [], seen: {}, farthest: 0n, priceError: 0 };
    for (let index = 0; index < p04Scenarios; index++) {
      const plan = lendingPlan(p04Seed, index, {
        lender: lenderOf(index),
        collaterals: [index % 4 === 3 ? "BTC" : "ETH"],
        debts: [index % 3 === 1 ? "DAI" : "USD"],
        leverage: [0.45, 0.75],
        volatility: index % 8 === 2 ? 8 : 3,
        ...(index % 6 === 5 ? { pressure: { owners } } : {}),
        prices: { osm: { kind: "delayed-oracle", hop: "20 min" } },
        ...(index % 8 === 2 ? { guards: [keepers("10000000 USD")] } : {}),
        ...(index % 2 === 1 ? { guards: [keepers("1 USD")] } : {}),
      });
      watchMaker(plan, p04Seed, index, count);
    }
    expect(count.differences).toEqual([]);
    expect(count.farthest).toBeLessThanOrEqual(1n);
    expect(count.priceError).toBeLessThan(2e-15);
    for (const name of [
      "barks",
      "partial barks",
      "room",
      "dusty",
      "stopped",
      "trips",
      "resets",
      "paid resets",
      "unavailable",
      "whole purchases",
      "partial purchases",
      "collateral returned",
      "tabs left",
      "bad debt",
    ])
      expect(count.seen[name] ?? 0, name).toBeGreaterThan(0);
  });
});
