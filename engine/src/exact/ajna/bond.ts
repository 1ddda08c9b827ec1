import { divTowardsZero, least, most, mulDivDown, sqrtDown } from "../rounding.js";
import { WAD } from "../scales.js";
import { wadMultiply } from "./maths.js";
import { MAX_INFLATED_PRICE } from "./prices.js";

/** 1.04: collateral at the lowest utilised price must exceed debt by this factor. */
export const COLLATERALIZATION_FACTOR = 1_040_000_000_000_000_000n;
const MIN_BOND_FACTOR = 5_000_000_000_000_000n;
const MAX_BOND_FACTOR = 30_000_000_000_000_000n;

/** Ratio of neutral to threshold price: 1 + sqrt(rate) / 2, wad. Source: Ajna Loans `update`. */
export function neutralToThreshold(interestRate: bigint): bigint {
  return WAD + (sqrtDown(interestRate * WAD) >> 1n);
}

/** Neutral price: 1.04 x debt x ratio / collateral, wad, capped. Source: Ajna KickerActions `_kick`. */
export function neutralPrice(debt: bigint, collateral: bigint, ratio: bigint): bigint {
  return least(mulDivDown(wadMultiply(debt, COLLATERALIZATION_FACTOR), ratio, collateral), MAX_INFLATED_PRICE);
}

/** Bond: a tenth of the ratio's excess over 1, between 0.5 % and 3 %, times the debt. Source: Ajna PoolHelper `_bondParams`. */
export function bondOf(debt: bigint, ratio: bigint): { readonly factor: bigint; readonly size: bigint } {
  const factor = most(least(MAX_BOND_FACTOR, mulDivDown(ratio - WAD, 1n, 10n)), MIN_BOND_FACTOR);
  return { factor, size: wadMultiply(factor, debt) };
}

/**
 * Bond payment factor at a price, wad, negative where the kicker loses: factor x clamp((neutral - price) / (neutral - debtToCollateral), -1, 1). Where the
 * neutral price is not above debt over collateral the sign of neutral - price decides. Product rounded half away from zero. Source: Ajna PoolHelper `_bpf`.
 */
export function bondPaymentFactor(debtToCollateral: bigint, neutral: bigint, factor: bigint, price: bigint): bigint {
  const distance = neutral - price;
  if (debtToCollateral >= neutral) return distance === 0n ? 0n : distance > 0n ? factor : -factor;
  const ratio = divTowardsZero(distance * WAD, neutral - debtToCollateral);
  const share = least(WAD, most(-WAD, ratio));
  return share < 0n ? -wadMultiply(factor, -share) : wadMultiply(factor, share);
}

/**
 * What a take costs the borrower on top: 1.25 x factor - 0.25 x payment factor, wad, rounded up. Source: Ajna TakerActions
 * `_calculateTakeFlowsAndBondChange`.
 */
export function takePenalty(factor: bigint, paymentFactor: bigint): bigint {
  return divTowardsZero(5n * factor - paymentFactor + 3n, 4n);
}
