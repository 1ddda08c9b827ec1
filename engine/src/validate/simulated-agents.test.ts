import { describe, expect, it } from "vitest";
import { tapeKinds } from "../run/tape.js";
import { cryptoInsurance, discreteShortfall } from "./discrete-cppi.js";
import { feedbackVariance } from "./frey-stremme.js";
import { acceptanceAgentSizes, agentCases, closedFormCases } from "./index.js";
import { agentTable, boundlessCoin, openMarket } from "./simulated/agent-market.js";
import { playFeedback } from "./simulated/hedged-book.js";
import { playInsured } from "./simulated/insured-accounts.js";

/** Fewer paths than `firebreak validate` plays: tolerances of three standard errors grow with them, the lagged hedge's do not. */
const quick = {
  ...acceptanceAgentSizes,
  monthlyPaths: 5_000,
  weeklyPaths: 1_000,
  jumpPaths: 1_500,
  jumpTicks: 250,
  laggedPaths: 8,
  hedgedPaths: 500,
};

describe("the agents reproduce the simulated rows", () => {
  const told: string[] = [];
  const cases = agentCases((done, total, what) => told.push(`${done}/${total} ${what}`), quick);

  it("default: every figure is met, the lagged ones within four standard errors of so few ticks", () => {
    const lagged = cases.filter((one) => one.id.includes("lagged-gain"));
    expect(lagged).toHaveLength(2);
    for (const { id, actual, expected } of lagged)
      expect(Math.abs(actual - expected), id).toBeLessThan((4 * 2) / Math.sqrt(quick.laggedPaths * 2_600));
    expect(cases.filter((one) => !one.pass && !lagged.includes(one)).map((one) => `${one.id}: ${one.actual}`)).toEqual(
      [],
    );
  });

  it("behavior: all are simulated, named once among all cases, and stages tell how far they are", () => {
    expect(cases.every((one) => one.how === "simulated")).toBe(true);
    const ids = [...closedFormCases(), ...cases].map((one) => one.id);
    expect(new Set(ids).size).toBe(ids.length);
    expect(told).toContain("0/5000 row 4, twelve months");
    expect(told).toContain("500/1500 row 5, a year of jumps");
  });

  it("behavior: a rule that is a tenth bolder breaks its floor more often than the row admits", () => {
    const [[bold]] = playInsured(
      [{ motion: { volatility: 0.8 }, multipliers: [4.4] }],
      { tickMs: (365 / 12) * 86_400_000, ticks: 12 },
      5_000,
      1,
      () => {},
    );
    const expected = discreteShortfall(cryptoInsurance).global;
    expect(bold.broken - expected).toBeGreaterThan(3 * Math.sqrt((expected * (1 - expected)) / 5_000));
    const own = discreteShortfall({ ...cryptoInsurance, multiplier: 4.4 }).global;
    expect(Math.abs(bold.broken - own)).toBeLessThan(4 * Math.sqrt((own * (1 - own)) / 5_000));
  });

  it("behavior: path by path an insured account's cushion is multiplied by 1 + m (S'/S - 1), and by nothing once it is gone", () => {
    const tickMs = (365 / 12) * 86_400_000;
    let cushion = Number.NaN;
    const { kernel, play } = openMarket(
      {
        coins: { COIN: boundlessCoin("COIN", 1_000) },
        tickMs,
        ticks: 12,
        prices: { shock: { kind: "brownian", calibrated: "net", assets: { COIN: { volatility: 0.2 } } } },
        positions: { fund: agentTable(["risky COIN", "cash USD", "floor USD"], [[12, -2_000, 9_000]]) },
        pressure: { fund: { kind: "cppi", instrument: "COIN/USD", multiplier: 12, leverage: 12, band: "0%" } },
      },
      (row) => {
        if (row.kind === tapeKinds.floor) cushion = (row.x - row.y) / 1_000;
      },
    );
    let broken = 0;
    for (let path = 0; path < 300; path++) {
      let expected = 1;
      let before = 1_000;
      play(9, path, () => {
        if (expected > 0) expected *= 1 + 12 * (kernel.fair(0) / before - 1);
        before = kernel.fair(0);
      });
      if (expected < 0) broken++;
      // Its own impact, 1e-7 of the price on twelve times the cushion, twelve times over.
      expect(Math.abs(cushion - expected) / Math.max(1, Math.abs(expected))).toBeLessThan(2e-5);
    }
    expect(broken).toBeGreaterThan(50);
  });

  it("behavior: the dealer's gain is the strip's, at several gains", () => {
    const size = { paths: 1, ticks: 300, block: 50, seed: 2 };
    for (const gain of [0.25, 0.6, -1 / 3])
      expect(playFeedback(gain, false, size, () => {}).steps / feedbackVariance(gain).atOnce).toBeCloseTo(1, 4);
  });
});
