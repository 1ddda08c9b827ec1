import { describe, expect, it } from "vitest";
import { Kernel, Tape, tapeKinds } from "../../run/index.js";
import { parseScenario } from "../../scenario/parse.js";
import { type Plan, runSetting, without } from "../../scenario/plan.js";
import { oneAccountFalls } from "../demonstrations.js";
import { streamOf } from "../stream-of.js";
import { type BrownianParams, brownianSchema } from "./brownian-schema.js";
import { brownianStep, drawMoves, poissonCount, tailJump } from "./brownian-step.js";

const tickMs = 3_600_000;
const years = 1 / 8760;
const draws = 100_000;

const eth = { drift: "40%", volatility: "90%", jumps: { perYear: 500, logMean: -0.03, logDeviation: 0.04 } };
const btc = { drift: -0.2, volatility: "60%", jumps: { perYear: 500, logMean: 0.01, logDeviation: 0.02 } };

function params(of: object): BrownianParams {
  return brownianSchema.parse({ kind: "brownian", calibrated: "net", ...of }) as BrownianParams;
}

/** Moves of ln price of each asset over 100,000 ticks, one per path so that paths are tested as well as ticks. */
function moves(of: object, seed = 11): Float64Array[] {
  const given = params(of);
  const step = brownianStep(given, tickMs, (part) => streamOf(`path: ${part}`));
  if (step === null) throw new Error("not positive definite");
  const into = new Float64Array(given.assets.length);
  const columns = given.assets.map(() => new Float64Array(draws));
  for (let draw = 0; draw < draws; draw++) {
    drawMoves(step, seed, draw >>> 8, draw & 255, into);
    columns.forEach((column, asset) => {
      column[draw] = into[asset];
    });
  }
  return columns;
}

const mean = (values: Float64Array) => values.reduce((sum, value) => sum + value, 0) / values.length;

/** Mean of the n-th power around the mean, and that mean's standard error from the sample itself. */
function central(values: Float64Array, power: number): { readonly value: number; readonly error: number } {
  const around = mean(values);
  const powers = values.map((value) => (value - around) ** power);
  const value = mean(powers);
  return { value, error: Math.sqrt(mean(powers.map((one) => (one - value) ** 2)) / values.length) };
}

describe("brownian", () => {
  it("default: mean and variance of ln price are (drift - volatility^2 / 2) dt and volatility^2 dt, within four standard errors", () => {
    const [column] = moves({ assets: { ETH: { drift: 40, volatility: "90%" } } });
    const variance = 0.9 * 0.9 * years;
    // Standard errors: sd / sqrt(n), and variance x sqrt(2 / n) of a normal.
    expect(Math.abs(mean(column) - (40 - 0.405) * years)).toBeLessThan(4 * Math.sqrt(variance / draws));
    expect(Math.abs(central(column, 2).value - variance)).toBeLessThan(4 * variance * Math.sqrt(2 / draws));
    // Skewness 0 and kurtosis 3: standard errors sqrt(6 / n) and sqrt(24 / n).
    expect(Math.abs(central(column, 3).value / variance ** 1.5)).toBeLessThan(4 * Math.sqrt(6 / draws));
    expect(Math.abs(central(column, 4).value / variance ** 2 - 3)).toBeLessThan(4 * Math.sqrt(24 / draws));
  });

  it("behavior: the expected price grows by the drift", () => {
    const [column] = moves({ assets: { ETH: { drift: 40, volatility: "500%" } } });
    const growth = column.map((move) => Math.exp(move));
    const error = Math.sqrt(central(growth, 2).value / draws);
    expect(Math.abs(mean(growth) - Math.exp(40 * years))).toBeLessThan(4 * error);
  });

  it("behavior: with jumps the first four cumulants are those of Merton's process", () => {
    const [column] = moves({ assets: { ETH: eth } });
    const rate = 500 * years;
    const [m, s] = [-0.03, 0.04];
    const cumulant = [
      (0.4 - 0.405) * years + rate * m,
      0.81 * years + rate * (m * m + s * s),
      rate * (m ** 3 + 3 * m * s * s),
      rate * (m ** 4 + 6 * m * m * s * s + 3 * s ** 4),
    ];
    const second = central(column, 2);
    const third = central(column, 3);
    const fourth = central(column, 4);
    expect(Math.abs(mean(column) - cumulant[0])).toBeLessThan(4 * Math.sqrt(cumulant[1] / draws));
    expect(Math.abs(second.value - cumulant[1])).toBeLessThan(4 * second.error);
    expect(Math.abs(third.value - cumulant[2])).toBeLessThan(4 * third.error);
    expect(Math.abs(fourth.value - 3 * second.value ** 2 - cumulant[3])).toBeLessThan(4 * fourth.error);
  });

  it("behavior: with exponential tails the first four cumulants are those of Kou's process", () => {
    const tails = { downShare: "30%", down: 0.05, up: 0.02 };
    const [column] = moves({ assets: { ETH: { volatility: "90%", jumps: { perYear: 500, tails } } } });
    const rate = 500 * years;
    // n! (p (-down)^n + (1 - p) up^n): the n-th moment of one jump.
    const moment = (n: number, factorial: number) => factorial * (0.3 * (-0.05) ** n + 0.7 * 0.02 ** n);
    const cumulant = [
      -0.405 * years + rate * moment(1, 1),
      0.81 * years + rate * moment(2, 2),
      rate * moment(3, 6),
      rate * moment(4, 24),
    ];
    const second = central(column, 2);
    const third = central(column, 3);
    const fourth = central(column, 4);
    expect(Math.abs(mean(column) - cumulant[0])).toBeLessThan(4 * Math.sqrt(cumulant[1] / draws));
    expect(Math.abs(second.value - cumulant[1])).toBeLessThan(4 * second.error);
    expect(Math.abs(third.value - cumulant[2])).toBeLessThan(4 * third.error);
    expect(Math.abs(fourth.value - 3 * second.value ** 2 - cumulant[3])).toBeLessThan(4 * fourth.error);
  });

  it("behavior: a tail jump inverts its distribution function; one side only where the other has no probability", () => {
    const tails = { downShare: 0.3, downMean: 0.05, upMean: 0.02 };
    const below = (x: number) => (x < 0 ? 0.3 * Math.exp(x / 0.05) : 1 - 0.7 * Math.exp(-x / 0.02));
    for (const draw of [2 ** -53, 0.01, 0.299999, 0.3, 0.5, 0.999, 1 - 2 ** -53]) {
      const jump = tailJump(tails, draw);
      expect(below(jump)).toBeCloseTo(draw, 14);
      expect(tailJump({ ...tails, downShare: 1 }, draw)).toBeLessThan(0);
      expect(tailJump({ ...tails, downShare: 0 }, draw)).toBeGreaterThan(0);
    }
  });

  it("limit: the draws of jumps with tails change no other draw: between jumps the path is the same", () => {
    const [plain] = moves({ assets: { ETH: { volatility: "90%" } } });
    const tails = { downShare: "30%", down: 0.05, up: 0.02 };
    const [jumping] = moves({ assets: { ETH: { volatility: "90%", jumps: { perYear: 500, tails } } } });
    const same = plain.filter((move, row) => move === jumping[row]).length;
    // The share of ticks without a jump, within four standard errors.
    const calm = Math.exp(-500 * years);
    expect(Math.abs(same / draws - calm)).toBeLessThan(4 * Math.sqrt((calm * (1 - calm)) / draws));
  });

  it("behavior: Brownian parts are correlated as stated, jumps are not unless they share a clock", () => {
    const pair = (jumps: boolean, together: boolean) => {
      const quiet = (of: { jumps: object; volatility: string }) => (jumps ? of : { volatility: of.volatility });
      const correlation = jumps ? {} : { ETH: { BTC: 0.8 } };
      const [first, second] = moves({
        assets: { BTC: quiet(btc), ETH: quiet(eth) },
        correlation,
        jumpsTogether: together,
      });
      const [a, b] = [mean(first), mean(second)];
      const cross = mean(first.map((value, row) => (value - a) * (second[row] - b)));
      return { cross, correlation: cross / Math.sqrt(central(first, 2).value * central(second, 2).value) };
    };
    // Standard error of a correlation: (1 - r^2) / sqrt(n).
    expect(Math.abs(pair(false, false).correlation - 0.8)).toBeLessThan(4 * (0.36 / Math.sqrt(draws)));
    expect(Math.abs(pair(true, false).correlation)).toBeLessThan(4 / Math.sqrt(draws));
    // One clock: counts are the same, so the covariance is rate x mean x mean, with both means' signs.
    const shared = pair(true, true).cross;
    expect(Math.abs(shared - 500 * years * -0.03 * 0.01)).toBeLessThan(4 * Math.sqrt((0.0002 * 0.00008) / draws) * 4);
  });

  it("behavior: the count of jumps is Poisson, at small means and large ones", () => {
    for (const expected of [0.05, 3, 60]) {
      const counts = Float64Array.from({ length: draws }, (_, draw) => poissonCount(expected, (draw + 0.5) / draws));
      // The draws are the points of an even grid, so only the discreteness of the count is left: below 1e-3 of it.
      expect(Math.abs(mean(counts) / expected - 1)).toBeLessThan(2e-3);
      expect(Math.abs(central(counts, 2).value / expected - 1)).toBeLessThan(5e-3);
    }
    expect(poissonCount(100, 1 - 2 ** -53)).toBeLessThan(300);
  });

  it("behavior: rescale is a factor on every log move", () => {
    const [whole] = moves({ assets: { ETH: eth } });
    const [half] = moves({ assets: { ETH: eth }, rescale: "50%" });
    expect(half[5]).toBeCloseTo(whole[5] / 2, 15);
    expect(Math.sqrt(central(half, 2).value / central(whole, 2).value)).toBeCloseTo(0.5, 12);
  });

  const scenario = (path: object, variant: object = {}) =>
    parseScenario(
      oneAccountFalls({ prices: { shock: { kind: "brownian", calibrated: "net", ...path } }, ...variant }),
      () => ({ problems: [] }),
    );
  const plan = (...args: Parameters<typeof scenario>): Plan => {
    const result = scenario(...args);
    if ("problems" in result) throw new Error(JSON.stringify(result.problems));
    return result.plan;
  };
  const fair = (of: Plan, seed: number, path: number) => {
    const tape = new Tape(true);
    new Kernel(runSetting(of), tape).run(seed, path);
    return tape.kept.filter((row) => row.kind === tapeKinds.price && row.a === 0).map((row) => row.x);
  };

  it("behavior: draws are common when another mechanism is added or switched off, and differ by seed and path", () => {
    const owners = { kind: "owners", protocol: "lender", share: "50%", reaction: "5 min" };
    const full = plan({ assets: { ETH: eth } }, { pressure: { another: owners } });
    const path = fair(full, 3, 4);
    // "another" sorts before "shock": a stream that was numbered by rank would move.
    expect(fair(without(full, "another"), 3, 4)).toEqual(path);
    expect(fair(plan({ assets: { ETH: eth } }), 3, 4)).toEqual(path);
    expect(fair(full, 3, 5)[0]).not.toBe(path[0]);
    expect(fair(full, 4, 4)[0]).not.toBe(path[0]);
  });

  it("limit: no volatility and no jumps is the drift alone", () => {
    const path = fair(plan({ assets: { ETH: { volatility: "0%", drift: "-100%" } } }), 1, 0);
    expect(path[path.length - 1]).toBeCloseTo(2000 * Math.exp(-2 / 8760), 9);
  });

  it("error: correlation-wrong, value-missing, number-out-of-range, unknown-asset", () => {
    const codes = (path: object) => {
      const result = scenario(path);
      return "problems" in result ? result.problems.map(({ code, path: at }) => `${at} ${code}`) : [];
    };
    const two = { ETH: { volatility: 1 }, USD: { volatility: 0.01 } };
    expect(codes({ assets: two, correlation: { ETH: { USD: 1 } } })).toEqual([
      "prices.shock.correlation correlation-wrong",
    ]);
    expect(codes({ assets: two, correlation: { ETH: { BTC: 0.5 } } })).toEqual([
      "prices.shock.correlation correlation-wrong",
    ]);
    expect(codes({ assets: two, correlation: { ETH: { USD: 0.5 }, USD: { ETH: 0.5 } } })).toEqual([
      "prices.shock.correlation correlation-wrong",
    ]);
    expect(codes({ assets: {} })).toEqual(["prices.shock.assets value-missing"]);
    expect(codes({ assets: { DOGE: { volatility: 1 } } })).toEqual(["prices.shock.assets.DOGE unknown-asset"]);
    expect(codes({ assets: { ETH: { volatility: 1 } }, calibrated: "roughly" })).toEqual([
      "prices.shock.calibrated value-wrong",
    ]);
    const tails = { downShare: 0.5, down: 0.04, up: 0.04 };
    expect(codes({ assets: { ETH: { volatility: 1, jumps: { perYear: 1, tails } } } })).toEqual([]);
    expect(codes({ assets: { ETH: { volatility: 1, jumps: { perYear: 1, logMean: -0.1, tails } } } })).toEqual([
      "prices.shock.assets.ETH.jumps.tails value-wrong",
    ]);
    const noSize = { ...tails, down: 0 };
    expect(codes({ assets: { ETH: { volatility: 1, jumps: { perYear: 1, tails: noSize } } } })).toEqual([
      "prices.shock.assets.ETH.jumps.tails.down number-out-of-range",
    ]);
    const often = { volatility: 1, jumps: { perYear: 1e7 } };
    expect(codes({ assets: { ETH: often } })).toEqual([]);
    const hourly = { clock: { tick: "1 day", duration: "2 day" } };
    const result = scenario({ assets: { ETH: often } }, hourly);
    expect("problems" in result ? result.problems.map(({ path }) => path) : []).toEqual([
      "prices.shock.assets.ETH.jumps.perYear",
    ]);
  });
});
