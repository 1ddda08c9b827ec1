import { signConventions } from "@firebreak/engine";
import { describe, expect, it } from "vitest";
import { loadScenario } from "../cli/load-scenario.js";
import { packageRoot } from "../cli/package-root.js";
import { call } from "../cli/test-command.js";
import { restsOn } from "../figures/basis.js";
import type { MapFigures } from "../figures/map.js";
import type { SolveFigures } from "../figures/solve.js";

const file = "scenarios/eth-winter-2024.yaml";

describe(file, () => {
  it("default: each layer with its own date, and what is invented says so", async () => {
    const plan = await loadScenario(file, packageRoot);
    const dates = Object.fromEntries(
      restsOn(plan).map(({ name, provenance }) => [name, [provenance.asOf.slice(0, 10), provenance.basis]]),
    );
    expect(dates).toEqual({
      crvusd: ["2024-01-30", "measured"],
      options: ["2024-01-08", "borrowed"],
      "option-vaults": ["2024-01-30", "assumed"],
      insured: ["2024-01-30", "assumed"],
      "wider-market": ["2023-11-20", "borrowed"],
    });
    const { coverage } = plan.book.layers.options;
    expect(coverage).toContain("before the book's moment, are left out");
    expect(coverage).toContain("the net position of dealers is not known");
  });

  it("behavior: the options are those of the file that expire after the book's moment", async () => {
    const { book } = await loadScenario(file, packageRoot);
    const table = book.positions.find((one) => one.protocol === "options");
    const column = (role: string) => table?.columns.find((one) => one.role === role)?.values ?? new Float64Array(0);
    // Of 2,337,624 ETH open on 8 January 1,160,527 had expired by 30 January 20:07 UTC.
    expect(column("open").reduce((sum, units) => sum + units, 0) / 1e7).toBe(1_177_097);
    expect(Math.min(...column("expiryMs"))).toBe(Date.parse("2024-02-23T08:00:00Z") - book.atMs);
    // 26 January, the largest expiry of the file, is not among them.
    expect(table?.ids.indexOf("ETH-26JAN24-2400-C")).toBe(-1);
  });

  it("behavior: borrowers, dealers and insurers in one gain, with the sign named and its conventions as the band", async () => {
    const { out, code, err } = await call(["map", file, "--json"], { cwd: packageRoot });
    expect(code, err).toBe(0);
    const map = JSON.parse(out) as MapFigures;
    expect(map.dealers).toEqual([{ mechanism: "options", positions: "options", sign: "short-all" }]);
    const down = map.levels.filter(({ direction }) => direction === "down");
    for (const name of ["crvusd", "options", "insured"])
      expect(down.reduce((sum, level) => sum + (level.byMechanism[name].value ?? 0), 0)).toBeGreaterThan(1e6);
    const [first] = down;
    expect(first.gain.value).toBeGreaterThan(1);
    expect(first.gain.band?.[0]).toBeLessThan(-1);
    expect(first.gain.band?.[1]).toBe(first.gain.value);
    expect(map.bySide).toHaveLength(8);
    const text = (await call(["map", file], { cwd: packageRoot })).out;
    expect(text).toContain("Sign, assumed: options short-all");
    for (const line of text.split("\n")) expect(line.length).toBeLessThanOrEqual(80);
  });

  it("behavior: solve answers under every sign, and its gain has their band", async () => {
    const { out } = await call(["solve", file, "--shock", "ETH=-10%", "--json"], { cwd: packageRoot });
    const solved = JSON.parse(out) as SolveFigures;
    expect(solved.bySide.map(({ convention }) => convention)).toEqual([...signConventions]);
    const largest = solved.bySide.map(({ largestGain }) => largestGain.value ?? Number.NaN);
    expect(solved.gain.max.band).toEqual([Math.min(...largest), Math.max(...largest)]);
    expect(solved.shallowest.prices.ETH.band?.[0]).toBe(solved.shallowest.prices.ETH.value);
    expect(solved.dealers[0].sign).toBe("short-all");
  });

  it("behavior: gamma takes the scenario's own sign and says who said it", async () => {
    const { out } = await call(["gamma", file], { cwd: packageRoot });
    expect(out).toContain("short-all, assumed (declared in the scenario)");
    expect(out).toContain("each row's own");
  });

  it("behavior: with dealers on the other side the same fall comes to rest higher", async () => {
    const lowest = async (sign: string) => {
      const plan = await loadScenario(file, packageRoot);
      const { openMarket, solve } = await import("@firebreak/engine");
      const mechanisms = plan.mechanisms.map((one) =>
        one.name === "options" ? { ...one, params: { ...(one.params as object), sign } } : one,
      );
      const eth = plan.book.assets.findIndex(({ symbol }) => symbol === "ETH");
      const moves = new Float64Array(plan.book.assets.length);
      moves[eth] = -0.1;
      return solve(openMarket({ ...plan, mechanisms }), { moves }).shallowest.pricesUsd[eth];
    };
    expect(await lowest("short-all")).toBeLessThan(await lowest("long-calls-short-puts"));
  });
});
