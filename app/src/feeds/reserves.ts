import { cutDecimal } from "./decimal.js";
import { member, readJsonList } from "./json-list.js";
import { type Imported, type RefusedRow, refusedRow } from "./refused-row.js";

/** Reserves of the DAI/WETH pool at the start of an interval; ETH cut to 7 places, DAI to 6. */
export interface PoolReserves {
  readonly startMs: number;
  readonly baseEth: string;
  readonly quoteDai: string;
}

/**
 * Reads `eth_dai_liquidity/<day>.json`: a list of {DAI, WETH} without times. Row order is the only clock: entry i is `dayStartMs` + i x
 * `intervalMs`; a refused entry leaves a gap and moves no other.
 */
export function importReserves(json: string, dayStartMs: number, intervalMs = 600_000): Imported<PoolReserves> {
  const list = readJsonList(json, ["DAI", "WETH"]);
  const refused: RefusedRow[] = [...list.refused];
  const rows: PoolReserves[] = [];
  for (const entry of list.rows) {
    const base = cutDecimal(member(entry, "WETH"), 7);
    const quote = cutDecimal(member(entry, "DAI"), 6);
    if (typeof base === "string") refused.push(refusedRow(entry.rowNumber, `WETH: ${base}`, entry.text));
    else if (typeof quote === "string") refused.push(refusedRow(entry.rowNumber, `DAI: ${quote}`, entry.text));
    else if (!(Number(base.text) > 0 && Number(quote.text) > 0))
      refused.push(refusedRow(entry.rowNumber, "a reserve is not above 0", entry.text));
    else
      rows.push({ startMs: dayStartMs + (entry.rowNumber - 1) * intervalMs, baseEth: base.text, quoteDai: quote.text });
  }
  return { rows, refused };
}
