import { readFileSync } from "node:fs";
import { join } from "node:path";

/** One reserve of the raw file; only what the presets use. */
interface RawReserve {
  readonly symbol: string;
  readonly asset_address: string;
  readonly decimals: number;
  readonly loan_to_value: number;
  readonly liquidation_threshold: number;
  readonly liquidation_bonus: number;
  readonly reserve_factor: number;
  readonly active: boolean;
  readonly frozen: boolean;
  readonly paused: boolean;
  readonly borrowing_enabled: boolean;
  readonly current_liquidity_rate: number;
  readonly current_variable_borrow_rate: number;
}

/** Networks whose pool in the raw file is not Aave's: its reserves have other supply tokens than the Aave address book lists, and ONEZ is ZeroLend's own dollar. */
const notAave: readonly string[] = ["zksync"];

const header = `/**
 * Written by \`aaveV3Presets\` of the app's feeds; do not edit. From th3nolo/aave-v3-data 71685a9b (MIT), aave_v3_data_2025-10-10.json, read from the chains on
 * 2025-10-10 at 00:15 UTC.
 *
 * Left out on purpose, because that file reads the reserve's configuration word at offsets of its own (16-bit caps from bit 80 and 96, fee at 112, efficiency mode
 * at 128) and not at the contract's (ReserveConfiguration: borrow cap 80 to 115, supply cap 116 to 151, fee 152 to 167): the caps, the protocol fee (10 % is taken
 * instead), and \`emode_category\`, which is bits 12 to 19 of the supply cap; since v3.2 a reserve has no category of its own anyway. Its zksync network is left out
 * because the pool is ZeroLend's. Columns: \`MarketRow\`.
 */
import { type MarketPreset, type MarketRow, marketPreset } from "./market-table.js";

const asOf = "2025-10-10";
const source =
  "th3nolo/aave-v3-data 71685a9b672d384d1ca33e9943ea6102bd6f09d6, aave_v3_data_2025-10-10.json (MIT); protocol fee: 10 % assumed";
`;

/** A share as a whole number of `parts`; throws where the file gives a finer one. */
function whole(share: number, parts: number, name: string): number {
  const units = Math.round(share * parts);
  if (!(units >= 0) || Math.abs(share * parts - units) > 1e-6)
    throw new Error(`${name}: ${share} is not in 1/${parts}`);
  return units;
}

/** Whether suppliers are paid no more than what borrowers pay after the reserve factor. */
function plausible(reserve: RawReserve): boolean {
  const paid = reserve.current_variable_borrow_rate * (1 - reserve.reserve_factor);
  return reserve.current_liquidity_rate >= 0 && reserve.current_liquidity_rate <= paid + 1e-6;
}

function row(reserve: RawReserve): string {
  const at = (name: string) => `${reserve.symbol}.${name}`;
  const flags = `${reserve.borrowing_enabled ? "b" : ""}${reserve.frozen ? "f" : ""}${reserve.paused ? "p" : ""}`;
  const rates = plausible(reserve) ? [reserve.current_liquidity_rate, reserve.current_variable_borrow_rate] : [0, 0];
  const cells: (string | number)[] = [
    reserve.symbol,
    reserve.asset_address.toLowerCase(),
    reserve.decimals,
    whole(reserve.loan_to_value, 10_000, at("loan_to_value")),
    whole(reserve.liquidation_threshold, 10_000, at("liquidation_threshold")),
    whole(reserve.liquidation_bonus, 10_000, at("liquidation_bonus")),
    whole(reserve.reserve_factor, 10_000, at("reserve_factor")),
    flags,
    ...rates.map((rate, at) => whole(rate, 1_000_000, `${reserve.symbol} rate ${at}`)),
  ];
  return `  [${cells.map((cell) => JSON.stringify(cell)).join(", ")}],`;
}

/** Full text of the engine's `presets.ts` for Aave v3 from the folder of raw data (`aave-v3-params` in it): inactive reserves are skipped, frozen ones kept. */
export async function aaveV3Presets(rawFolder: string): Promise<string> {
  const text = readFileSync(join(rawFolder, "aave-v3-params", "aave_v3_data_2025-10-10.json"), "utf8");
  const { networks } = JSON.parse(text) as { networks: Record<string, RawReserve[]> };
  const names = Object.keys(networks)
    .filter((name) => !notAave.includes(name))
    .sort();
  const tables = names.map((name) => {
    const rows = networks[name].filter((reserve) => reserve.active).map(row);
    return `const ${name}: readonly MarketRow[] = [\n${rows.join("\n")}\n];\n`;
  });
  const list = names.map((name) => `  marketPreset("${name}", asOf, source, ${name}),`).join("\n");
  return `${header}\n${tables.join("\n")}\n/** The markets as they stood on 2025-10-10. */\nexport const presets: readonly MarketPreset[] = [\n${list}\n];\n`;
}
