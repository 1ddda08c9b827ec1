import fc from "fast-check";
import { describe, expect, it } from "vitest";
import {
  type Counterparty,
  cappedProRataPolicy,
  type DeleveragingTask,
  policyOf,
} from "../exact/deleveraging/index.js";
import { uniform } from "../math/index.js";
import {
  allotProRata,
  type Counterparties,
  cappedSize,
  type DeleveragingPolicy,
  deleveragingRank,
  inRankOrder,
  inTurn,
  survivesPrice,
  takeInOrder,
  waterFill,
} from "./deleveraging.js";
import { compareProducts } from "./exact-products.js";

describe("deleveraging", () => {
  it("default: pro rata closes by size, leftovers one by one in order", () => {
    const into = new Float64Array(3);
    expect(allotProRata([10, 20, 30], 16, into)).toBe(16);
    // 2.67, 5.33 and 8: one unit left for the first.
    expect([...into]).toEqual([3, 5, 8]);
  });

  it("behavior: rank is profit on entry times leverage; without a profit there is none", () => {
    expect(deleveragingRank(100, 150, 50, 75)).toBeCloseTo(0.5 * 2, 12);
    expect(deleveragingRank(100, 150, -1, 75)).toBe(0);
    expect(deleveragingRank(100, 150, 50, 0)).toBe(0);
  });

  it("behavior: it finds exactly what is needed, or all there is, and never more than a position", () => {
    fc.assert(
      fc.property(
        fc.array(fc.integer({ min: 0, max: 1e9 }), { maxLength: 30 }),
        fc.integer({ min: 0, max: 1e10 }),
        (sizes, need) => {
          const into = new Float64Array(sizes.length);
          const found = allotProRata(sizes, need, into);
          const total = sizes.reduce((sum, size) => sum + size, 0);
          expect(found).toBe(Math.min(need, total));
          expect(into.reduce((sum, units) => sum + units, 0)).toBe(found);
          sizes.forEach((size, place) => {
            expect(into[place]).toBeLessThanOrEqual(size);
            expect(into[place]).toBeGreaterThanOrEqual(0);
          });
        },
      ),
      { seed: 11, numRuns: 500 },
    );
  });

  it("limit: nobody there", () => {
    expect(allotProRata([], 5, new Float64Array(0))).toBe(0);
  });
});

/** What the engine's rules give for a task, composed as the engine composes them. */
function fast(policy: DeleveragingPolicy, task: DeleveragingTask, of: Counterparties, start: number, cap: number) {
  const count = of.size.length;
  const into = new Float64Array(count);
  const need = Number(task.units);
  const caps = Float64Array.from(of.size, (size, place) => {
    const profit = of.side * (of.notional[place] - of.entry[place]);
    const may = survivesPrice(of, place, Number(task.proceeds), need) && (policy === "dydx" || profit > 0);
    return may ? size : 0;
  });
  if (policy === "none") return { into, left: need };
  if (policy === "dydx") return { left: takeInOrder(need, caps, inTurn(count, start), into), into };
  if (policy === "pro-rata") return { left: waterFill(need, caps, caps, into), into };
  if (policy === "capped-pro-rata") {
    const capped = caps.map((size) => cappedSize(size, cap));
    return { left: waterFill(need, caps, capped, into), into };
  }
  return { left: takeInOrder(need, caps, inRankOrder(policy, of, 1e6), into), into };
}

const exactly = {
  queue: "bybit-queue",
  binance: "binance-queue",
  hyperliquid: "hyperliquid-queue",
  bybit: "bybit-queue",
  dydx: "dydx-order",
  "pro-rata": "pro-rata-contracts",
} as const;

describe("deleveraging beside exact/deleveraging", () => {
  const cases = 2000;

  for (const policy of ["queue", "binance", "hyperliquid", "bybit", "dydx", "pro-rata", "capped-pro-rata"] as const) {
    it(`property: ${policy} closes the same accounts by the same units in ${cases} random cases (seed 24)`, () => {
      let filled = 0;
      let several = 0;
      for (let one = 0; one < cases; one++) {
        let draws = 0;
        const random = () => uniform(24, one, 0, 1, draws++);
        const whole = (most: number) => Math.floor(random() * (most + 1));
        const large = () => Math.floor(10 ** (random() * 10)) + 1;
        const side = random() < 0.5 ? 1 : -1;
        const mark = 1 + whole(4e11);
        const count = whole(12);
        const twins = random() < 0.2;
        const drawn: Counterparty[] = Array.from({ length: count }, () => {
          const size = twins ? 1_000_000 : large();
          const notional = Number((BigInt(size) * BigInt(mark)) / 10_000_000_000n);
          const entry = twins ? Math.floor(notional / 2) : Math.floor(notional * (0.5 + random()));
          const margin = twins ? 5 : whole(Math.floor(notional * 0.3) + 3);
          return {
            size: BigInt(size),
            entryValue: BigInt(entry),
            margin: BigInt(margin),
            walletBalance: BigInt(margin),
            accountValue: BigInt(margin + side * (notional - entry)),
            maintenanceMargin: BigInt(Math.ceil(notional * 0.01)),
          };
        });
        const total = drawn.reduce((sum, { size }) => sum + Number(size), 0);
        const units = 1 + whole(Math.max(1, Math.floor(total * 1.2)));
        const task: DeleveragingTask = {
          side: BigInt(side) as 1n | -1n,
          units: BigInt(units),
          proceeds: BigInt(Math.floor((units * mark * (0.9 + 0.2 * random())) / 1e10)),
          mark: BigInt(mark),
          priceScale: 10_000_000_000n,
          quoteUnit: 1_000_000n,
        };
        const column = (of: (one: Counterparty) => bigint) => Float64Array.from(drawn, (one) => Number(of(one)));
        const of: Counterparties = {
          side,
          size: column(({ size }) => size),
          entry: column(({ entryValue }) => entryValue),
          margin: column(({ margin }) => margin),
          wallet: column(({ walletBalance }) => walletBalance),
          value: column(({ accountValue }) => accountValue),
          maintenance: column(({ maintenanceMargin }) => maintenanceMargin),
          notional: column(({ size }) => (size * BigInt(mark)) / 10_000_000_000n),
        };
        const start = whole(20);
        const cap = 1 + whole(9999);
        const exact =
          policy === "capped-pro-rata"
            ? cappedProRataPolicy("contracts", BigInt(cap), true)
            : policyOf({ policy: exactly[policy], onlyProfitable: policy !== "dydx", fundRule: "partial" }, start);
        const { amounts, unfilled } = exact(task, drawn);
        const { into, left } = fast(policy, task, of, start, cap);
        expect([...into].map(BigInt), `case ${one}`).toEqual([...amounts]);
        expect(BigInt(left), `case ${one}`).toBe(unfilled);
        const closed = amounts.filter((amount) => amount > 0n).length;
        if (closed > 0) filled++;
        if (closed > 1) several++;
      }
      expect(filled).toBeGreaterThan(cases / 4);
      expect(several).toBeGreaterThan(cases / 10);
    });
  }

  it("limit: products that rounding cannot tell apart are told apart", () => {
    const most = Number.MAX_SAFE_INTEGER;
    expect(compareProducts([most, most - 2], [most - 1, most - 1])).toBe(-1);
    expect(compareProducts([most, most, most, 1], [most, most, most - 1, 1])).toBe(1);
    expect(compareProducts([most, 6, 35], [most, 10, 21])).toBe(0);
    expect(compareProducts([0, most], [0, 5])).toBe(0);
  });
});
