import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { exp } from "../../../math/index.js";
import { perpetualBreaches } from "../../../rules/perpetual.js";
import { Kernel, type Mechanism, Tape, type TapeRow, tapeKinds } from "../../../run/index.js";
import { readScenario } from "../../../scenario/parse.js";
import { createMechanisms, runSetting } from "../../../scenario/plan.js";
import { longsAndShorts } from "./demonstration.js";
import type { PerpetualsRows } from "./rows.js";

/** A path of its own: log moves, one per tick. */
function walk(moves: readonly number[]): Mechanism {
  let log = 0;
  return {
    name: "shock",
    open: () => null,
    reset: () => {
      log = 0;
    },
    shock: (_, at) => {
      log += moves[at.tick];
      at.setFair(0, 2000 * exp(log));
    },
  };
}

/** A guard that holds or caps every third order or so, by its number and the round. */
function whim(share: number): Mechanism {
  return {
    name: "whim",
    open: () => null,
    reset: () => {},
    gate: (_, at) => {
      for (let order = 0; order < at.standing.count; order++) {
        if (at.standing.open[order] === 0) continue;
        const draw = (order * 7 + at.tick * 13) % 10;
        if (draw < share * 5) at.hold(order);
        else if (draw < share * 10) at.cap(order, Math.ceil(at.standing.disposalUnits(order) / 3));
      }
    },
  };
}

const account = fc.record({
  long: fc.boolean(),
  units: fc.integer({ min: 1, max: 500_000 }),
  entry: fc.integer({ min: 1500, max: 2600 }),
  leverage: fc.integer({ min: 1, max: 60 }),
});

const scenario = fc.record({
  accounts: fc.array(account, { minLength: 1, maxLength: 25 }),
  moves: fc.array(fc.oneof(fc.integer({ min: -30, max: 30 }), fc.integer({ min: -600, max: 600 })), {
    minLength: 4,
    maxLength: 8,
  }),
  depth: fc.integer({ min: 1, max: 3000 }),
  fund: fc.constantFrom(0, 500, 20_000, 10_000_000),
  policy: fc.constantFrom("queue", "pro-rata", "none"),
  funding: fc.constantFrom(
    { rule: "off" },
    { rule: "fixed", rate: "0.3%", every: "10 min" },
    { rule: "basis", every: "10 min" },
  ),
  fee: fc.constantFrom("0%", "0.5%"),
  hold: fc.constantFrom(0, 0.4),
  pool: fc.boolean(),
});

describe("perpetuals, random books", () => {
  it("behavior: whatever happens, every unit is somewhere and nobody is closed while healthy", () => {
    const seen = { deleveraged: 0, paid: 0, badDebt: 0, exhausted: 0, closed: 0 };
    fc.assert(
      fc.property(scenario, (drawn) => {
        const built = build(drawn);
        const tape = new Tape(false, built.reader);
        const kernel = new Kernel(built.setting, tape);
        built.attach(kernel);
        const first = kernel.run(1, 0);
        // The kernel asserted after every round that each asset sums to exactly 0; here that the rows are what the ledger holds.
        built.check(kernel, seen);
        built.attach(kernel);
        expect(kernel.run(1, 0).tapeHash).toBe(first.tapeHash);
        expect(first.end).toBe("settled");
      }),
      { seed: 20260219, numRuns: 100 },
    );
    // The property is no property of an empty set.
    for (const [what, count] of Object.entries(seen)) expect(count, what).toBeGreaterThan(10);
  });
});

function build(drawn: typeof scenario extends fc.Arbitrary<infer T> ? T : never) {
  const plan = readScenario(
    longsAndShorts({
      rows: drawn.accounts.map(({ long, units, entry, leverage }, place) => [
        `a${place}`,
        (long ? units : -units) / 1000,
        entry,
        Math.floor(((units / 1000) * entry * 1e6) / leverage) / 1e6,
      ]),
      exchange: {
        insuranceFund: `${drawn.fund} USD`,
        deleveraging: drawn.policy,
        funding: drawn.funding,
        fee: drawn.fee,
      },
      levels: {
        bids: [
          ["-1%", `${drawn.depth / 10} ETH`],
          ["-20%", `${drawn.depth} ETH`],
        ],
        asks: [
          ["1%", `${drawn.depth / 10} ETH`],
          ["25%", `${drawn.depth} ETH`],
        ],
        refill: "3 /h",
      },
      small: {
        pressure: {},
        clock: { tick: "5 min", duration: `${drawn.moves.length * 5} min` },
        ...(drawn.pool
          ? {
              venues: {
                pool: {
                  kind: "constant-product",
                  instrument: "ETH/USD-PERP",
                  layer: "made",
                  base: `${drawn.depth} ETH`,
                  quote: `${drawn.depth * 2000} USD`,
                  fee: "0.3%",
                },
              },
            }
          : {}),
      },
    }),
    () => {
      throw new Error("no files");
    },
  );
  const mechanisms = createMechanisms(plan).map((one) =>
    one.name === "shock" ? walk(drawn.moves.map((move) => move / 1000)) : one,
  );
  const base = runSetting(plan, mechanisms);
  const setting = {
    ...base,
    mechanisms: [...mechanisms, whim(drawn.hold)],
    openOrder: [...base.openOrder, mechanisms.length],
  };
  const index = mechanisms.findIndex((one) => one.name === "exchange");
  let rows: PerpetualsRows | undefined;
  const rowsNow = (): PerpetualsRows => {
    if (rows === undefined) throw new Error("the kernel is attached first");
    return rows;
  };
  let ordered = new Set<number>();
  let closed = new Map<number, number>();
  let flow = { liquidated: 0, traded: 0, deleveraged: 0, toRest: 0 };
  const count = { deleveraged: 0, paid: 0, badDebt: 0, exhausted: 0, closed: 0 };
  const closedUnits = (row: number, units: number) => closed.set(row, (closed.get(row) ?? 0) + units);
  const reader = (row: TapeRow) => {
    if (row.kind === tapeKinds.depthExhausted) count.exhausted++;
    if (row.kind === tapeKinds.batch && row.a === rowsNow().instrument) flow.traded += Math.abs(row.x) + 2 * row.y;
    if (row.a !== index) return;
    const { rule, size, entry, margin } = rowsNow();
    if (row.kind === tapeKinds.order) {
      ordered.add(row.b);
      expect(perpetualBreaches(rule, size[row.b], entry[row.b], margin[row.b], row.z)).toBe(true);
    }
    if (row.kind === tapeKinds.withdraw) ordered.delete(row.b);
    if (row.kind === tapeKinds.liquidate) {
      count.closed++;
      expect(ordered.has(row.b)).toBe(true);
      closedUnits(row.b, row.x);
      flow.liquidated += row.x;
      if (row.z === rowsNow().layout.restOfMarket) flow.toRest += row.x;
    }
    if (row.kind === tapeKinds.deleverage) {
      flow.deleveraged += row.x;
      count.deleveraged++;
      expect(ordered.has(row.b)).toBe(false);
      expect(Math.sign(size[row.b])).not.toBe(Math.sign(rowsNow().openingSize[row.z]));
      closedUnits(row.b, row.x);
    }
    if (row.kind === tapeKinds.insurance && row.x > 0) count.paid++;
    if (row.kind === tapeKinds.badDebt) count.badDebt++;
  };
  return {
    setting,
    reader,
    attach(kernel: Kernel) {
      rows = kernel.opened.rows[index] as PerpetualsRows;
      ordered = new Set();
      closed = new Map();
      flow = { liquidated: 0, traded: 0, deleveraged: 0, toRest: 0 };
    },
    check(kernel: Kernel, seen: typeof count) {
      const end = rowsNow();
      const { ledger } = kernel;
      ledger.check();
      const sum = (values: Float64Array) => values.reduce((total, value) => total + value, 0);
      expect(ledger.balance(end.positions, end.quote)).toBe(sum(end.margin));
      expect(ledger.balance(end.positions, end.contract)).toBe(sum(end.size.map((size) => Math.max(0, size))));
      expect(ledger.balance(end.engine, end.quote)).toBe(0);
      expect(ledger.balance(end.engine, end.contract)).toBe(0);
      expect(Math.min(...end.margin, ...end.entry)).toBeGreaterThanOrEqual(0);
      end.size.forEach((size, row) => {
        // Nothing is closed twice, and a side never turns.
        expect(Math.abs(end.openingSize[row]) - Math.abs(size)).toBe(closed.get(row) ?? 0);
        expect(size * end.openingSize[row]).toBeGreaterThanOrEqual(0);
        if (size === 0) expect(end.entry[row]).toBe(0);
      });
      // What was closed met the market, a winner, or rest-of-market: deleveraging closed exactly what was missing.
      expect(flow.liquidated).toBe(flow.traded + flow.deleveraged + flow.toRest);
      if (drawn.policy === "none") expect(count.deleveraged).toBe(0);
      for (const key of Object.keys(seen) as (keyof typeof count)[]) seen[key] += count[key];
    },
  };
}
