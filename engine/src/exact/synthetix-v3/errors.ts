import { NotLiquidatable, ProtocolError } from "../errors.js";

/** The account meets maintenance margin and reward. Source: ILiquidationModule.NotEligibleForLiquidation. */
export class NotEligibleForLiquidation extends NotLiquidatable {}

/** The account without positions can carry its debt. Source: ILiquidationModule.NotEligibleForMarginLiquidation. */
export class NotEligibleForMarginLiquidation extends NotLiquidatable {}

/** The account has open positions: liquidate them, not the margin only. */
export class AccountHasOpenPositions extends ProtocolError {}

/** The account is flagged or would be liquidatable: it cannot trade. */
export class AccountLiquidatable extends ProtocolError {}

/** Available margin does not reach the initial margin and the fees of the order. */
export class InsufficientMargin extends ProtocolError {}

/** There is no such market, or no price for it. */
export class InvalidMarket extends ProtocolError {}
