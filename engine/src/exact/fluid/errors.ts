import { ProtocolError } from "../errors.js";

/** A tick or ratio outside the range that has ticks (TickMath reverts). */
export class RatioOutOfRange extends ProtocolError {
  constructor(what: string) {
    super(`${what} is outside the ticks from -32767 to 32767`);
  }
}

/** No position has debt (Vault__TopTickDoesNotExist). */
export class TopTickDoesNotExist extends ProtocolError {
  constructor() {
    super("no position has debt");
  }
}

/** The price is zero or above 1e54 (Vault__InvalidOraclePrice). */
export class InvalidOraclePrice extends ProtocolError {
  constructor(price: bigint) {
    super(`price ${price}; above 0 and at most 1e54 (27 decimals)`);
  }
}

/** Fewer than 10,000 units, or less than a billionth of the vault's debt (Vault__InvalidLiquidationAmt). */
export class InvalidLiquidationAmount extends ProtocolError {
  constructor(amount: bigint, least: bigint) {
    super(`${amount} units of debt; at least ${least}`);
  }
}

/** Nothing lies above the liquidation threshold (Vault__InvalidLiquidation). */
export class InvalidLiquidation extends ProtocolError {
  constructor() {
    super("no debt above the liquidation threshold");
  }
}

/** Less collateral per debt than the caller asked for (Vault__ExcessSlippageLiquidation). */
export class ExcessSlippageLiquidation extends ProtocolError {
  constructor(obtained: bigint, asked: bigint) {
    super(`${obtained} collateral per debt (1e18); asked for ${asked}`);
  }
}

/** Fewer than 100 units of debt would be left (Vault__BranchDebtTooLow). */
export class BranchDebtTooLow extends ProtocolError {
  constructor(debt: bigint) {
    super(`leaves ${debt} units of debt; at least 100`);
  }
}

/** The liquidation would end below where an earlier one ended (Vault__LiquidationReverts). */
export class LiquidationReverts extends ProtocolError {
  constructor() {
    super("ends below an earlier liquidation's level");
  }
}

/** A position's debt would be below 10,000 units (Vault__UserDebtTooLow). */
export class UserDebtTooLow extends ProtocolError {
  constructor(debt: bigint) {
    super(`${debt} units of debt; none or at least 10000`);
  }
}

/** Above the collateral factor (Vault__PositionAboveCF). */
export class PositionAboveCollateralFactor extends ProtocolError {
  constructor(tick: bigint, limit: bigint) {
    super(`tick ${tick}; at most ${limit} at the collateral factor`);
  }
}

/** More collateral than there is (Vault__ExcessCollateralWithdrawal). */
export class ExcessCollateralWithdrawal extends ProtocolError {
  constructor(asked: bigint, held: bigint) {
    super(`withdraws ${asked} of ${held}`);
  }
}

/** More debt than there is (Vault__ExcessDebtPayback). */
export class ExcessDebtPayback extends ProtocolError {
  constructor(asked: bigint, owed: bigint) {
    super(`pays back ${asked} of ${owed}`);
  }
}
