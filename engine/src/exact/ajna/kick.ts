import { least, most } from "../rounding.js";
import { bondOf, neutralPrice } from "./bond.js";
import { AuctionActive, BorrowerOk, InsufficientCollateral, InsufficientLiquidity } from "./errors.js";
import { roundUpToScale, wadDivide, wadMultiply } from "./maths.js";
import type { AjnaParameters } from "./parameters.js";
import {
  type AjnaPool,
  type Auction,
  borrowFeeRate,
  debtOf,
  highestThresholdPrice,
  isCollateralized,
  type Kicker,
  lowestUtilisedPrice,
  requireNoClearableAuction,
} from "./pool.js";
import { MAX_INFLATED_PRICE } from "./prices.js";

/** What a kick moves. */
export interface KickOutcome {
  readonly pool: AjnaPool;
  readonly auction: Auction;
  /** Quote tokens that the kicker sends for the bond, beyond what was claimable to him. */
  readonly paid: bigint;
}

const NO_BONDS: Kicker = { locked: 0n, claimable: 0n };

/**
 * Starts a loan's auction and escrows the kicker's bond. The reference price is the larger of the highest threshold price and the neutral price, and not
 * below that of the auction kicked last. Throws AuctionNotCleared, AuctionActive, BorrowerOk, InsufficientCollateral (a loan without any would divide by zero
 * on chain). Source: Ajna KickerActions `_kick`, `_recordAuction`.
 */
export function kick(
  parameters: AjnaParameters,
  pool: AjnaPool,
  borrower: string,
  kicker: string,
  at: bigint,
): KickOutcome {
  requireNoClearableAuction(pool, at);
  if (pool.auctions.some((auction) => auction.borrower === borrower)) throw new AuctionActive(borrower);
  const loan = pool.loans[borrower];
  const debt = debtOf(pool, loan?.t0Debt ?? 0n);
  const price = lowestUtilisedPrice(pool, debtOf(pool, pool.t0Debt));
  if (loan === undefined || isCollateralized(debt, loan.collateral, price)) {
    throw new BorrowerOk(`${borrower} is collateralised at ${price}`);
  }
  if (loan.collateral === 0n) throw new InsufficientCollateral();
  const neutral = neutralPrice(debt, loan.collateral, loan.neutralRatio);
  const bond = bondOf(debt, loan.neutralRatio);
  const own = least(most(highestThresholdPrice(pool), neutral), MAX_INFLATED_PRICE);
  const last = pool.auctions[pool.auctions.length - 1];
  const auction: Auction = {
    borrower,
    kicker,
    kickTime: at,
    bondSize: bond.size,
    bondFactor: bond.factor,
    referencePrice: last === undefined ? own : most(own, last.referencePrice),
    neutralPrice: neutral,
    debtToCollateral: wadDivide(debt, loan.collateral),
    t0ReserveSettleAmount: wadMultiply(loan.t0Debt, borrowFeeRate(parameters.interestRate)) >> 1n,
  };
  return { auction, ...escrow(parameters, pool, auction) };
}

/** Locks the bond: from what is claimable first, the rest is sent, rounded up to the token's step. */
function escrow(parameters: AjnaParameters, pool: AjnaPool, auction: Auction) {
  const bonds = pool.kickers[auction.kicker] ?? NO_BONDS;
  const fromClaimable = least(bonds.claimable, auction.bondSize);
  const missing = auction.bondSize - fromClaimable;
  const paid = roundUpToScale(missing, parameters.quoteScale);
  const kickers = {
    ...pool.kickers,
    [auction.kicker]: { locked: bonds.locked + auction.bondSize, claimable: bonds.claimable - fromClaimable },
  };
  return {
    paid,
    pool: {
      ...pool,
      kickers,
      quoteBalance: pool.quoteBalance + paid,
      totalBondEscrowed: pool.totalBondEscrowed + missing,
      auctions: [...pool.auctions, auction],
    },
  };
}

/** Pays a kicker up to `amount` of what is claimable, cut to the token's step. Throws InsufficientLiquidity. Source: Ajna KickerActions `withdrawBonds`. */
export function withdrawBonds(parameters: AjnaParameters, pool: AjnaPool, kicker: string, amount: bigint) {
  const bonds = pool.kickers[kicker] ?? NO_BONDS;
  const wanted = least(amount, bonds.claimable);
  const paid = wanted - (wanted % parameters.quoteScale);
  if (paid <= 0n) throw new InsufficientLiquidity(`${kicker} has ${bonds.claimable} to claim`);
  return {
    paid,
    pool: {
      ...pool,
      kickers: { ...pool.kickers, [kicker]: { ...bonds, claimable: bonds.claimable - paid } },
      quoteBalance: pool.quoteBalance - paid,
      totalBondEscrowed: pool.totalBondEscrowed - paid,
    },
  };
}
