import type { Book, PositionTable } from "../../../book/book.js";
import { type AmountColumn, LendingLadder, type LiquidationRoutes } from "../../../ladder/index.js";
import { stepsPerUsd } from "../../../rules/account-value.js";
import type { LendingRule } from "../../../rules/lending.js";
import type { Layout } from "../../../run/index.js";
import type { LendingColumns } from "./rows.js";

/** The map's index over a lending protocol's opening accounts: forced flow at held prices (docs/model.md). */
export function lendingLadder(
  mechanism: string,
  book: Book,
  table: PositionTable,
  columns: LendingColumns,
  rule: LendingRule,
  feeds: readonly number[],
  decreed: readonly number[],
  routes: LiquidationRoutes,
  layout: Layout,
  notAsked: readonly string[],
  saleDelayMs: number,
): LendingLadder {
  const of = (side: readonly (Float64Array | undefined)[]): AmountColumn[] =>
    side.flatMap((values, asset) => (values === undefined ? [] : [{ asset, values }]));
  return new LendingLadder({
    mechanism,
    rule,
    reactionMs: saleDelayMs + Math.max(0, ...feeds.map((feed) => (feed < 0 ? 0 : layout.feedSource(feed).delayMs))),
    rowCount: columns.rowCount,
    collateral: of(columns.collateral),
    debt: of(columns.debt),
    unitDecimals: book.assets.map((asset) => asset.unitDecimals),
    openingSteps: Float64Array.from(book.assets, (asset, index) =>
      decreed[index] > 0 ? decreed[index] : Math.floor(asset.priceUsd * stepsPerUsd),
    ),
    feeds: Int32Array.from(feeds),
    routes,
    notAsked,
    account: (row) => table.ids.at(row),
  });
}
