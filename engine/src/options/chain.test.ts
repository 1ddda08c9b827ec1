import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { blackPrice } from "./black.js";
import { type ChainRow, type ChainTerms, checkedChain } from "./chain.js";
import { parityOf } from "./parity.js";

const day = 86_400_000;
const atMs = Date.UTC(2024, 0, 8, 11);
const expiryMs = atMs + 30 * day;
const usd: ChainTerms = { atMs, spotUsd: 2000, quotedIn: "usd", inOrder: false, priceStep: 0.01 };
const coin: ChainTerms = { ...usd, quotedIn: "coin", priceStep: 1e-6 };
const forward = 2020;
const discount = 0.99;
const years = 30 / 365;

function contract(strikeUsd: number, isCall: boolean, changes: Partial<ChainRow> = {}): ChainRow {
  const mark = blackPrice(isCall, forward, strikeUsd, 0.7 * Math.sqrt(years), discount);
  return {
    contract: `${strikeUsd}-${isCall ? "C" : "P"}`,
    line: 1,
    strikeUsd,
    expiryMs,
    isCall,
    bid: null,
    ask: null,
    mark,
    volatility: null,
    openInterest: 10,
    forwardUsd: null,
    ...changes,
  };
}

const strikes = [1600, 1800, 1900, 2000, 2100, 2300, 2600];
const goodRows = () => strikes.flatMap((strike) => [contract(strike, true), contract(strike, false)]);
const inCoins = (row: ChainRow): ChainRow => ({
  ...row,
  mark: row.mark === null ? null : row.mark / discount / forward,
});
const codesOf = (row: ChainRow, terms = usd) => {
  const rows = goodRows().filter((other) => other.strikeUsd !== row.strikeUsd || other.isCall !== row.isCall);
  return checkedChain([...rows, { ...row, line: 99 }], terms).faults.map(({ code, line }) => `${line} ${code}`);
};

describe("checkedChain", () => {
  it("default: volatility is inverted from marks, with forward and discount by put-call parity", () => {
    const { chain, faults } = checkedChain(goodRows(), usd);
    expect(faults).toEqual([]);
    expect(chain.count).toBe(14);
    for (const volatility of chain.volatility) expect(volatility).toBeCloseTo(0.7, 8);
    for (const price of chain.forwardUsd) expect(price).toBeCloseTo(forward, 8);
    expect([...chain.inverted]).toEqual(Array(14).fill(1));
  });

  it("behavior: quoted in coins the same comes out, by parity and by the file's own forward", () => {
    for (const forwardUsd of [null, forward]) {
      const { chain } = checkedChain(
        goodRows().map((row) => ({ ...inCoins(row), forwardUsd })),
        coin,
      );
      for (const volatility of chain.volatility) expect(volatility).toBeCloseTo(0.7, 8);
    }
  });

  it("behavior: a file's own volatility is kept, and the middle of quotes stands in where there is no mark", () => {
    const given = checkedChain([contract(2000, true, { volatility: 0.66, forwardUsd: forward })], usd).chain;
    expect([given.volatility[0], given.inverted[0]]).toEqual([0.66, 0]);
    const mark = contract(2000, true).mark ?? 0;
    const quotes = { mark: null, bid: mark - 1, ask: mark + 1, forwardUsd: forward };
    const { chain } = checkedChain([...goodRows().slice(0, 6), contract(2000, true, quotes)], usd);
    expect(chain.volatility[6]).toBeCloseTo(0.7, 6);
  });

  it.each<[string, ChainRow, ChainTerms?]>([
    ["quotes-crossed", contract(2000, true, { bid: 120, ask: 110 })],
    ["volatility-zero", contract(2000, true, { volatility: 0 })],
    ["volatility-zero", contract(2000, true, { volatility: -0.2 })],
    ["volatility-missing", contract(2000, true, { mark: null })],
    ["volatility-missing", contract(2600, true, { mark: 0 })],
    ["option-expired", contract(2000, true, { expiryMs: atMs })],
    ["option-expired", contract(2000, true, { expiryMs: atMs - day })],
    ["open-interest-negative", contract(2000, true, { openInterest: -5 })],
    ["open-interest-missing", contract(2000, true, { openInterest: null })],
    ["price-below-intrinsic", contract(1600, true, { mark: 400 })],
    ["price-above-bound", contract(1600, true, { mark: 2100 })],
    ["price-above-bound", contract(2000, false, { mark: 2001 })],
    ["price-negative", contract(2000, true, { mark: -1 })],
    ["number-malformed", contract(2000, true, { bid: Number.NaN })],
    ["number-malformed", contract(2000, true, { strikeUsd: Number.POSITIVE_INFINITY })],
    ["strike-not-positive", contract(2000, true, { strikeUsd: 0 })],
    ["contract-twice", contract(1900, false, { contract: "again" })],
    ["price-below-intrinsic", contract(2600, false, { mark: null, bid: 500, ask: 560, volatility: 0.7 })],
  ])("error: %s is told with its line, and the row left out", (code, row, terms) => {
    const twice = code === "contract-twice";
    const rows = twice ? goodRows() : goodRows().filter((one) => one.contract !== row.contract);
    const { chain, faults } = checkedChain([...rows, { ...row, line: 99 }], terms ?? usd);
    expect(faults.map((fault) => `${fault.line} ${fault.code}`)).toEqual([`99 ${code}`]);
    expect(chain.count).toBe(rows.length);
  });

  it("error: a row with several faults has all of them told", () => {
    const row = contract(2000, true, { bid: 9, ask: 8, expiryMs: atMs - 1, openInterest: -1 });
    expect(codesOf(row)).toEqual(["99 quotes-crossed", "99 option-expired", "99 open-interest-negative"]);
  });

  it("error: strikes out of order: the fewest rows that leave the rest rising, per expiry and side", () => {
    const order = [1600, 1800, 2090, 1900, 2000, 2100];
    const rows = order.map((strike, line) => contract(strike, false, { line, contract: `p${line}` }));
    const ordered = checkedChain(rows, { ...usd, inOrder: true });
    expect(ordered.faults.map(({ code, line }) => [code, line])).toEqual([["strikes-out-of-order", 2]]);
    expect(checkedChain(rows, usd).faults).toEqual([]);
  });

  it("behavior: a file without open interest is a chain without exposure, and no row is at fault for it", () => {
    const { chain, faults } = checkedChain(
      goodRows().map((row) => ({ ...row, openInterest: null })),
      usd,
    );
    expect(faults).toEqual([]);
    expect(chain.hasOpenInterest).toBe(false);
  });

  it("limit: an empty chain", () => {
    expect(checkedChain([], usd).chain.count).toBe(0);
  });

  it("property: whatever rows say, what is kept is finite, within bounds, and each other row is told", () => {
    const odd = fc.oneof(fc.double({ min: -10, max: 3000 }), fc.constant(null), fc.constant(Number.NaN));
    const row = fc.record({
      strikeUsd: fc.oneof(fc.constantFrom(...strikes), fc.double()),
      expiryMs: fc.constantFrom(expiryMs, atMs - 1, atMs + day, Number.NaN),
      isCall: fc.boolean(),
      bid: odd,
      ask: odd,
      mark: odd,
      volatility: fc.oneof(fc.double({ min: -1, max: 3 }), fc.constant(null)),
      openInterest: odd,
      forwardUsd: fc.oneof(fc.constant(null), fc.double({ min: -1, max: 5000 })),
    });
    fc.assert(
      fc.property(
        fc.array(row, { maxLength: 20 }),
        fc.constantFrom("coin", "usd"),
        fc.boolean(),
        (list, quotedIn, inOrder) => {
          const rows = list.map((one, line) => ({ ...one, line, contract: `c${line}` }));
          const { chain, faults } = checkedChain(rows, { ...usd, quotedIn, inOrder });
          const told = new Set(faults.map((fault) => fault.line));
          expect(chain.count + told.size).toBe(rows.length);
          for (const name of ["strikeUsd", "volatility", "forwardUsd"] as const)
            for (const value of chain[name]) expect(value > 0 && Number.isFinite(value)).toBe(true);
          for (const value of chain.openInterest) expect(value).toBeGreaterThanOrEqual(0);
          for (const value of chain.expiryMs) expect(value).toBeGreaterThan(atMs);
        },
      ),
      { seed: 62, numRuns: 500 },
    );
  });
});

describe("parityOf", () => {
  it("behavior: a few bad quotes do not move forward and discount", () => {
    const rows = goodRows();
    rows[4] = { ...rows[4], mark: 5 * (rows[4].mark ?? 0) };
    const parity = parityOf(rows, usd);
    expect(parity.forwardUsd).toBeCloseTo(forward, 6);
    expect(parity.discount).toBeCloseTo(discount, 8);
  });

  it("limit: no pair gives spot, one pair the forward without discount", () => {
    expect(parityOf([], usd)).toEqual({ forwardUsd: 2000, discount: 1 });
    const pair = [contract(2000, true), contract(2000, false)];
    expect(parityOf(pair, usd).forwardUsd).toBeCloseTo(2000 + 0.99 * 20, 8);
  });
});
