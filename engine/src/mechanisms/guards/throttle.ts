import { z } from "zod";
import { quantity } from "../../book/index.js";
import { mulDivDown } from "../../math/index.js";
import type { Gate, Mechanism, Settle } from "../../run/index.js";
import { tapeKinds } from "../../run/tape.js";
import { define } from "../definition.js";
import { oneAccountFalls } from "../demonstrations.js";

const schema = z
  .strictObject({
    kind: z.literal("throttle"),
    share: z
      .union([z.literal("unlimited"), quantity.share({ bare: true, above: 0, most: 1e9 })])
      .describe("Share of measured depth that liquidations may trade in a window, or `unlimited`."),
    slippage: quantity
      .share({ bare: true, above: 0, below: 1 })
      .default(0.02)
      .describe("Measured depth is what moves the price by this much."),
    window: quantity.duration().default(0).describe("How long a measured capacity lasts; whole ticks, 0: one tick."),
    allot: z
      .enum(["proportion", "stable-order"])
      .default("proportion")
      .describe("How capacity is shared: in proportion to what orders ask, or one after the other."),
    protocol: z.string().optional().describe("Throttles this protocol alone; by default all."),
  })
  .transform(({ kind: _, window, ...params }): ThrottleParams => ({ ...params, windowMs: window }));

/** A throttle by depth. */
export interface ThrottleParams {
  readonly share: number | "unlimited";
  readonly slippage: number;
  /** 0: one tick. */
  readonly windowMs: number;
  readonly allot: "proportion" | "stable-order";
  readonly protocol?: string;
}

/** Rows by instrument and side: instrument x 2 for sales, + 1 for purchases. */
interface Rows {
  readonly windowTicks: number;
  readonly protocol: number;
  readonly instrumentCount: number;
  /** Window in which the capacity was measured, or -1; the capacity; and what liquidations traded of it. */
  readonly measuredIn: Int32Array;
  readonly capacity: Float64Array;
  readonly used: Float64Array;
}

/**
 * A throttle: liquidations may trade at most a share of the depth measured when the window's first order comes (units that move the price by `slippage`), per
 * instrument and side; the rest of each order stands and is not sent again. It is keyed on depth, never on volume: a cap in volume speeds up when
 * volume does (flash crash of 2010). An order with two legs counts by its sale. Unlimited, it changes nothing, to the bit.
 * Source: optimal throttle, VALIDATION.md; Obizhaeva and Wang 2013 (uniform selling into a resilient book).
 */
export function throttle(name: string, params: ThrottleParams): Mechanism<Rows> {
  return {
    name,
    open: (book, layout) => ({
      windowTicks: Math.max(1, Math.ceil(params.windowMs / layout.tickMs)),
      protocol: params.protocol === undefined ? -1 : layout.mechanismIndex(params.protocol),
      instrumentCount: book.instruments.length,
      measuredIn: new Int32Array(book.instruments.length * 2),
      capacity: new Float64Array(book.instruments.length * 2),
      used: new Float64Array(book.instruments.length * 2),
    }),
    reset(rows): void {
      rows.measuredIn.fill(-1);
    },
    gate(rows, at): void {
      if (params.share === "unlimited") return;
      for (let side = 0; side < rows.instrumentCount * 2; side++) capSide(rows, params, params.share, at, side);
    },
    settle(rows, at): void {
      if (at.afterTrades) countFills(rows, at);
    },
  };
}

/** Instrument and side on which an order counts, or -1 where nothing of it trades. */
function sideOf(sellInstrument: number, buyInstrument: number): number {
  if (sellInstrument >= 0) return sellInstrument * 2;
  return buyInstrument >= 0 ? buyInstrument * 2 + 1 : -1;
}

function isThrottled(rows: Rows, at: Gate, order: number, side: number): boolean {
  const { standing } = at;
  return (
    standing.open[order] === 1 &&
    standing.held[order] === 0 &&
    standing.released[order] > 0 &&
    (rows.protocol < 0 || standing.mechanism[order] === rows.protocol) &&
    sideOf(standing.sellInstrument[order], standing.buyInstrument[order]) === side
  );
}

function capSide(rows: Rows, params: ThrottleParams, share: number, at: Gate, side: number): void {
  const { standing } = at;
  const orders: number[] = [];
  let asked = 0;
  for (let order = 0; order < standing.count; order++) {
    if (!isThrottled(rows, at, order, side)) continue;
    orders.push(order);
    asked += standing.released[order];
  }
  if (orders.length === 0) return;
  measure(rows, params, share, at, side);
  const left = Math.max(0, rows.capacity[side] - rows.used[side]);
  if (asked <= left) return;
  orders.sort((a, b) => standing.mechanism[a] - standing.mechanism[b] || standing.row[a] - standing.row[b]);
  if (params.allot === "proportion") capInProportion(at, orders, asked, left);
  else capInOrder(at, orders, left);
  at.record(tapeKinds.guard, at.mechanismIndex, 1, asked - left, rows.capacity[side], side >> 1);
}

/** Measures an instrument's capacity when the first order of a window comes. */
function measure(rows: Rows, params: ThrottleParams, share: number, at: Gate, side: number): void {
  const window = Math.floor(at.tick / rows.windowTicks);
  if (rows.measuredIn[side] === window) return;
  rows.measuredIn[side] = window;
  rows.used[side] = 0;
  const instrument = side >> 1;
  const sells = side % 2 === 0;
  const price = at.middle(instrument) * (sells ? 1 - params.slippage : 1 + params.slippage);
  const units = at.unitsToPrice(instrument, price);
  rows.capacity[side] = Math.min(Number.MAX_SAFE_INTEGER, Math.floor(share * Math.max(0, sells ? units : -units)));
}

function capInProportion(at: Gate, orders: readonly number[], asked: number, left: number): void {
  const { released } = at.standing;
  const granted = orders.map((order) => mulDivDown(released[order], left, asked));
  let over = left - granted.reduce((sum, units) => sum + units, 0);
  // Leftover units by stable position id.
  orders.forEach((order, index) => {
    const more = over > 0 && granted[index] < released[order] ? 1 : 0;
    over -= more;
    at.cap(order, granted[index] + more);
  });
}

function capInOrder(at: Gate, orders: readonly number[], left: number): void {
  let over = left;
  for (const order of orders) {
    const granted = Math.min(over, at.standing.released[order]);
    over -= granted;
    at.cap(order, granted);
  }
}

/** What liquidations traded counts against the window; collateral that a keeper keeps counts when it is taken. */
function countFills(rows: Rows, at: Settle): void {
  const { fills, standing } = at;
  for (let fill = 0; fill < fills.count; fill++) {
    const order = fills.order[fill];
    if (order < 0 || (rows.protocol >= 0 && fills.mechanism[fill] !== rows.protocol)) continue;
    const side = sideOf(standing.sellInstrument[order], standing.buyInstrument[order]);
    if (side >= 0) rows.used[side] += side % 2 === 0 ? fills.seizeUnits[fill] : fills.repayUnits[fill];
  }
}

export const throttleDefinition = define<ThrottleParams>({
  kind: "throttle",
  part: "guards",
  summary: "Caps what liquidations trade in a window at a share of measured depth.",
  source: "optimal throttle by depth, not volume; Obizhaeva and Wang 2013",
  schema,
  create: (name, params) => throttle(name, params),
  references: (params) =>
    params.protocol === undefined ? [] : [{ key: "protocol", kind: "mechanism", name: params.protocol }],
  check: (params, { tickMs }) =>
    params.windowMs % tickMs === 0
      ? []
      : [
          {
            code: "duration-no-multiple",
            key: "window",
            message: `${params.windowMs} ms is no whole number of ticks of ${tickMs} ms`,
            hint: "write a multiple of clock.tick",
          },
        ],
  demonstration: {
    scenario: oneAccountFalls({ guards: [{ name: "throttle", kind: "throttle", share: "10%" }] }),
    subject: "throttle",
    measure: "lowestPriceShare",
    off: "falls",
  },
});
