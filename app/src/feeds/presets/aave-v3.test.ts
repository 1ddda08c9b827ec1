import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { aaveV3Presets } from "./aave-v3.js";

/** WETH on Ethereum as the raw file has it, with the fields that the presets leave out. */
const weth = {
  symbol: "WETH",
  asset_address: "0xC02aaa39b223fe8d0a0e5c4f27ead9083c756cc2",
  decimals: 18,
  loan_to_value: 0.805,
  liquidation_threshold: 0.83,
  liquidation_bonus: 0.05,
  reserve_factor: 0.15,
  active: true,
  frozen: false,
  paused: false,
  borrowing_enabled: true,
  current_liquidity_rate: 0.016684,
  current_variable_borrow_rate: 0.023552,
  supply_cap: 44,
  liquidation_protocol_fee: 1.6384,
  emode_category: 13,
};

let folder = "";
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "aave-"));
  mkdirSync(join(folder, "aave-v3-params"));
});
afterEach(() => rmSync(folder, { recursive: true }));

function presetsOf(networks: object): Promise<string> {
  writeFileSync(join(folder, "aave-v3-params", "aave_v3_data_2025-10-10.json"), JSON.stringify({ networks }));
  return aaveV3Presets(folder);
}

describe("aave v3 presets", () => {
  it("behavior: a row per active reserve in basis points and millionths, networks by name, zksync left out", async () => {
    const text = await presetsOf({
      ethereum: [
        weth,
        { ...weth, symbol: "OFF", active: false },
        { ...weth, symbol: "OLD", frozen: true, paused: true },
      ],
      base: [{ ...weth, borrowing_enabled: false }],
      zksync: [weth],
    });
    const row = '"0xc02aaa39b223fe8d0a0e5c4f27ead9083c756cc2", 18, 8050, 8300, 500, 1500';
    expect(text).toContain(`  ["WETH", ${row}, "b", 16684, 23552],`);
    expect(text).toContain(`  ["OLD", ${row}, "bfp", 16684, 23552],`);
    expect(text).toContain(`  ["WETH", ${row}, "", 16684, 23552],`);
    expect(text).not.toContain('"OFF"');
    expect(text.indexOf("const base")).toBeLessThan(text.indexOf("const ethereum"));
    expect(text).not.toContain("const zksync");
  });

  it("behavior: rates by which suppliers earn more than borrowers pay are dropped", async () => {
    expect(await presetsOf({ base: [{ ...weth, current_liquidity_rate: 0.03 }] })).toContain('"b", 0, 0],');
  });

  it("error: a share finer than a basis point is refused, not rounded", async () => {
    await expect(presetsOf({ base: [{ ...weth, liquidation_threshold: 0.83005 }] })).rejects.toThrow(
      "liquidation_threshold",
    );
  });
});
