import { emptyFlow } from "../../../ladder/index.js";
import { type Kernel, type Ladder, type TapeRow, tapeKinds } from "../../../run/index.js";
import type { ForcedFlow } from "../../../run/mechanism.js";
import { parseScenario, readScenario } from "../../../scenario/parse.js";
import { openRun } from "../../../study/paths.js";
import { oneInvestor } from "./demonstration.js";

const nothingElse = (path: string): never => {
  throw new Error(`no files, but ${path}`);
};

/** One strategy named `insurer` in a deep market: 100 ETH at 2,000 USD and 200,000 USD unless rows say otherwise. */
export interface StrategyCase {
  readonly entry: Readonly<Record<string, unknown>>;
  readonly rows?: readonly unknown[];
  readonly columns?: readonly string[];
  /** Move of ETH in a straight line in log price ... */
  readonly move?: string;
  /** ... within this time. */
  readonly over?: string;
  /** In place of the line: minutes and prices, between which it goes straight. */
  readonly path?: readonly (readonly [minutes: number, usd: number])[];
  readonly tick?: string;
  readonly duration?: string;
  /** ETH at -50 % and at +100 %. */
  readonly depth?: number;
  readonly rounds?: number;
  /** Other pressure mechanisms, and the rows of their position tables. */
  readonly others?: Readonly<Record<string, unknown>>;
  readonly tables?: Readonly<Record<string, readonly unknown[]>>;
  /** Other mechanisms of prices. */
  readonly prices?: Readonly<Record<string, unknown>>;
}

/** The scenario as its author would write it. */
export function strategyScenario(one: StrategyCase): unknown {
  const { move = "-30%", over = "1 h", path, tick = "5 min", duration = "2 h", depth = 1e6 } = one;
  const scenario = oneInvestor(one.entry, one.rows, one.columns) as Record<
    string,
    Record<string, Record<string, unknown>>
  >;
  const { market } = scenario.book.venues as Record<string, Record<string, unknown>>;
  Object.assign(market, { bids: [["-50%", `${depth} ETH`]], asks: [["100%", `${depth} ETH`]], refill: "0 /h" });
  scenario.clock = { tick, duration, ...(one.rounds === undefined ? {} : { rounds: one.rounds }) } as never;
  scenario.prices.shock = { kind: "line", moves: { ETH: move }, over };
  if (path !== undefined) {
    const start = Date.parse("2024-01-01T00:00:00Z");
    const rows = path.map(([minutes, usd]) => [new Date(start + minutes * 60_000).toISOString(), usd]);
    const layer = { source: "made", asOf: "2024-01-01T00:00:00Z", coverage: "all", basis: "assumed" };
    const prices = { layer: "made", asset: "ETH", columns: ["time", "price USD"], rows };
    scenario.series = { day: { version: 1, kind: "series", name: "day", layers: { made: layer }, tables: { prices } } };
    scenario.prices.shock = { kind: "recorded", series: "day", assets: { ETH: "prices" } };
  }
  delete scenario.pressure.lender;
  Object.assign(scenario.pressure, one.others);
  for (const [name, rows] of Object.entries(one.tables ?? {})) {
    const columns = one.columns ?? ["account", "risky ETH", "cash USD"];
    Object.assign(scenario.book.positions, { [name]: { layer: "made", columns, rows } });
  }
  Object.assign(scenario.prices, one.prices);
  return scenario;
}

/** Codes of what is wrong with a case, with the keys below the mechanism. */
export function faultsOf(one: StrategyCase): string[] {
  const parsed = parseScenario(strategyScenario(one), nothingElse);
  return "problems" in parsed
    ? parsed.problems.map(({ code, path }) => `${path.replace("pressure.insurer.", "")} ${code}`)
    : [];
}

interface SeenRows {
  readonly risky: Float64Array;
  readonly cash: Float64Array;
  readonly positions: number;
}

/** A path that was played. */
export interface Played {
  readonly measures: Readonly<Record<string, number>>;
  readonly end: string;
  readonly tapeHash: string;
  readonly trades: readonly TapeRow[];
  readonly tape: readonly TapeRow[];
  readonly rows: SeenRows;
  readonly kernel: Kernel;
  readonly ladder: Ladder;
  /** Units of ETH that the accounts sold, less those bought. */
  readonly soldEth: number;
  /** Wealth of an account at fair value, in dollars. */
  wealth(row?: number): number;
  /** What the map forces with ETH held at a price. */
  flowAt(priceUsd: number): ForcedFlow;
}

/** Plays the first path of seed 1, and checks that the ledger holds what the rows hold. */
export function playStrategy(one: StrategyCase): Played {
  const plan = readScenario(strategyScenario(one), nothingElse);
  const tape: TapeRow[] = [];
  const open = openRun(plan, (row) => tape.push(row));
  const { kernel } = open;
  const end = open.run(1, 0);
  const index = plan.mechanisms.findIndex((mechanism) => mechanism.name === "insurer");
  const rows = kernel.opened.rows[index] as SeenRows;
  const ladder = kernel.opened.mechanisms[index].ladder?.(rows) as Ladder;
  const trades = tape.filter((row) => row.kind === tapeKinds.trade && row.a === index);
  kernel.ledger.check();
  return {
    measures: end.measures as unknown as Record<string, number>,
    end: end.end,
    tapeHash: end.tapeHash,
    trades,
    tape,
    rows,
    kernel,
    ladder,
    soldEth: trades.reduce((sum, row) => sum + row.x, 0) / 1e7,
    wealth: (row = 0) => (rows.risky[row] / 1e7) * kernel.fair(0) + rows.cash[row] / 1e6,
    flowAt(priceUsd) {
      const flow = emptyFlow(1);
      const steps = (asset: number) => Math.floor((asset === 0 ? priceUsd : 1) * 1e8);
      ladder.forced(
        Float64Array.from(kernel.opened.feeds, (feed) => steps(feed.asset)),
        flow,
      );
      return flow;
    },
  };
}
