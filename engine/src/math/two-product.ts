/** 2^27 + 1: cuts 53 significant bits into halves of at most 26, whose products are exact (Veltkamp 1968). */
const SPLITTER = 134217729;

/**
 * What rounding took from a product: `a * b` is exactly `product + twoProductError(a, b, product)` when
 * `product` is the rounded `a * b`. Exact while neither factor exceeds 2^995 and the product's last bit is
 * not subnormal. Source: Dekker, "A floating-point technique for extending the available precision",
 * Numerische Mathematik 18 (1971), section 5.
 */
export function twoProductError(a: number, b: number, product: number): number {
  const aShift = SPLITTER * a;
  const aHigh = aShift - (aShift - a);
  const aLow = a - aHigh;
  const bShift = SPLITTER * b;
  const bHigh = bShift - (bShift - b);
  const bLow = b - bHigh;
  // The order matters: each partial sum is exact only when the largest part goes first.
  return aLow * bLow - (product - aHigh * bHigh - aLow * bHigh - aHigh * bLow);
}
