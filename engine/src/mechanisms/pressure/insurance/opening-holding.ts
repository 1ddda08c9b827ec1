import { mulDivDown } from "../../../math/index.js";
import { basisPoints, unitsDown } from "../../../rules/account-value.js";
import type { AccountRows, Asked } from "./account-rows.js";

/** Units that an account holds that is in the market: what it has; where it was out before, the opening holding again, as far as `leverage` times wealth reaches. */
export function holdingWhileIn(rows: AccountRows, row: number, risky: number, wealth: number, at: Asked): number {
  const opening = rows.openingRisky[row];
  if (risky >= opening) return risky;
  const most = mulDivDown(Math.max(0, wealth), rows.leverageBps, basisPoints);
  return Math.max(risky, Math.min(opening, unitsDown(most, at.assetSteps, rows.assetDecimals)));
}
