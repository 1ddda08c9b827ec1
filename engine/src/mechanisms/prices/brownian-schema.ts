import { z } from "zod";
import { quantity } from "../../book/index.js";

/** Geometric Brownian motion with compound Poisson jumps of one asset; everything per year of 365 days. */
export interface BrownianAsset {
  readonly asset: string;
  /** Growth per year of the expected price, jumps left out. */
  readonly drift: number;
  /** Standard deviation of ln price per square root of a year, jumps left out. */
  readonly volatility: number;
  readonly jumpsPerYear: number;
  /** Mean and standard deviation of a jump of ln price. */
  readonly jumpMean: number;
  readonly jumpDeviation: number;
  /** In their place: exponential sizes on both sides. */
  readonly jumpTails?: JumpTails;
}

/** Double-exponential jump sizes of ln price. Source: Kou, Management Science 48 (2002), equation 1. */
export interface JumpTails {
  /** Probability that a jump is down. */
  readonly downShare: number;
  /** Mean size of a jump down and of a jump up, both positive. */
  readonly downMean: number;
  readonly upMean: number;
}

/** Correlation of the Brownian parts of two assets. */
export interface BrownianCorrelation {
  readonly first: string;
  readonly second: string;
  readonly value: number;
}

/** Parameters of a Brownian path with every default filled in. */
export interface BrownianParams {
  /** gross: fitted to returns that hold their day's forced sales. net: to returns without them (docs/model.md). */
  readonly calibrated: "gross" | "net";
  /** Factor on every move of ln price: what shrinks a gross fit so that with the loop it has the observed variance. */
  readonly rescale: number;
  /** By symbol. */
  readonly assets: readonly BrownianAsset[];
  readonly correlations: readonly BrownianCorrelation[];
  /** One clock for everybody's jumps: assets jump in the same ticks, each by its own size. */
  readonly jumpsTogether: boolean;
  readonly gasGwei: number;
}

const asset = z.strictObject({
  drift: quantity
    .share({ bare: true, least: -100, most: 100 })
    .default(0)
    .describe("Growth per year of the expected price, jumps left out."),
  volatility: quantity.share({ bare: true, most: 100 }).describe("Per year, jumps left out."),
  jumps: z
    .strictObject({
      perYear: quantity.number({ least: 0, most: 1e7 }).describe("Jumps per year."),
      logMean: quantity.number({ least: -10, most: 10 }).default(0).describe("Mean jump of ln price."),
      logDeviation: quantity.number({ least: 0, most: 10 }).default(0).describe("Its standard deviation."),
      tails: z
        .strictObject({
          downShare: quantity.share({ bare: true }).describe("Probability that a jump is down."),
          down: quantity.number({ above: 0, most: 10 }).describe("Mean size of a jump down, in ln price."),
          up: quantity.number({ above: 0, most: 10 }).describe("Mean size of a jump up, in ln price."),
        })
        .optional()
        .describe("In place of normal sizes: exponential ones on both sides (Kou 2002)."),
    })
    .optional()
    .describe("Compound Poisson jumps with normal sizes in log price (Merton 1976), or with `tails` (Kou 2002)."),
});

/** How a scenario writes a Brownian path. */
export const brownianSchema = z
  .strictObject({
    kind: z.literal("brownian"),
    calibrated: z
      .enum(["gross", "net"])
      .describe("gross: fitted to returns that hold their day's forced sales. net: to returns without them."),
    rescale: quantity
      .share({ bare: true, above: 0, most: 10 })
      .default(1)
      .describe("Factor on every log move; below 1 where a gross fit runs under the loop."),
    assets: z.record(z.string(), asset).describe("By asset: its motion."),
    correlation: z
      .record(z.string(), z.record(z.string(), quantity.number({ least: -1, most: 1 })))
      .default({})
      .describe("By asset and asset: correlation of the Brownian parts, each pair once; 0 where there is none."),
    jumpsTogether: z.boolean().default(false).describe("Assets jump in the same ticks, each by its own size."),
    gas: quantity.gwei().prefault("30 gwei").describe("Gas price throughout."),
  })
  .transform(
    ({ calibrated, rescale, assets, correlation, jumpsTogether, gas }): BrownianParams => ({
      calibrated,
      rescale,
      assets: sorted(assets).map(([symbol, { drift, volatility, jumps }]) => ({
        asset: symbol,
        drift,
        volatility,
        jumpsPerYear: jumps?.perYear ?? 0,
        jumpMean: jumps?.logMean ?? 0,
        jumpDeviation: jumps?.logDeviation ?? 0,
        ...(jumps?.tails === undefined
          ? {}
          : {
              jumpTails: { downShare: jumps.tails.downShare, downMean: jumps.tails.down, upMean: jumps.tails.up },
            }),
      })),
      correlations: sorted(correlation).flatMap(([first, others]) =>
        sorted(others).map(([second, value]) => ({ first, second, value })),
      ),
      jumpsTogether,
      gasGwei: gas,
    }),
  );

function sorted<Value>(table: Readonly<Record<string, Value>>): [string, Value][] {
  return Object.entries(table).sort(([left], [right]) => (left < right ? -1 : 1));
}
