/** What a Spoke refuses, each class named as the contracts name the error. */
import { NothingToDo, NotLiquidatable, ProtocolError } from "../errors.js";

/** The asset is no reserve of this Spoke (`ISpoke.ReserveNotListed`). */
export class ReserveNotListed extends ProtocolError {}
/** The oracle has no price above zero for the asset. */
export class PriceUnavailable extends ProtocolError {}
/** The reserve is paused (`ISpoke.ReservePaused`). */
export class ReservePaused extends ProtocolError {}
/** The reserve is frozen: no new supply, debt or collateral (`ISpoke.ReserveFrozen`). */
export class ReserveFrozen extends ProtocolError {}
/** The reserve is not lent (`ISpoke.ReserveNotBorrowable`). */
export class ReserveNotBorrowable extends ProtocolError {}
/** The amount is zero (`IHub.InvalidAmount`). */
export class InvalidAmount extends NothingToDo {}
/** The Hub does not hold that much (`IHub.InsufficientLiquidity`). */
export class InsufficientLiquidity extends ProtocolError {}
/** The account would be liquidatable afterwards (`ISpoke.HealthFactorBelowThreshold`). */
export class HealthFactorBelowThreshold extends ProtocolError {}

/** Nobody liquidates himself (`ISpoke.SelfLiquidation`). */
export class SelfLiquidation extends ProtocolError {}
/** The cover is zero (`ISpoke.InvalidDebtToCover`). */
export class InvalidDebtToCover extends NothingToDo {}
/** The borrower supplies nothing in the collateral reserve (`ISpoke.ReserveNotSupplied`). */
export class ReserveNotSupplied extends ProtocolError {}
/** The borrower owes nothing in the debt reserve (`ISpoke.ReserveNotBorrowed`). */
export class ReserveNotBorrowed extends ProtocolError {}
/** The health factor is 1 or more (`ISpoke.HealthFactorNotBelowThreshold`). */
export class HealthFactorNotBelowThreshold extends NotLiquidatable {}
/** The collateral factor is 0, or the borrower does not use the reserve as collateral (`ISpoke.ReserveNotEnabledAsCollateral`; earlier `CollateralCannotBeLiquidated`). */
export class ReserveNotEnabledAsCollateral extends ProtocolError {}
/** Shares of a frozen reserve cannot be received (`ISpoke.CannotReceiveShares`). */
export class CannotReceiveShares extends ProtocolError {}
/** The cover is below what has to be repaid so that no dust is left (`ISpoke.MustNotLeaveDust`). */
export class MustNotLeaveDust extends ProtocolError {}
