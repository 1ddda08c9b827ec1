/** The pool's fixed-point arithmetic: what `WadRayMath`, `PercentageMath` and `MathUtils` of aave-v3-origin compute, each with its rounding. */
import { mulDivDown, mulDivHalfUp, mulDivUp } from "../rounding.js";
import { BASIS_POINTS, RAY, WAD } from "../scales.js";

/** `a x 1e18 / b`, halves up (`WadRayMath.wadDiv`). */
export function wadDiv(a: bigint, b: bigint): bigint {
  return mulDivHalfUp(a, WAD, b);
}

/** `a x b / 1e27`, halves up (`WadRayMath.rayMul`): indices and rates. */
export function rayMul(a: bigint, b: bigint): bigint {
  return mulDivHalfUp(a, b, RAY);
}

/** `a x 1e27 / b`, halves up (`WadRayMath.rayDiv`): usage ratios. */
export function rayDiv(a: bigint, b: bigint): bigint {
  return mulDivHalfUp(a, RAY, b);
}

/** `a x b / 1e27` rounded down (`WadRayMath.rayMulFloor`). */
export function rayMulDown(a: bigint, b: bigint): bigint {
  return mulDivDown(a, b, RAY);
}

/** `a x b / 1e27` rounded up (`WadRayMath.rayMulCeil`). */
export function rayMulUp(a: bigint, b: bigint): bigint {
  return mulDivUp(a, b, RAY);
}

/** `a x 1e27 / b` rounded down (`WadRayMath.rayDivFloor`). */
export function rayDivDown(a: bigint, b: bigint): bigint {
  return mulDivDown(a, RAY, b);
}

/** `a x 1e27 / b` rounded up (`WadRayMath.rayDivCeil`). */
export function rayDivUp(a: bigint, b: bigint): bigint {
  return mulDivUp(a, RAY, b);
}

/** `value x bps / 1e4`, halves up (`PercentageMath.percentMul`): close factor, reserve factor, threshold times bonus. */
export function percentMul(value: bigint, bps: bigint): bigint {
  return mulDivHalfUp(value, bps, BASIS_POINTS);
}

/** `value x bps / 1e4` rounded down (`PercentageMath.percentMulFloor`): the collateral a repayment buys. */
export function percentMulDown(value: bigint, bps: bigint): bigint {
  return mulDivDown(value, bps, BASIS_POINTS);
}

/** `value x bps / 1e4` rounded up (`PercentageMath.percentMulCeil`): the protocol fee. */
export function percentMulUp(value: bigint, bps: bigint): bigint {
  return mulDivUp(value, bps, BASIS_POINTS);
}

/** `value x 1e4 / bps` rounded down (`PercentageMath.percentDivFloor`): the seized collateral without the bonus. */
export function percentDivDown(value: bigint, bps: bigint): bigint {
  return mulDivDown(value, BASIS_POINTS, bps);
}

/** `value x 1e4 / bps` rounded up (`PercentageMath.percentDivCeil`): the debt that all the collateral pays for. */
export function percentDivUp(value: bigint, bps: bigint): bigint {
  return mulDivUp(value, BASIS_POINTS, bps);
}
