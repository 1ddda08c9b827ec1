import type { Book } from "../../book/book.js";
import { assert } from "../../book/problem.js";
import { exp } from "../../math/index.js";
import type { Layout, Mechanism, Shock } from "../../run/index.js";
import { type CheckContext, define, type Fault } from "../definition.js";
import { oneAccountFalls } from "../demonstrations.js";
import { streamOf } from "../stream-of.js";
import { type BrownianParams, brownianSchema } from "./brownian-schema.js";
import { type BrownianStep, brownianStep, correlationMatrix, drawMoves, msPerYear } from "./brownian-step.js";
import { cholesky } from "./cholesky.js";

/** Jumps per tick at most: more are no jumps but a volatility. */
const mostJumpsPerTick = 100;

interface Rows {
  readonly assets: readonly number[];
  readonly openingUsd: readonly number[];
  readonly step: BrownianStep;
  /** ln(price / opening price) so far. */
  readonly logs: Float64Array;
  readonly moves: Float64Array;
}

/** Moves fair values by correlated geometric Brownian motion with compound Poisson jumps, exact for any tick. */
export function brownian(name: string, params: BrownianParams): Mechanism<Rows> {
  return {
    name,
    open(book: Book, layout: Layout): Rows {
      const step = brownianStep(params, layout.tickMs, (part) => streamOf(`${name}: ${part}`));
      assert(step !== null, "parse has checked that the correlations are positive definite");
      const assets = params.assets.map((one) => book.assets.findIndex((asset) => asset.symbol === one.asset));
      return {
        assets,
        openingUsd: assets.map((asset) => book.assets[asset].priceUsd),
        step,
        logs: new Float64Array(assets.length),
        moves: new Float64Array(assets.length),
      };
    },
    reset(rows: Rows): void {
      rows.logs.fill(0);
    },
    shock(rows: Rows, at: Shock): void {
      at.setGas(params.gasGwei);
      drawMoves(rows.step, at.seed, at.path, at.tick, rows.moves);
      for (let row = 0; row < rows.assets.length; row++) {
        rows.logs[row] += rows.moves[row];
        at.setFair(rows.assets[row], rows.openingUsd[row] * exp(rows.logs[row]));
      }
    },
  };
}

function check(params: BrownianParams, { tickMs }: CheckContext): Fault[] {
  const faults: Fault[] = [];
  const { matrix, wrong } = correlationMatrix(params);
  for (const message of wrong) {
    const hint = "name two assets of this path, each pair once";
    faults.push({ code: "correlation-wrong", key: "correlation", message, hint });
  }
  if (faults.length === 0 && cholesky(matrix, params.assets.length) === null) {
    const message = "the correlations contradict each other: their matrix is not positive definite";
    const hint = "bring them nearer to 0; no pair may be at 1 or -1";
    faults.push({ code: "correlation-wrong", key: "correlation", message, hint });
  }
  if (params.assets.length === 0) {
    const hint = 'write "assets": { "ETH": { "volatility": "90%" } }';
    faults.push({ code: "value-missing", key: "assets", message: "no asset moves", hint });
  }
  for (const { asset, jumpMean, jumpDeviation, jumpTails } of params.assets) {
    if (jumpTails === undefined || (jumpMean === 0 && jumpDeviation === 0)) continue;
    const message = "jumps have normal sizes or exponential tails, and not both";
    const hint = "leave out logMean and logDeviation, or tails";
    faults.push({ code: "value-wrong", key: `assets.${asset}.jumps.tails`, message, hint });
  }
  for (const { asset, jumpsPerYear } of params.assets) {
    if ((jumpsPerYear * tickMs) / msPerYear <= mostJumpsPerTick) continue;
    const message = `${jumpsPerYear} jumps a year are more than ${mostJumpsPerTick} in one tick of ${tickMs} ms`;
    const hint = "make the tick shorter, or write a volatility";
    faults.push({ code: "number-out-of-range", key: `assets.${asset}.jumps.perYear`, message, hint });
  }
  return faults;
}

export const brownianDefinition = define<BrownianParams>({
  kind: "brownian",
  part: "prices",
  summary: "Correlated geometric Brownian motion with compound Poisson jumps.",
  source:
    "Merton (1976), Option pricing when underlying stock returns are discontinuous, equation 3; Kou (2002), A jump-diffusion model for option pricing, equation 1; docs/model.md",
  schema: brownianSchema,
  create: (name, params) => brownian(name, params),
  references: (params) => params.assets.map(({ asset }) => ({ key: `assets.${asset}`, kind: "asset", name: asset })),
  check,
  demonstration: {
    scenario: oneAccountFalls({
      prices: {
        shock: {
          kind: "brownian",
          calibrated: "net",
          assets: { ETH: { volatility: "300%", jumps: { perYear: 2000, logMean: -0.05, logDeviation: 0.05 } } },
        },
      },
    }),
    subject: "shock",
    measure: "volatilityPerTick",
    off: "falls",
  },
});
