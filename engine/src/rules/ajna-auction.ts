import { pow } from "../math/index.js";

/** Collateral at the lowest utilised price must exceed debt by this factor. */
export const collateralisationFactor = 1.04;
/** An auction with collateral left may be settled after this long, milliseconds: 72 hours. */
export const settleAfterMs = 259_200_000;
/** From then on reserves pay without the loan's limit, milliseconds: 144 hours. */
export const reservesFreeAfterMs = 518_400_000;
/** Deposits count with this margin against reserves. */
export const depositBuffer = 1.000000001;
/** Index of the lowest bucket; index 0 is the highest price. */
export const lowestBucket = 7_388;
const bucketOfOne = 4_156;
const bucketStep = 1.005;
const highestPrice = 50_248_449.380325617;
const leastFee = 0.0005;
/** Average debt over this is the least that a take may leave, with as many loans outside auctions or more. */
const leastShare = 10;

/** Terms that follow from a pool's yearly rate. */
export interface AjnaTerms {
  /** Ratio of neutral to threshold price: 1 + sqrt(rate) / 2. */
  readonly neutralRatio: number;
  /** Share of the debt that a kicker locks: a tenth of the ratio's excess over 1, from 0.5 % to 3 %. */
  readonly bondFactor: number;
  /** Share of a loan's debt that reserves settle within 144 hours at most: half the fee on borrowing. */
  readonly reserveShare: number;
}

/** The terms of a pool of a yearly rate. Sources: Ajna `Loans.update`, `_bondParams`, `_borrowFeeRate`, `_recordAuction`. */
export function ajnaTerms(interestPerYear: number): AjnaTerms {
  const neutralRatio = 1 + Math.sqrt(interestPerYear) / 2;
  return {
    neutralRatio,
    bondFactor: Math.max(0.005, Math.min(0.03, (neutralRatio - 1) / 10)),
    reserveShare: Math.max(interestPerYear / 52, leastFee) / 2,
  };
}

/** Index of the highest bucket whose price (quote coins per coin) is at most `price`; the lowest where none is. */
export function bucketBelow(price: number, priceOf: (index: number) => number): number {
  let low = 0;
  let high = lowestBucket;
  while (low < high) {
    const middle = (low + high) >> 1;
    if (priceOf(middle) <= price) high = middle;
    else low = middle + 1;
  }
  return low;
}

/** Price of a bucket in quote coins per coin, to a few parts in 1e16. */
export function bucketCoinPrice(index: number): number {
  return pow(bucketStep, bucketOfOne - index);
}

/** Neutral price of a loan, coins per coin. Source: `_kick`. */
export function neutralPrice(debtPerCollateral: number, neutralRatio: number): number {
  return Math.min(highestPrice, debtPerCollateral * collateralisationFactor * neutralRatio);
}

/**
 * Price of an auction after a kick: from 256 times the reference, halving every 20 minutes for two hours, every two hours up to 14 hours, every hour after. Source:
 * `PoolHelper._auctionPrice`.
 */
export function auctionPrice(reference: number, sinceMs: number): number {
  const minutes = sinceMs / 60_000;
  if (minutes < 120) return 256 * reference * pow(2, -minutes / 20);
  if (minutes < 840) return 4 * reference * pow(2, -(minutes - 120) / 120);
  return (reference * pow(2, -(minutes - 840) / 60)) / 16;
}

/**
 * Bond payment factor at a price, negative where the kicker loses: factor x clamp((neutral - price) / (neutral - debt over collateral at the kick), -1, 1). Source:
 * `PoolHelper._bpf`.
 */
export function bondPaymentFactor(atKick: number, neutral: number, factor: number, price: number): number {
  const distance = neutral - price;
  if (atKick >= neutral) return distance === 0 ? 0 : distance > 0 ? factor : -factor;
  return factor * Math.max(-1, Math.min(1, distance / (neutral - atKick)));
}

/** What an auction's terms make of a price. */
export interface TakeTerms {
  /** Quote units that one collateral unit costs. */
  price: number;
  /** Of them, what comes off the debt. */
  borrowerPrice: number;
  paymentFactor: number;
}

/** What is offered of an auction now, whole units. */
export interface AjnaOffer {
  /** Collateral on offer; 0: nothing can be taken. */
  seize: number;
  /** Quote that all of it costs. */
  pay: number;
  /** It repays the whole debt. */
  repaysAll: boolean;
  /** Collateral of a part at most. */
  mostPartial: number;
}

/** Fills `into`: penalty 1.25 x factor - 0.25 x payment factor off the borrower's price. Source: `TakerActions._calculateTakeFlowsAndBondChange`. */
export function takeTerms(price: number, paymentFactor: number, bondFactor: number, into: TakeTerms): TakeTerms {
  into.price = price;
  into.paymentFactor = paymentFactor;
  into.borrowerPrice = price * (1 - (5 * bondFactor - paymentFactor) / 4);
  return into;
}

/**
 * Fills `into` with what may be taken: up to what repays the debt, and no part that leaves less debt than a tenth of the average where there are ten loans or more
 * (`_revertOnMinDebt`). `poolDebt`: all debts; `loans`: those not in auction.
 */
export function ajnaOffer(
  terms: TakeTerms,
  held: number,
  owed: number,
  poolDebt: number,
  loans: number,
  into: AjnaOffer,
): AjnaOffer {
  const { price, borrowerPrice } = terms;
  const byDebt = borrowerPrice > 0 ? Math.ceil(owed / borrowerPrice) : Number.POSITIVE_INFINITY;
  const part = mostRepaid(owed, poolDebt, loans);
  const mostPartial = part < 0 || borrowerPrice <= 0 ? 0 : Math.floor(part / borrowerPrice);
  into.repaysAll = byDebt <= held;
  into.mostPartial = mostPartial;
  into.seize = into.repaysAll ? byDebt : Math.min(held, mostPartial);
  into.pay = Math.ceil(into.seize * price);
  if (!(into.pay < Number.MAX_SAFE_INTEGER)) into.seize = 0;
  return into;
}

/** Debt that a take may repay without repaying all of it; negative: none. */
function mostRepaid(owed: number, poolDebt: number, loans: number): number {
  if (loans < leastShare) return owed - 1;
  // owed - r >= (pool debt - r) / (10 x loans)
  const times = leastShare * loans;
  return Math.min(owed - 1, (owed * times - poolDebt) / (times - 1));
}
