export { black76, blackPrice, blackScholes, type Greeks } from "./black.js";
export {
  type ChainFault,
  type ChainFaultCode,
  type ChainRow,
  type ChainTerms,
  type CheckedChain,
  checkedChain,
  type OptionChain,
} from "./chain.js";
export { type GreekColumns, greekColumns, greeksOver, type OptionColumns } from "./columns.js";
export {
  type ContractFault,
  contractName,
  type ExpiryKind,
  expiryKind,
  expiryOn,
  inversePayoff,
  nextExpiry,
  type OptionContract,
  parseContract,
  type SettlementFault,
  settlementPrice,
  yearsUntil,
} from "./expiry.js";
export { type ExposureColumns, exposureOver } from "./exposure.js";
export { type ImpliedVolatilityFault, impliedVolatility, type NoImpliedVolatility } from "./implied-volatility.js";
export { type InverseGreeks, inverseOption } from "./inverse.js";
export { type Parity, parityOf } from "./parity.js";
export { conventionSign, conventionWords, type SignConvention, signConventions } from "./sign-convention.js";
export {
  durrleman,
  type Smile,
  type SmileFault,
  type SmileFaultCode,
  type Svi,
  smileFaults,
  smileVolatility,
  totalVariance,
} from "./smile.js";
export { fitSmile, type NoSmile, type SmileFit, type SmileQuotes } from "./smile-fit.js";
export { type CalendarFault, calendarFaults, surfaceVariance, surfaceVolatility } from "./term-structure.js";
