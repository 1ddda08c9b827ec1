import { mkdir, mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeEach, describe, expect, it } from "vitest";
import { crvusdPresets, crvusdRecord } from "./crvusd.js";

const folders: string[] = [];
let folder = "";

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), "crvusd-"));
  folders.push(folder);
  await mkdir(join(folder, "crvusd-positions"));
});
afterAll(async () => {
  for (const one of folders) await rm(one, { recursive: true });
});

const band = (index: number, stableCoin: string, collateral: string, up: string, down: string) => ({
  index: String(index),
  stableCoin,
  collateral,
  priceOracleUp: up,
  priceOracleDown: down,
  timestamp: "5",
});
const borrower = (more: object = {}) => ({
  collateral: "5.107711027536910248",
  stablecoin: "0",
  debt: "BIG",
  n1: "-8",
  n2: "-5",
  health: "-0.042152944154619782",
  loss: "0.50",
  collateralUp: "5.107711027536910248",
  timestamp: "6",
  ...more,
});

async function write(name: string, symbol: string, userStates: readonly object[], bands: readonly object[]) {
  const market = {
    llamma_params: {
      A: "100",
      BASE_PRICE: "1891.720765766591",
      fee: "0.006",
      admin_fee: "0.000000000000000001",
      active_band: "-20",
      oracle_price: "2368.790966212669583495",
      rate_mul: "1033698765842135610",
      collateral_symbol: symbol,
      collateral_precision: symbol === "WBTC" ? "8" : "18",
    },
    controller_params: { liquidation_discount: "0.06", loan_discount: "0.09" },
    timestamp: "7",
    userStates,
    bands,
  };
  const text = JSON.stringify(market).replace('"BIG"', "12345678901234567.123456789");
  await writeFile(join(folder, "crvusd-positions", `pool_metadata_${name}.json`), text);
}

const bands = [band(1, "0", "0", "1980", "1960.2"), band(0, "0", "3.000000000000000001", "2000", "1980")];

describe("crvUSD presets and record", () => {
  it("default: markets by their number of borrowers, numbers as whole wads", async () => {
    await write("0xa", "WBTC", [borrower()], bands);
    await write("0xb", "WETH", [borrower(), borrower()], bands);
    const text = await crvusdPresets(folder);
    expect(text.indexOf("mainnet-weth")).toBeLessThan(text.indexOf("mainnet-wbtc"));
    expect(text).toContain("basePrice: 1_891_720_765_766_591_000_000n");
    expect(text).toContain("collateralPrecision: 10_000_000_000n");
    expect(text).toContain("adminFee: 1n");
  });

  it("default: borrowers and non-empty bands as text, no digit lost", async () => {
    await write("0xb", "WETH", [borrower(), borrower({ debt: "1" })], bands);
    const text = await crvusdRecord(folder);
    const first =
      "-8 -5 5.107711027536910248 0 12345678901234567.123456789 -0.042152944154619782 0.5 5.107711027536910248";
    expect(text).toContain(`borrowers: \`\n${first};-8 -5 5.107711027536910248 0 1 `);
    expect(text).toContain("bands: `\n0 0 3.000000000000000001 2000`");
    expect(text).toContain('bandBasePrice: "2000"');
    expect(text).toContain('rateMultiplier: "1.03369876584213561"');
    expect(text).toContain("borrowerTime: 6");
  });

  it("error: bands that do not meet, a number that is none, a file that is no market", async () => {
    await write("0xb", "WETH", [borrower()], [band(1, "0", "1", "1981", "1960"), bands[1]]);
    await expect(crvusdRecord(folder)).rejects.toThrow("band 0 does not end where the next one begins");
    await write("0xb", "WETH", [borrower({ health: "none" })], bands);
    await expect(crvusdRecord(folder)).rejects.toThrow("health: not a plain number");
    await write("0xb", "WETH", [borrower({ n1: "1.5" })], bands);
    await expect(crvusdRecord(folder)).rejects.toThrow("n1 is no whole number");
    await write("0xb", "WETH", [borrower({ loss: undefined })], bands);
    await expect(crvusdRecord(folder)).rejects.toThrow("lacks loss");
    await writeFile(join(folder, "crvusd-positions", "pool_metadata_0xb.json"), "{}");
    await expect(crvusdRecord(folder)).rejects.toThrow("lacks llamma_params");
    await expect(crvusdPresets(folder)).rejects.toThrow("lacks llamma_params");
    await writeFile(join(folder, "crvusd-positions", "pool_metadata_0xb.json"), "[]");
    await expect(crvusdPresets(folder)).rejects.toThrow("is no market");
  });
});
