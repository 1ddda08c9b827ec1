/** A value's place in pixels, rounded to a tenth. */
export type Scale = (value: number) => number;

/** Straight from [low, high] to [from, to]. */
export function linear(low: number, high: number, from: number, to: number): Scale {
  const width = high === low ? 1 : high - low;
  return (value) => tenth(from + ((value - low) / width) * (to - from));
}

/** Straight in the logarithm. */
export function logarithmic(low: number, high: number, from: number, to: number): Scale {
  const inner = linear(Math.log(low), Math.log(high), from, to);
  return (value) => inner(Math.log(value));
}

/** Straight in the square root, from 0: small amounts stay visible beside large ones. */
export function squareRoot(high: number, from: number, to: number): Scale {
  const inner = linear(0, Math.sqrt(high), from, to);
  return (value) => inner(Math.sqrt(Math.max(0, value)));
}

/** A number rounded to a tenth of a pixel. */
export function tenth(value: number): number {
  return Math.round(10 * value) / 10;
}

/** Round values (1, 2, 5 times a power of ten apart) in [low, high], about `count` of them. */
export function ticks(low: number, high: number, count: number): number[] {
  const span = high - low;
  if (!(span > 0)) return [low];
  const rough = span / Math.max(1, count);
  const power = 10 ** Math.floor(Math.log10(rough));
  const step = [1, 2, 5, 10].map((one) => one * power).find((one) => one >= rough) ?? 10 * power;
  const found: number[] = [];
  for (let tick = Math.ceil(low / step); tick * step <= high * (1 + 1e-12); tick++) found.push(tick * step);
  return found;
}

/** Values of 1, 2 and 5 times powers of ten up to `high` whose places on a scale are at least `apart` pixels from each other and from 0. */
export function spacedTicks(scale: Scale, high: number, apart: number): number[] {
  const candidates: number[] = [];
  const top = Math.floor(Math.log10(high));
  for (let power = top - 4; power <= top; power++) for (const one of [1, 2, 5]) candidates.push(one * 10 ** power);
  const found: number[] = [];
  let last = Number.POSITIVE_INFINITY;
  for (const value of candidates.filter((one) => one <= high).reverse()) {
    const place = Math.abs(scale(value) - scale(0));
    if (place < apart || Math.abs(last - place) < apart) continue;
    found.push(value);
    last = place;
  }
  return found.reverse();
}

/** Places moved apart so that neighbours are at least `apart` from each other, within [low, high]; the order stays. */
export function spread(places: readonly number[], apart: number, low: number, high: number): number[] {
  const order = places.map((_, index) => index).sort((a, b) => places[a] - places[b]);
  const moved = [...places];
  let least = low;
  for (const index of order) {
    moved[index] = Math.max(places[index], least);
    least = moved[index] + apart;
  }
  let most = high;
  for (const index of order.reverse()) {
    moved[index] = Math.min(moved[index], most);
    most = moved[index] - apart;
  }
  return moved.map(tenth);
}
