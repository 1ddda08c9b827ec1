import { z } from "zod";
import type { PositionTable } from "../../../book/book.js";
import { type Amount, isProblem, quantity, unitsOf } from "../../../book/index.js";
import { type SignConvention, signConventions } from "../../../options/index.js";
import type { CheckContext, Fault } from "../../definition.js";
import { surfaceFaults } from "./surface-fault.js";

/** How a scenario writes an option dealer. */
export const dealerSchema = z
  .strictObject({
    kind: z.literal("dealer"),
    positions: z
      .string()
      .describe(
        "Options, one row each: `size ETH` (signed, the dealer's) or `open ETH` (open interest), `strike USD`, `expiry day`, `call x` (1 call, -1 put), `volatility %`; by default the mechanism's name.",
      ),
    sign: z
      .enum(signConventions)
      .optional()
      .describe(
        "With `open ETH`: on which side of open interest dealers are; or the table has a column `sign x` from -1 (sold) to 1 (held). Never assumed.",
      ),
    instrument: z.string().describe("Instrument on which the delta is hedged, spot or perpetual."),
    oracle: z.string().default("spot").describe("Oracle whose price the delta is taken at."),
    volatility: z
      .string()
      .optional()
      .describe("An `implied-volatility` by which the delta is taken; without: every option keeps its row's."),
    settled: z
      .enum(["cash", "coin"])
      .default("cash")
      .describe("What the options pay in: in coins (as on Deribit) the hedge is delta less the price in coins."),
    band: quantity
      .amount()
      .optional()
      .describe("Gap between hedge and delta up to which nothing is traded; none without it."),
    to: z.enum(["target", "edge"]).default("target").describe("Beyond the band: to the delta, or to the band's edge."),
    every: quantity
      .duration()
      .prefault("0 ms")
      .describe("Hedges at multiples of this duration, once; 0: in every round."),
    vega: z
      .strictObject({
        band: quantity
          .usd()
          .describe(
            "Vega of all options, in USD per point of volatility, beyond which the dealer closes a share of every row.",
          ),
        spread: quantity
          .share({ bare: true })
          .default(0)
          .describe("Volatility paid above the surface for what is bought back, and given up on what is sold."),
      })
      .optional()
      .describe("Vega is re-hedged: options are closed with `outside` down to the band's edge; without: never."),
  })
  .transform(
    ({ kind: _, every, band, sign, volatility, vega, ...params }): DealerParams => ({
      ...params,
      sign: sign ?? null,
      volatility: volatility ?? null,
      band: band ?? null,
      vega: vega === undefined ? null : { bandUsd: vega.band, spread: vega.spread },
      everyMs: every,
    }),
  );

/** An option dealer's parameters with every default filled in. */
export interface DealerParams {
  readonly positions: string;
  /** Null: sizes are signed, or every row says its sign. */
  readonly sign: SignConvention | null;
  readonly instrument: string;
  readonly oracle: string;
  /** Name of a surface of implied volatility, or null. */
  readonly volatility: string | null;
  readonly settled: "cash" | "coin";
  readonly band: Amount | null;
  readonly to: "target" | "edge";
  readonly everyMs: number;
  /** Band in USD per point of volatility. */
  readonly vega: { readonly bandUsd: number; readonly spread: number } | null;
}

/** Columns of the options, beside the size: role and how the table is headed. */
export const optionColumns = [
  ["strikeUsd", "strike USD"],
  ["expiryMs", "expiry day"],
  ["call", "call x"],
  ["volatilityShare", "volatility %"],
] as const;

/** What is wrong with the parameters beside a book: missing or impossible columns, a side left open, a band in another asset, a clock off the tick. */
export function dealerFaults(params: DealerParams, context: CheckContext): Fault[] {
  const { book, tickMs } = context;
  const faults: Fault[] = [];
  const instrument = book.instruments.find((one) => one.id === params.instrument);
  const table = book.positions.find((one) => one.protocol === params.positions);
  if (instrument !== undefined && table !== undefined) {
    const { symbol } = book.assets[instrument.asset];
    faults.push(...sideFaults(params, table, instrument.asset, symbol), ...columnFaults(params.positions, table));
  }
  faults.push(...surfaceFaults("volatility", params.volatility, instrument?.asset, context));
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

/** A signed size, or open interest with one statement of who is on which side: neither more nor less. */
function sideFaults(params: DealerParams, table: PositionTable, asset: number, symbol: string): Fault[] {
  const { positions, sign } = params;
  const has = (role: string, index: number) => table.columns.find((one) => one.role === role && one.asset === index);
  const size = has("size", asset);
  const open = has("open", asset);
  const rowSigns = has("sign", -1);
  const fault = (code: string, key: string, message: string, hint: string): Fault => ({ code, key, message, hint });
  if (size === undefined && open === undefined) {
    const message = `the options ${positions} have no column "size ${symbol}"`;
    return [
      fault(
        "column-missing",
        "positions",
        message,
        `give every option its "size ${symbol}", or its "open ${symbol}" and a sign`,
      ),
    ];
  }
  if (size !== undefined) {
    const other =
      open !== undefined ? `"open ${symbol}"` : sign !== null ? "a sign" : rowSigns !== undefined ? '"sign x"' : null;
    if (other === null) return [];
    const message = `the options ${positions} have a signed "size ${symbol}" and ${other} as well`;
    return [fault("sign-twice", sign === null ? "positions" : "sign", message, "leave one of the two out")];
  }
  if (sign === null && rowSigns === undefined) {
    const message = `nothing says on which side of the open interest of ${positions} dealers are`;
    return [
      fault(
        "sign-missing",
        "sign",
        message,
        `write one of ${signConventions.join(", ")}, or give every option a "sign x"`,
      ),
    ];
  }
  if (sign !== null && rowSigns !== undefined) {
    const message = `the options ${positions} have a column "sign x", and a sign is written as well`;
    return [fault("sign-twice", "sign", message, "leave one of the two out")];
  }
  if (rowSigns?.values.some((value) => !(value >= -1 && value <= 1)) === true)
    return [
      fault(
        "number-out-of-range",
        "positions",
        "an option has a sign beyond -1 to 1",
        "write -1 for sold, 1 for held, or a share between",
      ),
    ];
  return [];
}

function columnFaults(name: string, table: PositionTable): Fault[] {
  const faults: Fault[] = [];
  const say = (code: string, message: string, hint: string) => faults.push({ code, key: "positions", message, hint });
  const column = (role: string) => table.columns.find((one) => one.role === role && one.asset === -1)?.values;
  for (const [role, heading] of optionColumns) {
    if (column(role) !== undefined) continue;
    say("column-missing", `the options ${name} have no column "${heading}"`, `give every option its "${heading}"`);
  }
  if (column("call")?.some((sign) => sign !== 1 && sign !== -1) === true)
    say("call-wrong", "an option is neither a call nor a put", "write 1 for a call and -1 for a put");
  if (column("strikeUsd")?.some((strike) => strike <= 0) === true)
    say("number-out-of-range", "an option has a strike of 0", "write strikes above 0");
  if (column("volatilityShare")?.some((volatility) => volatility < 0) === true)
    say("number-out-of-range", "an option has a volatility below 0", "write implied volatility per year, as 70%");
  return faults;
}
