import { NotLiquidatable, ProtocolError } from "../errors.js";

/** `Dog/not-unsafe`: collateral times safety price covers the debt, or there is no price. */
export class NotUnsafe extends NotLiquidatable {}

/** `Dog/liquidation-limit-hit`: Hole or hole is full. */
export class LiquidationLimitHit extends ProtocolError {}

/** `Dog/dusty-auction-from-partial-liquidation`: the room left is worth less than the least debt of a vault. */
export class DustyAuction extends ProtocolError {}

/** `Dog/null-auction`: no unit of collateral would be sold. */
export class NullAuction extends ProtocolError {}

/** `Clipper/stopped-incorrect`: the Clipper's breaker forbids this call. */
export class StoppedIncorrect extends ProtocolError {}

/** `Clipper/zero-top-price`: the auction would start at nothing. */
export class ZeroStartPrice extends ProtocolError {}

/** `Clipper/invalid-price`, `ClipperMom/invalid-cur-price`, `ClipperMom/invalid-nxt-price`: the oracle holds no price. */
export class InvalidPrice extends ProtocolError {}

/** `Clipper/not-running-auction`: no such auction, or it has ended. */
export class NotRunningAuction extends ProtocolError {}

/** `Clipper/cannot-reset`: the auction still runs. */
export class CannotReset extends ProtocolError {}

/** `Clipper/needs-reset`: the auction lasted too long or fell too far. */
export class NeedsReset extends ProtocolError {}

/** `Clipper/too-expensive`: the price stands above what the buyer would pay. */
export class TooExpensive extends ProtocolError {}

/** `Clipper/no-partial-purchase`: what would be left is too small to sell. */
export class NoPartialPurchase extends ProtocolError {}

/** `ClipperMom/nonexistent-level`: levels are 0 to 3. */
export class NonexistentLevel extends ProtocolError {}

/** `ClipperMom/clipper-already-stopped`: the breaker stands at 2 or 3. */
export class AlreadyStopped extends ProtocolError {}

/** `ClipperMom/temporary-locked`: governance has set the breaker a short while ago. */
export class TemporarilyLocked extends ProtocolError {}

/** `ClipperMom/price-within-bounds`: the next price has not fallen far enough. */
export class PriceWithinBounds extends ProtocolError {}

/** `OSM/not-passed`: less than one delay since the last poke. */
export class NotPassed extends ProtocolError {}

/** `OSM/is-stopped`: the oracle takes no price. */
export class OracleStopped extends ProtocolError {}

/** `Vat/ceiling-exceeded`: the debt ceiling of the collateral type. */
export class CeilingExceeded extends ProtocolError {}

/** `Vat/not-safe`: the vault would be liquidatable. */
export class NotSafe extends ProtocolError {}

/** `Vat/dust`: the vault would owe less than the least debt, and not nothing. */
export class VaultBelowDust extends ProtocolError {}

/** An account lacks what it would give: the Vat's subtraction reverts. */
export class InsufficientBalance extends ProtocolError {}

/** `Vow/insufficient-surplus`: the Vow holds less DAI than it would cancel. */
export class InsufficientSurplus extends ProtocolError {}

/** `Vow/insufficient-debt`: the Vow owes less than it would cancel. */
export class InsufficientDebt extends ProtocolError {}
