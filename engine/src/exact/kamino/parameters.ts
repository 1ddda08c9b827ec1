import type { ParameterFault } from "../protocol.js";
import { BASIS_POINTS } from "../scales.js";

/** A group of reserves that may borrow against each other at better terms ("eMode"). */
export interface ElevationGroup {
  /** Cap of the bonus inside the group, basis points; 0 or above either reserve's own means none. */
  readonly maxLiquidationBonusBps: bigint;
  readonly liquidationThresholdPercent: bigint;
  readonly loanToValuePercent: bigint;
}

/** Parameters of a market. */
export interface MarketParameters {
  /** Part of all debt that one call may repay, percent. */
  readonly liquidationMaxDebtCloseFactorPercent: bigint;
  /** Loan-to-value above which all of it may be repaid, percent. */
  readonly insolvencyRiskUnhealthyLtvPercent: bigint;
  /** Most debt that one call may repay, whole dollars. */
  readonly maxLiquidatableDebtMarketValueAtOnce: bigint;
  /** Debts of less value must be repaid whole, whole dollars. */
  readonly minFullLiquidationValueThreshold: bigint;
  /** Deposits and debts of less value do not decide which goes first, whole dollars. */
  readonly minValueSkipPriorityChecks: bigint;
  readonly priceTriggeredLiquidationDisabled: boolean;
  readonly autodeleverageEnabled: boolean;
  /** From the mark on an obligation to its deleveraging, seconds. */
  readonly individualMarginCallPeriodSeconds: bigint;
  readonly debtTermLiquidationEnabled: boolean;
  readonly matureDebtLiquidationEnabled: boolean;
  /** Time after the end of a debt's term until all of it may be repaid; 0 for at once. */
  readonly termFullLiquidationSeconds: bigint;
  readonly elevationGroups: Readonly<Record<string, ElevationGroup>>;
}

/** Parameters of a reserve. */
export interface ReserveParameters {
  /** Units of one token: 10^decimals. */
  readonly unit: bigint;
  readonly loanToValuePercent: bigint;
  readonly liquidationThresholdPercent: bigint;
  /** Weight of this debt, percent: 100 and above. */
  readonly borrowFactorPercent: bigint;
  readonly minLiquidationBonusBps: bigint;
  readonly maxLiquidationBonusBps: bigint;
  /** Bonus where the debt is bad, below 1 %. */
  readonly badDebtLiquidationBonusBps: bigint;
  /** Protocol's part of the bonus, percent. */
  readonly protocolLiquidationFeePercent: bigint;
  readonly elevationGroups: readonly string[];
  readonly autodeleverageEnabled: boolean;
  readonly marginCallPeriodSeconds: bigint;
  /** How fast the loan-to-value from which obligations are deleveraged falls from 100 %, basis points a day. */
  readonly thresholdDecreaseBpsPerDay: bigint;
  readonly minDeleveragingBonusBps: bigint;
  readonly bonusIncreaseBpsPerDay: bigint;
}

/** A market with its reserves. */
export interface KaminoParameters {
  readonly market: MarketParameters;
  readonly reserves: Readonly<Record<string, ReserveParameters>>;
}

type Report = (code: string, key: string, message: string, hint: string) => void;

/** All that is wrong: what `validate_reserve_config_integrity` refuses, and what would leave no rule standing. */
export function faults(parameters: KaminoParameters): ParameterFault[] {
  const found: ParameterFault[] = [];
  const report: Report = (code, key, message, hint) => found.push({ code, key, message, hint });
  marketFaults(parameters.market, report);
  for (const [id, reserve] of Object.entries(parameters.reserves)) {
    reserveFaults(`reserves.${id}`, reserve, parameters.market, report);
  }
  return found;
}

function marketFaults(market: MarketParameters, report: Report): void {
  for (const [key, value] of Object.entries(market)) {
    if (typeof value === "bigint" && value < 0n) {
      report("negative", `market.${key}`, `is ${value}; at least 0`, "state it without a sign");
    }
  }
  const closeFactor = market.liquidationMaxDebtCloseFactorPercent;
  if (closeFactor === 0n || closeFactor > 100n) {
    report(
      "close-factor-out-of-range",
      "market.liquidationMaxDebtCloseFactorPercent",
      `is ${closeFactor}; from 1 to 100`,
      "20 is the program's default",
    );
  }
  for (const [id, group] of Object.entries(market.elevationGroups)) {
    if (group.loanToValuePercent > group.liquidationThresholdPercent || group.liquidationThresholdPercent > 100n) {
      report(
        "group-threshold-out-of-range",
        `market.elevationGroups.${id}`,
        `loan-to-value ${group.loanToValuePercent}, threshold ${group.liquidationThresholdPercent}; rising and at most 100`,
        "the threshold lies between the loan-to-value and 100",
      );
    }
  }
}

function reserveFaults(key: string, reserve: ReserveParameters, market: MarketParameters, report: Report): void {
  const { loanToValuePercent, liquidationThresholdPercent, minLiquidationBonusBps, maxLiquidationBonusBps } = reserve;
  for (const [name, value] of Object.entries(reserve)) {
    if (typeof value === "bigint" && value < 0n) {
      report("negative", `${key}.${name}`, `is ${value}; at least 0`, "state it without a sign");
    }
  }
  const refuse = (wrong: boolean, code: string, name: string, message: string, hint: string) => {
    if (wrong) report(code, `${key}.${name}`, message, hint);
  };
  refuse(reserve.unit <= 0n, "zero-scale", "unit", `is ${reserve.unit}; at least 1`, "10 to the power of the decimals");
  refuse(
    loanToValuePercent >= 100n,
    "loan-to-value-above-one",
    "loanToValuePercent",
    `is ${loanToValuePercent}; below 100`,
    "lower it",
  );
  refuse(
    liquidationThresholdPercent < loanToValuePercent || liquidationThresholdPercent > 100n,
    "threshold-above-one",
    "liquidationThresholdPercent",
    `is ${liquidationThresholdPercent}; from the loan-to-value, ${loanToValuePercent}, to 100`,
    "leave room between borrowing and liquidation",
  );
  refuse(
    maxLiquidationBonusBps > BASIS_POINTS,
    "bonus-above-one",
    "maxLiquidationBonusBps",
    `is ${maxLiquidationBonusBps}; at most 10000`,
    "500 is 5 %",
  );
  refuse(
    minLiquidationBonusBps > maxLiquidationBonusBps,
    "bonus-range-empty",
    "minLiquidationBonusBps",
    `is ${minLiquidationBonusBps}; at most the largest, ${maxLiquidationBonusBps}`,
    "swap them",
  );
  refuse(
    reserve.badDebtLiquidationBonusBps >= 100n,
    "bad-debt-bonus-too-large",
    "badDebtLiquidationBonusBps",
    `is ${reserve.badDebtLiquidationBonusBps}; below 100`,
    "99 is the most",
  );
  refuse(
    reserve.borrowFactorPercent < 100n,
    "borrow-factor-below-one",
    "borrowFactorPercent",
    `is ${reserve.borrowFactorPercent}; at least 100`,
    "100 weighs the debt as it is",
  );
  refuse(
    reserve.protocolLiquidationFeePercent > 100n,
    "fee-above-one",
    "protocolLiquidationFeePercent",
    `is ${reserve.protocolLiquidationFeePercent}; at most 100`,
    "it is a part of the bonus",
  );
  refuse(
    reserve.minDeleveragingBonusBps > maxLiquidationBonusBps,
    "deleveraging-bonus-above-largest",
    "minDeleveragingBonusBps",
    `is ${reserve.minDeleveragingBonusBps}; at most ${maxLiquidationBonusBps}`,
    "lower it",
  );
  const { marginCallPeriodSeconds, thresholdDecreaseBpsPerDay, bonusIncreaseBpsPerDay } = reserve;
  refuse(
    reserve.autodeleverageEnabled &&
      (marginCallPeriodSeconds === 0n || thresholdDecreaseBpsPerDay === 0n || bonusIncreaseBpsPerDay === 0n),
    "deleveraging-without-end",
    "autodeleverageEnabled",
    `with a margin call of ${marginCallPeriodSeconds} s, a threshold falling by ${thresholdDecreaseBpsPerDay} and a bonus rising by ${bonusIncreaseBpsPerDay} basis points a day; each more than 0`,
    "state all three",
  );
  const unknown = reserve.elevationGroups.filter((group) => !Object.hasOwn(market.elevationGroups, group));
  refuse(
    unknown.length > 0,
    "unknown-elevation-group",
    "elevationGroups",
    `names ${unknown.join(", ")}; the market has ${Object.keys(market.elevationGroups).join(", ") || "none"}`,
    "define the group in the market",
  );
}
