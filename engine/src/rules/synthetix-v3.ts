import { mulDivDown, mulDivUp } from "../math/index.js";

/** The rules of one market and of its keepers: ratios as fractions, sizes in whole coin units, dollars in whole quote units; see exact/synthetix-v3. */
export interface SynthetixTerms {
  /** Divides coin units x steps into quote units. */
  readonly valueScale: number;
  /** 0 switches the part of margins that grows with size off, and the throttle. */
  readonly skewScale: number;
  readonly initialMarginRatio: number;
  readonly minimumInitialMarginRatio: number;
  readonly maintenanceMarginScalar: number;
  readonly minimumPositionMargin: number;
  readonly flagRewardRatio: number;
  /** What a window may liquidate, whole coin units; 0: no throttle. */
  readonly maxInWindow: number;
  readonly windowSeconds: number;
  /** |skew| / skewScale below which a full window opens another one; 0 switches that off. */
  readonly maxLiquidationPd: number;
  /** The throttle does not bind the liquidator, who earns no flag reward. */
  readonly endorsed: boolean;
  readonly minKeeperReward: number;
  readonly maxKeeperReward: number;
  readonly minKeeperProfitRatio: number;
  readonly maxKeeperScalingRatio: number;
  readonly collateralRewardRatio: number;
  readonly flagCost: number;
  readonly liquidateCost: number;
}

/** Quote units that Float64 may be wrong by in a requirement: the exact protocol decides what is closer to its limit. */
export const synthetixTieUnits = 8;

/** Value of a size at a price in quote units, towards zero. */
export function synthetixValue(terms: SynthetixTerms, size: number, steps: number): number {
  const value = mulDivDown(Math.abs(size), Math.abs(steps), terms.valueScale);
  return size >= 0 === steps >= 0 ? value : -value;
}

/** Maintenance margin of a size: notional x (|size| / skewScale x ratio + smallest ratio) x scalar + smallest margin. */
export function synthetixMaintenance(terms: SynthetixTerms, size: number, steps: number): number {
  if (size === 0) return 0;
  const impact = terms.skewScale === 0 ? 0 : Math.abs(size) / terms.skewScale;
  const ratio = (impact * terms.initialMarginRatio + terms.minimumInitialMarginRatio) * terms.maintenanceMarginScalar;
  return Math.floor(synthetixValue(terms, Math.abs(size), steps) * ratio) + terms.minimumPositionMargin;
}

/** What a keeper is paid for a reward and a cost, within its bounds; `margin` is the account's. */
export function synthetixKeeperReward(terms: SynthetixTerms, reward: number, cost: number, margin: number): number {
  const lowest = Math.max(cost + terms.minKeeperReward, Math.floor(cost * (1 + terms.minKeeperProfitRatio)));
  const share = Math.floor(margin * terms.maxKeeperScalingRatio);
  const highest = margin === 0 ? terms.maxKeeperReward : Math.min(share, terms.maxKeeperReward);
  return Math.min(Math.max(lowest, reward + cost), highest);
}

/** Collateral and profit of a position. */
export function synthetixMargin(
  terms: SynthetixTerms,
  size: number,
  entrySteps: number,
  collateral: number,
  steps: number,
): number {
  return collateral + synthetixValue(terms, size, steps - entrySteps);
}

/** Reward that liquidating an account would cost: for the flag and for every window. */
function possibleReward(terms: SynthetixTerms, size: number, collateral: number, steps: number): number {
  const flag = Math.floor(synthetixValue(terms, Math.abs(size), steps) * terms.flagRewardRatio);
  const earned = Math.max(flag, Math.floor(collateral * terms.collateralRewardRatio));
  const first = synthetixKeeperReward(terms, earned, terms.flagCost + terms.liquidateCost, collateral);
  const windows = terms.maxInWindow === 0 ? 0 : mulDivUp(Math.abs(size), 1, terms.maxInWindow);
  return windows === 0 ? first : first + synthetixKeeperReward(terms, 0, terms.liquidateCost, 0) * (windows - 1);
}

/** Available margin less maintenance and reward, in quote units: below 0 the account may be flagged. */
export function synthetixDistance(
  terms: SynthetixTerms,
  size: number,
  entrySteps: number,
  collateral: number,
  steps: number,
): number {
  const needed = synthetixMaintenance(terms, size, steps) + possibleReward(terms, size, collateral, steps);
  return synthetixMargin(terms, size, entrySteps, collateral, steps) - needed;
}

/** What was liquidated when, oldest first. */
export interface WindowRecord {
  readonly seconds: number;
  amount: number;
}

/** How much of a size may be liquidated now; equal to `maxLiquidatableAmount` of exact/synthetix-v3. */
export function grantedAmount(
  terms: SynthetixTerms,
  records: readonly WindowRecord[],
  skew: number,
  wanted: number,
  seconds: number,
): number {
  if (terms.endorsed || terms.maxInWindow === 0) return wanted;
  const since = seconds - terms.windowSeconds;
  let used = 0;
  for (const record of records) if (record.seconds > since) used += record.amount;
  const capacity = terms.maxInWindow - used;
  if (capacity > 0) return Math.min(capacity, wanted);
  const latest = records.length === 0 ? 0 : records[records.length - 1].seconds;
  const isLow = terms.maxLiquidationPd > 0 && Math.abs(skew) < terms.maxLiquidationPd * terms.skewScale;
  return isLow && latest !== seconds ? Math.min(terms.maxInWindow, wanted) : 0;
}

/** Writes an amount down; records that no window reaches any more go. */
export function recordAmount(terms: SynthetixTerms, records: WindowRecord[], amount: number, seconds: number): void {
  const since = seconds - terms.windowSeconds;
  while (records.length > 0 && records[0].seconds <= since) records.shift();
  const last = records[records.length - 1];
  if (last !== undefined && last.seconds === seconds) last.amount += amount;
  else records.push({ seconds, amount });
}

/** What the keeper of one call gets: `flagged` with what was seized, or a later window's. */
export function callReward(
  terms: SynthetixTerms,
  size: number,
  steps: number,
  flagged: boolean,
  seized: number,
  closed: number,
): number {
  if (!flagged && closed === 0) return 0;
  const flag = terms.endorsed ? 0 : Math.floor(synthetixValue(terms, Math.abs(size), steps) * terms.flagRewardRatio);
  const ofCollateral = terms.endorsed ? 0 : Math.floor(seized * terms.collateralRewardRatio);
  const cost = terms.liquidateCost + (flagged ? terms.flagCost : 0);
  const earned = flagged ? Math.max(flag, ofCollateral) : 0;
  return earned + cost > 0 ? synthetixKeeperReward(terms, earned, cost, seized) : 0;
}
