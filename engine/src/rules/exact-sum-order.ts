/** Limbs of 24 bits: products of two and their sums stay below 2^53. */
const limb = 16_777_216;

/**
 * The sign of one sum of products of whole numbers (0 to 2^53 each) less another, exactly: -1, 0 or 1. Slow: for the few cases in which rounded sums are too close
 * to tell.
 */
export function compareSums(a: readonly (readonly number[])[], b: readonly (readonly number[])[]): number {
  const left = sumOf(a);
  const right = sumOf(b);
  for (let place = Math.max(left.length, right.length) - 1; place >= 0; place--) {
    const difference = (left[place] ?? 0) - (right[place] ?? 0);
    if (difference !== 0) return difference < 0 ? -1 : 1;
  }
  return 0;
}

function sumOf(products: readonly (readonly number[])[]): number[] {
  const sum: number[] = [];
  for (const factors of products) {
    productOf(factors).forEach((part, place) => {
      sum[place] = (sum[place] ?? 0) + part;
    });
  }
  return carried(sum);
}

function productOf(factors: readonly number[]): number[] {
  let product = [1];
  for (const factor of factors) {
    const parts = [factor % limb, Math.floor(factor / limb) % limb, Math.floor(factor / (limb * limb))];
    const next = new Array<number>(product.length + parts.length).fill(0);
    product.forEach((one, place) => {
      parts.forEach((other, shift) => {
        const whole = one * other;
        next[place + shift] += whole % limb;
        next[place + shift + 1] = (next[place + shift + 1] ?? 0) + Math.floor(whole / limb);
      });
    });
    product = carried(next);
  }
  return product;
}

function carried(limbs: number[]): number[] {
  let carry = 0;
  for (let place = 0; place < limbs.length || carry > 0; place++) {
    const sum = (limbs[place] ?? 0) + carry;
    limbs[place] = sum % limb;
    carry = Math.floor(sum / limb);
  }
  return limbs;
}
