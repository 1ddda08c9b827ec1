import { leastPoint } from "./least-point.js";
import { logRatio } from "./normalised-black.js";

/**
 * Raw SVI of one expiry: total variance w(k) = a + b (rho (k - m) + sqrt((k - m)^2 + sigma^2)) over forward log-moneyness k = ln(strike / forward).
 * Source: Gatheral, "A parsimonious arbitrage-free implied volatility parameterization" (2004); Gatheral and Jacquier, "Arbitrage-free SVI volatility
 * surfaces", Quantitative Finance 14 (2014), definition 3.1.
 */
export interface Svi {
  readonly a: number;
  readonly b: number;
  readonly rho: number;
  readonly m: number;
  readonly sigma: number;
}

/** The smile of one expiry. */
export interface Smile {
  readonly years: number;
  readonly forward: number;
  readonly svi: Svi;
}

/** What is wrong with a smile: reported, never repaired. */
export type SmileFaultCode =
  /** b below 0, |rho| not below 1, or sigma not above 0. */
  | "parameters-out-of-range"
  /** Total variance falls below 0. */
  | "variance-negative"
  /** Durrleman's g falls below 0 within e^+-8 of the forward: a butterfly has a negative price. */
  | "butterfly-arbitrage"
  /** b (1 + |rho|) above 2: no distribution has such a wing (Lee 2004). */
  | "wing-too-steep";

/** One fault, where it is worst and by how much. */
export interface SmileFault {
  readonly code: SmileFaultCode;
  /** Forward log-moneyness; 0 where the fault has no place. */
  readonly k: number;
  /** The value that is out of bounds: the variance, g, or the wing's slope. */
  readonly value: number;
}

/** Total variance at a forward log-moneyness. */
export function totalVariance(svi: Svi, k: number): number {
  const from = k - svi.m;
  return svi.a + svi.b * (svi.rho * from + Math.sqrt(from * from + svi.sigma * svi.sigma));
}

/** Implied volatility at a strike; 0 where total variance is not positive. */
export function smileVolatility(smile: Smile, strike: number): number {
  const variance = totalVariance(smile.svi, logRatio(strike, smile.forward));
  return variance > 0 ? Math.sqrt(variance / smile.years) : 0;
}

/**
 * Durrleman's function g(k) = (1 - k w' / 2w)^2 - w'^2 / 4 (1 / w + 1 / 4) + w'' / 2: the risk-neutral density up to a positive factor.
 * Source: Gatheral and Jacquier (2014), equation 2.1 and lemma 2.2.
 */
export function durrleman(svi: Svi, k: number): number {
  const { b, rho, m, sigma } = svi;
  const from = k - m;
  const root = Math.sqrt(from * from + sigma * sigma);
  const w = totalVariance(svi, k);
  const first = b * (rho + from / root);
  const second = (b * sigma * sigma) / (root * root * root);
  const pull = 1 - (k * first) / (2 * w);
  return pull * pull - 0.25 * first * first * (1 / w + 0.25) + 0.5 * second;
}

/** Rounding of g and w: a fault counts beyond this. */
const TOLERANCE = 1e-12;

/** What is wrong with a smile; empty where it is free of arbitrage within its expiry. */
export function smileFaults(svi: Svi): readonly SmileFault[] {
  const { a, b, rho, m, sigma } = svi;
  const finite = [a, b, rho, m, sigma].every((value) => Number.isFinite(value));
  if (!finite || b < 0 || Math.abs(rho) >= 1 || sigma <= 0) {
    const value = finite ? (b < 0 ? b : sigma <= 0 ? sigma : rho) : 0;
    return [{ code: "parameters-out-of-range", k: 0, value }];
  }
  const faults: SmileFault[] = [];
  const slope = b * (1 + Math.abs(rho));
  if (slope > 2) faults.push({ code: "wing-too-steep", k: 0, value: slope });
  // w is least at m - rho sigma / sqrt(1 - rho^2).
  const across = Math.sqrt(1 - rho * rho);
  const least = a + b * sigma * across;
  if (least < -TOLERANCE)
    return [...faults, { code: "variance-negative", k: m - (rho * sigma) / across, value: least }];
  const worst = leastPoint((k) => durrleman(svi, k), m, Math.max(sigma, Math.abs(m)));
  if (worst.value < -TOLERANCE) faults.push({ code: "butterfly-arbitrage", k: worst.k, value: worst.value });
  return faults;
}
