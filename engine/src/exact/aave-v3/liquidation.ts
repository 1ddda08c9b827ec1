/** The liquidation call (`LiquidationLogic.executeLiquidationCall`, `ValidationLogic.validateLiquidationCall`, v3.7). */
import { least, mulDivDown, powerOfTen } from "../rounding.js";
import { type AccountData, accountData, borrowedAssets, collateralTerms, owedUnits } from "./account-data.js";
import {
  CollateralCannotBeLiquidated,
  HealthFactorNotBelowThreshold,
  InsufficientLiquidity,
  InvalidBurnAmount,
  LiquidationGraceSentinelCheckFailed,
  MustNotLeaveDust,
  ReserveInactive,
  ReservePaused,
  SelfLiquidation,
  SpecifiedCurrencyNotBorrowedByUser,
} from "./errors.js";
import { moved, upToDate, withCollateral, withRates } from "./ledger.js";
import {
  type LiquidationAmounts,
  type LiquidationSides,
  leavesDust,
  liquidationAmounts,
  mostRepayable,
} from "./liquidation-amounts.js";
import { type AaveV3Parameters, LIQUIDATION_HEALTH_FACTOR } from "./parameters.js";
import { debtSharesToBurn, debtUnits, sharesToBurn, supplyUnits } from "./shares.js";
import {
  accountOf,
  categoryOf,
  ISSUE,
  type Outcome,
  POOL,
  type PoolState,
  type Prices,
  parametersOf,
  priceOf,
  reserveOf,
  TREASURY,
  withReserve,
} from "./state.js";

/** Who liquidates whom, with what. `debtToCoverUnits` is an upper limit. */
export interface LiquidationCall {
  readonly liquidator: string;
  readonly borrower: string;
  readonly collateralAsset: string;
  readonly debtAsset: string;
  readonly debtToCoverUnits: bigint;
  /** The collateral as supply shares instead of the underlying. */
  readonly receiveShares: boolean;
}

/** A liquidation's result. */
export interface LiquidationOutcome extends Outcome {
  /** The account before the call. */
  readonly before: AccountData;
  readonly mostRepayableUnits: bigint;
  readonly amounts: LiquidationAmounts;
  /** Debt written off, by asset, units; empty unless no collateral was left. */
  readonly deficitUnits: Readonly<Record<string, bigint>>;
}

/** Throws the first precondition that fails, in the contract's order. */
function requireLiquidatable(parameters: AaveV3Parameters, state: PoolState, call: LiquidationCall, data: AccountData) {
  const { borrower, collateralAsset, debtAsset } = call;
  if (borrower === call.liquidator) throw new SelfLiquidation(`${borrower} may not liquidate himself`);
  const both = [collateralAsset, debtAsset];
  for (const asset of both)
    if (!parametersOf(parameters, asset).active) throw new ReserveInactive(`${asset} is not active`);
  for (const asset of both) if (parametersOf(parameters, asset).paused) throw new ReservePaused(`${asset} is paused`);
  for (const asset of both)
    if (reserveOf(state, asset).graceUntil >= state.now)
      throw new LiquidationGraceSentinelCheckFailed(`${asset} is in grace until ${reserveOf(state, asset).graceUntil}`);
  if (data.healthFactorWad >= LIQUIDATION_HEALTH_FACTOR)
    throw new HealthFactorNotBelowThreshold(`the health factor is ${data.healthFactorWad}; it has to be below 1e18`);
  if (!accountOf(state, borrower).collateral.includes(collateralAsset))
    throw new CollateralCannotBeLiquidated(`${borrower} does not use ${collateralAsset} as collateral`);
  if ((accountOf(state, borrower).debtShares[debtAsset] ?? 0n) === 0n)
    throw new SpecifiedCurrencyNotBorrowedByUser(`${borrower} owes no ${debtAsset}`);
}

/** Both sides at the present second and prices. */
function sidesOf(
  parameters: AaveV3Parameters,
  state: PoolState,
  call: LiquidationCall,
  prices: Prices,
): LiquidationSides {
  const account = accountOf(state, call.borrower);
  const collateral = parametersOf(parameters, call.collateralAsset);
  const shares = account.supplyShares[call.collateralAsset] ?? 0n;
  return {
    reserveDebtUnits: owedUnits(state, account, call.debtAsset),
    debtPrice: priceOf(prices, call.debtAsset),
    debtUnit: powerOfTen(parametersOf(parameters, call.debtAsset).decimals),
    collateralUnits: supplyUnits(shares, reserveOf(state, call.collateralAsset).liquidityIndexRay),
    collateralPrice: priceOf(prices, call.collateralAsset),
    collateralUnit: powerOfTen(collateral.decimals),
    bonusBps: collateralTerms(collateral, categoryOf(parameters, account.eModeCategory)).liquidationBonusBps,
    protocolFeeBps: collateral.liquidationProtocolFeeBps,
  };
}

/**
 * Shares that go, all the account has or fewer, and what they are worth, rounded down. If that is the value of all its collateral, none counts as left (v3.7):
 * a few units may remain that do not change the value in whole units of the base currency.
 */
function consumption(state: PoolState, call: LiquidationCall, sides: LiquidationSides, amounts: LiquidationAmounts) {
  const { liquidityIndexRay } = reserveOf(state, call.collateralAsset);
  const held = accountOf(state, call.borrower).supplyShares[call.collateralAsset] ?? 0n;
  const wanted =
    sharesToBurn(amounts.toLiquidatorUnits, liquidityIndexRay) + sharesToBurn(amounts.feeUnits, liquidityIndexRay);
  const shares = least(wanted, held);
  const units = supplyUnits(shares, liquidityIndexRay);
  return {
    takesAllShares: shares === held,
    consumedBase: mulDivDown(units, sides.collateralPrice, sides.collateralUnit),
  };
}

/**
 * Repays debt of an account below health factor 1 and seizes collateral with the bonus; the treasury gets its share of the bonus as supply shares. If no
 * collateral is left, all debt of every borrowed active reserve is written off as that reserve's deficit. Throws the errors of `requireLiquidatable`,
 * `MustNotLeaveDust`, `InvalidBurnAmount` (a side rounds to no share) and `InsufficientLiquidity`.
 */
export function liquidate(
  parameters: AaveV3Parameters,
  before: PoolState,
  call: LiquidationCall,
  prices: Prices,
): LiquidationOutcome {
  const state = upToDate(parameters, upToDate(parameters, before, call.debtAsset), call.collateralAsset);
  const data = accountData(parameters, state, call.borrower, prices);
  requireLiquidatable(parameters, state, call, data);
  const sides = sidesOf(parameters, state, call, prices);
  const mostRepayableUnits = mostRepayable(parameters.rules, sides, data.debtBase, data.healthFactorWad);
  const amounts = liquidationAmounts(sides, least(call.debtToCoverUnits, mostRepayableUnits));
  if (leavesDust(parameters.rules, sides, amounts))
    throw new MustNotLeaveDust(
      `would leave ${sides.reserveDebtUnits - amounts.repaidUnits} units of debt and ${
        sides.collateralUnits - amounts.seizedUnits
      } of collateral; both must be worth ${parameters.rules.minimumLeftoverBase} or one be nothing`,
    );
  const { takesAllShares, consumedBase } = consumption(state, call, sides, amounts);
  const nothingLeft = consumedBase === data.collateralBase;
  const released =
    takesAllShares || nothingLeft ? withCollateral(state, call.borrower, call.collateralAsset, false) : state;
  const burned = burnDebt(parameters, { state: released, transfers: [], deficitUnits: {} }, call.borrower, {
    asset: call.debtAsset,
    repaidUnits: amounts.repaidUnits,
    payer: call.liquidator,
    writesOff: nothingLeft,
  });
  const given = handOver(burned, call, amounts);
  const handed = call.receiveShares ? given : withRates(parameters, given, call.collateralAsset);
  const charged = chargeFee(handed, call, amounts.feeUnits);
  const writtenOff = { ...charged, deficitUnits: burned.deficitUnits };
  const done = nothingLeft ? writeOffOtherDebts(parameters, writtenOff, call.borrower) : writtenOff;
  return { ...done, before: data, mostRepayableUnits, amounts };
}

/** An outcome on the way, with what was written off so far. */
interface WithDeficit extends Outcome {
  readonly deficitUnits: Readonly<Record<string, bigint>>;
}

/** Burns the repaid debt, or all of it where the rest is written off (`_burnDebtTokens`), and takes the repayment in. */
function burnDebt(
  parameters: AaveV3Parameters,
  outcome: WithDeficit,
  borrower: string,
  { asset, repaidUnits, payer, writesOff }: { asset: string; repaidUnits: bigint; payer: string; writesOff: boolean },
): WithDeficit {
  const { borrowIndexRay } = reserveOf(outcome.state, asset);
  const owed = debtUnits(accountOf(outcome.state, borrower).debtShares[asset] ?? 0n, borrowIndexRay);
  const units = debtSharesToBurn(writesOff ? owed : repaidUnits, borrowIndexRay);
  if (units === 0n) throw new InvalidBurnAmount(`${repaidUnits} units of ${asset} repay no share`);
  const burned = moved(outcome, { asset, of: "debt-shares", from: borrower, to: ISSUE, units });
  const paid = moved(burned, { asset, of: "underlying", from: payer, to: POOL, units: repaidUnits });
  const deficit = writesOff ? owed - repaidUnits : 0n;
  const reserve = reserveOf(paid.state, asset);
  const noted = withReserve(paid.state, asset, { ...reserve, deficitUnits: reserve.deficitUnits + deficit });
  const deficitUnits = deficit === 0n ? outcome.deficitUnits : { ...outcome.deficitUnits, [asset]: deficit };
  return { ...withRates(parameters, { ...paid, state: noted }, asset), deficitUnits };
}

/** Gives the liquidator the collateral, as underlying or as shares; shares that only change hands leave the rates alone. */
function handOver(outcome: Outcome, call: LiquidationCall, amounts: LiquidationAmounts): Outcome {
  const asset = call.collateralAsset;
  const { liquidityIndexRay, availableUnits } = reserveOf(outcome.state, asset);
  const units = sharesToBurn(amounts.toLiquidatorUnits, liquidityIndexRay);
  const from = call.borrower;
  if (call.receiveShares) return moved(outcome, { asset, of: "supply-shares", from, to: call.liquidator, units });
  if (units === 0n) throw new InvalidBurnAmount(`the repayment seizes no share of ${asset}`);
  if (amounts.toLiquidatorUnits > availableUnits)
    throw new InsufficientLiquidity(`${asset} holds ${availableUnits} units, not ${amounts.toLiquidatorUnits}`);
  const burned = moved(outcome, { asset, of: "supply-shares", from, to: ISSUE, units });
  return moved(burned, {
    asset,
    of: "underlying",
    from: POOL,
    to: call.liquidator,
    units: amounts.toLiquidatorUnits,
  });
}

/** Gives the treasury its shares, at most what the borrower has left. */
function chargeFee(outcome: Outcome, call: LiquidationCall, feeUnits: bigint): Outcome {
  const asset = call.collateralAsset;
  const wanted = sharesToBurn(feeUnits, reserveOf(outcome.state, asset).liquidityIndexRay);
  const held = accountOf(outcome.state, call.borrower).supplyShares[asset] ?? 0n;
  const units = least(wanted, held);
  return moved(outcome, { asset, of: "supply-shares", from: call.borrower, to: TREASURY, units });
}

/** Writes off what the borrower owes in all other active reserves (`_burnBadDebt`). */
function writeOffOtherDebts(parameters: AaveV3Parameters, outcome: WithDeficit, borrower: string): WithDeficit {
  return borrowedAssets(accountOf(outcome.state, borrower))
    .filter((asset) => parametersOf(parameters, asset).active)
    .reduce((so, asset) => {
      const state = upToDate(parameters, so.state, asset);
      const burn = { asset, repaidUnits: 0n, payer: borrower, writesOff: true };
      return burnDebt(parameters, { ...so, state }, borrower, burn);
    }, outcome);
}
