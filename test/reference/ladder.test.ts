import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { clearFlow, emptyFlow, LendingLadder, PerpetualIndex, stepClasses } from "../../engine/src/ladder/index.js";
import { breachPrice, type LendingRule, type LiquidationSize } from "../../engine/src/rules/lending.js";
import { type ReferenceAccount, type ReferenceProtocol, referenceForced, untilQuiet } from "./lending-reference.js";
import { referencePerpetuals } from "./perpetual-reference.js";

const seed = Number(process.env.SEED ?? 20210519);
const runs = { seed, numRuns: Number(process.env.RUNS ?? 400) };

/** Whole amounts of every size: small ones make rounding matter. */
const amount = fc.tuple(fc.integer({ min: 1, max: 999 }), fc.integer({ min: 0, max: 9 })).map(([m, e]) => m * 10 ** e);
/** Prices from a hundredth of a cent to 100,000 dollars, some on round numbers. */
const price = fc.oneof(
  fc.tuple(fc.integer({ min: 1, max: 99_999 }), fc.integer({ min: 0, max: 8 })).map(([m, e]) => 10_000 + m * 10 ** e),
  fc.constantFrom(1e8, 2e8, 2000e8, 60_000e8),
);
const bps = (min: number, max: number) => fc.integer({ min, max });

const wholeSizes = fc.constantFrom<LiquidationSize>(
  { kind: "all-collateral" },
  { kind: "close-factor", steps: [] },
  { kind: "close-factor", steps: [{ healthBelowBps: 10_000, closeFactorBps: 10_000 }] },
);
const partSizes = fc.oneof(
  fc.constantFrom<LiquidationSize>(
    { kind: "close-factor", steps: [{ healthBelowBps: 10_000, closeFactorBps: 5_000 }] },
    {
      kind: "close-factor",
      steps: [
        { healthBelowBps: 9_500, closeFactorBps: 10_000 },
        { healthBelowBps: 10_000, closeFactorBps: 5_000 },
      ],
    },
    { kind: "close-factor", steps: [{ healthBelowBps: 10_000, closeFactorBps: 1_000 }] },
  ),
  fc.tuple(bps(300, 10_000), bps(300, 10_000), bps(5_000, 9_999)).map(
    ([first, second, edge]): LiquidationSize => ({
      kind: "close-factor",
      steps: [
        { healthBelowBps: edge, closeFactorBps: first },
        { healthBelowBps: 10_000, closeFactorBps: second },
      ],
    }),
  ),
);
const anySizes = fc.oneof(
  wholeSizes,
  partSizes,
  bps(10_001, 15_000).map((targetBps): LiquidationSize => ({ kind: "target-health", targetBps })),
);

const ruleOf = (size: fc.Arbitrary<LiquidationSize>, dust: fc.Arbitrary<number>, assets: number) =>
  fc.record<LendingRule>({
    thresholdBps: fc.array(bps(1_000, 9_900), { minLength: assets, maxLength: assets }),
    bonusBps: fc.array(fc.constantFrom(0, 500, 1_000, 1_333), { minLength: assets, maxLength: assets }),
    penaltyBps: fc.constantFrom(0, 0, 1_300, 37),
    protocolFeeBps: fc.constantFrom(0, 1_000, 5_000),
    size,
    dustValue: dust,
    atEquality: fc.boolean(),
  });

/** Rules that are defined account by account: those for which no classes are made. */
function byAccount(rule: LendingRule): (collateral: number, debt: number) => boolean {
  const { size } = rule;
  if (size.kind === "all-collateral") return () => false;
  if (size.kind === "target-health") return () => true;
  if (rule.penaltyBps > 0) return () => true;
  if (size.steps.every((step) => step.closeFactorBps === 10_000)) return () => false;
  return (collateral) =>
    rule.dustValue > 0 ||
    stepClasses(size.steps, rule.thresholdBps[collateral], rule.bonusBps[collateral], rule.penaltyBps) === undefined;
}

/** Accounts of one collateral (asset 0) and one debt (asset 1), most of them within a few per cent of their threshold. */
interface PairCase {
  readonly rule: LendingRule;
  readonly decimals: number[];
  readonly opening: number[];
  readonly accounts: { debt: number; ratio: number }[];
  readonly moves: { collateral: number; debt: number; pick: number; nudge: number }[];
}

const pairCase = (size: fc.Arbitrary<LiquidationSize>): fc.Arbitrary<PairCase> =>
  fc.record({
    rule: ruleOf(size, fc.constant(0), 2),
    decimals: fc.tuple(fc.integer({ min: 2, max: 8 }), fc.integer({ min: 2, max: 8 })).map((pair) => [...pair]),
    opening: fc.tuple(price, price).map((pair) => [...pair]),
    accounts: fc.array(fc.record({ debt: amount, ratio: fc.double({ min: 0.3, max: 2.5, noNaN: true }) }), {
      minLength: 1,
      maxLength: 60,
    }),
    moves: fc.array(
      fc.record({
        collateral: fc.double({ min: 0.2, max: 1.6, noNaN: true }),
        debt: fc.oneof(fc.constant(1), fc.double({ min: 0.1, max: 3, noNaN: true })),
        pick: fc.nat(59),
        nudge: fc.integer({ min: -1, max: 2 }),
      }),
      { minLength: 1, maxLength: 6 },
    ),
  });

function pairProtocol(sample: PairCase): ReferenceProtocol {
  const [c, d] = sample.decimals;
  const accounts: ReferenceAccount[] = sample.accounts.map(({ debt, ratio }) => {
    const value = (debt * sample.opening[1]) / 10 ** d / (sample.rule.thresholdBps[0] / 10_000);
    return {
      collateral: [Math.min(1e15, Math.floor(((value * ratio) / sample.opening[0]) * 10 ** c)), 0],
      debt: [0, debt],
    };
  });
  // Values must stay below 9 billion dollars and a price must be whole enough to trade at; what is not is no account.
  const sound = accounts.filter(
    (a) =>
      sample.opening[0] * 4 * 10 ** Math.max(0, d - c) < 2 ** 52 &&
      sample.opening[1] * 4 * 10 ** Math.max(0, c - d) < 2 ** 52 &&
      (a.debt[1] * sample.opening[1] * 20) / 10 ** (d + 2) < 2 ** 52 &&
      (((a.debt[1] * sample.opening[1]) / 10 ** d) * 10 ** c * 100) / sample.opening[0] < 2 ** 50 &&
      (a.collateral[0] * sample.opening[0] * 20) / 10 ** (c + 2) < 2 ** 52,
  );
  return {
    rule: sample.rule,
    unitDecimals: sample.decimals,
    accounts: sound,
    sell: [-1, 0, -1, -1],
    buy: [-1, 1, -1, -1],
    byAccount: byAccount(sample.rule),
  };
}

function ladderOf(protocol: ReferenceProtocol, opening: readonly number[]): LendingLadder {
  const columns = (side: "collateral" | "debt") =>
    protocol.unitDecimals.map((_, asset) => ({
      asset,
      values: Float64Array.from(protocol.accounts, (account) => account[side][asset]),
    }));
  return new LendingLadder({
    mechanism: "lending",
    rule: protocol.rule,
    reactionMs: 0,
    rowCount: protocol.accounts.length,
    collateral: columns("collateral"),
    debt: columns("debt"),
    unitDecimals: protocol.unitDecimals,
    openingSteps: Float64Array.from(opening),
    feeds: Int32Array.from(protocol.unitDecimals, (_, asset) => asset),
    routes: { sell: Int32Array.from(protocol.sell), buy: Int32Array.from(protocol.buy) },
    account: (row) => `account ${row}`,
  });
}

/** Compares the fast ladder with the reference at one vector of prices. Units are equal to the bit; dollars are the same sums of floats. */
function compare(
  ladder: LendingLadder,
  protocol: ReferenceProtocol,
  steps: readonly number[],
  instrumentCount: number,
): void {
  const flow = emptyFlow(instrumentCount);
  ladder.forced(Float64Array.from(steps), flow);
  const exact = referenceForced(protocol, steps, instrumentCount);
  const place = `seed ${seed}, prices ${steps.join(", ")}, ${ladder.method}`;
  expect([...flow.sold], place).toEqual(exact.sold);
  expect([...flow.bought], place).toEqual(exact.bought);
  expect(flow.accounts, place).toBe(exact.accounts);
  const usd = (units: readonly number[]) =>
    units.reduce(
      (sum, amountUnits, asset) => sum + (amountUnits * steps[asset]) / 10 ** (protocol.unitDecimals[asset] + 8),
      0,
    );
  expect(flow.badDebtUsd, place).toBeCloseTo(usd(exact.lostUnits), 6);
  expect(Math.abs(flow.repaidUsd - usd(exact.repaidUnits)), place).toBeLessThanOrEqual(
    1e-12 * (1 + usd(exact.repaidUnits)),
  );
}

/** Prices of a move: anywhere, or at the exact edge of one of the accounts. */
function pricesOf(sample: PairCase, protocol: ReferenceProtocol, move: PairCase["moves"][number]): number[] {
  const debtSteps = Math.max(1, Math.floor(sample.opening[1] * move.debt));
  const anywhere = Math.max(1, Math.floor(sample.opening[0] * move.collateral));
  const picked = protocol.accounts[move.pick];
  if (!picked || move.nudge === 2) return [anywhere, debtSteps];
  const edge = breachPrice(protocol.rule, picked, 0, [anywhere, debtSteps], protocol.unitDecimals);
  return edge > 1 && edge < 2 * sample.opening[0] ? [edge + move.nudge, debtSteps] : [anywhere, debtSteps];
}

function checkPairs(size: fc.Arbitrary<LiquidationSize>): void {
  fc.assert(
    fc.property(pairCase(size), (sample) => {
      const protocol = pairProtocol(sample);
      const ladder = ladderOf(protocol, sample.opening);
      for (const move of sample.moves) compare(ladder, protocol, pricesOf(sample, protocol, move), 2);
    }),
    runs,
  );
}

describe(`ladders equal the slow reference (again: SEED=${seed} npx vitest run test/reference/ladder.test.ts)`, () => {
  it("behavior: all collateral and whole debt, one collateral and one debt, the debt's price moved too", () =>
    checkPairs(wholeSizes));
  it("behavior: close factor below one, one collateral and one debt", () => checkPairs(partSizes));

  it("behavior: several collaterals and debts, dust rule, target health", () => {
    const assets = 4;
    const list = <T>(item: fc.Arbitrary<T>) => fc.array(item, { minLength: assets, maxLength: assets });
    const held = list(
      fc.oneof({ weight: 2, arbitrary: fc.constant(0) }, { weight: 1, arbitrary: fc.integer({ min: 1, max: 1e6 }) }),
    );
    fc.assert(
      fc.property(
        ruleOf(anySizes, fc.constantFrom(0, 1e6, 1e9), assets),
        list(fc.integer({ min: 2, max: 4 })),
        list(fc.integer({ min: 1e7, max: 1e9 })),
        fc.array(fc.record<ReferenceAccount>({ collateral: held, debt: held }), { minLength: 1, maxLength: 40 }),
        fc.array(list(fc.double({ min: 0.3, max: 2, noNaN: true })), { minLength: 1, maxLength: 4 }),
        (rule, decimals, opening, accounts, moves) => {
          const routes = Array.from({ length: assets * assets }, (_, pair) => pair % 3);
          const protocol: ReferenceProtocol = {
            rule,
            unitDecimals: decimals,
            accounts,
            sell: routes,
            buy: routes.map((r) => (r === 2 ? -1 : 2 - r)),
            byAccount: byAccount(rule),
          };
          const ladder = ladderOf(protocol, opening);
          compare(ladder, protocol, opening, 3);
          for (const move of moves)
            compare(
              ladder,
              protocol,
              opening.map((steps, asset) => Math.floor(steps * move[asset])),
              3,
            );
        },
      ),
      runs,
    );
  });

  it("behavior: an account alone is what rules/lending.ts makes of it, and accounts() lists exactly those that breach", () => {
    fc.assert(
      fc.property(pairCase(fc.oneof(wholeSizes, partSizes)), (sample) => {
        const protocol = pairProtocol(sample);
        const ladder = ladderOf(protocol, sample.opening);
        const steps = pricesOf(sample, protocol, sample.moves[0]);
        const listed = new Map<number, number>();
        ladder.accounts(Float64Array.from(steps), ({ row, units }) =>
          listed.set(row, (listed.get(row) ?? 0) + Math.max(0, units)),
        );
        protocol.accounts.forEach((account, row) => {
          const end = untilQuiet(protocol, account, steps);
          expect(listed.has(row)).toBe(end.breached && account.debt[1] > 0);
          if (listed.has(row))
            expect(listed.get(row)).toBe(end.trades.reduce((sum, trade) => sum + trade.seizeUnits, 0));
        });
      }),
      runs,
    );
  });

  it("behavior: perpetual longs and shorts", () => {
    const position = fc.record({
      size: fc.integer({ min: -1e9, max: 1e9 }),
      breachSteps: fc.integer({ min: -1, max: 500e8 }),
      cash: fc.integer({ min: 0, max: 1e13 }),
    });
    fc.assert(
      fc.property(
        fc.array(position, { maxLength: 60 }),
        fc.integer({ min: 1, max: 600e8 }),
        fc.nat(59),
        (positions, anywhere, pick) => {
          const ladder = new PerpetualIndex({
            mechanism: "perpetual",
            instrument: 0,
            feed: 0,
            unitDecimals: 5,
            reactionMs: 0,
            size: Float64Array.from(positions, (p) => p.size),
            breachSteps: Float64Array.from(positions, (p) => p.breachSteps),
            cash: Float64Array.from(positions, (p) => p.cash),
            describe: (row) => ({ account: `${row}`, collateral: [], debt: [] }),
          });
          const flow = emptyFlow(1);
          for (const steps of [anywhere, Math.max(1, positions[pick]?.breachSteps ?? 1)]) {
            clearFlow(flow);
            ladder.forced(Float64Array.of(steps), flow);
            const exact = referencePerpetuals(positions, steps, 5);
            expect([flow.sold[0], flow.bought[0], flow.accounts]).toEqual([exact.sold, exact.bought, exact.accounts]);
            expect(Math.abs(flow.badDebtUsd - exact.badDebtUsd)).toBeLessThanOrEqual(1e-9 * (1 + exact.badDebtUsd));
          }
        },
      ),
      runs,
    );
  });
});
