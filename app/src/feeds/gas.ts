import { decimalText, parseDecimal, unitsDown } from "./decimal.js";
import { member, readJsonList } from "./json-list.js";
import { type Imported, type RefusedRow, refusedRow } from "./refused-row.js";
import { parseUtc } from "./utc-time.js";

/** Gas prices bid in one interval, by percentile, in gwei cut to 9 places (whole wei). */
export interface GasPercentiles {
  readonly startMs: number;
  readonly p30Gwei: string;
  readonly p60Gwei: string;
  readonly p90Gwei: string;
  readonly p100Gwei: string;
}

const percentiles = ["30.0 Perc", "60.0 Perc", "90.0 Perc", "100.0 Perc"] as const;

/**
 * Reads `gas/<day>.json` (wei). The time is the `timestamp` field: the `datetime` strings use a 12-hour clock without AM or PM and are not
 * read. Refuses a row whose time is not after the one before and percentiles that fall.
 */
export function importGas(json: string): Imported<GasPercentiles> {
  const list = readJsonList(json, ["timestamp", ...percentiles], "data");
  const refused: RefusedRow[] = [...list.refused];
  const rows: GasPercentiles[] = [];
  for (const entry of list.rows) {
    const startMs = parseUtc(member(entry, "timestamp"));
    const gwei = percentiles.map((name) => toGwei(member(entry, name)));
    const wrong = gwei.find((cell) => cell.reason !== null);
    const texts = gwei.map((cell) => cell.text);
    const before = rows[rows.length - 1]?.startMs ?? Number.NEGATIVE_INFINITY;
    let reason: string | null = null;
    if (startMs === null) reason = "timestamp is no time";
    else if (startMs <= before) reason = "timestamp is not after the row before";
    else if (wrong !== undefined) reason = wrong.reason;
    else if (texts.some((text, index) => index > 0 && Number(text) < Number(texts[index - 1])))
      reason = "percentiles fall";
    if (reason !== null || startMs === null) refused.push(refusedRow(entry.rowNumber, String(reason), entry.text));
    else rows.push({ startMs, p30Gwei: texts[0], p60Gwei: texts[1], p90Gwei: texts[2], p100Gwei: texts[3] });
  }
  return { rows, refused };
}

function toGwei(wei: string): { readonly text: string; readonly reason: string | null } {
  const decimal = parseDecimal(wei);
  if (typeof decimal === "string") return { text: "", reason: decimal };
  const cut = { text: decimalText(unitsDown(decimal, 0), 9) };
  return { text: cut.text, reason: cut.text.startsWith("-") ? "negative gas price" : null };
}
