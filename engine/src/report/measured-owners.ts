import { assert } from "../book/problem.js";
import type { Series, SeriesTable } from "../book/series.js";
import type { OwnersParams } from "../mechanisms/pressure/owners-schema.js";
import type { MechanismPlan, Plan } from "../scenario/plan.js";
import { accountEvents } from "../study/account-states.js";
import { measuredOwners, type OwnerResponse, ownerResponse, pooledResponse } from "../study/owner-response.js";
import { priceCurve } from "../study/price-curve.js";

/** A plan whose lending protocol has its events on record: what really happened can be set beside it. */
export interface RecordedWindow {
  readonly plan: Plan;
  /** Name of the lending mechanism, its positions and its events. */
  readonly protocol: string;
  readonly series: Series;
  readonly events: SeriesTable;
}

/** The first events on record of a lending protocol of the plan, series and tables in their order; null where there are none. */
export function recordedWindow(plan: Plan): RecordedWindow | null {
  for (const name of Object.keys(plan.series).sort()) {
    const series = plan.series[name];
    for (const events of series.tables) {
      const { kind, protocol } = events;
      const lending = plan.mechanisms.find((one) => one.kind === "lending" && one.name === protocol);
      const positions = plan.book.positions.some((table) => table.protocol === protocol);
      if (kind === "events" && protocol !== null && lending !== undefined && positions)
        return { plan, protocol, series, events };
    }
  }
  return null;
}

/** Owners are at risk below this margin by the live price: a tenth above the edge, the default of the mechanism `owners`. */
export const atRiskBelow = 1.1;

/** What owners did in one window by its hourly prices, from its start to the end of its record; null where no price is on record. */
export function measuredResponse(window: RecordedWindow): OwnerResponse | null {
  const { plan, protocol, series, events } = window;
  const { book } = plan;
  const collateral = collateralOf(window);
  const { symbol } = book.assets[collateral];
  const prices = series.tables.find((table) => table.kind === "prices" && (table.asset ?? symbol) === symbol);
  if (prices === undefined) return null;
  const lending = plan.mechanisms.find((one) => one.name === protocol);
  assert(lending !== undefined, "a recorded window has its protocol");
  const { threshold } = lending.params as { readonly threshold: Readonly<Record<string, number>> };
  const times = events.columns.find((column) => column.name === "timeMs");
  assert(times !== undefined && times.kind !== "text", "events have times");
  return ownerResponse(book, accountEvents(book, series, events), priceCurve(prices, book.atMs), {
    protocol,
    asset: collateral,
    threshold: book.assets.map((asset) => threshold[asset.symbol] ?? 0),
    actBelow: atRiskBelow,
    untilMs: times.values[events.rowCount - 1],
  });
}

function collateralOf({ plan, protocol }: RecordedWindow): number {
  const table = plan.book.positions.find((one) => one.protocol === protocol);
  const column = table?.columns.find((one) => one.role === "collateral");
  assert(column !== undefined, "a recorded window has collateral");
  return column.asset;
}

/** Owners as they acted in other windows, as a mechanism for a window that is replayed. */
export interface OwnersOfOthers {
  readonly mechanism: MechanismPlan;
  readonly params: OwnersParams;
  readonly pooled: OwnerResponse;
  /** The windows it was measured on. */
  readonly windows: readonly string[];
}

/** Pools the response of other windows (never of the replayed one) into parameters; null where nobody acted in them. */
export function ownersFromOthers(replayed: RecordedWindow, others: readonly RecordedWindow[]): OwnersOfOthers | null {
  const measured = others
    .filter(({ plan, protocol }) => plan.book.atMs !== replayed.plan.book.atMs && protocol === replayed.protocol)
    .flatMap((window) => {
      const response = measuredResponse(window);
      return response === null ? [] : [{ name: window.plan.name, response }];
    });
  const pooled = pooledResponse(measured.map((one) => one.response));
  if (pooled.acted === 0) return null;
  const params: OwnersParams = {
    protocol: replayed.protocol,
    actBelow: atRiskBelow,
    ...measuredOwners(pooled, replayed.plan.tickMs),
  };
  const mechanism: MechanismPlan = { part: "pressure", kind: "owners", name: "owners as measured", params };
  return { mechanism, params, pooled, windows: measured.map((one) => one.name) };
}

/** The plan with another mechanism of pressure, in the order of the moments. */
export function withPressure(plan: Plan, added: MechanismPlan): Plan {
  const pressure = [...plan.mechanisms.filter((one) => one.part === "pressure"), added];
  pressure.sort((a, b) => (a.name < b.name ? -1 : 1));
  const first = plan.mechanisms.findIndex((one) => one.part === "pressure");
  const before = plan.mechanisms.slice(0, first).filter((one) => one.part !== "pressure");
  const after = plan.mechanisms.slice(first).filter((one) => one.part !== "pressure");
  return { ...plan, mechanisms: [...before, ...pressure, ...after] };
}
