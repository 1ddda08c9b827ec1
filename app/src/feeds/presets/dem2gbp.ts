import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { readCsvTable } from "../csv-table.js";
import { parseDecimal } from "../decimal.js";

const perLine = 12;

/**
 * The text of `engine/src/validate/dem2gbp-returns.ts`: the benchmark series of GARCH software, from the raw data folder (the one that holds `dem2gbp`). Throws where a
 * row is refused or is no number.
 */
export async function dem2gbpReturns(rawFolder: string): Promise<string> {
  const { rows, refused } = readCsvTable(await readFile(join(rawFolder, "dem2gbp", "returns.csv"), "utf8"), [
    "return_percent",
  ]);
  if (refused.length > 0) throw new Error(`returns.csv, row ${refused[0].rowNumber}: ${refused[0].reason}`);
  const values = rows.map(({ rowNumber, cells }) => {
    const decimal = parseDecimal(cells.return_percent);
    if (typeof decimal === "string") throw new Error(`returns.csv, row ${rowNumber}: ${decimal}`);
    return cells.return_percent;
  });
  const lines = Array.from({ length: Math.ceil(values.length / perLine) }, (_, line) =>
    values.slice(line * perLine, (line + 1) * perLine).join(" "),
  );
  return `const table = \`
${lines.join("\n")}
\`;

/**
 * ${values.length.toLocaleString("en-US")} daily returns of the German mark against the British pound, per cent, 1984 to 1991: the benchmark series of GARCH software
 * (Bollerslev and Ghysels, Periodic autoregressive conditional heteroscedasticity, Journal of Business and Economic Statistics 14, 1996). Generated.
 */
export const dem2gbpReturns: readonly number[] = table.trim().split(/\\s+/).map(Number);
`;
}
