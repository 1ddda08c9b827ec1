import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { type CsvRecord, readCsvTable } from "../csv-table.js";
import { parseDecimal, unitsDown } from "../decimal.js";

const folder = "adl-2025-10-10";

/** Columns of `policy_per_wave_metrics.csv` that we carry, in our order: money in millionths of a dollar, cut. */
const moneyColumns = [
  "deficit_usd",
  "budget_needed",
  "budget_prod",
  "budget_pr",
  "budget_contract_pr",
  "budget_vector",
  "budget_fixed_point_ilp_integer",
  "total_cap",
];

/** A file's records by wave. Throws where a row is refused or a wave stands twice. */
async function byWave(rawFolder: string, file: string, columns: readonly string[]): Promise<Map<string, CsvRecord>> {
  const { rows, refused } = readCsvTable(await readFile(join(rawFolder, folder, file), "utf8"), ["wave", ...columns]);
  if (refused.length > 0) throw new Error(`${file}, row ${refused[0].rowNumber}: ${refused[0].reason}`);
  const found = new Map(rows.map((row) => [row.cells.wave, row]));
  if (found.size !== rows.length) throw new Error(`${file}: a wave stands twice`);
  return found;
}

/** Millionths of a dollar, cut towards zero. Throws where the cell is no number. */
function millionths(text: string): string {
  const decimal = parseDecimal(text);
  if (typeof decimal === "string") throw new Error(decimal);
  return unitsDown(decimal, 6).toString();
}

/**
 * The text of `engine/src/validate/deleveraging-waves.ts`: Hyperliquid's auto-deleveraging of 10 October 2025 per wave, from the raw data folder (the one that
 * holds `adl-2025-10-10`). Throws where the two files do not hold the same waves.
 */
export async function deleveragingWaves(rawFolder: string): Promise<string> {
  const policies = await byWave(rawFolder, "policy_per_wave_metrics.csv", [...moneyColumns, "max_pct_pr"]);
  const losers = await byWave(rawFolder, "bad_debt_loser_waves.csv", ["t_start_ms", "n_rows", "unique_losers"]);
  if (policies.size !== losers.size) throw new Error(`${policies.size} waves of policies, ${losers.size} of losers`);
  const lines = [...policies].map(([wave, { cells }]) => {
    const of = losers.get(wave);
    if (of === undefined) throw new Error(`wave ${wave} has no losers`);
    const money = moneyColumns.map((column) => millionths(cells[column]));
    return [wave, of.cells.t_start_ms, of.cells.n_rows, of.cells.unique_losers, ...money, cells.max_pct_pr].join(" ");
  });
  return `const table = \`
${lines.join("\n")}
\`;

/** One wave of auto-deleveraging. Money in millionths of a dollar, cut. */
export interface DeleveragingWave {
  readonly wave: number;
  readonly startMs: number;
  readonly fills: number;
  /** Accounts with negative equity. */
  readonly losers: number;
  readonly deficit: bigint;
  /** What the winners had to give up for the deficit to be covered. */
  readonly needed: bigint;
  /** What they gave up under the venue's queue, reconstructed by replaying with and without it. */
  readonly production: bigint;
  readonly proRata: bigint;
  readonly contractProRata: bigint;
  readonly vector: bigint;
  readonly integerProgramme: bigint;
  /** All that the winners could give: the smaller of profit and equity, summed. */
  readonly capacity: bigint;
  /** Largest share of anyone's equity that pro rata takes. */
  readonly proRataShare: number;
}

/**
 * Hyperliquid, 10 October 2025, ${policies.size} waves at least 5 seconds apart: pluriholonomic/autodeleveraging-analysis, commit aae0be8, MIT, out/policy_per_wave_metrics.csv and
 * out/bad_debt_loser_waves.csv; the figures behind arXiv:2512.01112 v3. Generated.
 */
export const deleveragingWaves: readonly DeleveragingWave[] = table
  .trim()
  .split("\\n")
  .map((line) => {
    const cells = line.split(" ");
    const [wave, startMs, fills, losers] = cells.slice(0, 4).map(Number);
    const [deficit, needed, production, proRata, contractProRata, vector, integerProgramme, capacity] = cells
      .slice(4, 12)
      .map(BigInt);
    return {
      ...{ wave, startMs, fills, losers, deficit, needed, production, proRata, contractProRata, vector },
      ...{ integerProgramme, capacity, proRataShare: Number(cells[12]) },
    };
  });
`;
}
