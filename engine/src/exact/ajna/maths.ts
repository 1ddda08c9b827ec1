import { mulDivDown, mulDivHalfUp, mulDivUp } from "../rounding.js";
import { WAD } from "../scales.js";

/** Product of wads, halves up (`Maths.wmul`). */
export const wadMultiply = (a: bigint, b: bigint): bigint => mulDivHalfUp(a, b, WAD);
/** Product of wads, rounded down (`Maths.floorWmul`). */
export const wadMultiplyDown = (a: bigint, b: bigint): bigint => mulDivDown(a, b, WAD);
/** Product of wads, rounded up (`Maths.ceilWmul`). */
export const wadMultiplyUp = (a: bigint, b: bigint): bigint => mulDivUp(a, b, WAD);
/** Quotient of wads, halves up (`Maths.wdiv`). */
export const wadDivide = (a: bigint, b: bigint): bigint => mulDivHalfUp(a, WAD, b);
/** Quotient of wads, rounded down (`Maths.floorWdiv`). */
export const wadDivideDown = (a: bigint, b: bigint): bigint => mulDivDown(a, WAD, b);
/** Quotient of wads, rounded up (`Maths.ceilWdiv`). */
export const wadDivideUp = (a: bigint, b: bigint): bigint => mulDivUp(a, WAD, b);
/** An amount rounded up to a token's smallest step (`_roundUpToScale`). */
export const roundUpToScale = (amount: bigint, scale: bigint): bigint => mulDivUp(amount, 1n, scale) * scale;
/** An amount rounded down to a token's smallest step (`_roundToScale`). */
export const roundDownToScale = (amount: bigint, scale: bigint): bigint => mulDivDown(amount, 1n, scale) * scale;
