import { type TapeRow, tapeKinds } from "../../../run/index.js";
import { readScenario } from "../../../scenario/parse.js";
import { openRun } from "../../../study/paths.js";
import type { HedgedRows } from "./hedged-rows.js";

/** The scenarios of these tests name no files. */
export const nothingElse = (path: string): never => {
  throw new Error(`no files, but ${path}`);
};

/** Runs one path of a scenario with a hedged book of that name on an exchange called `exchange`; what it came to. */
export function playHedged(scenario: unknown, name: string, path = 0) {
  const plan = readScenario(scenario, nothingElse);
  const tape: TapeRow[] = [];
  const open = openRun(plan, (row) => tape.push(row));
  const { measures, end } = open.run(1, path);
  const { kernel } = open;
  kernel.ledger.check();
  const index = plan.mechanisms.findIndex((one) => one.name === name);
  const exchange = plan.mechanisms.findIndex((one) => one.name === "exchange");
  const rows = kernel.opened.rows[index] as HedgedRows;
  const spot = plan.book.instruments.findIndex((one) => one.market === "spot");
  const trades = tape.filter((row) => row.a === index && row.kind === tapeKinds.trade);
  const own = (row: TapeRow) => row.a === exchange && row.kind === tapeKinds.deleverage;
  const positions = kernel.opened.layout.positionsOf("exchange");
  const mark = () => positions?.mark((feed) => kernel.published(feed)) ?? 0;
  const sum = (instrument: number) =>
    trades.filter((row) => row.z === instrument).reduce((total, row) => total + row.x, 0) / 1e7;
  return {
    plan,
    kernel,
    measures,
    end,
    tape,
    rows,
    trades,
    ladder: kernel.opened.mechanisms[index].ladder?.(rows),
    /** Coins sold on the spot instrument, and on the exchange's, less those bought. */
    spotSold: sum(spot),
    shortSold: sum(positions?.instrument ?? -1),
    /** Coins closed by deleveraging of the short legs. */
    deleveraged:
      rows.leg === undefined
        ? 0
        : rows.leg.rowOf.reduce((total, row) => total + (positions?.deleveraged(row) ?? 0), 0) / 1e7,
    deleverages: tape.filter(own),
    /** Coins of a position at the end, signed. */
    sizes: (account: string) => (positions?.units(positions.rowOf(account), mark()) ?? 0) / 1e7,
    equity: (account: string) => positions?.equity(positions.rowOf(account), mark()) ?? 0,
    coins: Array.from(rows.risky, (units) => units / 1e7),
    /** Published prices with ETH held at a price. */
    published: (price: number) =>
      Float64Array.from(kernel.opened.feeds, (feed) => Math.floor((feed.asset === 0 ? price : 1) * 1e8)),
  };
}
