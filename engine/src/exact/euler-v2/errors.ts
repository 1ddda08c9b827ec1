import { ProtocolError } from "../errors.js";

/** The account's collateral at borrow LTV and bid is not above its debt at ask (`E_AccountLiquidity`). */
export class AccountLiquidity extends ProtocolError {}

/** The liquidator is the violator (`E_SelfLiquidation`). */
export class SelfLiquidation extends ProtocolError {}

/** The collateral never had an LTV in this vault (`E_BadCollateral`). */
export class BadCollateral extends ProtocolError {}

/** The violator has not enabled the collateral (`E_CollateralDisabled`). */
export class CollateralDisabled extends ProtocolError {}

/** The violator's own check is still to come in this batch (`E_ViolatorLiquidityDeferred`). */
export class ViolatorLiquidityDeferred extends ProtocolError {}

/** The violator's last successful check is too recent (`E_LiquidationCoolOff`). */
export class LiquidationCoolOff extends ProtocolError {}

/** More repayment is asked for than the liquidation allows (`E_ExcessiveRepayAmount`). */
export class ExcessiveRepayAmount extends ProtocolError {}

/** The collateral won is less than the liquidator asked for at least (`E_MinYield`). */
export class MinYield extends ProtocolError {}

/** The vault does not hold what is asked for (`E_InsufficientCash`). */
export class InsufficientCash extends ProtocolError {}

/** The account does not hold what is asked for (`E_InsufficientBalance`). */
export class InsufficientBalance extends ProtocolError {}

/** More is repaid than is owed (`E_RepayTooMuch`). */
export class RepayTooMuch extends ProtocolError {}

/** A deposit too small for one share (`E_ZeroShares`). */
export class ZeroShares extends ProtocolError {}

/** Shares worth less than one unit (`E_ZeroAssets`). */
export class ZeroAssets extends ProtocolError {}

/** An LTV above one (`E_ConfigAmountTooLargeToEncode`). */
export class ConfigAmountTooLargeToEncode extends ProtocolError {}

/** A borrow LTV above the liquidation LTV (`E_LTVBorrow`). */
export class LtvBorrow extends ProtocolError {}

/** A ramp on a liquidation LTV that does not fall (`E_LTVLiquidation`). */
export class LtvLiquidation extends ProtocolError {}

/** The vault itself as its own collateral (`E_InvalidLTVAsset`). */
export class InvalidLtvAsset extends ProtocolError {}

/** The oracle has no quote for an asset that is asked for (`PriceOracle_NotSupported`). */
export class PriceOracleNotSupported extends ProtocolError {}
