import { z } from "zod";
import { quantity } from "../../../book/index.js";
import { powersOfTen } from "../../../rules/account-value.js";
import { largestFloorShare } from "../../../rules/synthetic-put.js";
import type { CheckContext, Fault } from "../../definition.js";
import { surfaceFaults } from "../options/surface-fault.js";
import { type FrameParams, frameFaults, frameOf, frameShape } from "./frame-schema.js";

const msPerYear = 365 * 86_400_000;

/** How a scenario writes accounts that replicate a put. */
export const syntheticPutSchema = z
  .strictObject({
    kind: z.literal("synthetic-put"),
    ...frameShape,
    positions: z
      .string()
      .describe(
        "Position table with columns `risky ETH`, `cash USD` and, if floors differ, `floor USD`; by default the mechanism's name.",
      ),
    floor: quantity
      .share({ bare: true, most: 10 })
      .default(0.95)
      .describe("Floor at the horizon as a share of opening wealth, where the table has no column `floor USD`."),
    horizon: quantity.duration({ above: 0 }).describe("When the put expires, from the start of the path."),
    volatility: quantity
      .share({ bare: true, above: 0, most: 10 })
      .describe(
        "Volatility per year that the insurers assume: it fixes the strike, and the hedge unless it is measured.",
      ),
    rate: quantity
      .share({ bare: true, least: -0.5, most: 0.5 })
      .default(0)
      .describe("Riskless rate per year, continuous, by which the put is priced; cash itself earns nothing."),
    realised: z
      .strictObject({
        halfLife: quantity.duration({ above: 0 }).describe("Half-life of the volatility estimate."),
      })
      .optional()
      .describe("The hedge follows measured volatility, which began at the assumed one; without: the assumed one."),
    surface: z
      .string()
      .optional()
      .describe("The hedge follows an `implied-volatility`: the assumed volatility moves as an option's does."),
  })
  .transform(
    (written): SyntheticPutParams => ({
      ...frameOf(written),
      floorShare: written.floor,
      horizonMs: written.horizon,
      volatility: written.volatility,
      rate: written.rate,
      halfLifeMs: written.realised?.halfLife ?? null,
      surface: written.surface ?? null,
    }),
  );

/** Parameters of accounts that replicate a put, with every default filled in. */
export interface SyntheticPutParams extends FrameParams {
  readonly floorShare: number;
  readonly horizonMs: number;
  /** Per square root of a year. */
  readonly volatility: number;
  /** Per year, continuous. */
  readonly rate: number;
  /** Half-life of the estimate that the hedge follows, or null. */
  readonly halfLifeMs: number | null;
  /** Name of the surface that the hedge follows, or null. */
  readonly surface: string | null;
}

/** What is wrong with the parameters beside a book: a floor that no put can hold, two volatilities for one hedge, another asset's surface. */
export function syntheticPutFaults(params: SyntheticPutParams, context: CheckContext): Fault[] {
  const { book } = context;
  const instrument = book.instruments.find((one) => one.id === params.instrument);
  const faults = [
    ...frameFaults(params, context),
    ...surfaceFaults("surface", params.surface, instrument?.asset, context),
  ];
  if (params.halfLifeMs !== null && params.surface !== null) {
    faults.push({
      code: "choice-wrong",
      key: "surface",
      message: "the hedge cannot follow measured and implied volatility at once",
      hint: "leave `realised` or `surface` out",
    });
  }
  const most = largestFloorShare(params.horizonMs / msPerYear, params.rate);
  const highest = highestFloorShare(params, context);
  if (highest >= most) {
    faults.push({
      code: "number-out-of-range",
      key: "floor",
      message: `a floor of ${highest} of opening wealth cannot be insured: without any risk wealth ends at ${most}`,
      hint: "write a lower floor, or a higher rate",
    });
  }
  return faults;
}

/** The highest floor as a share of opening wealth. */
function highestFloorShare(
  { floorShare, positions, times, instrument }: SyntheticPutParams,
  { book }: CheckContext,
): number {
  const traded = book.instruments.find((one) => one.id === instrument);
  const columns = book.positions.find((one) => one.protocol === positions)?.columns ?? [];
  const floors = columns.find((one) => one.role === "floorUsd")?.values;
  const of = (role: string, asset: number) => columns.find((one) => one.role === role && one.asset === asset)?.values;
  if (floors === undefined || traded === undefined) return floorShare;
  const usd = (asset: number, units: number) =>
    (units * book.assets[asset].priceUsd) / powersOfTen[book.assets[asset].unitDecimals];
  const risky = of("risky", traded.asset);
  const cash = of("cash", traded.quote);
  return floors.reduce((highest, floor, row) => {
    const wealth = usd(traded.asset, risky?.[row] ?? 0) + usd(traded.quote, cash?.[row] ?? 0);
    // Amounts and floors are taken `times` alike; an empty account insures nothing.
    return wealth * times <= 0 ? highest : Math.max(highest, floor / wealth);
  }, 0);
}
