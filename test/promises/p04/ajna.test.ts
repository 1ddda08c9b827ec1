import { describe, expect, it } from "vitest";
import * as ajna from "../../../engine/src/exact/ajna/index.js";
import type { LendingState } from "../../../engine/src/mechanisms/pressure/lending/state.js";
import { load } from "../../../engine/src/mechanisms/pressure/lending/state.js";
import type { AjnaAuction, AjnaAuctions } from "../../../engine/src/mechanisms/pressure/protocols/ajna-auctions.js";
import { type AjnaParams, exactAjna } from "../../../engine/src/mechanisms/pressure/protocols/ajna-terms.js";
import type { LiquidationOrder } from "../../../engine/src/run/moments.js";
import type { Plan } from "../../../engine/src/scenario/plan.js";
import { lendingPlan, lendingScenario } from "../../support/protocol-scenarios.js";
import { runWatched, viewWith } from "../../support/watched-mechanism.js";
import { p04Scenarios, p04Seed } from "./scenarios.js";

const WAD = 10n ** 18n;
/** Every tenth scenario has so many loans that a least debt counts while some are at auction. */
const accountsOf = (index: number) =>
  index % 10 === 3 ? { accounts: 18, leverage: [0.2, 0.82] as const } : { accounts: 10 };
const seen = {
  decisions: 0,
  kicked: 0,
  chained: 0,
  offers: 0,
  aboveMarket: 0,
  wholeDebt: 0,
  leastDebt: 0,
  taken: 0,
  takenInPart: 0,
  rewarded: 0,
  settledByTime: 0,
  settledEmpty: 0,
  byReserves: 0,
  forgiven: 0,
  lowestPrice: 0,
};
const differences: string[] = [];
let farthest = 0n;

const size = (of: bigint) => (of < 0n ? -of : of);

/** Ajna in bigint at the engine's decimals, beside the engine's kicks, offers, takes and settlements: each judged from the engine's own state. */
function watchAjna(plan: Plan, path: number): void {
  const params = plan.mechanisms.find(({ name }) => name === "lender")?.params as AjnaParams;
  const parameters = exactAjna(params, plan.book);
  const symbols = plan.book.assets.map(({ symbol }) => symbol);
  const collateral = symbols.indexOf(params.collateral ?? "");
  const quote = symbols.indexOf(params.quote ?? "");
  const instrument = plan.book.instruments.findIndex(({ asset }) => asset === collateral);
  const held = (units: number) => BigInt(units) * parameters.collateralScale;
  const owed = (units: number) => BigInt(units) * parameters.quoteScale;
  const perCoin = 10 ** (plan.book.assets[collateral].unitDecimals - plan.book.assets[quote].unitDecimals);
  const wadPrice = (unitPrice: number) => BigInt(Math.round(unitPrice * perCoin * 1e12)) * 1_000_000n;
  const seconds = (ms: number) => BigInt(Math.floor(ms / 1000));
  const say = (text: string) => {
    if (differences.length < 8) differences.push(text);
  };
  const near = (place: string, what: string, exact: bigint, engine: bigint, scale: bigint, operations = 1n) => {
    const apart = size(exact - engine);
    const units = (apart + scale - 1n) / scale;
    if (units / operations > farthest) farthest = units / operations;
    if (units > operations) say(`${place}: ${what} ${exact}, the engine ${engine}`);
  };
  const auctionOf = (auction: AjnaAuction): ajna.Auction => ({
    borrower: String(auction.row),
    kicker: "k",
    kickTime: seconds(auction.kickedMs),
    bondSize: owed(auction.bond),
    bondFactor: ajna.bondOf(WAD, ajna.neutralToThreshold(parameters.interestRate)).factor,
    referencePrice: wadPrice(auction.reference),
    neutralPrice: wadPrice(auction.neutral),
    debtToCollateral: wadPrice(auction.atKick),
    t0ReserveSettleAmount: owed(auction.reserveLimit),
  });
  const poolOf = (
    rows: LendingState,
    house: AjnaAuctions,
    buckets: Iterable<readonly [number, number]>,
    loans: readonly { readonly row: number; readonly held: number; readonly owed: number }[],
  ): ajna.AjnaPool => {
    const all: Record<string, ajna.Loan> = {};
    const neutralRatio = ajna.neutralToThreshold(parameters.interestRate);
    for (const loan of loans)
      all[String(loan.row)] = { t0Debt: owed(loan.owed), collateral: held(loan.held), neutralRatio };
    for (const auction of house.queue)
      all[String(auction.row)] = {
        t0Debt: owed(house.owedBy(rows, auction)),
        collateral: held(auction.held),
        neutralRatio,
      };
    const found: Record<number, ajna.Bucket> = {};
    for (const [index, units] of buckets) {
      const deposit = (found[index]?.deposit ?? 0n) + owed(units);
      found[index] = { deposit, collateral: 0n, lp: deposit };
    }
    const bonds = house.queue.reduce((sum, { bond }) => sum + owed(bond), 0n);
    return {
      ...ajna.EMPTY_POOL,
      t0Debt: owed(rows.pool.borrowed[quote]),
      quoteBalance: owed(house.cash),
      totalBondEscrowed: bonds,
      buckets: found,
      loans: all,
      auctions: house.queue.map((auction) => auctionOf(auction)),
      kickers: { k: { locked: bonds, claimable: 0n } },
    };
  };
  const loansOf = (rows: LendingState) =>
    Array.from({ length: rows.columns.rowCount }, (_, row) => {
      load(rows, row);
      return { row, held: rows.heldNow[collateral], owed: rows.owedNow[quote] };
    });
  const wanted = (house: AjnaAuctions) =>
    Array.from(house.deposits.units, (units, entry) => [house.deposits.wanted[entry], units] as const).filter(
      ([, units]) => units > 0,
    );
  /** A bond that nothing holds back any more is paid out at once, to the last wad. */
  const paidOut = (pool: ajna.AjnaPool): ajna.AjnaPool => {
    const { locked, claimable } = pool.kickers.k;
    return {
      ...pool,
      quoteBalance: pool.quoteBalance - claimable,
      totalBondEscrowed: pool.totalBondEscrowed - claimable,
      kickers: { k: { locked, claimable: 0n } },
    };
  };
  runWatched<LendingState>(plan, "lender", p04Seed, path, {
    decide(rows, at, inner) {
      const house = rows.disposal as AjnaAuctions;
      const before = loansOf(rows);
      let pool = poolOf(rows, house, wanted(house), before);
      const running = new Set(house.queue);
      const offers: LiquidationOrder[] = [];
      inner(
        viewWith(at, {
          liquidate: (offer: LiquidationOrder) => {
            offers.push(offer);
            return at.liquidate(offer);
          },
        }),
      );
      const now = seconds(at.timeMs);
      const place = `path ${path} tick ${at.tick} round ${at.round}`;
      const price = ajna.lowestUtilisedPrice(pool, ajna.debtOf(pool, pool.t0Debt));
      if (price === ajna.MIN_PRICE) seen.lowestPrice++;
      const kicked = house.queue.filter((auction) => !running.has(auction));
      for (const { row, held: units, owed: debt } of before) {
        if (debt === 0 || units === 0) continue;
        seen.decisions++;
        const exact = !ajna.isCollateralized(owed(debt), held(units), price);
        const engine = kicked.some((auction) => auction.row === row);
        if (exact !== engine) say(`${place} row ${row}: exact says ${exact}, the engine ${engine} at ${price}`);
      }
      for (const auction of kicked) {
        seen.kicked++;
        // Whoever kicks settles first what waits for it.
        const waiting = pool.auctions.filter(({ kickTime }) => now - kickTime > 259_200n);
        const mine = { ...pool, auctions: pool.auctions.filter((one) => !waiting.includes(one)) };
        const outcome = ajna.kick(parameters, mine, String(auction.row), "k", now);
        const engine = auctionOf(auction);
        if (outcome.auction.referencePrice > outcome.auction.neutralPrice) seen.chained++;
        for (const key of ["referencePrice", "neutralPrice", "debtToCollateral"] as const) {
          const exact = outcome.auction[key];
          if (waiting.length === 0 && size(exact - engine[key]) * 10n ** 12n > exact)
            say(`${place} row ${auction.row}: ${key} ${exact}, the engine ${engine[key]}`);
        }
        near(place, "bond", outcome.paid, engine.bondSize, parameters.quoteScale);
        near(
          place,
          "reserves' limit",
          outcome.auction.t0ReserveSettleAmount,
          engine.t0ReserveSettleAmount,
          parameters.quoteScale,
        );
        pool = { ...outcome.pool, auctions: [...pool.auctions, outcome.auction] };
      }
      pool = poolOf(rows, house, house.deposits.buckets(), loansOf(rows));
      for (const auction of house.queue) {
        if (auction.kickedMs === at.timeMs || auction.held === 0) continue;
        const borrower = String(auction.row);
        const slot = house.running.indexOf(auction);
        const offer = offers.find(({ row }) => row === rows.columns.rowCount + slot);
        const known = new Map<number, ajna.TakeOutcome | undefined>();
        /** What the exact pool says to a take of so many units; undefined where it refuses. */
        const take = (units: number) => {
          if (known.has(units)) return known.get(units);
          let outcome: ajna.TakeOutcome | undefined;
          try {
            outcome = ajna.take(parameters, pool, borrower, held(units), now);
          } catch {
            outcome = undefined;
          }
          known.set(units, outcome);
          return outcome;
        };
        const where = `${place} auction of ${borrower}`;
        if (offer === undefined) {
          const market = at.middle(instrument);
          const price =
            Number(ajna.auctionPrice(auctionOf(auction).referencePrice, now - seconds(auction.kickedMs))) / 1e18;
          // Where neither the middle of the market nor any depth pays the price nobody is asked.
          if (price > market * (1 - 1e-9) && at.unitsToPrice(instrument, price * (1 + 1e-9)) <= 0) {
            seen.aboveMarket++;
            continue;
          }
          if (take(auction.held) !== undefined || (auction.held > 1 && take(2) !== undefined))
            say(
              `${where}: nothing offered of ${auction.held} at ${price}, the market ${market}, though it could be taken`,
            );
          continue;
        }
        seen.offers++;
        const exact = take(offer.seizeUnits) ?? take(offer.seizeUnits - 1);
        if (exact === undefined) {
          say(`${where}: exact refuses ${offer.seizeUnits} of ${auction.held}`);
          continue;
        }
        near(where, "collateral", exact.collateral, held(offer.seizeUnits), parameters.collateralScale);
        const unitCost = BigInt(Math.ceil(offer.repayUnits / offer.seizeUnits));
        near(where, "payment", exact.paid, owed(offer.repayUnits), parameters.quoteScale, 1n + unitCost);
        if (exact.settled) seen.wholeDebt++;
        else if (offer.seizeUnits < auction.held) {
          seen.leastDebt++;
          if (take(offer.seizeUnits + 2) !== undefined) say(`${where}: more than ${offer.seizeUnits} could be taken`);
        }
        const partial = Math.min(offer.seizeUnits, offer.mostPartial ?? 0);
        if (partial > 1 && take(partial - 1) === undefined) say(`${where}: a part of ${partial} is refused`);
        if (exact.settled && partial + 2 < offer.seizeUnits && take(partial + 2) !== undefined)
          say(`${where}: a part above ${partial} would be taken`);
      }
    },
    settle(rows, at, inner) {
      const house = rows.disposal as AjnaAuctions;
      if (at.afterTrades) {
        inner(at);
        return;
      }
      const now = seconds(at.timeMs);
      const place = `path ${path} tick ${at.tick} round ${at.round}`;
      let pool = poolOf(rows, house, house.deposits.buckets(), loansOf(rows));
      const queue = [...house.queue];
      const { fills, standing } = at;
      let operations = 0n;
      for (let fill = 0; fill < fills.count; fill++) {
        const order = fills.order[fill];
        if (order < 0 || standing.mechanism[order] !== at.mechanismIndex) continue;
        const auction = house.running[fills.row[fill] - rows.columns.rowCount] as AjnaAuction;
        const units = fills.seizeUnits[fill];
        seen.taken++;
        if (units < standing.seizeUnits[order]) seen.takenInPart++;
        operations++;
        try {
          const outcome = ajna.take(parameters, pool, String(auction.row), held(units), now);
          if (outcome.bondChange > 0n) seen.rewarded++;
          pool = paidOut(outcome.pool);
        } catch (error) {
          say(`${place} row ${auction.row}: ${units} of ${auction.held} taken, ${String(error)}`);
        }
      }
      let unsettled = 0n;
      for (const auction of queue) {
        const loan = pool.loans[String(auction.row)];
        const stands = pool.auctions.some(({ borrower }) => borrower === String(auction.row));
        if (!stands || (loan.collateral !== 0n && now - seconds(auction.kickedMs) <= 259_200n)) continue;
        if (loan.collateral === 0n) seen.settledEmpty++;
        else seen.settledByTime++;
        const outcome = ajna.settle(pool, String(auction.row), 200, now);
        operations += 2n + BigInt(params.deposits.length);
        if (outcome.t0ByReserves > 0n) seen.byReserves++;
        if (outcome.t0Forgiven > 0n) seen.forgiven++;
        // Where no deposit is left the contract waits for one; the engine counts the debt as lost.
        if (!outcome.settled) unsettled += outcome.pool.loans[String(auction.row)].t0Debt;
        pool = paidOut(outcome.pool);
      }
      inner(at);
      if (operations === 0n) return;
      const after = poolOf(rows, house, house.deposits.buckets(), []);
      // The pool's debt is one sum; loans, each rounded up, may come to a few units more.
      const left = pool.t0Debt - unsettled;
      near(place, "debt", left < 0n ? 0n : left, after.t0Debt, parameters.quoteScale, operations);
      near(place, "deposits", ajna.totalDeposits(pool), ajna.totalDeposits(after), parameters.quoteScale, operations);
      if (unsettled === 0n) {
        near(place, "cash", pool.quoteBalance, after.quoteBalance, parameters.quoteScale, operations);
        near(place, "bonds", pool.totalBondEscrowed, after.totalBondEscrowed, parameters.quoteScale, operations);
      }
    },
  });
}

/** Deposits in lines that together are `times` what accounts owe, a little below the opening price. */
function depositsFor(index: number, times: number): readonly Record<string, string>[] {
  const written = lendingScenario(p04Seed, index, { lender: {}, ...accountsOf(index) }) as {
    book: { positions: { lender: { accounts: { debt: string }[] } } };
  };
  const owed = written.book.positions.lender.accounts.reduce((sum, { debt }) => sum + Number.parseFloat(debt), 0);
  return [
    [1990, 0.2],
    [1900, 0.35],
    [1850, 0.15],
    [1780, 0.3],
  ].map(([price, share]) => ({ price: `${price} USD`, amount: `${Math.ceil(owed * times * share)} USD` }));
}

/** Owners of half the accounts repay or sell when they come near. */
const owners = { kind: "owners", protocol: "lender", share: "50%", reaction: "1 h", repays: "50%" };

describe("P04: Ajna", () => {
  it(`behavior: P04 identical decisions at every decision, amounts within one unit (seed ${p04Seed})`, () => {
    for (let index = 0; index < p04Scenarios; index++) {
      const plan = lendingPlan(p04Seed, index, {
        lender: {
          protocol: "ajna",
          deposits: depositsFor(index, index % 4 === 0 ? 1.00002 : 1.3),
          lenders: { follow: index % 8 !== 7, delay: index % 3 === 0 ? "1 h" : "0 s" },
          interest: index % 3 === 0 ? "200%" : index % 3 === 1 ? "5%" : 0,
          ...(index % 5 === 0 ? { reserves: "20000 USD" } : {}),
        },
        ...accountsOf(index),
        ...(index % 6 === 5 ? { pressure: { owners } } : {}),
        // Where no keeper ever comes the pool settles after 72 hours.
        tickMinutes: index % 10 === 9 ? 30 : 20,
        volatility: index % 2 === 0 ? 3 : 1.2,
        ...(index % 10 === 9
          ? { guards: [{ kind: "keepers", name: "keepers", capital: "0 USD", leastProfit: "100000000 USD" }] }
          : index % 3 === 1
            ? { guards: [{ kind: "keepers", name: "keepers", capital: "20000 USD" }] }
            : {}),
      });
      watchAjna(plan, index);
    }
    expect(differences).toEqual([]);
    expect(farthest).toBeLessThanOrEqual(1n);
    for (const [name, times] of Object.entries(seen)) expect(times, name).toBeGreaterThan(0);
  });
});
