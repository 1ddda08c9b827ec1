import { describe, expect, it } from "vitest";
import { Kernel, Tape, type TapeRow, tapeKinds } from "../../run/index.js";
import { parseScenario } from "../../scenario/parse.js";
import { type Plan, runSetting } from "../../scenario/plan.js";
import { oneAccountFalls } from "../demonstrations.js";

const base = { kind: "owners", protocol: "lender", share: "100%", reaction: "10 min", actBelow: 1.1, repayment: "50%" };

const lender = { kind: "lending", threshold: { ETH: "85%" }, bonus: { ETH: "5%" } };

function parsed(owners: object, variant: object = {}, lending: object = {}) {
  const pressure = { owners: { ...base, ...owners }, lender: { ...lender, ...lending } };
  return parseScenario(oneAccountFalls({ pressure, ...variant }), () => ({ problems: [] }));
}

function plan(...args: Parameters<typeof parsed>): Plan {
  const result = parsed(...args);
  if ("problems" in result) throw new Error(JSON.stringify(result.problems));
  return result.plan;
}

function rows(of: Plan, seed = 1, path = 0): readonly TapeRow[] {
  const tape = new Tape(true);
  new Kernel(runSetting(of), tape).run(seed, path);
  return tape.kept;
}

/** [minute at which the tick ends, account's row] of everything that owners did. */
function acts(of: Plan, seed = 1, path = 0): [number, number][] {
  return rows(of, seed, path)
    .filter((row) => row.kind === tapeKinds.rescue)
    .map((row) => [(row.tick + 1) * 5, row.b]);
}

/** Accounts of 10 ETH and debts of 4,000 to `most` dollars, in no order. */
function crowd(count: number, most: number) {
  const accounts = Array.from({ length: count }, (_, row) => ({
    account: String(row + 1),
    collateral: "10 ETH",
    debt: `${4000 + ((row * 7919) % count) * ((most - 4000) / count)} USD`,
  }));
  return { positions: { lender: { layer: "made", accounts } } };
}

describe("owners", () => {
  it("default: an owner acts the reaction time after the first tick below the margin, by live fair value", () => {
    // Account 1: 100 ETH x 85 % over 150,000 dollars is 1.1 at 1,941 dollars; the line has 1,970 at minute 5 and 1,886 at minute 10... (x 0.7^(t / 60)).
    const line = (minute: number) => 2000 * 0.7 ** (minute / 60);
    const first = [5, 10, 15, 20].find((minute) => (100 * 0.85 * line(minute)) / 150_000 < 1.1) ?? Number.NaN;
    const [one] = acts(plan({})).filter(([, row]) => row === 0);
    expect(one).toEqual([first + 10, 0]);
  });

  it("behavior: an owner whose act was not enough acts again after `again`, by default the reaction time", () => {
    const gaps = (of: object) => {
      const fall = { prices: { shock: { kind: "line", moves: { ETH: "-8%" } } } };
      const often = acts(plan({ reaction: "10 min", repayment: "1%", ...of }, fall)).filter(([, row]) => row === 0);
      return often.slice(1).map(([minute], place) => minute - often[place][0]);
    };
    // The margin falls from 1.133 to 1.043 and an act relieves by 1 %: one is not enough, and nobody is liquidated.
    expect(gaps({}).slice(0, 2)).toEqual([10, 10]);
    expect(gaps({ again: "5 min" }).slice(0, 3)).toEqual([5, 5, 5]);
  });

  it("behavior: exponential reactions have the stated median, drawn once per owner", () => {
    // 2,000 owners below 1.1 in the first tick already, at a price that then stays.
    const still = { ...crowd(2000, 5000), prices: { shock: { kind: "line", moves: { ETH: "-1%" }, over: "5 min" } } };
    const clock = { tick: "5 min", duration: "10 h" };
    const of = plan({ reaction: "1 h", spread: "exponential", actBelow: 100, repayment: "100%" }, { ...still, clock });
    const minutes = acts(of).map(([minute]) => minute - 5);
    expect(minutes.length).toBeGreaterThan(1990);
    // A tick is five minutes, so times are rounded up to it: P(at most 60 min) is a half, P(at most 30) is 1 - 2^-0.5. Four standard errors.
    for (const [limit, share] of [
      [60, 0.5],
      [30, 1 - 0.5 ** 0.5],
      [120, 0.75],
    ]) {
      const seen = minutes.filter((minute) => minute <= limit).length / 2000;
      expect(Math.abs(seen - share)).toBeLessThan(4 * Math.sqrt((share * (1 - share)) / 2000));
    }
  });

  it("behavior: owners who close sell collateral at the market, and the account is gone", () => {
    const closed = rows(plan({ repays: "0%", reaction: "0 min" }));
    const sales = closed.filter((row) => row.kind === tapeKinds.rescue);
    expect(sales.every((row) => row.z === 1 && row.y > 0)).toBe(true);
    expect(closed.some((row) => row.kind === tapeKinds.liquidate)).toBe(false);
    // Two accounts come below 1.1; their debts of 150,000 and 120,000 dollars are wholly repaid.
    const repaid = sales.reduce((sum, row) => sum + row.x / 1e6, 0);
    expect(repaid).toBeCloseTo(270_000, 0);
  });

  it("behavior: an owner whose account has recovered before the reaction is over does nothing", () => {
    const made = {
      source: "made for the test",
      asOf: "2024-01-01T00:00:00Z",
      coverage: "all",
      coverageShare: 1,
      basis: "assumed",
    };
    const candles = {
      layer: "made",
      asset: "ETH",
      interval: "20 min",
      columns: ["start", "open USD", "high USD", "low USD", "close USD"],
      rows: [["2024-01-01T00:00:00Z", 2000, 2000, 1850, 2000]],
    };
    const dip = {
      series: { day: { version: 1, kind: "series", name: "day", layers: { made }, tables: { candles } } },
      prices: { shock: { kind: "recorded", series: "day" } },
    };
    expect(acts(plan({ reaction: "10 min" }, dip))).toEqual([]);
    expect(acts(plan({ reaction: "0 min" }, dip)).length).toBe(1);
  });

  it("behavior: the share is drawn once per account, the same ones whatever the reaction, others on another path", () => {
    // Margins of 1.53 and more after a fall of a tenth: nobody is liquidated, so that nothing but the owners differs.
    const fall = { ...crowd(2000, 10_000), prices: { shock: { kind: "line", moves: { ETH: "-10%" } } } };
    const who = (share: string, reaction: string, path: number) =>
      new Set(acts(plan({ share, reaction, actBelow: 1.9 }, fall), 1, path).map(([, row]) => row));
    const fast = who("60%", "0 min", 0);
    expect(who("60%", "5 min", 0)).toEqual(fast);
    expect([...who("60%", "0 min", 1)].some((row) => !fast.has(row))).toBe(true);
    const all = who("100%", "0 min", 0);
    // Three standard deviations of a binomial share.
    expect(Math.abs(fast.size / all.size - 0.6)).toBeLessThan(3 * Math.sqrt(0.24 / all.size));
  });

  it("behavior: the cursor finds everybody that a look at every account would find, interest included", () => {
    const params = { reaction: "0 min", actBelow: 1.05, repayment: "1%" };
    const of = plan(params, crowd(300, 16_000), { interest: "900%" });
    const kernel = new Kernel(runSetting(of), new Tape());
    kernel.begin(1, 0);
    const due = new Set<number>();
    for (let tick = 0; tick < of.tickCount; tick++) {
      kernel.step(tick);
      const accounts = kernel.rescuable("lender");
      for (let row = 0; row < (accounts?.rowCount ?? 0); row++)
        if ((accounts?.margin(row, (asset) => kernel.fair(asset)) ?? 2) < 1.03) due.add(row);
    }
    const acted = new Set(acts(of).map(([, row]) => row));
    expect(due.size).toBeGreaterThan(0);
    for (const row of due) expect(acted.has(row), `row ${row}`).toBe(true);
  });

  it("error: duration-no-multiple, mechanism-wrong, unknown-mechanism", () => {
    const codes = (owners: object) => {
      const result = parsed(owners);
      return "problems" in result ? result.problems.map(({ code, path }) => `${path} ${code}`) : [];
    };
    expect(codes({ reaction: "7 min" })).toEqual(["pressure.owners.reaction duration-no-multiple"]);
    expect(codes({ again: "7 min" })).toEqual(["pressure.owners.again duration-no-multiple"]);
    expect(codes({ protocol: "market" })).toEqual(["pressure.owners.protocol mechanism-wrong"]);
    expect(codes({ protocol: "nobody" })).toEqual(["pressure.owners.protocol unknown-mechanism"]);
  });
});
