// An option's price and Greeks written apart from engine/src/options: no error function and no formula for a Greek. The price is an integral whose
// integrand is positive, D K integral over u > 0 of |e^(e s u) - 1| phi(u - e d2), e = 1 for a call and -1 for a put, s = sigma sqrt T; Gauss-Legendre panels
// give it and its derivatives to s and d2, and second-order jets in spot, volatility, time and rate carry them through s, d2 and D.

export interface ReferenceGreeks {
  price: number;
  delta: number;
  gamma: number;
  vega: number;
  theta: number;
  rho: number;
  vanna: number;
  volga: number;
  charm: number;
}

const POINTS = 20;
const nodes: number[] = [];
const weights: number[] = [];
for (let i = 0; i < POINTS; i++) {
  let x = Math.cos((Math.PI * (i + 0.75)) / (POINTS + 0.5));
  let slope = 1;
  for (let round = 0; round < 60; round++) {
    let before = 1;
    let here = x;
    for (let n = 2; n <= POINTS; n++) [before, here] = [here, ((2 * n - 1) * x * here - (n - 1) * before) / n];
    slope = (POINTS * (x * here - before)) / (x * x - 1);
    x -= here / slope;
  }
  nodes.push(x);
  weights.push(2 / ((1 - x * x) * slope * slope));
}

/**
 * The integral and its derivatives to s and d2: value, s, d2, s s, s d2, d2 d2. Derivatives to d2 are integrated by parts, so that integrands stay positive.
 */
function integrals(sign: number, s: number, d2: number): number[] {
  let gains = 0;
  let plain = 0;
  let once = 0;
  let twice = 0;
  const shift = sign * d2;
  // e^(sign s u) phi(u - shift) peaks at shift + sign s; beyond ten of it nothing is left, relative to the value even in a wing.
  const end = Math.max(0, shift, shift + sign * s) + 10;
  const panels = Math.ceil(end);
  const half = end / panels / 2;
  for (let panel = 0; panel < panels; panel++) {
    for (let i = 0; i < POINTS; i++) {
      const u = half * (2 * panel + 1 + nodes[i]);
      const weight = weights[i] * half * bell(u - shift);
      const grown = weight * Math.exp(sign * s * u);
      gains += weight * sign * Math.expm1(sign * s * u);
      plain += grown;
      once += u * grown;
      twice += u * u * grown;
    }
  }
  return [gains, once, sign * s * plain, sign * twice, sign * plain + s * once, s * bell(d2) + sign * s * s * plain];
}

const bell = (z: number) => Math.exp(-0.5 * z * z) / Math.sqrt(2 * Math.PI);

/** A function of spot, volatility, time, rate to second order: value, gradient, upper half of the Hessian (0-0, 0-1, 0-2, 0-3, 1-1, ...). */
interface Jet {
  value: number;
  first: number[];
  second: number[];
}

const pairs: [number, number][] = [];
for (let i = 0; i < 4; i++) for (let j = i; j < 4; j++) pairs.push([i, j]);

const variable = (value: number, index: number): Jet => ({
  value,
  first: [0, 1, 2, 3].map((i) => (i === index ? 1 : 0)),
  second: pairs.map(() => 0),
});
const apply = (x: Jet, value: number, slope: number, bend: number): Jet => ({
  value,
  first: x.first.map((one) => slope * one),
  second: pairs.map(([i, j], at) => slope * x.second[at] + bend * x.first[i] * x.first[j]),
});
const plus = (x: Jet, y: Jet, share = 1): Jet => ({
  value: x.value + share * y.value,
  first: x.first.map((one, i) => one + share * y.first[i]),
  second: x.second.map((one, i) => one + share * y.second[i]),
});
const times = (x: Jet, y: Jet): Jet => ({
  value: x.value * y.value,
  first: x.first.map((one, i) => one * y.value + x.value * y.first[i]),
  second: pairs.map(
    ([i, j], at) => x.second[at] * y.value + x.value * y.second[at] + x.first[i] * y.first[j] + x.first[j] * y.first[i],
  ),
});
const scaled = (x: Jet, factor: number) => apply(x, factor * x.value, factor, 0);
const root = (x: Jet) => apply(x, Math.sqrt(x.value), 0.5 / Math.sqrt(x.value), -0.25 / x.value ** 1.5);
const over = (x: Jet) => apply(x, 1 / x.value, -1 / x.value ** 2, 2 / x.value ** 3);
const grow = (x: Jet) => apply(x, Math.exp(x.value), Math.exp(x.value), Math.exp(x.value));

export function referenceGreeks(
  isCall: boolean,
  spot: number,
  strike: number,
  years: number,
  volatility: number,
  rate: number,
  dividend: number,
): ReferenceGreeks {
  const sigma = variable(volatility, 1);
  const time = variable(years, 2);
  const s = times(sigma, root(time));
  // ln(spot / strike), as log1p where they are close.
  const near = Math.abs(spot - strike) < strike / 2;
  const logRatio = near ? Math.log1p((spot - strike) / strike) : Math.log(spot / strike);
  const moneyness = apply(variable(spot, 0), logRatio, 1 / spot, -1 / spot ** 2);
  const r = variable(rate, 3);
  const drift = plus(times(r, time), time, -dividend);
  const d2 = plus(times(plus(moneyness, drift), over(s)), s, -0.5);
  // The side out of the money is integrated; put-call parity gives the other.
  const isCallOut = logRatio + drift.value <= 0;
  const value = integrals(isCallOut ? 1 : -1, s.value, d2.value);
  const integral: Jet = {
    value: value[0],
    first: s.first.map((one, i) => value[1] * one + value[2] * d2.first[i]),
    second: pairs.map(
      ([i, j], at) =>
        value[1] * s.second[at] +
        value[2] * d2.second[at] +
        value[3] * s.first[i] * s.first[j] +
        value[4] * (s.first[i] * d2.first[j] + s.first[j] * d2.first[i]) +
        value[5] * d2.first[i] * d2.first[j],
    ),
  };
  const bond = scaled(grow(scaled(times(r, time), -1)), strike);
  const asset = times(variable(spot, 0), grow(scaled(time, -dividend)));
  const out = times(bond, integral);
  const price = isCall === isCallOut ? out : plus(plus(out, asset, isCall ? 1 : -1), bond, isCall ? -1 : 1);
  const second = (i: number, j: number) => price.second[pairs.findIndex(([x, y]) => x === i && y === j)];
  return {
    price: price.value,
    delta: price.first[0],
    gamma: second(0, 0),
    vega: price.first[1],
    theta: -price.first[2],
    rho: price.first[3],
    vanna: second(0, 1),
    volga: second(1, 1),
    charm: -second(0, 2),
  };
}
