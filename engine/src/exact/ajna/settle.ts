import { least, most } from "../rounding.js";
import { WAD } from "../scales.js";
import { AuctionNotClearable, NoAuction } from "./errors.js";
import { wadDivideDown, wadDivideUp, wadMultiply, wadMultiplyDown } from "./maths.js";
import {
  type AjnaPool,
  type Bucket,
  bucketsWithDeposits,
  debtOf,
  EMPTY_BUCKET,
  type Loan,
  lpFor,
  totalDeposits,
} from "./pool.js";
import { bucketPrice, LAST_BUCKET } from "./prices.js";
import { endAuction } from "./take.js";

/** 1.000000001: deposits count with a margin against reserves. */
const DEPOSIT_BUFFER = 1_000_000_001_000_000_000n;
const CLEARABLE_AFTER = 259_200n;
const RESERVES_FREE_AFTER = 518_400n;

/** Who paid for a settlement. Wads; debt in t0 terms. */
export interface SettleOutcome {
  readonly pool: AjnaPool;
  /** Debt that deposits bought collateral for, the deposits used and the collateral moved. */
  readonly t0ByDeposits: bigint;
  readonly depositsUsed: bigint;
  readonly collateralMoved: bigint;
  readonly t0ByReserves: bigint;
  /** Debt forgiven against deposits, and the deposits cancelled. */
  readonly t0Forgiven: bigint;
  readonly depositsCancelled: bigint;
  /** The whole debt is gone and the auction over. */
  readonly settled: boolean;
}

/** A settlement on its way. */
interface Progress {
  readonly buckets: Record<number, Bucket>;
  t0Debt: bigint;
  collateral: bigint;
  depth: number;
}

/**
 * Settles an auction after 72 hours, or before without collateral: first the loan's collateral is swapped for deposits from the highest bucket down; then,
 * once no collateral is left, reserves pay (until 144 hours are over no more than the loan's limit, while there are deposits); then the rest is forgiven
 * against deposits from the highest bucket down. `depth` is the number of buckets that may be touched. Throws NoAuction, AuctionNotClearable. Source: Ajna
 * SettlerActions `settlePoolDebt`.
 */
export function settle(pool: AjnaPool, borrower: string, depth: number, at: bigint): SettleOutcome {
  const auction = pool.auctions.find((one) => one.borrower === borrower);
  if (auction === undefined) throw new NoAuction(borrower);
  const loan = pool.loans[borrower];
  const since = at - auction.kickTime;
  if (since <= CLEARABLE_AFTER && loan.collateral !== 0n) throw new AuctionNotClearable(since);
  const way: Progress = { buckets: { ...pool.buckets }, t0Debt: loan.t0Debt, collateral: loan.collateral, depth };
  const depositsUsed = swapForDeposits(pool, way);
  const t0ByDeposits = loan.t0Debt - way.t0Debt;
  const reserves = payFromReserves(pool, loan, way, auction.t0ReserveSettleAmount, since);
  const beforeForgiving = way.t0Debt;
  const depositsCancelled = way.collateral === 0n ? forgive(pool, way) : 0n;
  const next = afterSettling(pool, borrower, loan, way, reserves.limit);
  return {
    pool: way.t0Debt === 0n ? endAuction(next, borrower) : next,
    t0ByDeposits,
    depositsUsed,
    collateralMoved: loan.collateral - way.collateral,
    t0ByReserves: reserves.t0Paid,
    t0Forgiven: beforeForgiving - way.t0Debt,
    depositsCancelled,
    settled: way.t0Debt === 0n,
  };
}

/** Index of the highest bucket with a deposit; the lowest bucket where there is none. */
function highestBucket(pool: AjnaPool, way: Progress): number {
  return bucketsWithDeposits({ ...pool, buckets: way.buckets })[0] ?? LAST_BUCKET;
}

/** Swaps collateral for deposits bucket by bucket; returns the deposits used. Source: `_settlePoolDebtWithDeposit`. */
function swapForDeposits(pool: AjnaPool, way: Progress): bigint {
  let used = 0n;
  while (way.depth > 0 && way.t0Debt !== 0n && way.collateral !== 0n) {
    const index = highestBucket(pool, way);
    const bucket = way.buckets[index] ?? EMPTY_BUCKET;
    way.depth--;
    if (bucket.deposit === 0n) leaveCollateral(way, index, bucket);
    else used += swapWithBucket(pool, way, index, bucket);
  }
  return used;
}

/** Without deposits all collateral goes into the lowest bucket, whose shares are the borrower's. */
function leaveCollateral(way: Progress, index: number, bucket: Bucket): void {
  const price = bucketPrice(index);
  const lp = lpFor(bucket, way.collateral * price, price, wadMultiply(way.collateral, price));
  way.buckets[index] = { ...bucket, collateral: bucket.collateral + way.collateral, lp: bucket.lp + lp };
  way.collateral = 0n;
}

function swapWithBucket(pool: AjnaPool, way: Progress, index: number, bucket: Bucket): bigint {
  const price = bucketPrice(index);
  const debt = debtOf(pool, way.t0Debt);
  const backed = wadMultiplyDown(way.collateral, price);
  let [used, collateral] = [bucket.deposit, 0n];
  if (bucket.deposit >= debt && backed >= debt) {
    used = debt;
    collateral = wadDivideUp(debt, price);
    way.t0Debt = 0n;
  } else if (backed >= bucket.deposit) {
    collateral = wadDivideUp(bucket.deposit, price);
    way.t0Debt -= wadDivideDown(bucket.deposit, pool.inflator);
  } else {
    used = backed;
    collateral = way.collateral;
    way.t0Debt -= wadDivideDown(backed, pool.inflator);
  }
  way.collateral -= collateral;
  used = least(used, bucket.deposit);
  const deposit = bucket.deposit - used;
  const held = bucket.collateral + collateral;
  const bankrupt = held === 0n && deposit === 0n;
  way.buckets[index] = { deposit, collateral: held, lp: bankrupt ? 0n : bucket.lp };
  return used;
}

/** What reserves pay, and what is left of the loan's limit. */
function payFromReserves(pool: AjnaPool, loan: Loan, way: Progress, limit: bigint, since: bigint) {
  if (way.t0Debt === 0n || way.collateral !== 0n) return { t0Paid: 0n, limit };
  const deposits = totalDeposits({ ...pool, buckets: way.buckets });
  const debt = wadMultiplyDown(pool.t0Debt - loan.t0Debt + way.t0Debt, pool.inflator);
  const assets = debt + pool.quoteBalance;
  const owed = wadMultiply(DEPOSIT_BUFFER, deposits) + pool.totalBondEscrowed + pool.unclaimedReserves;
  if (assets <= owed) return { t0Paid: 0n, limit };
  const affordable = least(wadDivideDown(assets - owed, pool.inflator), way.t0Debt);
  const limited = deposits > 0n && since < RESERVES_FREE_AFTER;
  const t0Paid = limited ? least(affordable, limit) : affordable;
  way.t0Debt -= t0Paid;
  return { t0Paid, limit: limited ? limit - t0Paid : limit };
}

/** Cancels deposits against the rest of the debt; returns the deposits cancelled. Source: `_forgiveBadDebt`. */
function forgive(pool: AjnaPool, way: Progress): bigint {
  let cancelled = 0n;
  while (way.depth > 0 && way.t0Debt !== 0n) {
    const index = highestBucket(pool, way);
    const bucket = way.buckets[index] ?? EMPTY_BUCKET;
    const debt = debtOf(pool, way.t0Debt);
    const used = least(bucket.deposit, debt);
    way.t0Debt -= bucket.deposit >= debt ? way.t0Debt : wadDivideDown(bucket.deposit, pool.inflator);
    // Only a deposit that covers the debt leaves a remainder that counts against bankruptcy.
    const worth = (bucket.deposit - used) * WAD + bucket.collateral * bucketPrice(index);
    const lp = worth <= bucket.lp ? 0n : bucket.lp;
    way.buckets[index] = { ...bucket, deposit: bucket.deposit - used, lp };
    cancelled += used;
    way.depth--;
  }
  return cancelled;
}

function afterSettling(pool: AjnaPool, borrower: string, loan: Loan, way: Progress, limit: bigint): AjnaPool {
  return {
    ...pool,
    t0Debt: most(0n, pool.t0Debt - loan.t0Debt + way.t0Debt),
    buckets: way.buckets,
    loans: { ...pool.loans, [borrower]: { ...loan, t0Debt: way.t0Debt, collateral: way.collateral } },
    auctions: pool.auctions.map((one) => (one.borrower === borrower ? { ...one, t0ReserveSettleAmount: limit } : one)),
  };
}
