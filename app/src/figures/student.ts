/**
 * The two-sided 95 % point of Student's t: the t with P(|T| <= t) = 0.95, by bisection on the distribution function, which is a finite sum of
 * trigonometric terms for whole degrees of freedom (Abramowitz and Stegun 26.7.3 and 26.7.4). `freedom` is whole and at least 1.
 */
export function studentCritical(freedom: number): number {
  let low = 0;
  let high = 20;
  for (let step = 0; step < 60; step++) {
    const middle = (low + high) / 2;
    if (withinShare(middle, freedom) < 0.95) low = middle;
    else high = middle;
  }
  return (low + high) / 2;
}

/** P(|T| <= t). */
function withinShare(t: number, freedom: number): number {
  const angle = Math.atan(t / Math.sqrt(freedom));
  const cosine = Math.cos(angle);
  const even = freedom % 2 === 0;
  let term = even ? 1 : cosine;
  let sum = freedom === 1 ? 0 : term;
  for (let power = even ? 2 : 3; power <= freedom - 2; power += 2) {
    term *= (cosine * cosine * (power - 1)) / power;
    sum += term;
  }
  const partial = Math.sin(angle) * sum;
  return even ? partial : (2 / Math.PI) * (angle + partial);
}
