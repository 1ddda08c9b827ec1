import { z } from "zod";
import { type Amount, isProblem, quantity, unitsOf } from "../../../book/index.js";
import type { CheckContext, Fault } from "../../definition.js";

/** How a scenario writes an option dealer. */
export const dealerSchema = z
  .strictObject({
    kind: z.literal("dealer"),
    positions: z
      .string()
      .describe(
        "Options, one row each: `size ETH` (signed, the dealer's), `strike USD`, `expiry day`, `call x` (1 call, -1 put), `volatility %`; by default the mechanism's name.",
      ),
    instrument: z.string().describe("Instrument on which the delta is hedged, spot or perpetual."),
    oracle: z.string().default("spot").describe("Oracle whose price the delta is taken at."),
    band: quantity
      .amount()
      .optional()
      .describe("Gap between hedge and delta up to which nothing is traded; none without it."),
    to: z.enum(["target", "edge"]).default("target").describe("Beyond the band: to the delta, or to the band's edge."),
    every: quantity
      .duration()
      .prefault("0 ms")
      .describe("Hedges at multiples of this duration, once; 0: in every round."),
  })
  .transform(
    ({ kind: _, every, band, ...params }): DealerParams => ({ ...params, band: band ?? null, everyMs: every }),
  );

/** An option dealer's parameters with every default filled in. */
export interface DealerParams {
  readonly positions: string;
  readonly instrument: string;
  readonly oracle: string;
  readonly band: Amount | null;
  readonly to: "target" | "edge";
  readonly everyMs: number;
}

/** Columns of the options, beside the size: role and how the table is headed. */
export const optionColumns = [
  ["strikeUsd", "strike USD"],
  ["expiryMs", "expiry day"],
  ["call", "call x"],
  ["volatilityShare", "volatility %"],
] as const;

/** What is wrong with the parameters beside a book: missing or impossible columns, a band in another asset, a clock off the tick. */
export function dealerFaults(params: DealerParams, { book, tickMs }: CheckContext): Fault[] {
  const faults: Fault[] = [];
  const instrument = book.instruments.find((one) => one.id === params.instrument);
  const table = book.positions.find((one) => one.protocol === params.positions);
  const positions = (code: string, message: string, hint: string) =>
    faults.push({ code, key: "positions", message, hint });
  if (instrument !== undefined && table !== undefined) {
    const { symbol } = book.assets[instrument.asset];
    const headings: [string, number, string][] = [["size", instrument.asset, `size ${symbol}`]];
    for (const [role, heading] of optionColumns) headings.push([role, -1, heading]);
    for (const [role, asset, heading] of headings) {
      if (table.columns.some((column) => column.role === role && column.asset === asset)) continue;
      positions(
        "column-missing",
        `the options ${params.positions} have no column "${heading}"`,
        `give every option its "${heading}"`,
      );
    }
    const column = (role: string) => table.columns.find((one) => one.role === role)?.values ?? new Float64Array(0);
    if (column("call").some((sign) => sign !== 1 && sign !== -1))
      positions("call-wrong", "an option is neither a call nor a put", "write 1 for a call and -1 for a put");
    if (column("strikeUsd").some((strike) => strike <= 0))
      positions("number-out-of-range", "an option has a strike of 0", "write strikes above 0");
    if (column("volatilityShare").some((volatility) => volatility < 0))
      positions(
        "number-out-of-range",
        "an option has a volatility below 0",
        "write implied volatility per year, as 70%",
      );
  }
  if (instrument !== undefined && params.band !== null) {
    const { symbol, unitDecimals } = book.assets[instrument.asset];
    const units = unitsOf(params.band, unitDecimals, "");
    if (params.band.asset !== symbol || isProblem(units)) {
      faults.push({
        code: "band-wrong",
        key: "band",
        message: `${params.band.text} is no amount of ${symbol} that a band can have`,
        hint: `write it like "10 ${symbol}"`,
      });
    }
  }
  if (params.everyMs % tickMs !== 0) {
    faults.push({
      code: "duration-no-multiple",
      key: "every",
      message: `${params.everyMs} ms is no whole number of ticks of ${tickMs} ms`,
      hint: "make it a multiple of the tick",
    });
  }
  return faults;
}
