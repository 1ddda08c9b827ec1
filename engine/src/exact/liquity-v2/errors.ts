import { NothingToDo, NotLiquidatable, ProtocolError } from "../errors.js";

/** TroveManager: none of the troves named is below the minimum collateral ratio. */
export class NothingToLiquidate extends NotLiquidatable {}

/** TroveManager: no trove was named. */
export class EmptyData extends NothingToDo {}

/** BorrowerOperations: an adjustment of nothing (also where a repayment is cut to nothing by the least debt). */
export class ZeroAdjustment extends NothingToDo {}

/** TroveManager: the last trove can neither be liquidated nor, before a shutdown, closed. */
export class OnlyOneTroveLeft extends ProtocolError {}

/** BorrowerOperations: a trove of that name is open. */
export class TroveExists extends ProtocolError {}

/** BorrowerOperations: no such trove. */
export class TroveNotOpen extends ProtocolError {}

/** BorrowerOperations: the trove's collateral ratio would be below the minimum (MCR). */
export class ICRBelowMCR extends ProtocolError {}

/** BorrowerOperations: the branch's collateral ratio would be below the critical one (CCR). */
export class TCRBelowCCR extends ProtocolError {}

/** BorrowerOperations: the trove would owe less than the least debt. */
export class DebtBelowMin extends ProtocolError {}

/** BorrowerOperations: more collateral withdrawn than the trove has. */
export class CollWithdrawalTooHigh extends ProtocolError {}

/** BorrowerOperations: below the critical ratio collateral leaves only against a repayment worth as much. */
export class RepaymentNotMatchingCollWithdrawal extends ProtocolError {}

/** BorrowerOperations, TroveManager, BoldToken: the caller lacks the BOLD that the call takes. */
export class NotEnoughBoldBalance extends ProtocolError {}

/** BorrowerOperations: the branch is shut down. */
export class IsShutDown extends ProtocolError {}

/** TroveManager: urgent redemptions wait for a shutdown. */
export class NotShutDown extends ProtocolError {}

/** BorrowerOperations: the branch's collateral ratio is not below the one that shuts it down (SCR). */
export class TCRNotBelowSCR extends ProtocolError {}

/** TroveManager: an urgent redemption would bring less collateral than asked for. */
export class MinCollNotReached extends ProtocolError {}

/** StabilityPool: the caller has no deposit. */
export class NoDeposit extends ProtocolError {}

/** StabilityPool: stashed gains without a deposit are claimed apart, and only then. */
export class DepositStands extends ProtocolError {}

/** StabilityPool: a withdrawal must leave one BOLD (MIN_BOLD_IN_SP). */
export class WithdrawalMustLeaveMinimum extends ProtocolError {}

/** CollSurplusPool: no collateral to claim. */
export class NoSurplus extends ProtocolError {}
