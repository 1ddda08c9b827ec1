import { ProtocolError } from "../errors.js";

/** Healthy: none of the reasons for a liquidation holds (ObligationHealthy). */
export { NotLiquidatable as ObligationHealthy } from "../errors.js";

/** No deposits of value (ObligationDepositsZero). */
export class ObligationDepositsZero extends ProtocolError {
  constructor() {
    super("the obligation has no deposits of value");
  }
}

/** No debt of value (ObligationBorrowsZero). */
export class ObligationBorrowsZero extends ProtocolError {
  constructor() {
    super("the obligation owes nothing of value");
  }
}

/** The obligation does not owe that reserve, or hold it (ObligationLiquidityEmpty, ObligationCollateralEmpty). */
export class ReserveNotInObligation extends ProtocolError {
  constructor(reserve: string, side: string) {
    super(`${reserve} is not among the obligation's ${side}`);
  }
}

/** The collateral's liquidation threshold is 0 (CollateralNonLiquidatable). */
export class CollateralNonLiquidatable extends ProtocolError {
  constructor(reserve: string) {
    super(`${reserve} has a liquidation threshold of 0`);
  }
}

/** Another debt has a higher borrow factor and goes first (LiquidationBorrowFactorPriority). */
export class LiquidationBorrowFactorPriority extends ProtocolError {
  constructor(factor: bigint, highest: bigint) {
    super(`borrow factor ${factor} %; the debt with ${highest} % goes first`);
  }
}

/** Another collateral has a lower liquidation threshold and goes first (LiquidationLowestLiquidationLtvPriority). */
export class LiquidationLowestLiquidationLtvPriority extends ProtocolError {
  constructor(threshold: bigint, lowest: bigint) {
    super(`liquidation threshold ${threshold} %; the collateral with ${lowest} % goes first`);
  }
}

/** A small debt must be repaid whole (RepayTooSmallForFullLiquidation). */
export class RepayTooSmallForFullLiquidation extends ProtocolError {
  constructor(amount: bigint, whole: bigint) {
    super(`repays ${amount}; this debt must be repaid whole, ${whole}`);
  }
}

/** Too little to repay or to receive a unit (LiquidationTooSmall). */
export class LiquidationTooSmall extends ProtocolError {
  constructor(repaid: bigint, withdrawn: bigint) {
    super(`repays ${repaid} and takes ${withdrawn} units; at least one of each`);
  }
}

/** Less collateral than the caller would take (LiquidationRewardTooSmall). */
export class LiquidationRewardTooSmall extends ProtocolError {
  constructor(obtained: bigint, asked: bigint) {
    super(`${obtained} units of collateral; asked for ${asked}`);
  }
}

/** More than the deposits allow (BorrowTooLarge, WithdrawTooLarge). */
export class LoanToValueExceeded extends ProtocolError {
  constructor(debt: bigint, allowed: bigint) {
    super(`debt of value ${debt} (2^60 per dollar); at most ${allowed}`);
  }
}

/** More than the reserve or the obligation has (InsufficientLiquidity, WithdrawTooLarge). */
export class InsufficientLiquidity extends ProtocolError {
  constructor(asked: bigint, held: bigint) {
    super(`asks for ${asked} of ${held}`);
  }
}

/** There is collateral left: losses are shared only without (CannotSocializeObligationWithCollateral). */
export class CannotSocializeObligationWithCollateral extends ProtocolError {
  constructor() {
    super("the obligation still has collateral");
  }
}
