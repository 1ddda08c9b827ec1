import { mulDivUp } from "../math/index.js";
import { closedEquity, equityAt, type PerpetualRule, partOf, rateOne, type Side } from "./perpetual.js";

/**
 * Quote units that pass to Binance's insurance fund (negative: from it) when `units` of a position are closed for `cash`: the liquidation fee, a share of the
 * cash, at most what margin balance remains at the mark; and, where nothing is left open, what the wallet lacks. Source: exact/binance-usdm,
 * `fillLiquidation`.
 */
export function binanceToFund(
  rule: PerpetualRule,
  feeMillionths: number,
  size: number,
  entry: number,
  margin: number,
  markSteps: number,
  units: number,
  cash: number,
): number {
  const side: Side = size > 0 ? 1 : -1;
  const entryPart = partOf(entry, units, Math.abs(size));
  const wallet = margin + side * (cash - entryPart);
  const rest = size - side * units;
  const balance = rest === 0 ? wallet : equityAt(rule, rest, entry - entryPart, wallet, markSteps);
  const fee = Math.min(Math.max(0, balance), mulDivUp(cash, feeMillionths, rateOne));
  return rest === 0 ? fee - Math.max(0, fee - wallet) : fee;
}

/** What a part of a position, with its share of the margin, lacks when it is closed for `cash`. */
export function partLoss(size: number, entry: number, margin: number, units: number, cash: number): number {
  const whole = Math.abs(size);
  const kept = closedEquity(size > 0 ? 1 : -1, partOf(entry, units, whole), partOf(margin, units, whole), cash);
  return Math.max(0, -kept);
}
