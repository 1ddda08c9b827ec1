import { z } from "zod";
import { quantity } from "../../../book/index.js";
import type { CheckContext, Fault } from "../../definition.js";
import { type FrameParams, frameFaults, frameOf, frameShape } from "./frame-schema.js";

/** How the multiplier answers to volatility. */
export interface MultiplierAdjustment {
  /** Volatility per square root of a year at which the multiplier is the stated one; also what was seen before the path. */
  readonly reference: number;
  /** Tail exponent alpha: the multiplier is that many stable tails' answer. */
  readonly tail: number;
  readonly halfLifeMs: number;
  readonly most: number;
}

/** Parameters of constant-proportion accounts with every default filled in. */
export interface ConstantProportionParams extends FrameParams {
  readonly multiplier: number;
  readonly floorShare: number;
  readonly floorGrowth: number;
  /** Share of the highest wealth so far that the floor rises to; 0: it does not. */
  readonly ratchet: number;
  /** Sold out for good once the cushion is gone. */
  readonly lockIn: boolean;
  readonly adjust: MultiplierAdjustment | null;
}

const shape = {
  ...frameShape,
  positions: z
    .string()
    .describe(
      "Position table with columns `risky ETH`, `cash USD` and, if floors differ, `floor USD`; by default the mechanism's name.",
    ),
  multiplier: quantity.number({ above: 0, most: 100 }).describe("Exposure per dollar of cushion; 3 to 6 in practice."),
  floor: quantity
    .share({ bare: true })
    .default(0.8)
    .describe("Floor as a share of opening wealth, where the table has no column `floor USD`."),
  floorGrowth: quantity
    .share({ bare: true, most: 10 })
    .default(0)
    .describe("Growth of the floor per year, continuous."),
  lockIn: z
    .boolean()
    .default(true)
    .describe("Once the cushion is gone the account stays in cash; false: it buys again when it has one."),
  adjust: z
    .strictObject({
      reference: quantity
        .share({ bare: true, above: 0, most: 100 })
        .describe("Volatility per year at which the multiplier is the stated one; also what was seen before."),
      tail: quantity
        .number({ above: 0, most: 2 })
        .default(2)
        .describe("Tail exponent: the multiplier goes with (volatility / reference) to the power of -2 / tail."),
      halfLife: quantity.duration({ above: 0 }).prefault("1 day").describe("Half-life of the volatility estimate."),
      most: quantity.number({ above: 0, most: 100 }).default(10).describe("Largest multiplier that calm allows."),
    })
    .optional()
    .describe("The multiplier answers to realised volatility; without: it is constant."),
} as const;

/** How a scenario writes constant-proportion insurers. */
export const cppiSchema = z
  .strictObject({ kind: z.literal("cppi"), ...shape })
  .transform((written): ConstantProportionParams => paramsOf(written, 0));

/** How a scenario writes time-invariant portfolio protection. */
export const tippSchema = z
  .strictObject({
    kind: z.literal("tipp"),
    ...shape,
    ratchet: quantity
      .share({ bare: true, above: 0 })
      .default(0.8)
      .describe("The floor rises to this share of the highest wealth so far, and never falls."),
  })
  .transform((written): ConstantProportionParams => paramsOf(written, written.ratchet));

type Written = Parameters<typeof frameOf>[0] & {
  readonly multiplier: number;
  readonly floor: number;
  readonly floorGrowth: number;
  readonly lockIn: boolean;
  readonly adjust?: {
    readonly reference: number;
    readonly tail: number;
    readonly halfLife: number;
    readonly most: number;
  };
};

function paramsOf(written: Written, ratchet: number): ConstantProportionParams {
  const { multiplier, floor, floorGrowth, lockIn, adjust } = written;
  return {
    ...frameOf(written),
    multiplier,
    floorShare: floor,
    floorGrowth,
    ratchet,
    lockIn,
    adjust:
      adjust === undefined
        ? null
        : { reference: adjust.reference, tail: adjust.tail, halfLifeMs: adjust.halfLife, most: adjust.most },
  };
}

/** What is wrong with the parameters beside a book. */
export function constantProportionFaults(params: ConstantProportionParams, context: CheckContext): Fault[] {
  const faults = frameFaults(params, context);
  if (params.adjust !== null && params.adjust.most < params.multiplier) {
    faults.push({
      code: "number-out-of-range",
      key: "adjust.most",
      message: `the largest multiplier, ${params.adjust.most}, is below the multiplier itself, ${params.multiplier}`,
      hint: "write one that is at least the multiplier",
    });
  }
  return faults;
}
