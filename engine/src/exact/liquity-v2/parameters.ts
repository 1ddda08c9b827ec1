import type { ParameterFault } from "../protocol.js";
import { mulDivDown, powerOfTen } from "../rounding.js";
import { WAD } from "../scales.js";

/** Decimal places: 18, 18, 18 on chain; an engine's own elsewhere. */
export interface LiquityV2Decimals {
  /** Of one unit of collateral, and of the WETH held for gas. */
  readonly collateral: number;
  /** Of one unit of BOLD. */
  readonly debt: number;
  /** Of the price of one whole collateral in dollars. */
  readonly price: number;
}

/** The constants of one collateral branch. A wad is 1e18. Source: `Constants.sol`, `AddressesRegistry.sol`. */
export interface LiquityV2Parameters {
  readonly decimals: LiquityV2Decimals;
  /** Wad, MCR: a trove below it is liquidated. */
  readonly minimumCollateralRatio: bigint;
  /** Wad, CCR: below it the branch lets nobody borrow or withdraw. */
  readonly criticalCollateralRatio: bigint;
  /** Wad, SCR: below it anybody may shut the branch down. */
  readonly shutdownCollateralRatio: bigint;
  /** Wad: what depositors of the stability pool get over the debt they pay, 0.05. */
  readonly poolPenalty: bigint;
  /** Wad: what other borrowers get over the debt they take over, 0.10 or 0.20. */
  readonly redistributionPenalty: bigint;
  /** COLL_GAS_COMPENSATION_DIVISOR: the liquidator gets this part of the collateral that goes to the pool, 200. */
  readonly gasCompensationDivisor: bigint;
  /** Units of collateral: at most this much, 2 whole. */
  readonly gasCompensationCap: bigint;
  /** Units of WETH that an owner leaves with the gas pool for a liquidator, 0.0375 whole. */
  readonly gasDeposit: bigint;
  /** Units of BOLD: least debt of a trove, 2,000 whole. */
  readonly minimumDebt: bigint;
  /** Units of BOLD that no liquidation and no withdrawal takes from the stability pool, 1 whole (MIN_BOLD_IN_SP). */
  readonly minimumInPool: bigint;
  /** Wad: collateral over BOLD in an urgent redemption, 0.02. */
  readonly urgentRedemptionBonus: bigint;
}

/** The same parameters for other decimals, amounts rounded down. */
export function withDecimals(parameters: LiquityV2Parameters, decimals: LiquityV2Decimals): LiquityV2Parameters {
  const rescale = (amount: bigint, key: "collateral" | "debt") =>
    mulDivDown(amount, powerOfTen(decimals[key]), powerOfTen(parameters.decimals[key]));
  return {
    ...parameters,
    decimals,
    gasCompensationCap: rescale(parameters.gasCompensationCap, "collateral"),
    gasDeposit: rescale(parameters.gasDeposit, "collateral"),
    minimumDebt: rescale(parameters.minimumDebt, "debt"),
    minimumInPool: rescale(parameters.minimumInPool, "debt"),
  };
}

/** Worth of `collateral` units at `price` in units of BOLD x 1e18: on chain the bare product. Exact, because faults() refuses a negative exponent. */
export function collateralValue({ decimals }: LiquityV2Parameters, collateral: bigint, price: bigint): bigint {
  return collateral * price * powerOfTen(18 + decimals.debt - decimals.collateral - decimals.price);
}

/** Collateral worth `debt` x `share` (wad) at `price`, rounded down. Source: `_getCollPenaltyAndSurplus`, `_urgentRedeemCollateralFromTrove`. */
export function collateralWorth(parameters: LiquityV2Parameters, debt: bigint, share: bigint, price: bigint): bigint {
  return mulDivDown(debt, share, collateralValue(parameters, 1n, price));
}

/** Everything wrong with the parameters, all at once; empty where they can run. */
export function faults(parameters: LiquityV2Parameters): ParameterFault[] {
  return [...decimalFaults(parameters.decimals), ...ratioFaults(parameters), ...amountFaults(parameters)];
}

function fault(code: string, key: string, message: string, hint: string): ParameterFault {
  return { code, key, message, hint };
}

function decimalFaults(decimals: LiquityV2Decimals): ParameterFault[] {
  const found = (["collateral", "debt", "price"] as const)
    .filter((key) => !Number.isInteger(decimals[key]) || decimals[key] < 0 || decimals[key] > 36)
    .map((key) =>
      fault(
        "decimals-out-of-range",
        `decimals.${key}`,
        `decimals.${key} is ${decimals[key]}; it may be a whole number from 0 to 36`,
        "give the places of one unit",
      ),
    );
  const places = 18 + decimals.debt - decimals.collateral - decimals.price;
  if (found.length > 0 || places >= 0) return found;
  return [
    fault(
      "decimals-out-of-range",
      "decimals",
      `18 + debt - collateral - price is ${places}; it may be 0 or more, or a worth loses places`,
      "give the debt more places or the collateral fewer",
    ),
  ];
}

function ratioFaults(parameters: LiquityV2Parameters): ParameterFault[] {
  const ratios = ["minimumCollateralRatio", "criticalCollateralRatio", "shutdownCollateralRatio"] as const;
  const found = ratios
    .filter((key) => parameters[key] <= WAD)
    .map((key) =>
      fault("threshold-above-one", key, `${key} is ${parameters[key]}; it may be above 1e18`, "write 1.1e18 for 110 %"),
    );
  if (parameters.criticalCollateralRatio < parameters.minimumCollateralRatio)
    found.push(
      fault(
        "ratios-out-of-order",
        "criticalCollateralRatio",
        `criticalCollateralRatio is ${parameters.criticalCollateralRatio}; it may be the minimum, ${parameters.minimumCollateralRatio}, or more`,
        "a branch becomes careful before its troves are liquidated",
      ),
    );
  if (parameters.shutdownCollateralRatio > parameters.criticalCollateralRatio)
    found.push(
      fault(
        "ratios-out-of-order",
        "shutdownCollateralRatio",
        `shutdownCollateralRatio is ${parameters.shutdownCollateralRatio}; it may be the critical one, ${parameters.criticalCollateralRatio}, or less`,
        "a branch becomes careful before it is shut down",
      ),
    );
  if (parameters.poolPenalty < 0n)
    found.push(
      fault(
        "bonus-below-par",
        "poolPenalty",
        `poolPenalty is ${parameters.poolPenalty}; it may be 0 or more`,
        "write 5e16 for 5 %",
      ),
    );
  if (parameters.redistributionPenalty < parameters.poolPenalty)
    found.push(
      fault(
        "bonus-below-par",
        "redistributionPenalty",
        `redistributionPenalty is ${parameters.redistributionPenalty}; it may be poolPenalty, ${parameters.poolPenalty}, or more`,
        "those who take debt over unasked are paid no less than those who offered",
      ),
    );
  if (WAD + parameters.redistributionPenalty > parameters.minimumCollateralRatio)
    found.push(
      fault(
        "threshold-times-bonus",
        "redistributionPenalty",
        `debt with penalty (${WAD + parameters.redistributionPenalty}) exceeds the collateral at the limit (${parameters.minimumCollateralRatio})`,
        "raise minimumCollateralRatio or lower the penalty",
      ),
    );
  return found;
}

function amountFaults(parameters: LiquityV2Parameters): ParameterFault[] {
  const amounts = ["gasCompensationCap", "gasDeposit", "minimumDebt", "urgentRedemptionBonus"] as const;
  const found = amounts
    .filter((key) => parameters[key] < 0n)
    .map((key) =>
      fault(
        "negative",
        key,
        `${key} is ${parameters[key]}; it may be 0 or more`,
        "give an amount that is not negative",
      ),
    );
  if (parameters.gasCompensationDivisor <= 0n)
    found.push(
      fault(
        "zero-scale",
        "gasCompensationDivisor",
        `gasCompensationDivisor is ${parameters.gasCompensationDivisor}; it may be 1 or more`,
        "write 200 for half a per cent",
      ),
    );
  if (parameters.minimumInPool <= 0n)
    found.push(
      fault(
        "pool-can-empty",
        "minimumInPool",
        `minimumInPool is ${parameters.minimumInPool}; it may be 1 or more`,
        "an emptied pool has a product of 0 and forgets its depositors",
      ),
    );
  return found;
}
