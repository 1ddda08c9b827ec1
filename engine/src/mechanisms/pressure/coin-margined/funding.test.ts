import { describe, expect, it } from "vitest";
import { fundingPayment } from "../../../exact/inverse-perpetual/index.js";
import { parseScenario, readScenario } from "../../../scenario/parse.js";
import { openRun } from "../../../study/paths.js";
import { exactInverse, type InversePerpetualParams } from "../protocols/inverse-perpetual.js";
import { coinLongsAndShorts } from "./demonstration.js";
import type { CoinMarginedRows } from "./rows.js";

const nothingElse = (path: string): never => {
  throw new Error(`no files, but ${path}`);
};

const scenarioOf = (funding: unknown) => {
  const scenario = coinLongsAndShorts({
    protocol: "inverse-perpetual",
    tiers: [{ maintenance: "1%" }],
    funding,
  }) as Record<string, Record<string, Record<string, unknown>>>;
  scenario.prices.shock.moves = { ETH: "0%" };
  return scenario;
};

function play(funding: unknown) {
  const plan = readScenario(scenarioOf(funding), nothingElse);
  const open = openRun(plan, () => undefined);
  open.run(1, 0);
  const { kernel } = open;
  kernel.ledger.check();
  const index = plan.mechanisms.findIndex(({ name }) => name === "exchange");
  const rows = kernel.opened.rows[index] as CoinMarginedRows;
  const parameters = exactInverse(plan.mechanisms[index].params as InversePerpetualParams, plan.book);
  return { rows, kernel, parameters, intervals: 2, open };
}

describe("funding in coins", () => {
  it("behavior: every account pays or receives what the exact exchange says, to the unit", () => {
    for (const rate of ["0.0123%", "-0.4567%"]) {
      const { rows, parameters, open } = play({ rule: "fixed", rate, every: "1 h" });
      const billionths = BigInt(Math.round(Number.parseFloat(rate) * 1e7));
      const { table } = rows;
      for (let row = 0; row < table.count; row++) {
        const size = BigInt(table.openingSize[row]);
        expect(table.size[row]).toBe(table.openingSize[row]);
        // Two intervals in two hours, at a mark that stands still.
        const once = Number(fundingPayment(parameters, size, BigInt(rows.mark), billionths));
        expect(table.margin[row] - table.openingMargin[row]).toBe(2 * once);
        expect(Math.sign(once)).toBe(-Math.sign(Number(size)) * Math.sign(Number(billionths)));
      }
      expect(rows.fundingRate).toBeCloseTo(Number(billionths) / 1e9, 12);
      // A second path begins where the first did.
      const margins = Float64Array.from(table.margin);
      open.run(1, 0);
      expect(table.margin).toEqual(margins);
    }
  });

  it("default: without a rule nobody pays, and with the basis at zero neither", () => {
    for (const funding of [{ rule: "off" }, { rule: "basis", every: "1 h" }]) {
      const { rows } = play(funding);
      expect(rows.table.margin).toEqual(rows.table.openingMargin);
      expect(rows.fundingRate).toBeCloseTo(0, 12);
    }
  });

  it("error: duration-no-multiple", () => {
    const parsed = parseScenario(scenarioOf({ rule: "fixed", rate: "0.01%", every: "7 min" }), nothingElse);
    expect("problems" in parsed && parsed.problems.map(({ code, path }) => [code, path])).toEqual([
      ["duration-no-multiple", "pressure.exchange.funding.every"],
    ]);
  });
});
