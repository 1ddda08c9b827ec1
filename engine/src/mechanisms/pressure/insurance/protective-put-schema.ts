import { z } from "zod";
import { type Amount, isProblem, quantity, unitsOf } from "../../../book/index.js";
import type { CheckContext, Fault, Reference } from "../../definition.js";
import { surfaceFaults } from "../options/surface-fault.js";
import { type FrameParams, frameFaults, frameOf, frameReferences, frameShape } from "./frame-schema.js";

const { positions: _, times, instrument, oracle } = frameShape;

/** How a scenario writes accounts that hold an asset and buy puts on it. */
export const protectivePutSchema = z
  .strictObject({
    kind: z.literal("protective-put"),
    positions: z
      .string()
      .describe(
        "Position table with columns `risky ETH`, `cash USD` and, if floors differ, `floor USD`; by default the mechanism's name.",
      ),
    times,
    instrument,
    oracle,
    share: quantity.share({ bare: true, above: 0 }).default(1).describe("Share of the holding that is insured."),
    strike: quantity
      .share({ bare: true, above: 0, most: 3 })
      .default(0.9)
      .describe("Strike of a put as a share of the price at which it is bought."),
    tenor: quantity.duration({ above: 0 }).describe("Time to expiry of a put when it is bought."),
    first: quantity
      .duration()
      .optional()
      .describe(
        "Time left of the puts with which the path begins, paid for before; without: a whole tenor. 0 ms: none.",
      ),
    rollAt: quantity
      .duration()
      .default(0)
      .describe("Puts are sold back and bought anew when so much of their time is left; 0: at expiry, when they pay."),
    surface: z
      .string()
      .optional()
      .describe("The `implied-volatility` at which puts are bought and sold; this or `volatility`."),
    volatility: quantity
      .share({ bare: true, above: 0, most: 10 })
      .optional()
      .describe("One volatility for every put at all times, where there is no `surface`."),
    spread: quantity
      .share({ bare: true })
      .default(0)
      .describe("Volatility paid above it for what is bought, and given up on what is sold back."),
    floor: quantity
      .share({ bare: true, most: 10 })
      .optional()
      .describe("Share of opening wealth that the end is held against; it moves nothing. Without: the strike's."),
    sellers: z
      .strictObject({
        instrument: z
          .string()
          .describe("Instrument on which who has sold the puts hedges their delta, spot or perpetual."),
        band: quantity.amount().optional().describe("Gap between hedge and delta up to which nothing is traded."),
        to: z.enum(["target", "edge"]).default("target").describe("Beyond the band: to the delta, or to its edge."),
        every: quantity.duration().prefault("0 ms").describe("At multiples of this duration, once; 0: in every round."),
      })
      .optional()
      .describe("The puts' sellers hedge them; without: they do not trade."),
  })
  .transform(
    ({ kind: __, first, surface, volatility, floor, sellers, ...written }): ProtectivePutParams => ({
      ...frameOf({ ...unused, ...written }),
      share: written.share,
      strike: written.strike,
      tenorMs: written.tenor,
      firstMs: first ?? written.tenor,
      rollAtMs: written.rollAt,
      surface: surface ?? null,
      volatility: volatility ?? null,
      spread: written.spread,
      floorShare: floor ?? written.strike,
      sellers:
        sellers === undefined
          ? null
          : { instrument: sellers.instrument, band: sellers.band ?? null, to: sellers.to, everyMs: sellers.every },
    }),
  );

/** Parts of the common frame that these accounts have no use for: they trade only to pay a premium. */
const unused = {
  start: "table",
  leverage: 1,
  band: 0,
  every: 0,
  execution: { discretion: 1, delay: 0, pause: 0 },
  announced: 0,
} as const;

/** Parameters of accounts with puts, with every default filled in. */
export interface ProtectivePutParams extends FrameParams {
  readonly share: number;
  readonly strike: number;
  readonly tenorMs: number;
  readonly firstMs: number;
  readonly rollAtMs: number;
  /** A surface's name, or null where `volatility` holds for every put. */
  readonly surface: string | null;
  readonly volatility: number | null;
  readonly spread: number;
  readonly floorShare: number;
  readonly sellers: {
    readonly instrument: string;
    readonly band: Amount | null;
    readonly to: "target" | "edge";
    readonly everyMs: number;
  } | null;
}

/** Names in the parameters that must exist. */
export function protectivePutReferences(params: ProtectivePutParams): readonly Reference[] {
  const references: Reference[] = [...frameReferences(params)];
  if (params.surface !== null) references.push({ key: "surface", kind: "surface", name: params.surface });
  if (params.sellers !== null)
    references.push({ key: "sellers.instrument", kind: "instrument", name: params.sellers.instrument });
  return references;
}

/** What is wrong with the parameters beside a book: no price of volatility or two, a roll before its purchase, debt, sellers elsewhere. */
export function protectivePutFaults(params: ProtectivePutParams, context: CheckContext): Fault[] {
  const { book, tickMs } = context;
  const traded = book.instruments.find((one) => one.id === params.instrument);
  const faults = [...frameFaults(params, context), ...surfaceFaults("surface", params.surface, traded?.asset, context)];
  const refuse = (code: string, key: string, message: string, hint: string) =>
    faults.push({ code, key, message, hint });
  if (params.surface === null && params.volatility === null)
    refuse(
      "value-missing",
      "surface",
      "nothing says at what volatility puts are bought",
      "name a `surface`, or write a `volatility`",
    );
  if (params.surface !== null && params.volatility !== null)
    refuse(
      "choice-wrong",
      "volatility",
      "puts cannot be bought at a surface and at one volatility",
      "leave `surface` or `volatility` out",
    );
  if (params.rollAtMs >= params.tenorMs)
    refuse("number-out-of-range", "rollAt", "a put would be rolled as soon as it is bought", "write less than `tenor`");
  const cash = book.positions
    .find((one) => one.protocol === params.positions)
    ?.columns.find((one) => one.role === "cash" && one.asset === traded?.quote)?.values;
  if (cash?.some((units) => units < 0) === true)
    refuse("number-out-of-range", "positions", "an account owes cash", "give every account cash of 0 or more");
  const { sellers } = params;
  if (sellers === null || traded === undefined) return faults;
  const hedged = book.instruments.find((one) => one.id === sellers.instrument);
  const { symbol, unitDecimals } = book.assets[traded.asset];
  if (hedged !== undefined && hedged.asset !== traded.asset)
    refuse(
      "instrument-wrong",
      "sellers.instrument",
      `${hedged.id} does not trade ${symbol}`,
      `name an instrument of ${symbol}`,
    );
  if (sellers.band !== null && (sellers.band.asset !== symbol || isProblem(unitsOf(sellers.band, unitDecimals, ""))))
    refuse(
      "band-wrong",
      "sellers.band",
      `${sellers.band.text} is no amount of ${symbol} that a band can have`,
      `write it like "10 ${symbol}"`,
    );
  if (sellers.everyMs % tickMs !== 0)
    refuse(
      "duration-no-multiple",
      "sellers.every",
      `${sellers.everyMs} ms is no whole number of ticks of ${tickMs} ms`,
      "make it a multiple of the tick",
    );
  return faults;
}
