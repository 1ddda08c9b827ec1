import { NotLiquidatable, ProtocolError } from "../errors.js";

/** The user meets the maintenance margin. Source: ErrorCode::SufficientCollateral. */
export class SufficientCollateral extends NotLiquidatable {}

/** The user or the liquidator is bankrupt. */
export class UserBankrupt extends ProtocolError {}

/** The user is not bankrupt: he has a deposit, a position, or no loss. */
export class UserNotBankrupt extends ProtocolError {}

/** The liquidator would not meet the initial margin, or an owner would not after his own call. */
export class InsufficientCollateral extends ProtocolError {}

/** There is no position, or none of the kind that the call needs. */
export class InvalidPerpPositionToLiquidate extends ProtocolError {}

/** Less than one step is offered. */
export class InvalidBaseAssetAmountForLiquidatePerp extends ProtocolError {}

/** A loss cannot be spread: nobody has an open position. */
export class CantResolvePerpBankruptcy extends ProtocolError {}

/** A denominator is not positive: the program's checked arithmetic refuses. */
export class MathError extends ProtocolError {}

/** The liquidator is the user himself. */
export class CantLiquidateSelf extends ProtocolError {}

/** The user is being liquidated and may not trade until he meets the margin with buffer. */
export class UserIsBeingLiquidated extends ProtocolError {}
