import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { binanceUsdmPresets } from "./binance-usdm.js";

const tier = (floor: number, cap: number, rate: string, maxLeverage: number, cum: string) => ({
  maxNotional: cap,
  maxLeverage,
  info: { notionalFloor: String(floor), maintMarginRatio: rate, cum },
});

async function presetsOf(raw: unknown): Promise<string> {
  const folder = mkdtempSync(join(tmpdir(), "tiers-"));
  try {
    mkdirSync(join(folder, "margin-tiers"));
    writeFileSync(join(folder, "margin-tiers/binance_leverage_tiers_2024-10-24.json"), JSON.stringify(raw));
    return await binanceUsdmPresets(folder);
  } finally {
    rmSync(folder, { recursive: true });
  }
}

describe("presets of Binance USD-M", () => {
  it("behavior: perpetuals in USDT by their last cap, without placeholders, dated contracts and other quotes", async () => {
    const text = await presetsOf({
      "SMALL/USDT:USDT": [tier(0, 5000, "0.01", 50, "0.0")],
      "AVAX/USDT:USDT": [tier(0, 5000, "0.005", 75, "0.0"), tier(5000, 25_000, "0.0065", 50, "7.5")],
      "GONE/USDT:USDT": [tier(0, 2 ** 63, "0.01", 50, "0.0")],
      "BTC/USDT:USDT-250328": [tier(0, 9e8, "0.01", 50, "0.0")],
      "BTC/USDC:USDC": [tier(0, 9e8, "0.01", 50, "0.0")],
    });
    expect(text).toContain("`\nAVAX 5000:5000:75:0 25000:6500:50:750\nSMALL 5000:10000:50:0\n`");
  });

  it("error: tiers that do not join and figures that are not whole are refused", async () => {
    const apart = [tier(0, 5000, "0.005", 75, "0.0"), tier(6000, 25_000, "0.0065", 50, "9.0")];
    await expect(presetsOf({ "A/USDT:USDT": apart })).rejects.toThrow("do not join at 5000");
    await expect(presetsOf({ "A/USDT:USDT": [tier(0, 5000, "0.0000005", 75, "0.0")] })).rejects.toThrow("finer");
    await expect(presetsOf({ "A/USDT:USDT": [tier(0, 5000.5, "0.005", 75, "0.0")] })).rejects.toThrow("not whole");
  });
});
