import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { dydxV4Presets } from "./dydx-v4.js";

const tier = { id: 0, name: "Large-Cap", initial_margin_ppm: 50_000, maintenance_fraction_ppm: 600_000 };
const config = {
  max_liquidation_fee_ppm: 15_000,
  position_block_limits: { min_position_notional_liquidated: 1e9, max_position_portion_liquidated_ppm: 100_000 },
  subaccount_block_limits: { max_notional_liquidated: 1e11, max_quantums_insurance_lost: 1e12 },
  fillable_price_config: { bankruptcy_adjustment_ppm: 1e6, spread_to_maintenance_margin_ratio_ppm: 1.5e6 },
};

async function presetsOf(change: Readonly<Record<string, unknown>>): Promise<string> {
  const folder = mkdtempSync(join(tmpdir(), "tiers-"));
  try {
    mkdirSync(join(folder, "margin-tiers"));
    const raw = { liquidity_tiers: [tier], liquidations_config: config, perpetuals: [], ...change };
    writeFileSync(join(folder, "margin-tiers/dydx_v4_mainnet_genesis_tiers.json"), JSON.stringify(raw));
    return await dydxV4Presets(folder);
  } finally {
    rmSync(folder, { recursive: true });
  }
}

describe("presets of dYdX v4", () => {
  it("behavior: tiers, rules and markets, a quantum above one coin included", async () => {
    const perpetuals = [
      { ticker: "BTC-USD", atomic_resolution: -10, liquidity_tier: 0 },
      { ticker: "PEPE-USD", atomic_resolution: 1, liquidity_tier: 0 },
      { ticker: "SHIB-USD", atomic_resolution: 0, liquidity_tier: 0 },
    ];
    const text = await presetsOf({ perpetuals });
    expect(text).toContain('[\n  ["BTC-USD", 10, 0],\n  ["PEPE-USD", -1, 0],\n  ["SHIB-USD", 0, 0],\n];');
    expect(text).toContain("maxNotionalLiquidated: 100_000_000_000n");
    expect(text).toContain("initialMarginPpm: 50_000n");
  });

  it("error: a tier out of place, an unknown tier and a broken figure are refused", async () => {
    await expect(presetsOf({ liquidity_tiers: [{ ...tier, id: 1 }] })).rejects.toThrow("in place 0");
    await expect(presetsOf({ perpetuals: [{ ticker: "A", atomic_resolution: 0, liquidity_tier: 9 }] })).rejects.toThrow(
      "does not exist",
    );
    await expect(presetsOf({ liquidity_tiers: [{ ...tier, initial_margin_ppm: 0.5 }] })).rejects.toThrow("not whole");
  });
});
