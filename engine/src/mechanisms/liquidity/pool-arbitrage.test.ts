import { describe, expect, it } from "vitest";
import { uniform } from "../../math/index.js";
import { Kernel, Tape, type TapeRow, tapeKinds } from "../../run/index.js";
import { parseScenario, readScenario } from "../../scenario/parse.js";
import { runSetting } from "../../scenario/plan.js";
import { oneAccountFalls } from "../demonstrations.js";

const seed = 20261122;
const noFiles = (path: string): never => {
  throw new Error(`no files here, but ${path}`);
};

interface Case {
  readonly move: string;
  readonly fee: string;
  readonly speed: string;
  readonly capital?: string;
}

/** A pool and its arbitrageur alone: nobody owes anything. */
function kernelOf({ move, fee, speed, capital }: Case): { kernel: Kernel; seen: TapeRow[] } {
  const scenario = oneAccountFalls({
    pool: true,
    prices: { shock: { kind: "line", moves: { ETH: move }, over: "1 h" } },
    liquidity: {
      arbitrage: { kind: "pool-arbitrage", venue: "market", speed, ...(capital === undefined ? {} : { capital }) },
    },
    venues: {
      market: {
        kind: "constant-product",
        instrument: "ETH/USD",
        layer: "made",
        base: "5000 ETH",
        quote: "10000000 USD",
        fee,
      },
    },
    positions: { lender: { layer: "made", accounts: [{ account: "1", collateral: "1 ETH", debt: "0 USD" }] } },
  });
  const seen: TapeRow[] = [];
  const plan = readScenario(scenario, noFiles);
  return { kernel: new Kernel(runSetting(plan), new Tape(false, (row) => seen.push(row))), seen };
}

/** Random moves, fees, speeds and capitals. */
function caseOf(index: number): Case {
  const draw = (word: number) => uniform(seed, index, 0, 0, word);
  const percent = (draw(0) - 0.5) * 120;
  return {
    move: `${percent < 0 ? "" : "+"}${percent.toFixed(4)}%`,
    fee: `${(draw(1) * 2).toFixed(3)}%`,
    speed: `${(draw(2) < 0.3 ? 100 : 1 + draw(2) * 98).toFixed(2)}%`,
    ...(draw(3) < 0.5 ? {} : { capital: `${Math.floor(draw(3) * 500_000)} USD` }),
  };
}

describe("pool arbitrage", () => {
  it("default: with 100 % speed the pool ends every tick at the edge of its fee band", () => {
    const { kernel } = kernelOf({ move: "-30%", fee: "0.3%", speed: "100%" });
    kernel.begin(1, 0);
    const { ladder } = kernel.opened.venues[0];
    for (let tick = 0; tick < 12; tick++) {
      kernel.step(tick);
      expect(ladder.marginal(ladder.position(), 1) / kernel.fair(0)).toBeCloseTo(1, 9);
    }
  });

  it("behavior: never a trade inside the fee band, never a loss, never a falling invariant", () => {
    for (let index = 0; index < 60; index++) {
      const one = caseOf(index);
      const { kernel, seen } = kernelOf(one);
      kernel.begin(seed, index);
      const { ladder, account: owners } = kernel.opened.venues[0];
      const arbitrageur = kernel.opened.accounts.findIndex((account) => account.role === "arbitrageur");
      const usd = 1;
      let wealth = kernel.ledger.balance(arbitrageur, usd);
      let invariant = BigInt(kernel.ledger.balance(owners, 0)) * BigInt(kernel.ledger.balance(owners, usd));
      for (let tick = 0; tick < kernel.setting.tickCount; tick++) {
        const before = ladder.position();
        const bid = ladder.marginal(before, 1);
        const ask = ladder.marginal(before, -1);
        seen.length = 0;
        kernel.step(tick);
        const fair = kernel.fair(0);
        const place = `seed ${seed}, case ${index} ${JSON.stringify(one)}, tick ${tick}`;
        if (seen.some((row) => row.kind === tapeKinds.trade)) expect(bid > fair || ask < fair, place).toBe(true);
        else expect(ladder.position(), place).toBe(before);
        const after = kernel.ledger.balance(arbitrageur, usd);
        expect(after, place).toBeGreaterThanOrEqual(wealth);
        expect(kernel.ledger.balance(arbitrageur, 0), place).toBe(0);
        wealth = after;
        const product = BigInt(kernel.ledger.balance(owners, 0)) * BigInt(kernel.ledger.balance(owners, usd));
        expect(product >= invariant, place).toBe(true);
        invariant = product;
      }
    }
  });

  it("behavior: a lower speed and a smaller capital leave a wider gap", () => {
    const gapAfter = (speed: string, capital?: string): number => {
      const { kernel } = kernelOf({ move: "-30%", fee: "0.3%", speed, ...(capital === undefined ? {} : { capital }) });
      kernel.begin(1, 0);
      for (let tick = 0; tick < 12; tick++) kernel.step(tick);
      return kernel.middle(0) / kernel.fair(0) - 1;
    };
    expect(gapAfter("10%")).toBeGreaterThan(gapAfter("50%"));
    expect(gapAfter("50%")).toBeGreaterThan(gapAfter("100%"));
    expect(gapAfter("100%", "20000 USD")).toBeGreaterThan(gapAfter("100%"));
  });

  it("behavior: it is no part of lasting impact", () => {
    const scenario = oneAccountFalls({
      pool: true,
      lasting: "100%",
      liquidity: { arbitrage: { kind: "pool-arbitrage", venue: "market" } },
      positions: { lender: { layer: "made", accounts: [{ account: "1", collateral: "1 ETH", debt: "0 USD" }] } },
    });
    const seen: TapeRow[] = [];
    new Kernel(runSetting(readScenario(scenario, noFiles)), new Tape(false, (row) => seen.push(row))).run(1, 0);
    expect(seen.some((row) => row.kind === tapeKinds.trade)).toBe(true);
    expect(seen.some((row) => row.kind === tapeKinds.lasting)).toBe(false);
  });

  it("error: kind-wrong and unit-wrong name the place", () => {
    const wrong = (pool: boolean, entry: object) =>
      parseScenario(
        oneAccountFalls({ pool, liquidity: { arbitrage: { kind: "pool-arbitrage", venue: "market", ...entry } } }),
        noFiles,
      );
    expect(wrong(false, {})).toMatchObject({ problems: [{ code: "kind-wrong", path: "liquidity.arbitrage.venue" }] });
    expect(wrong(true, { capital: "5 ETH" })).toMatchObject({
      problems: [{ code: "unit-wrong", path: "liquidity.arbitrage.capital" }],
    });
  });
});
