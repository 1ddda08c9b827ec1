import type { Book, PositionTable } from "../../../book/book.js";
import { log, orderAscending } from "../../../math/index.js";

/** Accounts of the same collateral and debt assets, ordered by the log move they surely survive. */
export interface SurvivalGroup {
  readonly collaterals: readonly number[];
  readonly debts: readonly number[];
  /** Rows by rising key. */
  readonly rows: Uint32Array;
  /** ln(weighted collateral / debt) at opening prices: the largest (fall of collateral + rise of debt) the account surely survives. */
  readonly keys: Float64Array;
}

/** Collateral and debt columns of a position table, one Float64 column per asset (shared, read-only). */
export interface LendingColumns {
  readonly collateral: readonly (Float64Array | undefined)[];
  readonly debt: readonly (Float64Array | undefined)[];
  readonly rowCount: number;
}

/** Reads the columns of a table by asset. */
export function lendingColumns(book: Book, table: PositionTable): LendingColumns {
  const find = (role: string) =>
    book.assets.map(
      (_, asset) => table.columns.find((column) => column.role === role && column.asset === asset)?.values,
    );
  return { collateral: find("collateral"), debt: find("debt"), rowCount: table.ids.length };
}

/**
 * Groups accounts by asset signature and orders each group by what it surely survives, at opening prices (dollars per unit) and thresholds. Weighted collateral
 * falls at most by the largest fall among its own assets and debt rises at most by the largest rise among its own, so an account whose key
 * exceeds their sum cannot have breached (PERFORMANCE, "How they are reached", 3).
 */
export function survivalGroups(
  columns: LendingColumns,
  usdPerUnit: ArrayLike<number>,
  threshold: ArrayLike<number>,
): SurvivalGroup[] {
  const assetCount = usdPerUnit.length;
  const { rowCount } = columns;
  const keys = new Float64Array(rowCount);
  const groupOf = new Int32Array(rowCount).fill(-1);
  const found = new Map<number | bigint, GroupDraft>();
  const drafts: GroupDraft[] = [];
  // One bit for each side of an asset: exact in a number up to 26 assets.
  const signatureOf = assetCount <= 26 ? signature : wideSignature;
  for (let row = 0; row < rowCount; row++) {
    let weighted = 0;
    let owed = 0;
    for (let asset = 0; asset < assetCount; asset++) {
      const held = columns.collateral[asset]?.[row] ?? 0;
      if (held > 0) weighted += held * usdPerUnit[asset] * threshold[asset];
      const debt = columns.debt[asset]?.[row] ?? 0;
      if (debt > 0) owed += debt * usdPerUnit[asset];
    }
    if (owed === 0) continue;
    const held = signatureOf(columns, row);
    let draft = found.get(held);
    if (draft === undefined) {
      draft = { group: drafts.length, first: row, count: 0 };
      found.set(held, draft);
      drafts.push(draft);
    }
    draft.count++;
    groupOf[row] = draft.group;
    keys[row] = weighted > 0 ? log(weighted / owed) : -1e9;
  }
  const members = drafts.map(({ count }) => new Uint32Array(count));
  const filled = new Int32Array(drafts.length);
  for (let row = 0; row < rowCount; row++) {
    const group = groupOf[row];
    if (group >= 0) members[group][filled[group]++] = row;
  }
  const assets = Array.from({ length: assetCount }, (_, asset) => asset);
  return drafts.map(({ group, first }) => {
    const own = new Float64Array(members[group].length);
    for (let at = 0; at < own.length; at++) own[at] = keys[members[group][at]];
    const order = orderAscending(own);
    const rows = new Uint32Array(own.length);
    const ordered = new Float64Array(own.length);
    for (let at = 0; at < own.length; at++) {
      rows[at] = members[group][order[at]];
      ordered[at] = own[order[at]];
    }
    return {
      collaterals: assets.filter((asset) => (columns.collateral[asset]?.[first] ?? 0) > 0),
      debts: assets.filter((asset) => (columns.debt[asset]?.[first] ?? 0) > 0),
      rows,
      keys: ordered,
    };
  });
}

/** A group in the making: its number, its first row and how many rows it has. */
interface GroupDraft {
  readonly group: number;
  readonly first: number;
  count: number;
}

function signature({ collateral, debt }: LendingColumns, row: number): number {
  let bits = 0;
  for (let asset = 0; asset < collateral.length; asset++) {
    bits = 4 * bits + ((collateral[asset]?.[row] ?? 0) > 0 ? 2 : 0) + ((debt[asset]?.[row] ?? 0) > 0 ? 1 : 0);
  }
  return bits;
}

function wideSignature({ collateral, debt }: LendingColumns, row: number): bigint {
  let bits = 0n;
  for (let asset = 0; asset < collateral.length; asset++) {
    bits = 4n * bits + ((collateral[asset]?.[row] ?? 0) > 0 ? 2n : 0n) + ((debt[asset]?.[row] ?? 0) > 0 ? 1n : 0n);
  }
  return bits;
}
