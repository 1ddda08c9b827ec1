import { z } from "zod";
import { type Amount, isTable, quantity } from "../../../book/index.js";
import type { AdaptiveRate, Interest, KinkedRate } from "../../../rules/interest.js";

/** A threshold's change as parameters keep it. */
export interface RampParams {
  /** Where it goes, a share. */
  readonly to: number;
  readonly startMs: number;
  readonly overMs: number;
}

/** Withdrawals of one asset's suppliers as parameters keep them. */
export interface WithdrawalParams {
  readonly amount: Amount;
  readonly startMs: number;
  readonly overMs: number;
}

/** What lenders have supplied and what lies in the pool, as parameters keep it; by asset symbol. */
export interface LiquidityParams {
  readonly supplied?: Readonly<Record<string, Amount>> | undefined;
  readonly available?: Readonly<Record<string, Amount>> | undefined;
  readonly withdrawals?: Readonly<Record<string, WithdrawalParams>> | undefined;
}

const rate = (most: number) => quantity.share({ bare: true, most });

const kinked = z
  .strictObject({
    model: z.literal("kinked"),
    optimal: quantity.share({ bare: true, above: 0 }).describe("Utilisation at the kink."),
    base: rate(10).prefault("0%").describe("Rate per year at no utilisation."),
    slope1: rate(10).describe("What the rate gains up to the kink."),
    slope2: rate(10).describe("What the rate gains from the kink to full utilisation."),
  })
  .transform((of): KinkedRate => of);

const adaptive = z
  .strictObject({
    model: z.literal("adaptive"),
    target: rate(10).prefault("4%").describe("Rate per year at the target, at the start."),
    targetUtilisation: quantity
      .share({ bare: true, above: 0, below: 1 })
      .prefault("90%")
      .describe("Utilisation at which the curve stands still."),
    speed: quantity
      .number({ least: 0, most: 1_000 })
      .prefault(50)
      .describe("How fast the rate at target moves, per year."),
    steepness: quantity
      .number({ least: 1, most: 100 })
      .prefault(4)
      .describe("Rate at full utilisation over the rate at target."),
    least: rate(10).prefault("0.1%").describe("Lowest rate at target."),
    most: rate(10).prefault("200%").describe("Highest rate at target."),
  })
  .transform((of): AdaptiveRate => of);

const models = z.discriminatedUnion("model", [kinked, adaptive]);
const fixed = rate(10);

/** The parts of the JSON Schema of a rate: a share, or one of the models. */
function forms(): object[] {
  return [fixed, kinked, adaptive].map((schema) => {
    const { $schema: _, ...form } = z.toJSONSchema(schema, { io: "input" });
    return form;
  });
}

/** The key `interest`: a rate per year, or a model by utilisation. */
export function interestRate() {
  return z
    .unknown()
    .meta({ anyOf: forms() })
    .transform((value, context): Interest => {
      const parsed = (isTable(value) ? models : fixed).safeParse(value);
      if (parsed.success) return parsed.data;
      context.issues.push(...(parsed.error.issues as unknown as typeof context.issues));
      return z.NEVER;
    })
    .prefault("0%")
    .describe("Interest per year on debt: one rate, or a model by utilisation, which needs `supplied` or `available`.");
}

const span = {
  start: quantity.duration().prefault("0 s").describe("When it begins."),
  over: quantity.duration().prefault("0 s").describe("How long it takes; 0 s: at once."),
};

/** The key `ramps`: thresholds that governance changes on the way. */
export function thresholdRamps() {
  return z
    .record(
      z.string(),
      z
        .strictObject({ to: quantity.share({ bare: true }).describe("The threshold in the end."), ...span })
        .transform(({ to, start, over }): RampParams => ({ to, startMs: start, overMs: over })),
    )
    .default({})
    .describe("By collateral: a change of its threshold in a straight line.");
}

/** The keys that say what lenders have supplied and what of it is there; `custody` lent: collateral is lent out too. */
export function liquidityShape() {
  return {
    supplied: z
      .record(z.string(), quantity.amount())
      .optional()
      .describe("By asset: what lenders have supplied, what accounts have borrowed of it included."),
    available: z
      .record(z.string(), quantity.amount())
      .optional()
      .describe("By asset: what is not lent out. No more of a collateral than this can be taken out of the pool."),
    withdrawals: z
      .record(
        z.string(),
        z
          .strictObject({ amount: quantity.amount().describe("What suppliers take out."), ...span })
          .transform(({ amount, start, over }): WithdrawalParams => ({ amount, startMs: start, overMs: over })),
      )
      .optional()
      .describe("By asset: what suppliers withdraw, as far as it is there; the rest waits."),
  };
}
