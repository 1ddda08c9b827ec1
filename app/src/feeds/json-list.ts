import { isMembers, parseWithNumbersAsText } from "./numbers-as-text.js";
import { type Imported, type RefusedRow, refusedRow } from "./refused-row.js";

/** A list entry of a JSON feed: its members by name, numbers as text. */
export interface JsonEntry {
  /** Place in the list, 1 being the first. */
  readonly rowNumber: number;
  readonly members: Readonly<Record<string, unknown>>;
  readonly text: string;
}

/**
 * Reads a JSON list of objects, or the list under `member` of a JSON object, and refuses the entries that are no objects or that lack one of
 * `names`. A file that is no JSON or holds no such list is refused as a whole.
 */
export function readJsonList(json: string, names: readonly string[], member?: string): Imported<JsonEntry> {
  let parsed: unknown;
  try {
    parsed = parseWithNumbersAsText(json);
  } catch (error) {
    return { rows: [], refused: [refusedRow(1, `not readable as JSON: ${(error as Error).message}`, json)] };
  }
  const list = member !== undefined && isMembers(parsed) ? parsed[member] : parsed;
  if (!Array.isArray(list))
    return { rows: [], refused: [refusedRow(1, `no list${member === undefined ? "" : ` under ${member}`}`, json)] };
  const rows: JsonEntry[] = [];
  const refused: RefusedRow[] = [];
  list.forEach((entry: unknown, index) => {
    const text = JSON.stringify(entry) ?? "";
    if (!isMembers(entry)) refused.push(refusedRow(index + 1, "no object", text));
    else {
      const missing = names.filter((name) => typeof entry[name] !== "string");
      if (missing.length > 0) refused.push(refusedRow(index + 1, `lacks ${missing.join(", ")}`, text));
      else rows.push({ rowNumber: index + 1, members: entry, text });
    }
  });
  return { rows, refused };
}

/** The text of a member that `readJsonList` has checked to be there. */
export function member(entry: JsonEntry, name: string): string {
  return String(entry.members[name]);
}
