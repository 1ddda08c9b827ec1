import type { Asset } from "../book/book.js";
import { type Amount, isProblem, unitsOf } from "../book/index.js";
import type { Fault } from "./definition.js";

/** What is wrong with an amount that must be one of `asset`: another asset, negative, too large. */
export function amountFaults(amount: Amount, asset: Asset, key: string): readonly Fault[] {
  if (amount.asset !== asset.symbol) {
    return [
      {
        code: "unit-wrong",
        key,
        message: `${amount.text} is no amount of ${asset.symbol}`,
        hint: `write it like "1000 ${asset.symbol}"`,
      },
    ];
  }
  const units = unitsOf(amount, asset.unitDecimals, key);
  if (!isProblem(units)) return [];
  const { code, message, hint } = units;
  return [{ code, key, message, hint }];
}
