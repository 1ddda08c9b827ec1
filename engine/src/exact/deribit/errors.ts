import { ProtocolError } from "../errors.js";

/** A price of zero or below. */
export class PriceNotPositive extends ProtocolError {}

/** The account's equity would not reach the initial margin of the larger position. */
export class InitialMarginNotMet extends ProtocolError {}

/** The owner's close would leave a negative balance: only a liquidation can close it. */
export class LossBeyondBalance extends ProtocolError {}
