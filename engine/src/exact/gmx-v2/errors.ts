import { NotLiquidatable, ProtocolError } from "../errors.js";

/** The position keeps enough collateral. Source: Errors.PositionShouldNotBeLiquidated. */
export class PositionShouldNotBeLiquidated extends NotLiquidatable {}

/** There is no such position, or it has no size. */
export class EmptyPosition extends ProtocolError {}

/** A position of that name exists already. */
export class PositionExists extends ProtocolError {}

/** More is asked for than the position's size. */
export class InvalidSizeDeltaForAdl extends ProtocolError {}

/** Deleveraging is not switched on for this side. */
export class AdlNotEnabled extends ProtocolError {}

/** The side's profit factor no longer exceeds the threshold. */
export class AdlNotRequired extends ProtocolError {}

/** The close would not lower the side's profit factor. */
export class InvalidAdl extends ProtocolError {}

/** The close would push the side's profit factor below the lower threshold. */
export class PnlOvercorrected extends ProtocolError {}

/** What would be left of the position is liquidatable, or too small to begin with. */
export class LiquidatablePosition extends ProtocolError {}

/** A partial close cannot pay its costs. */
export class InsufficientFundsToPayForCosts extends ProtocolError {}

/** The pool has not enough tokens for a payment. */
export class InsufficientPoolAmount extends ProtocolError {}
