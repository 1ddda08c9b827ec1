export { exp2, log2 } from "./binary-powers.js";
export {
  bondOf,
  bondPaymentFactor,
  COLLATERALIZATION_FACTOR,
  neutralPrice,
  neutralToThreshold,
  takePenalty,
} from "./bond.js";
export { card } from "./card.js";
export * from "./errors.js";
export { type KickOutcome, kick, withdrawBonds } from "./kick.js";
export { type AjnaParameters, faults, presets } from "./parameters.js";
export {
  type AjnaPool,
  type Auction,
  accrue,
  addQuote,
  type Bucket,
  borrowFeeRate,
  bucketsWithDeposits,
  debtOf,
  drawDebt,
  EMPTY_BUCKET,
  EMPTY_POOL,
  highestThresholdPrice,
  isCollateralized,
  type Kicker,
  type Loan,
  loanCount,
  lowestUtilisedPrice,
  repayDebt,
  totalDeposits,
} from "./pool.js";
export { auctionPrice, bucketPrice, LAST_BUCKET, MAX_INFLATED_PRICE, MIN_PRICE } from "./prices.js";
export { type SettleOutcome, settle } from "./settle.js";
export { bucketTake, type TakeOutcome, take } from "./take.js";
