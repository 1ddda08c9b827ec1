import { ProtocolError } from "../errors.js";

/** The subaccount does not exist or has no open position in that perpetual (`ErrNoPerpetualPositionsToLiquidate`). */
export class NoPerpetualPositionsToLiquidate extends ProtocolError {}

/** A change that is 0, opens, or is larger than the position (`ErrInvalidPerpetualPositionSizeDelta`). */
export class InvalidPerpetualPositionSizeDelta extends ProtocolError {}

/** The subaccount's position in this perpetual was already liquidated in this block (`ErrSubaccountHasLiquidatedPerpetual`). */
export class SubaccountHasLiquidatedPerpetual extends ProtocolError {}

/** A fill that is no whole number of steps (`ErrFillAmountNotDivisibleByStepSize`). */
export class FillAmountNotDivisibleByStepSize extends ProtocolError {}

/** A fill beyond what is left of the order, or at a price worse than its limit. */
export class FillOutsideOrder extends ProtocolError {}

/** Liquidation orders are refused in a market in final settlement (`ErrLiquidationConflictsWithClobPairStatus`). */
export class LiquidationConflictsWithClobPairStatus extends ProtocolError {}

/** Deleveraging needs negative net collateral or a market in final settlement (`ErrInvalidDeleveragedSubaccount`). */
export class InvalidDeleveragedSubaccount extends ProtocolError {}

/** A maintenance margin requirement of 0 divides nothing: the position is worth less than a quote quantum. */
export class NoMarginRequirement extends ProtocolError {}

/** Withdrawals are blocked after a subaccount with negative net collateral was seen (`WithdrawalsAndTransfersBlocked`). */
export class WithdrawalsAndTransfersBlocked extends ProtocolError {}

/** The update would leave the subaccount below its initial margin and riskier than before (`NewlyUndercollateralized`, `StillUndercollateralized`). */
export class Undercollateralized extends ProtocolError {}

/** A perpetual without an oracle price cannot be valued. */
export class NoOraclePrice extends ProtocolError {}
