import { ProtocolError } from "../errors.js";

/** Of two amounts exactly one must be zero (Morpho, ErrorsLib.INCONSISTENT_INPUT). */
export class InconsistentInput extends ProtocolError {}

/** A call for no collateral at all (Morpho, ErrorsLib.ZERO_ASSETS). */
export class ZeroAssets extends ProtocolError {}

/** The position would owe more than its collateral carries (Morpho, ErrorsLib.INSUFFICIENT_COLLATERAL). */
export class InsufficientCollateral extends ProtocolError {}

/** The market would owe more than it was supplied: it is fully lent out (Morpho, ErrorsLib.INSUFFICIENT_LIQUIDITY). */
export class InsufficientLiquidity extends ProtocolError {}

/** An amount that does not fit the contract's storage (Morpho, ErrorsLib.MAX_UINT128_EXCEEDED). */
export class MaxUint128Exceeded extends ProtocolError {}

/** More is taken from a position or a market than it has (in Morpho an arithmetic underflow, which has no name of its own). */
export class PositionTooSmall extends ProtocolError {}

/** Time runs backwards (in Morpho an arithmetic underflow, which has no name of its own). */
export class TimeBeforeLastUpdate extends ProtocolError {}

/** The position is liquidatable already: too late to pre-liquidate (PreLiquidation, ErrorsLib.LiquidatablePosition). */
export class LiquidatablePosition extends ProtocolError {}

/** The position is below the pre-liquidation threshold (PreLiquidation, ErrorsLib.NotPreLiquidatablePosition). */
export class NotPreLiquidatablePosition extends ProtocolError {}

/** More shares than the close factor lets one call repay (PreLiquidation, ErrorsLib.PreLiquidationTooLarge). */
export class PreLiquidationTooLarge extends ProtocolError {}
