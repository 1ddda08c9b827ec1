import { ProtocolError } from "../errors.js";

/** The account has no position, or none on the side that the call needs. */
export class NoPosition extends ProtocolError {}

/** More contracts are asked for than the position has. */
export class MoreThanPosition extends ProtocolError {}

/** A price of zero or below. */
export class PriceNotPositive extends ProtocolError {}

/** The settlement would leave the winner of a deleveraging without equity himself. */
export class WinnerWouldBeBankrupt extends ProtocolError {}

/** The account has equity left at this price: it may not be deleveraged at its bankruptcy price. */
export class NotBankrupt extends ProtocolError {}

/** An account has a position of the other side: close it first. */
export class OtherSide extends ProtocolError {}

/** The owner's close would lose more than the margin: only a liquidation can close it. */
export class LossBeyondMargin extends ProtocolError {}
