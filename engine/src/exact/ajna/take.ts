import { least, mulDivDown } from "../rounding.js";
import { WAD } from "../scales.js";
import { bondPaymentFactor, neutralToThreshold, takePenalty } from "./bond.js";
import {
  AuctionNotTakeable,
  AuctionPriceGtBucketPrice,
  InsufficientCollateral,
  InsufficientLiquidity,
  InvalidAmount,
  NoAuction,
} from "./errors.js";
import { roundDownToScale, roundUpToScale, wadDivideUp, wadMultiply, wadMultiplyDown, wadMultiplyUp } from "./maths.js";
import type { AjnaParameters } from "./parameters.js";
import { type AjnaPool, type Auction, type Bucket, debtOf, EMPTY_BUCKET, lpFor, requireLeastDebt } from "./pool.js";
import { auctionPrice, bucketPrice } from "./prices.js";

/** What a take moves. Wads. */
export interface TakeOutcome {
  readonly pool: AjnaPool;
  /** The auction's price, or the bucket's for a deposit take. */
  readonly price: bigint;
  readonly collateral: bigint;
  /** Quote tokens that the taker pays; 0 for a bucket take. */
  readonly paid: bigint;
  /** Taken off a bucket's deposit; 0 for a take. */
  readonly depositUsed: bigint;
  /** Off the loan. */
  readonly t0Repaid: bigint;
  /** Change of the kicker's bond, or reward in a bucket's shares; negative where he loses. */
  readonly bondChange: bigint;
  /** The loan is repaid and its auction over. */
  readonly settled: boolean;
}

/** An auction's terms at a moment. */
interface Terms {
  readonly auction: Auction;
  readonly price: bigint;
  readonly paymentFactor: bigint;
  readonly debt: bigint;
  readonly t0Debt: bigint;
  readonly available: bigint;
}

function termsAt(pool: AjnaPool, borrower: string, at: bigint, priceOfBucket: bigint | null): Terms {
  const auction = pool.auctions.find((one) => one.borrower === borrower);
  if (auction === undefined) throw new NoAuction(borrower);
  const { t0Debt, collateral } = pool.loans[borrower];
  if (collateral === 0n) throw new InsufficientCollateral();
  if (at === auction.kickTime) throw new AuctionNotTakeable();
  const price = auctionPrice(auction.referencePrice, at - auction.kickTime);
  const { debtToCollateral, neutralPrice, bondFactor } = auction;
  const paymentFactor = bondPaymentFactor(debtToCollateral, neutralPrice, bondFactor, priceOfBucket ?? price);
  return { auction, price, paymentFactor, debt: debtOf(pool, t0Debt), t0Debt, available: collateral };
}

/** Amounts of a take. */
interface Flows {
  readonly collateral: bigint;
  readonly quote: bigint;
  readonly t0Repaid: bigint;
  readonly depositUsed: bigint;
  readonly bond: bigint;
}

/**
 * Amounts: collateral up to what there is, up to what repays the debt at the borrower's price, and for a bucket take up to what its deposit pays. Source:
 * Ajna TakerActions `_calculateTakeFlowsAndBondChange`.
 */
function flowsOf(
  parameters: AjnaParameters,
  pool: AjnaPool,
  terms: Terms,
  price: bigint,
  wanted: bigint,
  deposit: bigint | null,
): Flows {
  if (price === 0n) throw new InvalidAmount("the auction's price is 0");
  const { paymentFactor, auction, t0Debt } = terms;
  const penalty = takePenalty(auction.bondFactor, paymentFactor);
  const borrowerPrice = wadMultiplyDown(price, WAD - penalty);
  const rewarded = paymentFactor >= 0n;
  const netPrice = rewarded ? wadMultiply(WAD - paymentFactor, price) : price;
  const scale = parameters.collateralScale;
  const byDeposit = deposit === null ? null : roundDownToScale(mulDivDown(deposit, WAD, netPrice), scale);
  const byDebt = borrowerPrice === 0n ? null : roundUpToScale(wadDivideUp(terms.debt, borrowerPrice), scale);
  const depositBinds = byDeposit !== null && byDeposit <= wanted && (byDebt === null || byDeposit <= byDebt);
  const debtBinds = !depositBinds && byDebt !== null && byDebt <= wanted;
  const collateral = depositBinds ? byDeposit : debtBinds ? byDebt : wanted;
  const quote = debtBinds ? mulDivDown(collateral, borrowerPrice, WAD - penalty) : wadMultiply(collateral, price);
  const t0Repaid = debtBinds ? t0Debt : least(mulDivDown(collateral, borrowerPrice, pool.inflator), t0Debt);
  const used = mulDivDown(collateral, netPrice, WAD);
  return {
    collateral,
    quote,
    t0Repaid,
    depositUsed: deposit === null ? 0n : least(deposit, used),
    bond: rewarded ? wadMultiplyDown(quote, paymentFactor) : wadMultiplyUp(quote, -paymentFactor),
  };
}

/**
 * Sells up to `wanted` collateral (wad) of an auctioned loan at the auction's price. At or below the neutral price the kicker's bond grows, above it shrinks.
 * Throws InvalidAmount, NoAuction, InsufficientCollateral, AuctionNotTakeable, DustAmountNotExceeded, AmountLTMinDebt. Source: Ajna TakerActions `take`.
 */
export function take(
  parameters: AjnaParameters,
  pool: AjnaPool,
  borrower: string,
  wanted: bigint,
  at: bigint,
): TakeOutcome {
  const asked = roundDownToScale(wanted, parameters.collateralScale);
  if (asked <= 0n) throw new InvalidAmount(`takes ${wanted}`);
  const terms = termsAt(pool, borrower, at, null);
  const flows = flowsOf(parameters, pool, terms, terms.price, least(asked, terms.available), null);
  const bondChange = terms.paymentFactor >= 0n ? flows.bond : -least(terms.auction.bondSize, flows.bond);
  const paid = roundUpToScale(flows.quote, parameters.quoteScale);
  const moved = changeBond({ ...pool, quoteBalance: pool.quoteBalance + paid }, borrower, bondChange);
  const done = afterTake(parameters, moved, borrower, flows);
  return {
    ...done,
    price: terms.price,
    collateral: flows.collateral,
    paid,
    depositUsed: 0n,
    t0Repaid: flows.t0Repaid,
    bondChange,
  };
}

/**
 * Sells an auctioned loan's collateral to a bucket: at the auction's price (an arbitrage take: the taker gets shares for the difference to the bucket's
 * price), or at the bucket's own (a deposit take). A rewarded kicker gets shares of the bucket. Throws NoAuction, InsufficientCollateral, AuctionNotTakeable,
 * InsufficientLiquidity, AuctionPriceGtBucketPrice, InvalidAmount, DustAmountNotExceeded, AmountLTMinDebt. Source: Ajna TakerActions `bucketTake`.
 */
export function bucketTake(
  parameters: AjnaParameters,
  pool: AjnaPool,
  borrower: string,
  index: number,
  atBucketPrice: boolean,
  at: bigint,
): TakeOutcome {
  const bucketsPrice = bucketPrice(index);
  const terms = termsAt(pool, borrower, at, bucketsPrice);
  const bucket = pool.buckets[index] ?? EMPTY_BUCKET;
  if (bucket.deposit === 0n) throw new InsufficientLiquidity(`bucket ${index} has no deposit`);
  if (terms.price > bucketsPrice) throw new AuctionPriceGtBucketPrice(terms.price, bucketsPrice);
  const price = atBucketPrice ? bucketsPrice : terms.price;
  const flows = flowsOf(parameters, pool, terms, price, terms.available, bucket.deposit);
  if (flows.collateral === 0n) throw new InsufficientLiquidity(`bucket ${index} pays for no unit of collateral`);
  const rewarded = terms.paymentFactor >= 0n;
  const bondChange = rewarded ? flows.bond : -least(terms.auction.bondSize, flows.bond);
  const next = bucketAfter(bucket, bucketsPrice, price, flows, rewarded);
  const moved = { ...pool, buckets: { ...pool.buckets, [index]: next } };
  const done = afterTake(parameters, rewarded ? moved : changeBond(moved, borrower, bondChange), borrower, flows);
  return {
    ...done,
    price,
    collateral: flows.collateral,
    paid: 0n,
    depositUsed: flows.depositUsed,
    t0Repaid: flows.t0Repaid,
    bondChange,
  };
}

/** The bucket pays, receives the collateral, and gives shares to the taker (price difference) and to a rewarded kicker. */
function bucketAfter(bucket: Bucket, bucketsPrice: bigint, price: bigint, flows: Flows, rewarded: boolean): Bucket {
  const difference = wadMultiply(flows.collateral, bucketsPrice - price);
  const takerLp = lpFor(bucket, difference * WAD, bucketsPrice, difference);
  const kickerLp = rewarded ? lpFor(bucket, flows.bond * WAD, bucketsPrice, flows.bond) : 0n;
  return {
    deposit: bucket.deposit - flows.depositUsed,
    collateral: bucket.collateral + flows.collateral,
    lp: bucket.lp + takerLp + kickerLp,
  };
}

/** Grows or shrinks the bond of a loan's auction. */
function changeBond(pool: AjnaPool, borrower: string, change: bigint): AjnaPool {
  const auctions = pool.auctions.map((auction) =>
    auction.borrower === borrower ? { ...auction, bondSize: auction.bondSize + change } : auction,
  );
  const { kicker } = pool.auctions.find((auction) => auction.borrower === borrower) ?? pool.auctions[0];
  const bonds = pool.kickers[kicker];
  return {
    ...pool,
    auctions,
    totalBondEscrowed: pool.totalBondEscrowed + change,
    kickers: { ...pool.kickers, [kicker]: { ...bonds, locked: bonds.locked + change } },
  };
}

/** Books a take on the loan; a loan without debt leaves its auction. */
function afterTake(parameters: AjnaParameters, pool: AjnaPool, borrower: string, flows: Flows) {
  const before = pool.loans[borrower];
  const t0Debt = before.t0Debt - flows.t0Repaid;
  const settled = t0Debt === 0n;
  const neutralRatio = settled ? neutralToThreshold(parameters.interestRate) : before.neutralRatio;
  const loan = { t0Debt, collateral: before.collateral - flows.collateral, neutralRatio };
  const next = { ...pool, t0Debt: pool.t0Debt - flows.t0Repaid, loans: { ...pool.loans, [borrower]: loan } };
  requireLeastDebt(parameters, next, debtOf(next, t0Debt));
  return { pool: settled ? endAuction(next, borrower) : next, settled };
}

/** Takes an auction off the queue; what is left of the bond becomes claimable. Source: Ajna SettlerActions `_removeAuction`. */
export function endAuction(pool: AjnaPool, borrower: string): AjnaPool {
  const auction = pool.auctions.find((one) => one.borrower === borrower);
  if (auction === undefined) return pool;
  const bonds = pool.kickers[auction.kicker];
  return {
    ...pool,
    auctions: pool.auctions.filter((one) => one !== auction),
    kickers: {
      ...pool.kickers,
      [auction.kicker]: { locked: bonds.locked - auction.bondSize, claimable: bonds.claimable + auction.bondSize },
    },
  };
}
