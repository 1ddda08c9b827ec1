import { divDown, divUp } from "../rounding.js";
import type { GmxPosition, PriceRange } from "./market.js";
import type { GmxParameters } from "./parameters.js";
import { applyFactor } from "./precision.js";

/** Fees of a close in units of the collateral token. */
export interface PositionFees {
  readonly positionFee: bigint;
  readonly borrowingFee: bigint;
  readonly liquidationFee: bigint;
  readonly fundingFee: bigint;
  /** What the fee receiver gets of the first three. */
  readonly toFeeReceiver: bigint;
  /** What the pool gets of them. */
  readonly toPool: bigint;
  /** The first three together. */
  readonly excludingFunding: bigint;
}

/**
 * Fees of closing a part: position fee by whether the balance improves, accrued borrowing and funding, and, in a liquidation, the liquidation fee. All amounts
 * are rounded down, the liquidation fee up. Source: PositionPricingUtils.getPositionFees, getLiquidationFees (without referral, tier and interface fees).
 */
export function positionFees(
  parameters: GmxParameters,
  position: GmxPosition,
  collateralPrice: PriceRange,
  balanceWasImproved: boolean,
  sizeDeltaUsd: bigint,
  isLiquidation: boolean,
): PositionFees {
  const factor = balanceWasImproved ? parameters.positionFeeFactorImproved : parameters.positionFeeFactorWorsened;
  const positionFee = divDown(applyFactor(sizeDeltaUsd, factor), collateralPrice.min);
  const borrowingFee = divDown(position.borrowingFeeUsd, collateralPrice.min);
  const liquidationUsd = isLiquidation ? applyFactor(sizeDeltaUsd, parameters.liquidationFeeFactor) : 0n;
  const liquidationFee = divUp(liquidationUsd, collateralPrice.min);
  const excludingFunding = positionFee + borrowingFee + liquidationFee;
  const toFeeReceiver =
    applyFactor(positionFee, parameters.positionFeeReceiverFactor) +
    applyFactor(borrowingFee, parameters.borrowingFeeReceiverFactor) +
    applyFactor(liquidationFee, parameters.liquidationFeeReceiverFactor);
  return {
    positionFee,
    borrowingFee,
    liquidationFee,
    fundingFee: position.fundingFeeAmount,
    toFeeReceiver,
    toPool: excludingFunding - toFeeReceiver,
    excludingFunding,
  };
}
