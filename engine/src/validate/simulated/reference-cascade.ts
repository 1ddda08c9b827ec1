import { exp, log } from "../../math/index.js";
import {
  type CascadeBook,
  type CascadeOutcome,
  fromUnits,
  type LiquidationBook,
  type LiquidationOutcome,
  type SimulatedEngine,
} from "./engine.js";

/** Slow, obvious and used by tests only: what the simulated cases must say whatever engine answers them. */
export const referenceEngine: SimulatedEngine = { cascade, liquidate };

/** Rounds: read the price, seize and sell every loan breached at it, until none is. */
function cascade(book: CascadeBook): CascadeOutcome {
  const open = [...book.positions].sort((a, b) => b.breachPriceUsd - a.breachPriceUsd);
  let liquidatedCount = 0;
  let soldUnits = 0;
  for (;;) {
    const priceUsd = publishedPrice(book.fairPriceUsd * relativePrice(book, soldUnits));
    const before = liquidatedCount;
    while (liquidatedCount < open.length && priceUsd < open[liquidatedCount].breachPriceUsd) {
      soldUnits += open[liquidatedCount].collateralUnits;
      liquidatedCount++;
    }
    if (liquidatedCount === before) return { liquidatedCount, soldUnits, priceUsd };
  }
}

function relativePrice({ bids }: CascadeBook, usedUnits: number): number {
  if (usedUnits === 0) return 1;
  const row = firstLevelAtLeast(bids, usedUnits);
  if (row === bids.length) return bids[bids.length - 1].relativePrice;
  if (bids[row].units === usedUnits) return bids[row].relativePrice;
  const above = row === 0 ? { relativePrice: 1, units: 0 } : bids[row - 1];
  const share = (usedUnits - above.units) / (bids[row].units - above.units);
  return exp(log(above.relativePrice) + share * log(bids[row].relativePrice / above.relativePrice));
}

function firstLevelAtLeast(bids: CascadeBook["bids"], usedUnits: number): number {
  let low = 0;
  let high = bids.length;
  while (low < high) {
    const middle = Math.floor((low + high) / 2);
    if (bids[middle].units >= usedUnits) high = middle;
    else low = middle + 1;
  }
  return low;
}

/** Feeds publish whole steps of 1e-8 dollars, rounded down. */
function publishedPrice(priceUsd: number): number {
  return Math.floor(priceUsd * 1e8) / 1e8;
}

/** Repay and seize at the published price, then sell what was seized into the pool. */
function liquidate(book: LiquidationBook): LiquidationOutcome {
  const { account, priceUsd, pool } = book;
  if (!isBelow(book, 1, account.collateralUnits, account.debtUnits)) {
    return { repaidUnits: 0, seizedUnits: 0, ...account, revenueUnits: 0, priceUsd };
  }
  const left = repay(book, offeredUnits(book));
  if (pool === null) return { ...left, revenueUnits: 0, priceUsd };
  // The fee is taken from what is sold and stays outside the pool.
  const kept = left.seizedUnits * (1 - pool.feeShare);
  const ratio = pool.collateralUnits / (pool.collateralUnits + kept);
  const revenueUnits = Math.floor(pool.debtUnits * (kept / (pool.collateralUnits + kept)));
  return { ...left, revenueUnits, priceUsd: priceUsd * ratio * ratio };
}

/** Whether threshold x collateral value < health x debt. */
function isBelow(book: LiquidationBook, health: number, collateralUnits: number, debtUnits: number): boolean {
  const collateralUsd = fromUnits(collateralUnits, book.collateralDecimals) * book.priceUsd;
  return collateralUsd * book.liquidationThreshold < health * fromUnits(debtUnits, book.debtDecimals);
}

function offeredUnits(book: LiquidationBook): number {
  const { account, size } = book;
  if (size.kind === "close-factor") return Math.floor(account.debtUnits * size.closeFactor);
  // By trial: the smallest repayment whose health is not below the target.
  let short = 0;
  let enough = account.debtUnits;
  while (enough - short > 1) {
    const middle = Math.floor((short + enough) / 2);
    const after = repay(book, middle);
    if (isBelow(book, size.targetHealth, after.collateralUnits, after.debtUnits)) short = middle;
    else enough = middle;
  }
  return enough;
}

function repay(book: LiquidationBook, offered: number) {
  const { account } = book;
  const seizedPerRepaid =
    ((1 + book.bonus) * fromUnits(1, book.debtDecimals)) / (fromUnits(1, book.collateralDecimals) * book.priceUsd);
  const seizable = Math.floor(offered * seizedPerRepaid);
  const seizesAll = seizable >= account.collateralUnits;
  const seizedUnits = seizesAll ? account.collateralUnits : seizable;
  const repaidUnits = seizesAll ? Math.min(offered, Math.ceil(account.collateralUnits / seizedPerRepaid)) : offered;
  return {
    repaidUnits,
    seizedUnits,
    collateralUnits: account.collateralUnits - seizedUnits,
    debtUnits: account.debtUnits - repaidUnits,
  };
}
