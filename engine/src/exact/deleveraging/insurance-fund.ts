import { least, most } from "../rounding.js";
import type { FundRule } from "./parameters.js";

/** What a fund paid and what is left for deleveraging; `paid + shortfall` is the deficit. Quote units. */
export interface FundPayment {
  readonly balance: bigint;
  readonly paid: bigint;
  readonly shortfall: bigint;
}

/**
 * Covers a deficit from one fund of a venue. `partial` pays what it has (Binance, Hyperliquid's vault); `all-or-nothing` pays only where it can pay all
 * (dYdX v4 `IsValidInsuranceFundDelta`: balance + delta >= 0, the equality included). The balance never turns negative by paying.
 */
export function drawFromFund(balance: bigint, deficit: bigint, rule: FundRule): FundPayment {
  const available = most(0n, balance);
  const paid = rule === "partial" ? least(available, deficit) : available >= deficit ? deficit : 0n;
  return { balance: balance - paid, paid, shortfall: deficit - paid };
}
