const POINTS = 2000;
const GOLDEN = 0.6180339887498949;

/** Strikes beyond e^8 = 2,981 times the forward, or below its 2,981st part, are not looked at: nobody lists them. */
const FARTHEST = 8;

/**
 * Where a smooth function of log-moneyness is least within |k| <= 8: a scan of 4,001 places k = centre + scale t / (1 - t^2), |t| < 1, dense near the centre,
 * then a golden section around the lowest.
 */
export function leastPoint(
  f: (k: number) => number,
  centre: number,
  scale: number,
): { readonly k: number; readonly value: number } {
  const place = (t: number) => Math.min(FARTHEST, Math.max(-FARTHEST, centre + (scale * t) / (1 - t * t)));
  let best = 0;
  let value = f(centre);
  for (let step = -POINTS; step <= POINTS; step++) {
    const t = step / (POINTS + 1);
    const here = f(place(t));
    if (here < value) {
      value = here;
      best = t;
    }
  }
  let low = Math.max(best - 1 / POINTS, -1 + 1e-4);
  let high = Math.min(best + 1 / POINTS, 1 - 1e-4);
  for (let round = 0; round < 40; round++) {
    const left = high - GOLDEN * (high - low);
    const right = low + GOLDEN * (high - low);
    if (f(place(left)) < f(place(right))) high = right;
    else low = left;
  }
  const t = 0.5 * (low + high);
  const refined = f(place(t));
  return refined < value ? { k: place(t), value: refined } : { k: place(best), value };
}
