import { divDown, least, most } from "../rounding.js";
import { WAD } from "../scales.js";
import { COLLATERALIZATION_FACTOR, neutralToThreshold } from "./bond.js";
import {
  AmountLTMinDebt,
  AuctionActive,
  AuctionNotCleared,
  BorrowerUnderCollateralized,
  DustAmountNotExceeded,
  InsufficientLiquidity,
  InvalidAmount,
} from "./errors.js";
import {
  roundDownToScale,
  roundUpToScale,
  wadDivide,
  wadDivideDown,
  wadDivideUp,
  wadMultiply,
  wadMultiplyUp,
} from "./maths.js";
import type { AjnaParameters } from "./parameters.js";
import { bucketPrice, LAST_BUCKET, MIN_PRICE } from "./prices.js";

/** One price level of deposits. Wads. */
export interface Bucket {
  readonly deposit: bigint;
  /** Collateral that lenders of this bucket own. */
  readonly collateral: bigint;
  /** Shares of its lenders. */
  readonly lp: bigint;
}

/** A loan. Wads. */
export interface Loan {
  /** Debt over the inflator. */
  readonly t0Debt: bigint;
  readonly collateral: bigint;
  /** Neutral over threshold price as of its last borrowing. */
  readonly neutralRatio: bigint;
}

/** A loan's auction. Wads, seconds. */
export interface Auction {
  readonly borrower: string;
  readonly kicker: string;
  readonly kickTime: bigint;
  readonly bondSize: bigint;
  readonly bondFactor: bigint;
  readonly referencePrice: bigint;
  readonly neutralPrice: bigint;
  readonly debtToCollateral: bigint;
  /** Debt (t0) that reserves may still settle before 144 hours are over. */
  readonly t0ReserveSettleAmount: bigint;
}

/** A kicker's bonds. */
export interface Kicker {
  readonly locked: bigint;
  readonly claimable: bigint;
}

/** A pool. Pure: every call returns a new one. */
export interface AjnaPool {
  /** Growth of debt since the start, wad. */
  readonly inflator: bigint;
  /** Sum of all loans' t0 debt. */
  readonly t0Debt: bigint;
  /** Quote tokens in the pool, bonds included. */
  readonly quoteBalance: bigint;
  readonly totalBondEscrowed: bigint;
  /** Reserves promised to a reserve auction. */
  readonly unclaimedReserves: bigint;
  readonly buckets: Readonly<Record<number, Bucket>>;
  readonly loans: Readonly<Record<string, Loan>>;
  /** In the order of their kicks. */
  readonly auctions: readonly Auction[];
  readonly kickers: Readonly<Record<string, Kicker>>;
}

/** A pool without deposits. */
export const EMPTY_POOL: AjnaPool = {
  inflator: WAD,
  t0Debt: 0n,
  quoteBalance: 0n,
  totalBondEscrowed: 0n,
  unclaimedReserves: 0n,
  buckets: {},
  loans: {},
  auctions: [],
  kickers: {},
};

/** An empty bucket. */
export const EMPTY_BUCKET: Bucket = { deposit: 0n, collateral: 0n, lp: 0n };
const EMPTY_LOAN: Loan = { t0Debt: 0n, collateral: 0n, neutralRatio: WAD };
const LOANS_WITH_LEAST_DEBT = 10;
const SETTLE_AFTER = 259_200n;
const LEAST_FEE = 500_000_000_000_000n;

/** Debt of a loan now, wad. */
export function debtOf(pool: AjnaPool, t0Debt: bigint): bigint {
  return wadMultiply(t0Debt, pool.inflator);
}

/** Sum of all deposits. */
export function totalDeposits(pool: AjnaPool): bigint {
  return Object.values(pool.buckets).reduce((sum, { deposit }) => sum + deposit, 0n);
}

/** Indices of buckets with deposits, highest price first. */
export function bucketsWithDeposits(pool: AjnaPool): number[] {
  return Object.keys(pool.buckets)
    .map(Number)
    .filter((index) => pool.buckets[index].deposit > 0n)
    .sort((a, b) => a - b);
}

/**
 * Lowest utilised price: of the first bucket from the top down to which deposits cover `debt`; the lowest price where they do not. Source: Ajna Deposits
 * `getLup`.
 */
export function lowestUtilisedPrice(pool: AjnaPool, debt: bigint): bigint {
  if (debt === 0n) return bucketPrice(0);
  let sum = 0n;
  for (const index of bucketsWithDeposits(pool)) {
    sum += pool.buckets[index].deposit;
    if (sum >= debt) return bucketPrice(index);
  }
  return bucketPrice(LAST_BUCKET);
}

/** Highest threshold price of loans not in auction, wad. Source: Ajna PoolHelper `_htp`. */
export function highestThresholdPrice(pool: AjnaPool): bigint {
  const kicked = new Set(pool.auctions.map(({ borrower }) => borrower));
  let highest = 0n;
  for (const [id, { t0Debt, collateral }] of Object.entries(pool.loans)) {
    if (!kicked.has(id) && t0Debt > 0n && collateral > 0n) highest = most(highest, wadDivide(t0Debt, collateral));
  }
  return wadMultiply(wadMultiply(highest, pool.inflator), COLLATERALIZATION_FACTOR);
}

/** Whether collateral x price >= 1.04 x debt, the equality included; never at the lowest price with debt. Source: Ajna PoolHelper `_isCollateralized`. */
export function isCollateralized(debt: bigint, collateral: bigint, price: bigint): boolean {
  if (price === MIN_PRICE && debt !== 0n) return false;
  return wadMultiply(collateral, price) >= wadMultiply(COLLATERALIZATION_FACTOR, debt);
}

/** Fee on borrowing: a week's interest, at least 0.05 %, wad. Source: Ajna PoolHelper `_borrowFeeRate`. */
export function borrowFeeRate(interestRate: bigint): bigint {
  return most(wadDivide(interestRate, 52n * WAD), LEAST_FEE);
}

/** Raises the inflator; deposits stay, so that interest is the reserves'. Throws InvalidAmount where it would fall. */
export function accrue(pool: AjnaPool, inflator: bigint): AjnaPool {
  if (inflator < pool.inflator) throw new InvalidAmount(`inflator ${inflator}; at least ${pool.inflator}`);
  return { ...pool, inflator };
}

/**
 * Deposits quote tokens (wad) into a bucket, cut to the token's step. Throws InvalidAmount, BucketIndexOutOfBounds. Source: Ajna LenderActions
 * `addQuoteToken`, without the deposit fee.
 */
export function addQuote(parameters: AjnaParameters, pool: AjnaPool, index: number, amount: bigint): AjnaPool {
  const added = roundDownToScale(amount, parameters.quoteScale);
  if (added <= 0n) throw new InvalidAmount(`deposits ${amount}`);
  const price = bucketPrice(index);
  const bucket = pool.buckets[index] ?? EMPTY_BUCKET;
  const lp = bucket.lp + lpFor(bucket, added * WAD, price, added);
  const deposited = { ...bucket, deposit: bucket.deposit + added, lp };
  return {
    ...pool,
    quoteBalance: pool.quoteBalance + added,
    buckets: { ...pool.buckets, [index]: deposited },
  };
}

/**
 * Shares for a value (wad squared) put into a bucket, rounded down; the value itself where there is nothing yet. Source: Ajna Buckets `quoteTokensToLP`,
 * `collateralToLP`.
 */
export function lpFor(bucket: Bucket, value: bigint, price: bigint, whereEmpty: bigint): bigint {
  const worth = bucket.deposit * WAD + bucket.collateral * price;
  if (worth === 0n || bucket.lp === 0n) return whereEmpty;
  return divDown(bucket.lp * value, worth);
}

/** Number of loans that are not in auction. */
export function loanCount(pool: AjnaPool): number {
  const kicked = new Set(pool.auctions.map(({ borrower }) => borrower));
  return Object.entries(pool.loans).filter(
    ([id, { t0Debt, collateral }]) => !kicked.has(id) && t0Debt > 0n && collateral > 0n,
  ).length;
}

/**
 * Refuses debts that are too small: below the token's step, or below a tenth of the average with ten loans or more. Throws DustAmountNotExceeded,
 * AmountLTMinDebt. Source: `_revertOnMinDebt`.
 */
export function requireLeastDebt(parameters: AjnaParameters, pool: AjnaPool, debt: bigint): void {
  if (debt === 0n) return;
  if (debt < parameters.quoteScale) throw new DustAmountNotExceeded(debt, parameters.quoteScale);
  const count = loanCount(pool);
  if (count < LOANS_WITH_LEAST_DEBT) return;
  const average = wadDivide(debtOf(pool, pool.t0Debt), BigInt(count) * WAD);
  const smallest = wadDivide(average, 10n * WAD);
  if (debt < smallest) throw new AmountLTMinDebt(debt, smallest);
}

/** Refuses to go on while the first auction waits for its settlement. Throws AuctionNotCleared. Source: `_revertIfAuctionClearable`. */
export function requireNoClearableAuction(pool: AjnaPool, at: bigint): void {
  const head = pool.auctions[0];
  if (head === undefined) return;
  const { t0Debt, collateral } = pool.loans[head.borrower];
  if (at - head.kickTime > SETTLE_AFTER || (t0Debt !== 0n && collateral === 0n)) {
    throw new AuctionNotCleared(head.borrower);
  }
}

/**
 * Pledges collateral and borrows (wads). The fee is owed, not paid out. Throws AuctionNotCleared, AuctionActive, InsufficientLiquidity,
 * BorrowerUnderCollateralized, DustAmountNotExceeded, AmountLTMinDebt. Source: Ajna BorrowerActions `drawDebt`.
 */
export function drawDebt(
  parameters: AjnaParameters,
  pool: AjnaPool,
  borrower: string,
  amount: bigint,
  pledged: bigint,
  at: bigint,
): AjnaPool {
  requireNoClearableAuction(pool, at);
  if (pool.auctions.some((auction) => auction.borrower === borrower)) throw new AuctionActive(borrower);
  const borrowed = roundDownToScale(amount, parameters.quoteScale);
  const added = roundDownToScale(pledged, parameters.collateralScale);
  const free = pool.quoteBalance - pool.totalBondEscrowed - pool.unclaimedReserves;
  if (borrowed > free) throw new InsufficientLiquidity(`borrows ${borrowed} of ${free}`);
  const before = pool.loans[borrower] ?? EMPTY_LOAN;
  const t0Borrowed = wadDivideUp(borrowed, pool.inflator);
  const t0Change = wadMultiply(t0Borrowed, borrowFeeRate(parameters.interestRate) + WAD);
  const loan: Loan = {
    t0Debt: before.t0Debt + t0Change,
    collateral: before.collateral + added,
    neutralRatio: neutralToThreshold(parameters.interestRate),
  };
  const next = {
    ...pool,
    t0Debt: pool.t0Debt + t0Change,
    quoteBalance: pool.quoteBalance - borrowed,
    loans: { ...pool.loans, [borrower]: loan },
  };
  requireLeastDebt(parameters, next, debtOf(next, loan.t0Debt));
  const price = lowestUtilisedPrice(next, debtOf(next, next.t0Debt));
  if (!isCollateralized(debtOf(next, loan.t0Debt), loan.collateral, price)) {
    throw new BorrowerUnderCollateralized(borrower);
  }
  return next;
}

/**
 * Repays up to `amount` and takes `pulled` collateral back (wads). Returns what was paid. Throws AuctionNotCleared, AuctionActive, InvalidAmount,
 * BorrowerUnderCollateralized, DustAmountNotExceeded, AmountLTMinDebt. Source: Ajna BorrowerActions `repayDebt`.
 */
export function repayDebt(
  parameters: AjnaParameters,
  pool: AjnaPool,
  borrower: string,
  amount: bigint,
  pulled: bigint,
  at: bigint,
): { readonly pool: AjnaPool; readonly paid: bigint } {
  if (pool.auctions.some((auction) => auction.borrower === borrower)) throw new AuctionActive(borrower);
  requireNoClearableAuction(pool, at);
  const before = pool.loans[borrower] ?? EMPTY_LOAN;
  const t0Repaid = least(before.t0Debt, wadDivideDown(amount, pool.inflator));
  const paid = roundUpToScale(wadMultiplyUp(t0Repaid, pool.inflator), parameters.quoteScale);
  const taken = roundDownToScale(pulled, parameters.collateralScale);
  if ((paid === 0n && taken === 0n) || taken > before.collateral) {
    throw new InvalidAmount(`repays ${amount} and pulls ${pulled} of ${before.collateral}`);
  }
  const loan = { ...before, t0Debt: before.t0Debt - t0Repaid, collateral: before.collateral - taken };
  const next = {
    ...pool,
    t0Debt: pool.t0Debt - t0Repaid,
    quoteBalance: pool.quoteBalance + paid,
    loans: { ...pool.loans, [borrower]: loan },
  };
  requireLeastDebt(parameters, next, debtOf(next, loan.t0Debt));
  const price = lowestUtilisedPrice(next, debtOf(next, next.t0Debt));
  if (taken > 0n && !isCollateralized(debtOf(next, loan.t0Debt), loan.collateral, price)) {
    throw new BorrowerUnderCollateralized(borrower);
  }
  return { pool: next, paid };
}
