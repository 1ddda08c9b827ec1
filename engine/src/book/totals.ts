import type { AssetScale } from "./column.js";
import type { ProblemList } from "./problem-list.js";
import { under } from "./wording.js";

/** A quarter of 2^53: four times an asset's total must stay exact (docs/model.md). */
export const largestTotal = 2_251_799_813_685_248;

/** Adds up the whole units of each asset over a book, amounts of either sign alike. */
export class AssetTotals {
  private readonly totals = new Map<number, number>();

  /** `asset` is the index of its scale. */
  count(asset: number, units: number): void {
    this.totals.set(asset, (this.totals.get(asset) ?? 0) + (units < 0 ? -units : units));
  }

  /** The same for a whole column. */
  countColumn(asset: number, values: Float64Array): void {
    this.count(asset, sumOfSizes(values));
  }

  /** Adds `total-too-large` for each asset that is beyond the limit; `path` is that of the assets. */
  check(scales: readonly AssetScale[], path: string, problems: ProblemList): void {
    for (const [index, total] of this.totals) {
      if (!(total > largestTotal)) continue;
      const { symbol, unitDecimals } = scales[index];
      let fitting = unitDecimals;
      for (let units = total; units > largestTotal && fitting > 0; units /= 10) fitting--;
      const at = under(under(path, symbol), "unitDecimals");
      const message = `all amounts of ${symbol} are ${total} units at ${unitDecimals} decimals, above a quarter of 2^53`;
      const hint = `check the amounts; if they are right, set "unitDecimals": ${fitting}`;
      problems.say("total-too-large", at, message, hint);
    }
  }
}

function sumOfSizes(values: Float64Array): number {
  let sum = 0;
  for (let row = 0; row < values.length; row++) sum += values[row] < 0 ? -values[row] : values[row];
  return sum;
}
