/** The conditions on parameters, one function per kind. */
import type { ParameterFault } from "../protocol.js";
import { BASIS_POINTS, WAD } from "../scales.js";
import { percentMul } from "./fixed-point.js";
import type { AaveV3Parameters, EModeCategory, LiquidationRules, ReserveParameters } from "./parameters.js";

/** Collateral terms that reserves and efficiency modes share, basis points. */
interface CollateralTerms {
  readonly loanToValueBps: bigint;
  readonly liquidationThresholdBps: bigint;
  readonly liquidationBonusBps: bigint;
}

function fault(code: string, key: string, message: string, hint: string): ParameterFault {
  return { code, key, message, hint };
}

function negatives(values: object, key: string): ParameterFault[] {
  return Object.entries(values)
    .filter(([, value]) => typeof value === "bigint" && value < 0n)
    .map(([name, value]) =>
      fault("negative-value", `${key}.${name}`, `${name} is ${value}; it may not be negative`, "give it as 0 or more"),
    );
}

function repeated(names: readonly (string | number)[]): (string | number)[] {
  return [...new Set(names.filter((name, at) => names.indexOf(name) !== at))];
}

/** `ltv <= threshold`, `bonus > 1`, `threshold x bonus <= 1` with halves up, as `PoolConfigurator.configureReserveAsCollateral` computes it. */
function collateralFaults(terms: CollateralTerms, key: string): ParameterFault[] {
  const { loanToValueBps, liquidationThresholdBps, liquidationBonusBps } = terms;
  const found: ParameterFault[] = [];
  if (loanToValueBps > liquidationThresholdBps)
    found.push(
      fault(
        "ltv-above-threshold",
        `${key}.loanToValueBps`,
        `the loan-to-value is ${loanToValueBps} bps; it may be at most the liquidation threshold, ${liquidationThresholdBps} bps`,
        "lower the loan-to-value: a loan at it would be liquidatable at once",
      ),
    );
  if (liquidationThresholdBps > BASIS_POINTS)
    found.push(
      fault(
        "threshold-above-one",
        `${key}.liquidationThresholdBps`,
        `the liquidation threshold is ${liquidationThresholdBps} bps; it may be at most 10000`,
        "give the threshold in basis points of the collateral's value",
      ),
    );
  if (liquidationThresholdBps > 0n && liquidationBonusBps <= BASIS_POINTS)
    found.push(
      fault(
        "bonus-below-par",
        `${key}.liquidationBonusBps`,
        `the liquidation bonus is ${liquidationBonusBps} bps; it must be above 10000`,
        "give par plus bonus: 10500 for 5 %",
      ),
    );
  if (percentMul(liquidationThresholdBps, liquidationBonusBps) > BASIS_POINTS)
    found.push(
      fault(
        "threshold-times-bonus",
        `${key}.liquidationBonusBps`,
        `threshold x bonus is ${percentMul(liquidationThresholdBps, liquidationBonusBps)} bps; it may be at most 10000`,
        "lower the threshold or the bonus: at a health factor of 1 the collateral would not cover debt and bonus",
      ),
    );
  return found;
}

function shareFault(value: bigint, code: string, key: string, name: string): ParameterFault[] {
  return value > BASIS_POINTS
    ? [fault(code, key, `${name} is ${value} bps; it may be at most 10000`, "give it in basis points")]
    : [];
}

/** Faults of the reserves, each and among themselves. */
export function reserveFaults(reserves: readonly ReserveParameters[]): ParameterFault[] {
  const twice = repeated(reserves.map((reserve) => reserve.asset)).map((asset) =>
    fault("duplicate-reserve", `reserves.${asset}`, `${asset} is listed more than once`, "list each asset once"),
  );
  return [...twice, ...reserves.flatMap((reserve) => faultsOfOne(reserve))];
}

function faultsOfOne(reserve: ReserveParameters): ParameterFault[] {
  const key = `reserves.${reserve.asset}`;
  const found = [...negatives(reserve, key), ...collateralFaults(reserve, key)];
  if (!Number.isInteger(reserve.decimals) || reserve.decimals < 0 || reserve.decimals > 36)
    found.push(
      fault(
        "decimals-out-of-range",
        `${key}.decimals`,
        `decimals is ${reserve.decimals}; it may be a whole number from 0 to 36`,
        "give the decimals of the token or of the engine's unit",
      ),
    );
  if (reserve.liquidationThresholdBps === 0n && reserve.liquidationBonusBps !== 0n)
    found.push(
      fault(
        "bonus-without-threshold",
        `${key}.liquidationBonusBps`,
        `the bonus is ${reserve.liquidationBonusBps} bps, the threshold 0; without a threshold it must be 0`,
        "set the bonus to 0, or give the threshold",
      ),
    );
  found.push(
    ...shareFault(
      reserve.liquidationProtocolFeeBps,
      "protocol-fee-above-one",
      `${key}.liquidationProtocolFeeBps`,
      "the protocol's share of the bonus",
    ),
    ...shareFault(
      reserve.reserveFactorBps,
      "reserve-factor-above-one",
      `${key}.reserveFactorBps`,
      "the reserve factor",
    ),
  );
  return found;
}

/** Faults of a reserve's rate curve (`DefaultReserveInterestRateStrategyV2._setInterestRateParams`). */
export function interestRateFaults(reserve: ReserveParameters): ParameterFault[] {
  const rates = reserve.interestRates;
  if (rates === null) return [];
  const key = `reserves.${reserve.asset}.interestRates`;
  const found = negatives(rates, key);
  if (rates.optimalUsageBps < 100n || rates.optimalUsageBps > 9_900n)
    found.push(
      fault(
        "optimal-usage-out-of-range",
        `${key}.optimalUsageBps`,
        `the optimal usage is ${rates.optimalUsageBps} bps; it may be 100 to 9900`,
        "give the usage at the kink of the curve",
      ),
    );
  if (rates.slope2Bps < rates.slope1Bps)
    found.push(
      fault(
        "slope2-below-slope1",
        `${key}.slope2Bps`,
        `the second slope is ${rates.slope2Bps} bps; it must be at least the first, ${rates.slope1Bps}`,
        "exchange the slopes",
      ),
    );
  const highest = rates.baseBps + rates.slope1Bps + rates.slope2Bps;
  if (highest > 100_000n)
    found.push(
      fault(
        "maximum-rate",
        `${key}.slope2Bps`,
        `base and slopes add up to ${highest} bps a year; they may reach 100000`,
        "lower the second slope",
      ),
    );
  return found;
}

/** Faults of the efficiency modes (`PoolConfigurator.setEModeCategory`). */
export function eModeFaults({ eModeCategories, reserves }: AaveV3Parameters): ParameterFault[] {
  const listed = new Set(reserves.map((reserve) => reserve.asset));
  const twice = repeated(eModeCategories.map((category) => category.id)).map((id) =>
    fault("duplicate-category", `eModeCategories.${id}`, `category ${id} is there more than once`, "number them apart"),
  );
  return [...twice, ...eModeCategories.flatMap((category) => faultsOfCategory(category, listed))];
}

function faultsOfCategory(category: EModeCategory, listed: ReadonlySet<string>): ParameterFault[] {
  const key = `eModeCategories.${category.id}`;
  const found = [...negatives(category, key), ...collateralFaults(category, key)];
  if (!Number.isInteger(category.id) || category.id < 1 || category.id > 255)
    found.push(
      fault("category-id", `${key}.id`, `the id is ${category.id}; it may be 1 to 255`, "0 means no efficiency mode"),
    );
  if (category.loanToValueBps === 0n || category.liquidationThresholdBps === 0n)
    found.push(
      fault(
        "category-without-terms",
        `${key}.loanToValueBps`,
        `loan-to-value ${category.loanToValueBps}, threshold ${category.liquidationThresholdBps}; both must be above 0`,
        "use zeroLoanToValue for collateral that backs no new debt",
      ),
    );
  for (const list of ["collateral", "borrowable", "zeroLoanToValue"] as const)
    for (const asset of category[list].filter((one) => !listed.has(one)))
      found.push(
        fault(
          "unknown-asset",
          `${key}.${list}`,
          `${asset} is no reserve of the pool`,
          "list the reserve, or drop it here",
        ),
      );
  return found;
}

/** Faults of the liquidation rule's constants. */
export function ruleFaults(rules: LiquidationRules): ParameterFault[] {
  const found = negatives(rules, "rules");
  if (rules.closeFactorBps === 0n || rules.closeFactorBps > BASIS_POINTS)
    found.push(
      fault(
        "close-factor-out-of-range",
        "rules.closeFactorBps",
        `the close factor is ${rules.closeFactorBps} bps; it may be 1 to 10000`,
        "10000 switches the rule off",
      ),
    );
  if (rules.closeFactorHealthFactorWad > WAD)
    found.push(
      fault(
        "close-factor-health-above-one",
        "rules.closeFactorHealthFactorWad",
        `the close factor binds above ${rules.closeFactorHealthFactorWad}; accounts above 1e18 are not liquidated at all`,
        "give a health factor of at most 1e18",
      ),
    );
  return found;
}
