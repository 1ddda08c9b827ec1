import { ProtocolError } from "../errors.js";

/** "Debt too high": the bands that the debt asks for lie above the oracle price, or behind bands that hold something. */
export class DebtTooHigh extends ProtocolError {}

/** "Amount too low": what falls to one band is too small to own a share of it. */
export class AmountTooLow extends ProtocolError {}

/** "Band not empty": a band of the deposit already holds stablecoin. */
export class BandNotEmpty extends ProtocolError {}

/** "Deposit below current band". */
export class DepositBelowActiveBand extends ProtocolError {}

/** "Loan already created". */
export class LoanAlreadyCreated extends ProtocolError {}

/** "Loan doesn't exist". */
export class LoanDoesNotExist extends ProtocolError {}

/** "Need more ticks" and "Need less ticks": the number of bands lies outside 4 to 50. */
export class BandCountOutOfRange extends ProtocolError {}

/** "Underwater": the position holds stablecoin, so its bands cannot be moved. */
export class Underwater extends ProtocolError {}

/** "Slippage": less than the smallest amount asked for, or more than the largest. */
export class Slippage extends ProtocolError {}

/** "Not enough rekt": the full health is not below zero. */
export class NotEnoughRekt extends ProtocolError {}

/** "The action ends with unhealthy state". */
export class EndsUnhealthy extends ProtocolError {}

/** "Can't shrink": fewer than four bands would be left above the active one. */
export class CannotShrink extends ProtocolError {}

/** "Too deep": more than 1,024 bands to look through. */
export class TooDeep extends ProtocolError {}

/** The caller is not the borrower, and only the borrower may do this. */
export class NotApproved extends ProtocolError {}

/** A call names an active band that the market has already left upwards. */
export class ActiveBandTooHigh extends ProtocolError {}

/** The controller holds less stablecoin than the loan asks for: the debt ceiling. */
export class CeilingReached extends ProtocolError {}

/** "frac>100%". */
export class FractionAboveOne extends ProtocolError {}

/** More collateral asked back than the position holds. */
export class CollateralTooLow extends ProtocolError {}

/** A band so far from the base price that its price has fewer than four digits of precision. */
export class BandTooFar extends ProtocolError {}
