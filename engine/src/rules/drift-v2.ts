import { mulDivDown, mulDivUp } from "../math/index.js";

/** The rules of one market: ratios of 1e4, fees of 1e6, amounts in whole units; see exact/drift-v2. The quote coin counts at par. */
export interface DriftTerms {
  /** Divides base units x price steps into quote units. */
  readonly valueScale: number;
  /** Units of one coin and of one quote coin. */
  readonly baseOne: number;
  readonly quoteOne: number;
  readonly stepSize: number;
  readonly marginRatioInitial: number;
  readonly marginRatioMaintenance: number;
  readonly imfFactor: number;
  readonly liquidationMarginBufferRatio: number;
  readonly liquidatorFee: number;
  readonly insuranceFee: number;
  readonly initialPctToLiquidate: number;
  readonly liquidationDuration: number;
}

/** One in ratios and shares, and one in fees. */
const ratioOne = 10_000;
const feeOne = 1_000_000;
/** Slots after which the liquidator's fee grows, by one millionth a slot. */
const graceSlots = 1_500;
/** Units of a cumulative funding rate for one quote unit a coin. */
const fundingPerQuote = 1_000;

/** A user: quote coins deposited, base units, and quote units that the position received less paid. */
export interface DriftHolding {
  readonly deposit: number;
  readonly base: number;
  readonly quote: number;
}

/** What a margin calculation gives, quote units. */
export interface DriftMargin {
  totalCollateral: number;
  requirement: number;
  totalWithBuffer: number;
  requirementWithBuffer: number;
  /** What is missing with the buffer, at least 0. */
  shortage: number;
}

/** A margin calculation to be written into. */
export function noDriftMargin(): DriftMargin {
  return { totalCollateral: 0, requirement: 0, totalWithBuffer: 0, requirementWithBuffer: 0, shortage: 0 };
}

/** Value of base units at a price, towards zero. */
export function driftValue(terms: DriftTerms, base: number, steps: number): number {
  return mulDivDown(Math.abs(base), steps, terms.valueScale);
}

/** Margin ratio of a size: the ratio, or 4/5 of it and a part that grows with the square root of size. Equal to `marginRatio` of exact/drift-v2. */
export function driftRatio(terms: DriftTerms, ratio: number, size: number): number {
  if (terms.imfFactor === 0) return ratio;
  const root = squareRootDown(mulDivDown(size, 10_000_000_000, terms.baseOne) + 1);
  return Math.max(ratio, ratio - Math.floor(ratio / 5) + mulDivDown(root, terms.imfFactor, 10_000_000));
}

/** Largest whole number whose square is at most `value` (below 2^53). */
function squareRootDown(value: number): number {
  const root = Math.floor(Math.sqrt(value));
  if (root * root > value) return root - 1;
  return (root + 1) * (root + 1) <= value ? root + 1 : root;
}

/** Margin of a user whose funding is settled. Equal to `marginOf` of exact/drift-v2 with the quote coin at par. */
export function driftMargin(
  terms: DriftTerms,
  user: DriftHolding,
  steps: number,
  ratio: number,
  into: DriftMargin,
): DriftMargin {
  const value = driftValue(terms, user.base, steps);
  const profit = (user.base >= 0 ? value : -value) + user.quote;
  const buffer = terms.liquidationMarginBufferRatio;
  into.requirement = mulDivDown(value, driftRatio(terms, ratio, Math.abs(user.base)), ratioOne);
  into.totalCollateral = user.deposit + profit;
  into.totalWithBuffer = into.totalCollateral - (profit < 0 ? mulDivDown(-profit, buffer, ratioOne) : 0);
  into.requirementWithBuffer = into.requirement + mulDivDown(value, buffer, ratioOne);
  into.shortage = Math.max(0, into.requirementWithBuffer - into.totalWithBuffer);
  return into;
}

/** Whether collateral reaches the initial margin; a positive unsettled profit does not count. */
export function driftMeetsInitial(terms: DriftTerms, user: DriftHolding, steps: number, scratch: DriftMargin): boolean {
  const margin = driftMargin(terms, user, steps, terms.marginRatioInitial, scratch);
  return Math.min(margin.totalCollateral, user.deposit) >= margin.requirement;
}

/** Liquidator's fee after slots, of 1e6. */
export function driftLiquidatorFee(terms: DriftTerms, slots: number): number {
  if (slots < graceSlots) return terms.liquidatorFee;
  return Math.min(terms.liquidatorFee + slots, terms.liquidatorFee * 3, terms.marginRatioMaintenance * 100);
}

/** Share of the needed size that may be liquidated now, of 1e4. Equal to `maxShareToLiquidate` of exact/drift-v2. */
export function driftShare(terms: DriftTerms, shortage: number, freed: number, slots: number): number {
  if (shortage < 50 * terms.quoteOne) return ratioOne;
  const { liquidationDuration: duration, initialPctToLiquidate: initial } = terms;
  const grown = duration === 0 ? ratioOne : mulDivDown(slots, ratioOne, duration);
  const share = Math.min(grown + initial, ratioOne);
  const freeable = Math.max(0, mulDivDown(shortage + freed, share, ratioOne) - freed);
  return mulDivDown(freeable, ratioOne, shortage);
}

/** Fee to the insurance fund, of 1e6. Equal to `insuranceFee` of exact/drift-v2. */
function toInsurance(terms: DriftTerms, shortage: number, size: number, ratio: number, fee: number, steps: number) {
  const whole = ratio * 100;
  if (steps === 0 || whole <= fee || size === 0) return 0;
  const perCoin = mulDivDown(shortage, terms.baseOne, size);
  // valueScale x 1e6 / baseOne is a whole power of ten: both sides of the exact fraction are divided by baseOne.
  const missing = mulDivDown(perCoin, Math.round((feeOne / terms.baseOne) * terms.valueScale), steps);
  return Math.min(terms.insuranceFee, Math.floor((Math.max(0, whole - fee - missing) * 19) / 20));
}

/** What a takeover would be: base units, their value, both fees, the share allowed and the base that would free everything. */
export interface DriftTakeover {
  base: number;
  value: number;
  liquidatorFee: number;
  insuranceFee: number;
  shortage: number;
  share: number;
  /** Infinity where the fee eats the whole ratio. */
  baseToCover: number;
}

/** A takeover of nothing. */
export function noTakeover(): DriftTakeover {
  return { base: 0, value: 0, liquidatorFee: 0, insuranceFee: 0, shortage: 0, share: 0, baseToCover: 0 };
}

/**
 * What a liquidator may take over now of a user who is being liquidated for `slots`, at most `offered`; base 0: the share that is free is used up. Equal to
 * `liquidatePerp` of exact/drift-v2, which also asks whether the liquidator can carry it. False where the program cannot compute it (the insurance fee eats the ratio).
 */
export function driftTakeover(
  terms: DriftTerms,
  user: DriftHolding,
  freed: number,
  slots: number,
  offered: number,
  steps: number,
  scratch: DriftMargin,
  into: DriftTakeover,
): boolean {
  const { stepSize } = terms;
  const size = Math.abs(user.base);
  const { shortage } = driftMargin(terms, user, steps, terms.marginRatioMaintenance, scratch);
  const ratio = driftRatio(terms, terms.marginRatioMaintenance, size) + terms.liquidationMarginBufferRatio;
  const fee = driftLiquidatorFee(terms, slots);
  const insurance = toInsurance(terms, shortage, size, ratio, fee, steps);
  const whole = ratio * 100;
  into.shortage = shortage;
  into.base = 0;
  into.value = 0;
  into.liquidatorFee = 0;
  into.insuranceFee = 0;
  into.baseToCover = Number.POSITIVE_INFINITY;
  into.share = driftShare(terms, shortage, freed, slots);
  let allowed = into.share === 0 ? 0 : size;
  if (steps > 0 && whole > fee) {
    const perCoin = mulDivDown(steps, whole - fee, feeOne) - mulDivDown(steps, insurance, feeOne);
    if (perCoin <= 0) return false;
    into.baseToCover = mulDivUp(mulDivDown(shortage, terms.valueScale, perCoin), 1, stepSize) * stepSize;
    allowed = mulDivDown(into.baseToCover, into.share, ratioOne);
  }
  if (allowed === 0) return true;
  const isSmall = driftValue(terms, size, steps) <= 50 * terms.quoteOne;
  const offer = Math.floor(offered / stepSize) * stepSize;
  const wanted = Math.min(size, offer, Math.max(allowed, isSmall ? size : 0));
  into.base = mulDivUp(wanted, 1, stepSize) * stepSize;
  into.value = driftValue(terms, into.base, steps);
  into.liquidatorFee = mulDivDown(into.value, fee, feeOne);
  into.insuranceFee = mulDivDown(into.value, insurance, feeOne);
  return true;
}

/** Rise of the cumulative funding rates that spreads a loss over all open base units, rounded up. */
export function driftSocialRate(terms: DriftTerms, loss: number, openBase: number): number {
  return mulDivUp(loss, terms.baseOne, openBase) * fundingPerQuote;
}

/** What a position receives (negative: pays) when the cumulative rate of its side rose by `delta`, towards zero. */
export function driftFunding(terms: DriftTerms, base: number, delta: number): number {
  const payment = mulDivDown(Math.abs(base), Math.abs(delta), fundingPerQuote * terms.baseOne);
  return base > 0 === delta > 0 ? -payment : payment;
}
