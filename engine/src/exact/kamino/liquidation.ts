import { NothingToDo } from "../errors.js";
import { least, most, mulDivDown } from "../rounding.js";
import { type Eligibility, eligibility, type LiquidationReason } from "./eligibility.js";
import {
  CannotSocializeObligationWithCollateral,
  CollateralNonLiquidatable,
  LiquidationRewardTooSmall,
  LiquidationTooSmall,
  ObligationBorrowsZero,
  ObligationDepositsZero,
  RepayTooSmallForFullLiquidation,
  ReserveNotInObligation,
} from "./errors.js";
import {
  divide,
  FRACTION_ONE,
  fromPercent,
  fromUnits,
  multiply,
  subtractToZero,
  toUnitsDown,
  toUnitsUp,
} from "./fraction.js";
import {
  type Borrow,
  collateralLimits,
  type KaminoMoment,
  loanToValue,
  type Obligation,
  type Valuation,
  valueObligation,
} from "./obligation.js";
import type { KaminoParameters, MarketParameters } from "./parameters.js";
import { type KaminoState, moveReserve, setObligation } from "./state.js";

/** What a liquidation moves. Whole units, but for `settled`, which is a fraction of units. */
export interface KaminoLiquidation {
  readonly state: KaminoState;
  readonly reason: LiquidationReason;
  readonly bonus: bigint;
  /** Taken off the debt. */
  readonly settled: bigint;
  /** Paid by the liquidator into the debt's reserve. */
  readonly repaid: bigint;
  /** Collateral off the obligation: to the liquidator and as the protocol's fee. */
  readonly withdrawn: bigint;
  readonly toLiquidator: bigint;
  readonly protocolFee: bigint;
}

/**
 * Repays up to `amount` units of a debt and takes collateral of that value plus the bonus. Amounts repaid round up, collateral down. Throws NothingToDo,
 * ObligationDepositsZero, ObligationBorrowsZero, ReserveNotInObligation, CollateralNonLiquidatable, ObligationHealthy, LiquidationBorrowFactorPriority,
 * LiquidationLowestLiquidationLtvPriority, RepayTooSmallForFullLiquidation, LiquidationTooSmall, LiquidationRewardTooSmall. Source: klend
 * `liquidate_obligation`, `calculate_liquidation`, `post_liquidate_redeem`.
 */
export function liquidate(
  parameters: KaminoParameters,
  moment: KaminoMoment,
  state: KaminoState,
  id: string,
  reserves: { readonly debt: string; readonly collateral: string },
  amount: bigint,
  leastCollateral: bigint,
): KaminoLiquidation {
  if (amount <= 0n) throw new NothingToDo(`repays ${amount} units`);
  const obligation = state.obligations[id];
  const valuation = valueObligation(parameters, moment, obligation);
  requireLiquidatable(parameters, obligation, valuation, reserves);
  const found = eligibility({ parameters, moment, obligation, valuation, ...reserves });
  const borrow = obligation.borrows[reserves.debt];
  const whole = valuation.borrowValues[reserves.debt] < fromUnits(parameters.market.minFullLiquidationValueThreshold);
  const debt = debtToLiquidate(parameters.market, valuation, borrow, reserves.debt, found, amount, whole);
  const moved = amountsOf(valuation, obligation, borrow, reserves, found.bonus, debt, whole);
  if (moved.repaid === 0n || moved.withdrawn === 0n) throw new LiquidationTooSmall(moved.repaid, moved.withdrawn);
  const fee = protocolFee(
    parameters.reserves[reserves.collateral].protocolLiquidationFeePercent,
    moved.withdrawn,
    found.bonus,
  );
  const toLiquidator = moved.withdrawn - fee;
  if (toLiquidator < leastCollateral) throw new LiquidationRewardTooSmall(toLiquidator, leastCollateral);
  const next = afterLiquidation(state, id, obligation, reserves, moved, fee);
  return { state: next, reason: found.reason, bonus: found.bonus, ...moved, toLiquidator, protocolFee: fee };
}

function requireLiquidatable(
  parameters: KaminoParameters,
  obligation: Obligation,
  valuation: Valuation,
  { debt, collateral }: { readonly debt: string; readonly collateral: string },
): void {
  if (valuation.deposited === 0n) throw new ObligationDepositsZero();
  if (valuation.weightedDebt === 0n) throw new ObligationBorrowsZero();
  if ((valuation.borrowValues[debt] ?? 0n) === 0n) throw new ReserveNotInObligation(debt, "debts");
  if ((valuation.depositValues[collateral] ?? 0n) === 0n) throw new ReserveNotInObligation(collateral, "deposits");
  if (collateralLimits(parameters, obligation, collateral).threshold === 0n) {
    throw new CollateralNonLiquidatable(collateral);
  }
}

/**
 * Most of a debt that one call may repay (units with 60 binary places): the close factor of all debt (all of it above the insolvency-risk loan-to-value), no
 * more than this debt and the cap at once; all of it at maturity; after a term's end what the shrinking protection leaves. Source:
 * `max_liquidatable_borrowed_amount`.
 */
export function mostLiquidatable(
  market: MarketParameters,
  valuation: Valuation,
  borrow: Borrow,
  debt: string,
  found: Eligibility,
): bigint {
  if (found.reason === "debt-matured") return borrow.amount;
  if (found.reason === "debt-term-reached") return borrow.amount - protectedAmount(market, borrow, found);
  const value = valuation.borrowValues[debt];
  const risky = loanToValue(valuation) > fromPercent(market.insolvencyRiskUnhealthyLtvPercent);
  const closeFactor = risky ? FRACTION_ONE : fromPercent(market.liquidationMaxDebtCloseFactorPercent);
  const closable = multiply(valuation.borrowed, closeFactor);
  const most = least(least(closable, value), fromUnits(market.maxLiquidatableDebtMarketValueAtOnce));
  return multiply(borrow.amount, divide(most, value));
}

/** What of a debt is still protected after its term: linear from all at the end to nothing. */
function protectedAmount(market: MarketParameters, borrow: Borrow, found: Eligibility): bigint {
  const duration = market.termFullLiquidationSeconds;
  if (duration === 0n || borrow.term === undefined) return 0n;
  const left = subtractToZero(duration, found.secondsSinceTerm ?? 0n);
  return least(borrow.amount, mulDivDown(borrow.term.amountAtEnd, left, duration));
}

function debtToLiquidate(
  market: MarketParameters,
  valuation: Valuation,
  borrow: Borrow,
  debt: string,
  found: Eligibility,
  amount: bigint,
  whole: boolean,
): bigint {
  const offered = least(fromUnits(amount), borrow.amount);
  if (!whole) return least(mostLiquidatable(market, valuation, borrow, debt, found), offered);
  if (offered < borrow.amount) throw new RepayTooSmallForFullLiquidation(amount, toUnitsUp(borrow.amount));
  return borrow.amount;
}

/**
 * Settled, repaid and withdrawn amounts. A debt that must go whole is settled whole even where the collateral pays for less. Source:
 * `calculate_liquidation_amounts`.
 */
function amountsOf(
  valuation: Valuation,
  obligation: Obligation,
  borrow: Borrow,
  reserves: { readonly debt: string; readonly collateral: string },
  bonus: bigint,
  debt: bigint,
  whole: boolean,
) {
  const deposited = obligation.deposits[reserves.collateral];
  const collateralValue = valuation.depositValues[reserves.collateral];
  const ratio = divide(debt, borrow.amount);
  const value = multiply(multiply(valuation.borrowValues[reserves.debt], ratio), bonus + FRACTION_ONE);
  if (value > collateralValue) {
    const settled = whole ? debt : multiply(debt, divide(collateralValue, value));
    return { settled, repaid: toUnitsUp(settled), withdrawn: deposited };
  }
  if (value === collateralValue) return { settled: debt, repaid: toUnitsUp(debt), withdrawn: deposited };
  const withdrawn = toUnitsDown(multiply(fromUnits(deposited), divide(value, collateralValue)));
  return { settled: debt, repaid: toUnitsUp(debt), withdrawn: whole && withdrawn < 1n ? 1n : withdrawn };
}

/** The protocol's part of the bonus in the collateral taken, rounded up and at least one unit. Source: `calculate_protocol_liquidation_fee`. */
export function protocolFee(percent: bigint, withdrawn: bigint, bonus: bigint): bigint {
  const taken = fromUnits(withdrawn);
  const bonusPart = taken - divide(taken, bonus + FRACTION_ONE);
  return least(withdrawn, most(1n, toUnitsUp(multiply(bonusPart, fromPercent(percent)))));
}

function afterLiquidation(
  state: KaminoState,
  id: string,
  obligation: Obligation,
  reserves: { readonly debt: string; readonly collateral: string },
  moved: { readonly settled: bigint; readonly repaid: bigint; readonly withdrawn: bigint },
  fee: bigint,
): KaminoState {
  const paid = moveReserve(state, reserves.debt, { available: moved.repaid, borrowed: -moved.settled });
  const taken = moveReserve(paid, reserves.collateral, { collateral: -moved.withdrawn, fees: fee });
  return setObligation(taken, id, {
    ...obligation,
    borrows: without(obligation.borrows, reserves.debt, (borrow) =>
      borrow.amount === moved.settled ? null : { ...borrow, amount: borrow.amount - moved.settled },
    ),
    deposits: without(obligation.deposits, reserves.collateral, (amount) =>
      amount === moved.withdrawn ? null : amount - moved.withdrawn,
    ),
  });
}

/** A record with one entry changed, or gone where the change says null. */
function without<Entry>(
  record: Readonly<Record<string, Entry>>,
  key: string,
  change: (entry: Entry) => Entry | null,
): Record<string, Entry> {
  const { [key]: entry, ...others } = record;
  const changed = change(entry);
  return changed === null ? others : { ...others, [key]: changed };
}

/**
 * Forgives up to `amount` units of a debt whose obligation has no collateral left: the reserve's lenders bear it. Throws
 * CannotSocializeObligationWithCollateral, ReserveNotInObligation. Returns what was forgiven (units with 60 binary places). Source: klend `socialize_loss`.
 */
export function socializeLoss(state: KaminoState, id: string, debt: string, amount: bigint) {
  const obligation = state.obligations[id];
  if (Object.keys(obligation.deposits).length > 0) throw new CannotSocializeObligationWithCollateral();
  const borrow = obligation.borrows[debt];
  if (borrow === undefined) throw new ReserveNotInObligation(debt, "debts");
  const forgiven = least(fromUnits(amount), borrow.amount);
  const borrows = without(obligation.borrows, debt, (one) =>
    one.amount === forgiven ? null : { ...one, amount: one.amount - forgiven },
  );
  const moved = moveReserve(state, debt, { borrowed: -forgiven });
  return { state: setObligation(moved, id, { ...obligation, borrows }), forgiven };
}
