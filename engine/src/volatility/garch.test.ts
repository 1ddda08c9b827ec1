import { describe, expect, it } from "vitest";
import { fillNormal } from "../math/index.js";
import { fitGarch, type GarchFit, garchLogLikelihood } from "./garch.js";
import { type GarchParameters, isFaulty } from "./index.js";

const seed = 20_261_122;

/** Returns of a known process, the first variance its long-run one. */
function simulated({ mu, omega, alpha, beta }: GarchParameters, count: number, path: number): Float64Array {
  const returns = new Float64Array(count);
  fillNormal(returns, seed, path, 0, 0);
  let variance = omega / (1 - alpha - beta);
  for (let row = 0; row < count; row++) {
    const residual = Math.sqrt(variance) * returns[row];
    returns[row] = mu + residual;
    variance = omega + alpha * residual * residual + beta * variance;
  }
  return returns;
}

function fitted(returns: ArrayLike<number>): GarchFit {
  const fit = fitGarch(returns);
  if (isFaulty(fit)) throw new Error(fit.faults[0].message);
  return fit;
}

const keys = ["mu", "omega", "alpha", "beta"] as const;

describe("GARCH(1,1)", () => {
  it("behavior: where a few wild days make up nearly all variance, the fit is at least as likely as what made the returns", () => {
    // Every twentieth shock four times as large: the sum of alpha and beta is 1, and variance explodes.
    for (const path of [6, 15, 22, 24, 29, 46, 49, 51, 59]) {
      const returns = new Float64Array(300);
      fillNormal(returns, path, 0, 0, 0);
      let variance = 1e-4;
      for (let row = 0; row < returns.length; row++) {
        returns[row] *= Math.sqrt(variance) * (row % 20 === 10 ? 4 : 1);
        variance = 1e-6 + 0.3 * returns[row] * returns[row] + 0.7 * variance;
      }
      const made = garchLogLikelihood(returns, { mu: 0, omega: 1e-6, alpha: 0.3, beta: 0.7 });
      expect(fitted(returns).logLikelihood, `${path}`).toBeGreaterThan(made);
    }
  });

  it("default: a simulated process is found within four standard errors", () => {
    const truth = { mu: 0.0005, omega: 0.000002, alpha: 0.08, beta: 0.9 };
    for (let path = 0; path < 5; path++) {
      const fit = fitted(simulated(truth, 4000, path));
      expect(fit.end, `seed ${seed}, path ${path}`).toBe("interior");
      for (const key of keys) {
        const error = fit.standardErrors?.[key] ?? 0;
        expect(error).toBeGreaterThan(0);
        expect(Math.abs(fit[key] - truth[key]), `seed ${seed}, path ${path}, ${key}`).toBeLessThan(4 * error);
      }
    }
  });

  it("behavior: standard errors are those of a Hessian by differences", () => {
    const returns = simulated({ mu: 0, omega: 0.1, alpha: 0.15, beta: 0.75 }, 1500, 9);
    const fit = fitted(returns);
    const at = (moves: readonly number[]) => {
      const place = { mu: 0, omega: 0, alpha: 0, beta: 0 };
      keys.forEach((key, row) => {
        place[key] = fit[key] + moves[row];
      });
      return garchLogLikelihood(returns, place);
    };
    const steps = keys.map((key) => 0.005 * (fit.standardErrors?.[key] ?? 0));
    const unit = (row: number) => steps.map((step, column) => (row === column ? step : 0));
    const plus = (a: readonly number[], b: readonly number[], sign: number) => a.map((one, row) => one + sign * b[row]);
    const minusHessian = keys.map((_, row) =>
      keys.map((__, column) => {
        const [a, b] = [unit(row), unit(column)];
        const back = a.map((one) => -one);
        const crossed = at(plus(a, b, 1)) - at(plus(a, b, -1)) - at(plus(back, b, 1)) + at(plus(back, b, -1));
        return -crossed / (4 * steps[row] * steps[column]);
      }),
    );
    // Each error solves minusHessian x = unit.
    keys.forEach((key, row) => {
      const inverse = inverted(minusHessian);
      expect(Math.sqrt(inverse[row][row]) / (fit.standardErrors?.[key] ?? 0)).toBeCloseTo(1, 3);
    });
  });

  it("behavior: another unit of the returns scales the parameters and nothing else", () => {
    const returns = simulated({ mu: 0.05, omega: 0.1, alpha: 0.1, beta: 0.8 }, 1000, 3);
    const whole = fitted(returns);
    const hundredth = fitted(returns.map((one) => one / 100));
    expect(hundredth.alpha).toBeCloseTo(whole.alpha, 9);
    expect(hundredth.beta).toBeCloseTo(whole.beta, 9);
    expect(hundredth.omega * 10_000).toBeCloseTo(whole.omega, 9);
    expect(hundredth.nextVolatility * 100).toBeCloseTo(whole.nextVolatility, 9);
  });

  it("behavior: the log-likelihood reported is that of the parameters reported", () => {
    const returns = simulated({ mu: 0, omega: 0.1, alpha: 0.1, beta: 0.8 }, 500, 4);
    const fit = fitted(returns);
    expect(garchLogLikelihood(returns, fit)).toBeCloseTo(fit.logLikelihood, 8);
  });

  it("limit: where volatility does not cluster it says so and stays within its bounds", () => {
    for (let path = 20; path < 30; path++) {
      const returns = simulated({ mu: 0, omega: 1, alpha: 0, beta: 0 }, 300, path);
      const fit = fitted(returns);
      expect(fit.alpha, `path ${path}`).toBeGreaterThanOrEqual(0);
      expect(fit.beta).toBeGreaterThanOrEqual(0);
      expect(fit.persistence).toBeLessThan(1);
      expect(Number.isFinite(fit.logLikelihood)).toBe(true);
      // A constant variance is within what is searched.
      const constant = { mu: fit.mu, omega: 1e-12, alpha: 0, beta: 1 - 1e-12 };
      expect(fit.logLikelihood).toBeGreaterThanOrEqual(garchLogLikelihood(returns, constant) - 1e-6);
    }
  });

  it("limit: where volatility grows without end there is no long-run volatility, and the end says so", () => {
    const growing = simulated({ mu: 0, omega: 1, alpha: 0, beta: 0 }, 400, 40).map((one, row) => one * (1 + row));
    const fit = fitted(growing);
    expect(fit).toMatchObject({ end: "boundary", longRunVolatility: null });
    expect(Number.isFinite(fit.nextVolatility)).toBe(true);
    // Greatest along the edge: a little more of one and as much less of the other weight is worse.
    for (const move of [-0.002, 0.002]) {
      const beside = { ...fit, alpha: fit.alpha + move, beta: fit.beta - move };
      expect(garchLogLikelihood(growing, beside)).toBeLessThan(fit.logLikelihood);
    }
  });

  it("error: series-short, series-flat, number-not-finite", () => {
    expect(fitGarch([1, 2])).toMatchObject({ faults: [{ row: -1, code: "series-short" }] });
    expect(fitGarch(new Float64Array(60).fill(0.1))).toMatchObject({ faults: [{ row: -1, code: "series-flat" }] });
    const holed = simulated({ mu: 0, omega: 1, alpha: 0, beta: 0 }, 60, 1);
    holed[7] = Number.NaN;
    expect(fitGarch(holed)).toMatchObject({ faults: [{ row: 7, code: "number-not-finite" }] });
  });
});

/** The inverse of a small matrix by Gauss and Jordan. */
function inverted(matrix: readonly (readonly number[])[]): number[][] {
  const size = matrix.length;
  const work = matrix.map((row, index) => [...row, ...matrix.map((_, column) => (column === index ? 1 : 0))]);
  for (let pivot = 0; pivot < size; pivot++) {
    const scale = work[pivot][pivot];
    work[pivot] = work[pivot].map((one) => one / scale);
    for (let row = 0; row < size; row++) {
      if (row === pivot) continue;
      const factor = work[row][pivot];
      work[row] = work[row].map((one, column) => one - factor * work[pivot][column]);
    }
  }
  return work.map((row) => row.slice(size));
}
