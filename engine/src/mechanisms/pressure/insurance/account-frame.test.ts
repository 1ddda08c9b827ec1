import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { emptyFlow } from "../../../ladder/index.js";
import { type Decide, Kernel, type Layout, type Mechanism, Tape, type TradePlan } from "../../../run/index.js";
import { readScenario } from "../../../scenario/parse.js";
import { runSetting } from "../../../scenario/plan.js";
import { faultsOf, playStrategy, type StrategyCase, strategyScenario } from "./strategy.fixture.js";

const nothingElse = (): never => expect.unreachable();

/** One entry of every strategy on the frame, with what it remembers of a path switched on. */
const entries: readonly Readonly<Record<string, unknown>>[] = [
  { kind: "cppi", multiplier: 4, floor: "87.5%" },
  { kind: "cppi", multiplier: 4, floor: "87.5%", lockIn: false, floorGrowth: "50%" },
  { kind: "cppi", multiplier: 4, floor: "87.5%", adjust: { reference: "80%", halfLife: "1 h", tail: 1.5 } },
  { kind: "tipp", multiplier: 4, floor: "87.5%", ratchet: "90%" },
  { kind: "stop-loss", stop: "-10%" },
  { kind: "stop-loss", stop: "-6%", trailing: true, reentry: "-2%" },
  { kind: "stop-loss", stop: "-6%", of: "wealth", share: "60%" },
  { kind: "volatility-exit", above: "200%", below: "150%", before: "60%", halfLife: "20 min", cooldown: "10 min" },
  { kind: "volatility-target", target: "35%", before: "70%", halfLife: "1 h" },
  { kind: "constant-leverage", leverage: 2 },
  { kind: "rebalancer" },
  { kind: "synthetic-put", horizon: "365 day", volatility: "60%" },
  { kind: "synthetic-put", horizon: "365 day", volatility: "60%", start: "rule", realised: { halfLife: "1 h" } },
];
const executions: readonly Readonly<Record<string, unknown>>[] = [
  {},
  { discretion: "40%", delay: "10 min" },
  { perHour: "50%", pauseAfter: "-4%", pause: "20 min" },
];
const paths = [
  [
    [0, 2000],
    [30, 1500],
    [60, 1900],
    [90, 1400],
    [120, 2100],
  ],
  [
    [0, 2000],
    [40, 2500],
    [80, 2100],
    [120, 1700],
  ],
] as const;

interface Watch {
  /** Before each decision of the insurer: its plan, as often as asked for; prices at which the map is asked, if any. */
  readonly askPlan: number;
  readonly askMap: readonly number[];
}

/** Runs a case while somebody looks on: what is announced and what is ordered, by round, and the tape's hash. */
function watched(one: StrategyCase, { askPlan, askMap }: Watch) {
  const setting = runSetting(readScenario(strategyScenario(one), nothingElse));
  const index = setting.mechanisms.findIndex((mechanism) => mechanism.name === "insurer");
  const insurer = setting.mechanisms[index] as Mechanism<unknown>;
  const seen: { announced: number; ordered: number; first: number }[] = [];
  let layout: Layout;
  const watching: Mechanism<unknown> = {
    ...insurer,
    open(book, given) {
      layout = given;
      return insurer.open(book, given);
    },
    decide(rows, at: Decide) {
      const [plan] = layout.plans() as readonly (TradePlan | undefined)[];
      let first = 0;
      for (let times = 0; times < askPlan; times++) first = plan?.announced(0, at) ?? 0;
      for (const price of askMap) {
        const feeds = Float64Array.from([0, 1], (asset) => (asset === 0 ? price : 1) * 1e8);
        insurer.ladder?.(rows).forced(feeds, emptyFlow(1));
        plan?.announcedAt(0, feeds);
      }
      let ordered = 0;
      const heard: Decide = Object.create(at, {
        trade: {
          value: (row: number, account: number, instrument: number, units: number, limit: number) => {
            ordered += units;
            at.trade(row, account, instrument, units, limit);
          },
        },
      });
      insurer.decide?.(rows, heard);
      const after = plan?.announced(0, at) ?? 0;
      seen.push({ announced: askPlan > 0 ? first : after, ordered, first });
    },
  };
  const mechanisms = setting.mechanisms.map((mechanism, place) => (place === index ? watching : mechanism));
  const { tapeHash } = new Kernel({ ...setting, mechanisms }, new Tape()).run(1, 0);
  return { tapeHash, seen };
}

describe("account frame", () => {
  it("default: every strategy lands in its accounts' ledger, in any way of carrying it out", () => {
    for (const entry of entries)
      for (const execution of executions)
        for (const path of paths) {
          const { kernel, rows, end } = playStrategy({ entry: { ...entry, execution }, path });
          const where = JSON.stringify({ entry, execution });
          expect(end, where).toBe("settled");
          expect(kernel.ledger.balance(rows.positions, 0), where).toBe(rows.risky[0]);
          expect(kernel.ledger.balance(rows.positions, 1), where).toBe(Math.max(0, rows.cash[0]));
        }
  });

  it("behavior: to be asked changes nothing: plans and maps between rounds leave the same tape", () => {
    for (const entry of entries)
      for (const execution of executions)
        for (const path of paths) {
          const one = { entry: { ...entry, execution, announced: 1 }, path };
          const alone = watched(one, { askPlan: 0, askMap: [] }).tapeHash;
          const where = JSON.stringify({ entry, execution });
          expect(watched(one, { askPlan: 3, askMap: [] }).tapeHash, `plan: ${where}`).toBe(alone);
          expect(watched(one, { askPlan: 0, askMap: [1, 900, 1700, 5000] }).tapeHash, `map: ${where}`).toBe(alone);
        }
  });

  it("behavior: what is announced is what is ordered in that round, or the stated share of it", () => {
    let orders = 0;
    for (const entry of entries)
      for (const execution of executions)
        for (const announced of [1, 0.4]) {
          const { seen } = watched(
            { entry: { ...entry, execution, announced }, path: paths[0] },
            { askPlan: 1, askMap: [] },
          );
          for (const round of seen) {
            expect(round.announced).toBe(Math.trunc(round.ordered * announced));
            if (round.ordered !== 0) orders++;
          }
        }
    expect(orders).toBeGreaterThan(500);
    const silent = watched({ entry: { ...entries[0] }, path: paths[0] }, { askPlan: 1, askMap: [] });
    expect(silent.seen.every((round) => round.announced === 0)).toBe(true);
  });

  it("behavior: the map says what the first round orders: at the shocked price, from the opening book", () => {
    for (const entry of entries)
      for (const discretion of [1, 0.5])
        for (const percent of [-40, -12, -5, 5, 30]) {
          const one = { entry: { ...entry, execution: { discretion } }, move: `${percent}%`, over: "0 s" };
          const { trades, flowAt } = playStrategy(one);
          const first = trades.filter((row) => row.tick === 0 && row.round === 0).reduce((sum, row) => sum + row.x, 0);
          // A fair value is a plain number: -12 % is 1760 or a step beside it.
          const { sold, bought } = flowAt(2000 * (1 + percent / 100));
          const where = JSON.stringify({ entry, discretion, percent });
          if (bought[0] === 0) expect(Math.abs(first - sold[0]), where).toBeLessThanOrEqual(1);
          // What an account buys it must be able to pay at what depth asks; the map knows prices, not depth.
          else expect(-first, where).toBeLessThanOrEqual(bought[0] + 1);
        }
  });

  it("behavior: announcedAt is the map's net flow, in the stated share", () => {
    const setting = runSetting(
      readScenario(strategyScenario({ entry: { ...entries[0], announced: "25%" } }), nothingElse),
    );
    const plans: TradePlan[] = [];
    const { opened } = new Kernel(
      {
        ...setting,
        mechanisms: setting.mechanisms.map((one) => ({
          ...one,
          open: (book, layout) => {
            const { offerPlan } = layout;
            return one.open(book, { ...layout, offerPlan: (plan) => [plans.push(plan), offerPlan(plan)] } as Layout);
          },
        })) as Mechanism[],
      },
      new Tape(),
    );
    const feeds = Float64Array.from(opened.feeds, ({ asset }) => (asset === 0 ? 1800 : 1) * 1e8);
    // 400,000 less 100 x 200 is 380,000, the cushion 30,000: 120,000 of 180,000 stay.
    expect(plans).toHaveLength(1);
    expect(plans[0].announcedAt(0, feeds)).toBe(Math.trunc(Math.ceil((60_000 / 1800) * 1e7) / 4));
    expect(plans[0].announcedAt(1, feeds)).toBe(0);
  });

  it("limit: a band of everything, no accounts, accounts of nothing, of debt alone, and a price of almost nothing", () => {
    for (const entry of entries) {
      const where = JSON.stringify(entry);
      if (!["stop-loss", "volatility-exit", "constant-leverage"].includes(String(entry.kind))) {
        // A cushion that is gone is sold whatever the band says; above it, nothing is.
        expect(playStrategy({ entry: { ...entry, band: 1 }, move: "-5%" }).trades, where).toHaveLength(0);
      }
      expect(playStrategy({ entry, rows: [] }).trades, where).toHaveLength(0);
      expect(playStrategy({ entry, rows: [["none", 0, 0]] }).trades, where).toHaveLength(0);
      const owing = playStrategy({ entry, rows: [["owes", 0, -1000]] });
      expect(owing.trades, where).toHaveLength(0);
      expect(owing.rows.cash[0], where).toBe(-1000e6);
      const under = playStrategy({ entry, rows: [["under", 10, -30000]] });
      expect(Number.isFinite(under.measures.badDebtUsd), where).toBe(true);
      // Below 1e-8 USD nothing is published but 0, and nobody decides by that.
      for (const move of ["-99.999%", "-99.9999999999%"]) {
        const crash = playStrategy({ entry, move, over: "0 s" });
        expect(crash.kernel.ledger.balance(crash.rows.positions, 0), where).toBe(crash.rows.risky[0]);
        expect(Array.from(crash.rows.cash).every(Number.isSafeInteger), where).toBe(true);
        if (move.length > 10) expect(crash.trades, where).toHaveLength(0);
      }
    }
  });

  it("limit: without leverage nobody ends below 0, with it what is lent is what the rows owe (random accounts and paths)", () => {
    const account = fc.record({
      risky: fc.integer({ min: 0, max: 400 }),
      cash: fc.integer({ min: -100_000, max: 900_000 }),
    });
    fc.assert(
      fc.property(
        fc.constantFrom(...entries),
        fc.constantFrom(...executions),
        fc.array(account, { minLength: 1, maxLength: 5 }),
        fc.array(fc.integer({ min: 300, max: 6000 }), { minLength: 4, maxLength: 4 }),
        fc.integer({ min: 20, max: 5000 }),
        fc.integer({ min: 1, max: 4 }),
        (entry, execution, accounts, prices, depth, leverage) => {
          const { rows, kernel } = playStrategy({
            entry: { ...entry, execution, leverage: Math.max(leverage, Number(entry.leverage ?? 1)) },
            rows: accounts.map(({ risky, cash }, place) => [`a${place}`, risky, cash]),
            path: [[0, 2000], ...prices.map((usd, place) => [30 * (place + 1), usd] as const)],
            tick: "10 min",
            depth,
            rounds: 50,
          });
          let risky = 0;
          let cash = 0;
          for (let row = 0; row < rows.risky.length; row++) {
            expect(rows.risky[row]).toBeGreaterThanOrEqual(0);
            risky += rows.risky[row];
            cash += Math.max(0, rows.cash[row]);
          }
          expect(kernel.ledger.balance(rows.positions, 0)).toBe(risky);
          expect(kernel.ledger.balance(rows.positions, 1)).toBe(cash);
        },
      ),
      { seed: 45, numRuns: 300 },
    );
  });

  it("error: one account of more than whole millionths of a dollar can count is refused by name", () => {
    expect(() => playStrategy({ entry: entries[0], rows: [["whale", 90_000_000, 0]] })).toThrow(/worth/);
  });

  it("error: total-too-large: a table that `times` makes too large to count is refused before the run", () => {
    const rows = [["whale", 0, 1_000_000_000]];
    expect(faultsOf({ entry: { kind: "cppi", multiplier: 4, floor: "80%", times: 100 }, rows })).toEqual([
      "times total-too-large",
    ]);
    expect(faultsOf({ entry: { kind: "cppi", multiplier: 4, floor: "80%", times: 2 }, rows })).toEqual([]);
  });
});
