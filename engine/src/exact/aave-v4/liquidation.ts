/** The liquidation call (`Spoke.liquidationCall`, `LiquidationLogic`, formulas only). */
import { powerOfTen } from "../rounding.js";
import { type AccountData, accountData } from "./account-data.js";
import {
  CannotReceiveShares,
  HealthFactorNotBelowThreshold,
  InsufficientLiquidity,
  InvalidDebtToCover,
  ReserveNotBorrowed,
  ReserveNotEnabledAsCollateral,
  ReserveNotSupplied,
  ReservePaused,
  SelfLiquidation,
} from "./errors.js";
import { type LiquidationAmounts, type LiquidationSides, liquidationAmounts } from "./liquidation-amounts.js";
import { type AaveV4Parameters, LIQUIDATION_HEALTH_FACTOR } from "./parameters.js";
import {
  accountOf,
  FEE_RECEIVER,
  HUB,
  ISSUE,
  moved,
  type Outcome,
  type Prices,
  parametersOf,
  priceOf,
  reserveOf,
  type SpokeState,
  withReserve,
} from "./state.js";

/** Who liquidates whom, with what. `debtToCoverUnits` is an upper limit. */
export interface LiquidationCall {
  readonly liquidator: string;
  readonly borrower: string;
  readonly collateralAsset: string;
  readonly debtAsset: string;
  readonly debtToCoverUnits: bigint;
  /** The collateral as a supply of the liquidator instead of the underlying. */
  readonly receiveShares: boolean;
}

/** A liquidation's result. */
export interface LiquidationOutcome extends Outcome {
  /** The account before the call. */
  readonly before: AccountData;
  readonly amounts: LiquidationAmounts;
  /** Debt written off, by asset, units; empty unless the last collateral went and debt was left. */
  readonly deficitUnits: Readonly<Record<string, bigint>>;
}

/** Throws the first precondition that fails, in the contract's order (`_validateLiquidationCall`). */
function requireLiquidatable(
  parameters: AaveV4Parameters,
  state: SpokeState,
  call: LiquidationCall,
  { healthFactorWad }: AccountData,
): void {
  const { borrower, collateralAsset, debtAsset } = call;
  const account = accountOf(state, borrower);
  const collateral = parametersOf(parameters, collateralAsset);
  if (borrower === call.liquidator) throw new SelfLiquidation(`${borrower} may not liquidate himself`);
  if (call.debtToCoverUnits <= 0n) throw new InvalidDebtToCover("the cover has to be above 0");
  for (const { asset, paused } of [collateral, parametersOf(parameters, debtAsset)])
    if (paused) throw new ReservePaused(`${asset} is paused`);
  if (account.supplied[collateralAsset] === undefined)
    throw new ReserveNotSupplied(`${borrower} supplies no ${collateralAsset}`);
  if (account.owed[debtAsset] === undefined) throw new ReserveNotBorrowed(`${borrower} owes no ${debtAsset}`);
  if (healthFactorWad >= LIQUIDATION_HEALTH_FACTOR)
    throw new HealthFactorNotBelowThreshold(`the health factor is ${healthFactorWad}; it has to be below 1e18`);
  if (collateral.collateralFactorBps === 0n || !account.collateral.includes(collateralAsset))
    throw new ReserveNotEnabledAsCollateral(`${collateralAsset} is no collateral of ${borrower}`);
  if (call.receiveShares && collateral.frozen) throw new CannotReceiveShares(`${collateralAsset} is frozen`);
}

function sidesOf(
  parameters: AaveV4Parameters,
  state: SpokeState,
  call: LiquidationCall,
  prices: Prices,
  data: AccountData,
): LiquidationSides {
  const account = accountOf(state, call.borrower);
  const collateral = parametersOf(parameters, call.collateralAsset);
  return {
    healthFactorWad: data.healthFactorWad,
    totalDebtValue: data.debtValue,
    reserveDebtUnits: account.owed[call.debtAsset],
    debtPrice: priceOf(prices, call.debtAsset),
    debtUnit: powerOfTen(parametersOf(parameters, call.debtAsset).decimals),
    collateralUnits: account.supplied[call.collateralAsset],
    collateralPrice: priceOf(prices, call.collateralAsset),
    collateralUnit: powerOfTen(collateral.decimals),
    collateralFactorBps: collateral.collateralFactorBps,
    maxLiquidationBonusBps: collateral.maxLiquidationBonusBps,
    liquidationFeeBps: collateral.liquidationFeeBps,
  };
}

/**
 * Whether the call leaves a deficit (`_evaluateDeficit`): the seized collateral is emptied and was the last active one, and some debt is left in this reserve or
 * another.
 */
export function leavesDeficit(
  collateralEmptied: boolean,
  debtEmptied: boolean,
  activeCollateralCount: number,
  borrowCount: number,
): boolean {
  return collateralEmptied && activeCollateralCount <= 1 && (!debtEmptied || borrowCount > 1);
}

/**
 * Repays debt of an account below health factor 1, up to the target, and seizes collateral with the bonus of its health; the fee receiver gets the protocol's
 * share. If the last collateral goes and debt is left, all its debt is written off and reported to the Hub. Throws the errors of `requireLiquidatable`,
 * `MustNotLeaveDust` and `InsufficientLiquidity`.
 */
export function liquidate(
  parameters: AaveV4Parameters,
  state: SpokeState,
  call: LiquidationCall,
  prices: Prices,
): LiquidationOutcome {
  const before = accountData(parameters, state, call.borrower, prices);
  requireLiquidatable(parameters, state, call, before);
  const sides = sidesOf(parameters, state, call, prices, before);
  const amounts = liquidationAmounts(parameters.rules, sides, call.debtToCoverUnits);
  const settled = takeRepayment(handOver({ state, transfers: [] }, call, amounts), call, amounts);
  const badDebt = leavesDeficit(
    amounts.seizedUnits === sides.collateralUnits,
    amounts.repaidUnits === sides.reserveDebtUnits,
    before.activeCollateralCount,
    before.borrowCount,
  );
  const deficitUnits = badDebt ? accountOf(settled.state, call.borrower).owed : {};
  return { ...Object.entries(deficitUnits).reduce(writtenOff(call.borrower), settled), before, amounts, deficitUnits };
}

/** Gives liquidator and fee receiver the collateral. */
function handOver(outcome: Outcome, call: LiquidationCall, amounts: LiquidationAmounts): Outcome {
  const asset = call.collateralAsset;
  const from = call.borrower;
  const units = amounts.toLiquidatorUnits;
  const fee = moved(outcome, { asset, of: "supply", from, to: FEE_RECEIVER, units: amounts.feeUnits });
  if (call.receiveShares) return moved(fee, { asset, of: "supply", from, to: call.liquidator, units });
  const { availableUnits } = reserveOf(outcome.state, asset);
  if (units > availableUnits)
    throw new InsufficientLiquidity(`the Hub holds ${availableUnits} units of ${asset}, not ${units}`);
  const ended = moved(fee, { asset, of: "supply", from, to: ISSUE, units });
  return moved(ended, { asset, of: "underlying", from: HUB, to: call.liquidator, units });
}

function takeRepayment(outcome: Outcome, call: LiquidationCall, { repaidUnits: units }: LiquidationAmounts): Outcome {
  const asset = call.debtAsset;
  const paid = moved(outcome, { asset, of: "underlying", from: call.liquidator, to: HUB, units });
  return moved(paid, { asset, of: "debt", from: call.borrower, to: ISSUE, units });
}

/** Ends a debt and notes it as the reserve's deficit (`notifyReportDeficit`). */
function writtenOff(borrower: string) {
  return (outcome: Outcome, [asset, units]: [string, bigint]): Outcome => {
    const ended = moved(outcome, { asset, of: "debt", from: borrower, to: ISSUE, units });
    const reserve = reserveOf(ended.state, asset);
    return {
      ...ended,
      state: withReserve(ended.state, asset, { ...reserve, deficitUnits: reserve.deficitUnits + units }),
    };
  };
}
