import { ProtocolError } from "../errors.js";

/**
 * What is asked for is lent out. Aave v3 fails on `virtualUnderlyingBalance`, Morpho with "insufficient liquidity", Euler with `E_InsufficientCash`, Compound
 * III in the token's own transfer.
 */
export class InsufficientLiquidity extends ProtocolError {}

/** More is paid back than is borrowed. */
export class RepaysTooMuch extends ProtocolError {}

/** A fixed-point power leaves 256 bits; the contract reverts. */
export class PowerOverflow extends ProtocolError {}
