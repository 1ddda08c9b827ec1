export {
  deleveragingBonus,
  deleveragingThreshold,
  elevationBonusCap,
  liquidationBonus,
  reserveOfBonus,
} from "./bonus.js";
export { card } from "./card.js";
export { type Eligibility, eligibility, type LiquidationCheck, type LiquidationReason } from "./eligibility.js";
export * from "./errors.js";
export {
  divide,
  FRACTION_ONE,
  fromBasisPoints,
  fromPercent,
  fromUnits,
  multiply,
  toUnitsDown,
  toUnitsUp,
} from "./fraction.js";
export { type KaminoLiquidation, liquidate, mostLiquidatable, protocolFee, socializeLoss } from "./liquidation.js";
export {
  type Borrow,
  EMPTY_OBLIGATION,
  type KaminoMoment,
  loanToValue,
  type Obligation,
  type ReserveCondition,
  unhealthyLoanToValue,
  unweightedLoanToValue,
  type Valuation,
  valueObligation,
  valueOf,
} from "./obligation.js";
export {
  type ElevationGroup,
  faults,
  type KaminoParameters,
  type MarketParameters,
  type ReserveParameters,
} from "./parameters.js";
export { marketPresets } from "./presets.js";
export { borrow, deposit, type KaminoState, type ReserveBalance, repay, withdraw } from "./state.js";
