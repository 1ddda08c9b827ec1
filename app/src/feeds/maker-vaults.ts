import { readCsvTable } from "./csv-table.js";
import { cutDecimal } from "./decimal.js";
import { type Imported, type RefusedRow, refusedRow } from "./refused-row.js";

/** One open vault. Amounts are plain decimals as text: ETH cut to 7 places, DAI to 6. */
export interface MakerVault {
  readonly account: string;
  readonly collateralEth: string;
  /** Without accrued stability fee. */
  readonly debtDai: string;
}

const columns = ["vault", "collateral_eth", "debt_dai_ex_interest", "liq_price_at_130pct"];

/**
 * Reads `positions_<day>.csv`. Refuses: an account that is no whole number or stands twice, an amount that is no number or negative, and a
 * row whose own liquidation price differs by more than a cent (and 1e-4 of it) from 1.3 x debt / collateral, for then one of its three figures is wrong.
 */
export function importMakerVaults(text: string): Imported<MakerVault> {
  const table = readCsvTable(text, columns);
  const refused: RefusedRow[] = [...table.refused];
  const rows: MakerVault[] = [];
  const seen = new Set<string>();
  for (const { cells, rowNumber, text: line } of table.rows) {
    const vault = readVault(cells);
    const reason =
      typeof vault === "string" ? vault : seen.has(vault.account) ? `vault ${vault.account} stands twice` : null;
    if (reason !== null || typeof vault === "string") {
      refused.push(refusedRow(rowNumber, String(reason), line));
      continue;
    }
    seen.add(vault.account);
    rows.push(vault);
  }
  return { rows, refused };
}

function readVault(cells: Readonly<Record<string, string>>): MakerVault | string {
  const account = cells.vault;
  if (!/^\d{1,9}$/.test(account)) return `vault number is no whole number: ${JSON.stringify(account)}`;
  const collateral = cutDecimal(cells.collateral_eth, 7);
  if (typeof collateral === "string") return `collateral_eth: ${collateral}`;
  const debt = cutDecimal(cells.debt_dai_ex_interest, 6);
  if (typeof debt === "string") return `debt_dai_ex_interest: ${debt}`;
  if (collateral.text.startsWith("-")) return `collateral_eth is negative: ${collateral.text}`;
  if (debt.text.startsWith("-")) return `debt_dai_ex_interest is negative: ${debt.text}`;
  const disagreement = liquidationPriceDisagreement(
    Number(collateral.text),
    Number(debt.text),
    cells.liq_price_at_130pct,
  );
  return disagreement ?? { account, collateralEth: collateral.text, debtDai: debt.text };
}

function liquidationPriceDisagreement(collateralEth: number, debtDai: number, stated: string): string | null {
  const price = cutDecimal(stated, 8);
  if (typeof price === "string") return `liq_price_at_130pct: ${price}`;
  const expected = (1.3 * debtDai) / collateralEth;
  const apart = Math.abs(expected - Number(price.text));
  if (apart <= Math.max(0.0101, 1e-4 * expected)) return null;
  return `liq_price_at_130pct ${price.text} is not 1.3 x debt / collateral = ${expected.toFixed(2)}`;
}
