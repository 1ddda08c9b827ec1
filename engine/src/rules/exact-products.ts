/** Limbs of 24 bits: products of two and their sums stay below 2^53. */
const limb = 16_777_216;

/** Beyond this relative distance two rounded products of up to five factors are surely in their true order. */
const surely = 1e-13;

/**
 * The sign of a product of whole numbers (0 to 2^53 each, at most five) less another, exactly: -1, 0 or 1. Rounded products decide where they are far apart,
 * limbs where they are close: fractions are compared by cross-multiplication without losing a unit.
 */
export function compareProducts(a: readonly number[], b: readonly number[]): number {
  const roundedA = rounded(a);
  const roundedB = rounded(b);
  const distance = roundedA - roundedB;
  if (Math.abs(distance) > surely * Math.max(roundedA, roundedB)) return distance < 0 ? -1 : 1;
  const limbsA = limbsOf(a);
  const limbsB = limbsOf(b);
  for (let place = Math.max(limbsA.length, limbsB.length) - 1; place >= 0; place--) {
    const difference = (limbsA[place] ?? 0) - (limbsB[place] ?? 0);
    if (difference !== 0) return difference < 0 ? -1 : 1;
  }
  return 0;
}

function rounded(factors: readonly number[]): number {
  let product = 1;
  for (const factor of factors) product *= factor;
  return product;
}

function limbsOf(factors: readonly number[]): number[] {
  let product = [1];
  for (const factor of factors) {
    const other = [factor % limb, Math.floor(factor / limb) % limb, Math.floor(factor / (limb * limb))];
    const next = new Array<number>(product.length + 3).fill(0);
    for (let i = 0; i < product.length; i++) {
      let carry = 0;
      for (let j = 0; j < 3; j++) {
        const sum = next[i + j] + product[i] * other[j] + carry;
        next[i + j] = sum % limb;
        carry = Math.floor(sum / limb);
      }
      next[i + 3] += carry;
    }
    product = next;
  }
  return product;
}
