/** What governance sets: reserves and the liquidation rule of a Spoke. */
import type { ParameterFault } from "../protocol.js";
import { mulDivUp } from "../rounding.js";
import { BASIS_POINTS, PRICE_8, WAD } from "../scales.js";

/** One reserve (`ISpoke.Reserve` with its `DynamicReserveConfig`). Percentages in basis points. */
export interface ReserveParameters {
  /** Name of the asset in state and prices. */
  readonly asset: string;
  /** One whole token is 10^decimals units; at most 18. */
  readonly decimals: number;
  /** What its value counts towards the health factor; 0: no collateral. */
  readonly collateralFactorBps: bigint;
  /** Collateral per repaid value at the lowest health: par plus bonus. */
  readonly maxLiquidationBonusBps: bigint;
  /** The protocol's share of the bonus. */
  readonly liquidationFeeBps: bigint;
  readonly paused: boolean;
  readonly frozen: boolean;
  readonly borrowable: boolean;
}

/** The liquidation rule (`ISpoke.LiquidationConfig` and `LiquidationLogic.DUST_LIQUIDATION_THRESHOLD`). */
export interface LiquidationRules {
  /** Health factor (wad) up to which a call may repay; at least 1. */
  readonly targetHealthFactorWad: bigint;
  /** Health factor (wad) at and below which the bonus is the largest; below 1. */
  readonly healthFactorForMaxBonusWad: bigint;
  /** Share of the largest bonus that is paid at a health factor of 1, basis points. */
  readonly liquidationBonusFactorBps: bigint;
  /** Value that may not be left on a side unless the side is emptied: dollars x 1e26. 0 switches the rule off. */
  readonly dustValue: bigint;
}

/** A Spoke's parameters. */
export interface AaveV4Parameters {
  readonly reserves: readonly ReserveParameters[];
  readonly rules: LiquidationRules;
}

/** 1e26: one dollar in values (a wad times a price of 8 decimals). */
export const DOLLAR_VALUE = WAD * PRICE_8;
/** 1,000 dollars, as deployed (`DUST_LIQUIDATION_THRESHOLD`). */
export const DEPLOYED_DUST_VALUE = 1_000n * DOLLAR_VALUE;
/** Below this health factor (1, wad) an account is liquidatable; exactly at it, not (`HEALTH_FACTOR_LIQUIDATION_THRESHOLD`). */
export const LIQUIDATION_HEALTH_FACTOR = WAD;

function fault(code: string, key: string, message: string, hint: string): ParameterFault {
  return { code, key, message, hint };
}

/** Everything that is wrong with the parameters, all at once (`Spoke._validateDynamicReserveConfig`, `updateLiquidationConfig`, `addReserve`). */
export function faults(parameters: AaveV4Parameters): ParameterFault[] {
  const names = parameters.reserves.map(({ asset }) => asset);
  const twice = [...new Set(names.filter((name, at) => names.indexOf(name) !== at))].map((asset) =>
    fault("duplicate-reserve", `reserves.${asset}`, `${asset} is listed more than once`, "list each asset once"),
  );
  return [...twice, ...parameters.reserves.flatMap(faultsOfReserve), ...faultsOfRules(parameters.rules)];
}

function negatives(values: object, key: string): ParameterFault[] {
  return Object.entries(values)
    .filter(([, value]) => typeof value === "bigint" && value < 0n)
    .map(([name, value]) =>
      fault("negative-value", `${key}.${name}`, `${name} is ${value}; it may not be negative`, "give it as 0 or more"),
    );
}

function faultsOfReserve(reserve: ReserveParameters): ParameterFault[] {
  const key = `reserves.${reserve.asset}`;
  const { decimals, collateralFactorBps, maxLiquidationBonusBps, liquidationFeeBps } = reserve;
  const found = negatives(reserve, key);
  if (!Number.isInteger(decimals) || decimals < 0 || decimals > 18)
    found.push(
      fault(
        "decimals-out-of-range",
        `${key}.decimals`,
        `decimals is ${decimals}; it may be a whole number from 0 to 18`,
        "values are kept to 18 decimals",
      ),
    );
  if (collateralFactorBps >= BASIS_POINTS)
    found.push(
      fault(
        "collateral-factor-above-one",
        `${key}.collateralFactorBps`,
        `the collateral factor is ${collateralFactorBps} bps; it must be below 10000`,
        "give the collateral factor in basis points of the collateral's value",
      ),
    );
  if (maxLiquidationBonusBps < BASIS_POINTS)
    found.push(
      fault(
        "bonus-below-par",
        `${key}.maxLiquidationBonusBps`,
        `the largest bonus is ${maxLiquidationBonusBps} bps; it must be at least 10000`,
        "give par plus bonus: 10500 for 5 %",
      ),
    );
  const penalty = mulDivUp(maxLiquidationBonusBps, collateralFactorBps, BASIS_POINTS);
  if (penalty >= BASIS_POINTS)
    found.push(
      fault(
        "bonus-times-collateral-factor",
        `${key}.maxLiquidationBonusBps`,
        `bonus x collateral factor, rounded up, is ${penalty} bps; it must be below 10000`,
        "lower one of the two: a liquidation would not raise the health factor",
      ),
    );
  if (liquidationFeeBps > BASIS_POINTS)
    found.push(
      fault(
        "liquidation-fee-above-one",
        `${key}.liquidationFeeBps`,
        `the protocol's share of the bonus is ${liquidationFeeBps} bps; it may be at most 10000`,
        "give it in basis points of the bonus",
      ),
    );
  return found;
}

function faultsOfRules(rules: LiquidationRules): ParameterFault[] {
  const found = negatives(rules, "rules");
  if (rules.targetHealthFactorWad < WAD)
    found.push(
      fault(
        "target-health-below-one",
        "rules.targetHealthFactorWad",
        `the target health factor is ${rules.targetHealthFactorWad}; it must be at least 1e18`,
        "an account at the target may not be liquidatable",
      ),
    );
  if (rules.healthFactorForMaxBonusWad >= WAD)
    found.push(
      fault(
        "maximum-bonus-health-not-below-one",
        "rules.healthFactorForMaxBonusWad",
        `the health factor of the largest bonus is ${rules.healthFactorForMaxBonusWad}; it must be below 1e18`,
        "the bonus grows from a health factor of 1 down to it",
      ),
    );
  if (rules.liquidationBonusFactorBps > BASIS_POINTS)
    found.push(
      fault(
        "bonus-factor-above-one",
        "rules.liquidationBonusFactorBps",
        `the share of the bonus at a health factor of 1 is ${rules.liquidationBonusFactorBps} bps; it may be at most 10000`,
        "give it in basis points of the largest bonus",
      ),
    );
  return found;
}
