import { ProtocolError } from "../errors.js";

/** Somebody else than the trusted relayer signed (`INVALID_SIGNER`). */
export class InvalidSigner extends ProtocolError {}

/** The data is older than a day (`TIMEOUT`). */
export class Timeout extends ProtocolError {}

/** The data is for another chain (`WRONG_CHAINID`). */
export class WrongChainId extends ProtocolError {}

/** The data is for another collateral (`COLLATERAL_MISMATCH`). */
export class CollateralMismatch extends ProtocolError {}

/** The data is for another debt asset (`DEBT_MISMATCH`). */
export class DebtMismatch extends ProtocolError {}

/** Liquidity was measured at a bonus above the one that is asked with (`WRONG_LIQUIDATION_BONUS`). */
export class WrongLiquidationBonus extends ProtocolError {}

/** The market's LLTV is above what the risk data supports (`LTV_TOO_HIGH`). */
export class LtvTooHigh extends ProtocolError {}

/** Not one piece of risk data per allocation (`INVALID_RISK_DATA_COUNT`). */
export class InvalidRiskDataCount extends ProtocolError {}

/** Not one signature per piece of risk data (`INVALID_SIGNATURE_COUNT`). */
export class InvalidSignatureCount extends ProtocolError {}

/** No cap, or liquidity so small beside it that its root is 0: the contract panics. */
export class DivisionByZero extends ProtocolError {}

/** None of the signed updates may be injected (`NoActionCanBePerformed`). */
export class NoActionCanBePerformed extends ProtocolError {}
