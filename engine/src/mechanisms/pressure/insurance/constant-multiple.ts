import { mulDivDown } from "../../../math/index.js";
import { basisPoints } from "../../../rules/account-value.js";
import { allOut, type Strategy } from "./account-frame.js";

/**
 * Exposure at a constant multiple of wealth, in whole basis points: below 1 it buys what falls (a rebalancer), above 1 it sells what falls (a leveraged fund), as
 * d(multiple x wealth) - d(exposure) = multiple (multiple - 1) wealth r. Source: Perold and Sharpe (1988), "constant mix"; Cheng and Madhavan (2009), equation 6.
 */
export function constantMultiple(multipleBps: number): Strategy<undefined> {
  return {
    open: () => undefined,
    reset: () => undefined,
    target: (_state, _rows, _row, wealth) => (wealth <= 0 ? allOut : mulDivDown(wealth, multipleBps, basisPoints)),
  };
}
