/** What the pool, Umbrella and the risk stewards refuse, each class named as the contracts name the error. */
import { NothingToDo, NotLiquidatable, ProtocolError } from "../errors.js";

/** The asset is no reserve of this pool (`Errors.AssetNotListed`). */
export class AssetNotListed extends ProtocolError {}
/** The oracle has no price above zero for the asset; the contract would divide by it or count it as worthless. */
export class PriceUnavailable extends ProtocolError {}
/** The reserve is switched off (`Errors.ReserveInactive`). */
export class ReserveInactive extends ProtocolError {}
/** The reserve is paused: no user action, no liquidation (`Errors.ReservePaused`). */
export class ReservePaused extends ProtocolError {}
/** The reserve is frozen: no new supply and no new debt; repayment, withdrawal and liquidation go on (`Errors.ReserveFrozen`). */
export class ReserveFrozen extends ProtocolError {}
/** The amount is zero or rounds to no share at all (`Errors.InvalidAmount`). */
export class InvalidAmount extends NothingToDo {}
/** The burn rounds to no share at all (`Errors.InvalidBurnAmount`). */
export class InvalidBurnAmount extends NothingToDo {}
/** More is asked for than the account supplies (`Errors.NotEnoughAvailableUserBalance`). */
export class NotEnoughAvailableUserBalance extends ProtocolError {}
/** The reserve does not hold that much underlying; the contract's virtual balance would underflow. */
export class InsufficientLiquidity extends ProtocolError {}
/** The reserve cannot be borrowed outside an efficiency mode (`Errors.BorrowingNotEnabled`). */
export class BorrowingNotEnabled extends ProtocolError {}
/** The account's efficiency mode does not lend this asset (`Errors.NotBorrowableInEMode`). */
export class NotBorrowableInEMode extends ProtocolError {}
/** The account's collateral has no loan-to-value left, or collateral of loan-to-value zero has to go first (`Errors.LtvValidationFailed`). */
export class LtvValidationFailed extends ProtocolError {}
/** The account would be liquidatable afterwards (`Errors.HealthFactorLowerThanLiquidationThreshold`). */
export class HealthFactorLowerThanLiquidationThreshold extends ProtocolError {}
/** The collateral at its average loan-to-value does not carry the debt (`Errors.CollateralCannotCoverNewBorrow`). */
export class CollateralCannotCoverNewBorrow extends ProtocolError {}
/** The account owes nothing in this reserve (`Errors.NoDebtOfSelectedType`). */
export class NoDebtOfSelectedType extends ProtocolError {}
/** Collateral cannot be switched on without a balance (`Errors.UnderlyingBalanceZero`). */
export class UnderlyingBalanceZero extends ProtocolError {}
/** Collateral of loan-to-value zero cannot be switched on (`Errors.UserHasAssetWithZeroLtv`). */
export class UserHasAssetWithZeroLtv extends ProtocolError {}
/** There is no such efficiency mode (`Errors.InconsistentEModeCategory`). */
export class InconsistentEModeCategory extends ProtocolError {}
/** The account owes what the efficiency mode does not lend (`Errors.InvalidDebtInEmode`). */
export class InvalidDebtInEmode extends ProtocolError {}
/** The account holds collateral that would be without loan-to-value in the efficiency mode (`Errors.InvalidCollateralInEmode`). */
export class InvalidCollateralInEmode extends ProtocolError {}
/** A grace period may last four hours at most (`Errors.InvalidGracePeriod`). */
export class InvalidGracePeriod extends ProtocolError {}

/** Nobody liquidates himself (`Errors.SelfLiquidation`). */
export class SelfLiquidation extends ProtocolError {}
/** One of the two reserves is still in its grace period (`Errors.LiquidationGraceSentinelCheckFailed`). */
export class LiquidationGraceSentinelCheckFailed extends ProtocolError {}
/** The health factor is 1 or more (`Errors.HealthFactorNotBelowThreshold`). */
export class HealthFactorNotBelowThreshold extends NotLiquidatable {}
/** The borrower does not use the asset as collateral (`Errors.CollateralCannotBeLiquidated`). */
export class CollateralCannotBeLiquidated extends ProtocolError {}
/** The borrower does not owe the asset (`Errors.SpecifiedCurrencyNotBorrowedByUser`). */
export class SpecifiedCurrencyNotBorrowedByUser extends ProtocolError {}
/** The liquidation would leave less than the minimum of debt or of collateral (`Errors.MustNotLeaveDust`). */
export class MustNotLeaveDust extends ProtocolError {}

/** The reserve has no deficit (`Errors.ReserveNotInDeficit`). */
export class ReserveNotInDeficit extends ProtocolError {}
/** Who covers a deficit may owe nothing (`Errors.UserCannotHaveDebt`). */
export class UserCannotHaveDebt extends ProtocolError {}
/** The caller does not hold the coverage-manager role. */
export class AccessControlUnauthorizedAccount extends ProtocolError {}
/** No deficit beyond offset and pending, or no stake is configured (`IUmbrella.CannotSlash`). */
export class CannotSlash extends ProtocolError {}
/** The slash rounds to no staked unit (`IERC4626StakeToken.ZeroAmountSlashing`). */
export class ZeroAmountSlashing extends NothingToDo {}
/** The stake holds no more than its minimum (`IERC4626StakeToken.ZeroFundsAvailable`). */
export class ZeroFundsAvailable extends ProtocolError {}
/** Nothing of this kind is left to cover (`IUmbrella.ZeroDeficitToCover`). */
export class ZeroDeficitToCover extends NothingToDo {}
/** The reserve has no stake configured (`IUmbrella.ReserveCoverageNotSetup`). */
export class ReserveCoverageNotSetup extends ProtocolError {}
/** The offset would fall so far that stakers pay at once (`IUmbrella.TooMuchDeficitOffsetReduction`). */
export class TooMuchDeficitOffsetReduction extends ProtocolError {}
/** A reserve with a stake, an offset or a pending deficit is covered through those (`IUmbrella.ReserveIsConfigured`). */
export class ReserveIsConfigured extends ProtocolError {}

/** A steward may not set this parameter to zero (`IRiskSteward.InvalidUpdateToZero`). */
export class InvalidUpdateToZero extends ProtocolError {}
/** The parameter was changed too recently (`IRiskSteward.DebounceNotRespected`). */
export class DebounceNotRespected extends ProtocolError {}
/** The step is larger than the steward's limit (`IRiskSteward.UpdateNotInRange`). */
export class UpdateNotInRange extends ProtocolError {}
/** The oracle's update is too old or was executed before (`IAaveStewardInjectorBase.UpdateCannotBeInjected`). */
export class UpdateCannotBeInjected extends ProtocolError {}
