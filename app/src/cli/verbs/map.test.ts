import { mkdtempSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { beforeAll, describe, expect, it } from "vitest";
import { call } from "../test-command.js";

let cwd = "";

beforeAll(async () => {
  cwd = mkdtempSync(join(tmpdir(), "firebreak-"));
  await call(["new", "mine"], { cwd });
  writeFileSync(join(cwd, "loans.csv"), "account,collateral.ETH,debt.USD\n1,10,15000\n2,7,9000\n");
  await call(
    [
      "import",
      "csv",
      "loans.csv",
      "--protocol",
      "mine",
      "--asset",
      "ETH=2000",
      "--asset",
      "USD=1",
      "--out",
      "bare.json",
    ],
    { cwd },
  );
  await call(["new", "bare", "--book", "bare.json"], { cwd });
});

interface Level {
  readonly asset: string;
  readonly direction: "down" | "up";
  readonly forcedUsd: { readonly value: number; readonly unit: string; readonly basis: string };
  readonly byMechanism: Readonly<Record<string, { readonly value: number }>>;
  readonly gain: { readonly value: number | null };
}

describe("firebreak map", () => {
  it("default: bands down and up, and what mechanisms force adds up to each band", async () => {
    const { code, out } = await call(["map", "mine.yaml", "--json"], { cwd });
    expect(code).toBe(0);
    const { levels, spot } = JSON.parse(out) as { levels: Level[]; spot: Record<string, { value: number }> };
    expect(spot.ETH.value).toBeGreaterThan(0);
    expect(new Set(levels.map((level) => level.direction))).toEqual(new Set(["down", "up"]));
    for (const level of levels) {
      const sum = Object.values(level.byMechanism).reduce((total, one) => total + one.value, 0);
      expect(sum).toBeCloseTo(level.forcedUsd.value, 6);
      expect(level.forcedUsd.unit).toBe("USD");
    }
  });

  it("behavior: in words, where forced selling waits and the largest gain come first", async () => {
    const { out } = await call(["map", "mine.yaml"], { cwd });
    expect(out).toContain("accounts are forced to sell");
    expect(out.split("\n").every((line) => line.length <= 80)).toBe(true);
  });

  it("limit: on a side where everything forced heals there are no bars, and no number is missing", async () => {
    // A rebalancer buys what falls and sells what rises: all that it is forced to do counts below 0.
    const scenario = {
      version: 1,
      name: "healing",
      book: {
        version: 1,
        kind: "book",
        name: "healing",
        at: "2024-01-01T00:00:00Z",
        assets: { ETH: { price: "2000 USD" }, USD: { price: "1 USD" } },
        instruments: { "ETH/USD": { asset: "ETH", quote: "USD" } },
        layers: {
          made: { source: "a test", asOf: "2024-01-01T00:00:00Z", coverage: "all", coverageShare: 1, basis: "assumed" },
        },
        positions: {
          fund: { layer: "made", columns: ["account", "risky ETH", "cash USD"], rows: [["one", 100, 200000]] },
        },
        venues: {
          market: {
            kind: "order-book",
            instrument: "ETH/USD",
            layer: "made",
            bids: [["-50%", "1000 ETH"]],
            asks: [["100%", "1000 ETH"]],
          },
        },
      },
      pressure: { fund: { kind: "rebalancer", instrument: "ETH/USD" } },
    };
    writeFileSync(join(cwd, "healing.json"), JSON.stringify(scenario));
    const { code, out, err } = await call(["map", "healing.json"], { cwd });
    expect(code, err).toBe(0);
    expect(out).not.toMatch(/undefined|NaN|█/);
    expect(out).toMatch(/1 account trades [\d,]+ USD of ETH\s+against the move/);
    expect(out).toContain("Forced below 0: traded against the move");
  });

  it("limit: a book without venues says that nothing stands against what is forced", async () => {
    const { code, out } = await call(["map", "bare.yaml"], { cwd });
    expect(code).toBe(0);
    expect(out.replace(/\s+/g, " ")).toContain("no depth stands against them: the gain has no bound");
    expect(out).not.toContain("Nobody is forced");
  });

  it("error: file-missing", async () => {
    const { code, err } = await call(["map", "nowhere.yaml"], { cwd });
    expect(code).toBe(2);
    expect(err).toContain("file-missing");
  });
});
