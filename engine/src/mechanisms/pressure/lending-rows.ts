import type { Book, PositionTable } from "../../book/book.js";
import { log, orderAscending } from "../../math/index.js";

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
  const bySignature = new Map<string, { collaterals: number[]; debts: number[]; rows: number[]; keys: number[] }>();
  for (let row = 0; row < columns.rowCount; row++) {
    let weighted = 0;
    let owed = 0;
    let signature = "";
    for (let asset = 0; asset < assetCount; asset++) {
      const held = columns.collateral[asset]?.[row] ?? 0;
      if (held > 0) {
        weighted += held * usdPerUnit[asset] * threshold[asset];
        signature += `+${asset}`;
      }
      const debt = columns.debt[asset]?.[row] ?? 0;
      if (debt > 0) {
        owed += debt * usdPerUnit[asset];
        signature += `-${asset}`;
      }
    }
    if (owed === 0) continue;
    let group = bySignature.get(signature);
    if (group === undefined) {
      const all = Array.from({ length: assetCount }, (_, asset) => asset);
      group = {
        collaterals: all.filter((asset) => (columns.collateral[asset]?.[row] ?? 0) > 0),
        debts: all.filter((asset) => (columns.debt[asset]?.[row] ?? 0) > 0),
        rows: [],
        keys: [],
      };
      bySignature.set(signature, group);
    }
    group.rows.push(row);
    group.keys.push(weighted > 0 ? log(weighted / owed) : -1e9);
  }
  return [...bySignature.values()].map((group) => {
    const keys = Float64Array.from(group.keys);
    const order = orderAscending(keys);
    return {
      collaterals: group.collaterals,
      debts: group.debts,
      rows: Uint32Array.from(order, (index) => group.rows[index]),
      keys: Float64Array.from(order, (index) => keys[index]),
    };
  });
}
