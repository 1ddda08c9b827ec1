import { emptyFlow } from "../../../ladder/index.js";
import { type TapeRow, tapeKinds } from "../../../run/index.js";
import { parseScenario, readScenario } from "../../../scenario/parse.js";
import { openRun } from "../../../study/paths.js";
import { shortOptions } from "./dealer.js";

const nothingElse = (path: string): never => {
  throw new Error(`no files, but ${path}`);
};

/** What tests read of a dealer. */
export interface DealerRows {
  readonly held: number;
  readonly openingHedge: number;
  readonly account: number;
  readonly traded: number;
  readonly quote: number;
  readonly share: number;
}

/** What a test changes of the small scenario. */
export interface Variant {
  readonly dealer?: Readonly<Record<string, unknown>>;
  readonly rows?: readonly unknown[];
  readonly move?: string;
  readonly clock?: Readonly<Record<string, string>>;
  readonly perpetual?: boolean;
  /** Headings of the options' table. */
  readonly columns?: readonly string[];
  /** A surface of implied volatility called `iv`. */
  readonly iv?: Readonly<Record<string, unknown>>;
  /** Other pressure mechanisms. */
  readonly others?: Readonly<Record<string, unknown>>;
}

/** The scenario as its author would write it: a market of 20,000 ETH each way, and a dealer. */
export function dealerScenario({
  dealer,
  rows,
  columns,
  iv,
  move = "-10%",
  clock = {},
  perpetual = false,
  others,
}: Variant = {}): unknown {
  const scenario = shortOptions({ ...dealer, ...(perpetual ? { instrument: "ETH-PERP" } : {}) }, rows) as Record<
    string,
    Record<string, Record<string, Record<string, unknown>>>
  >;
  scenario.prices.shock.moves = { ETH: move };
  Object.assign(scenario.clock, clock);
  scenario.book.venues.market.refill = "0 /h";
  scenario.book.venues.market.bids = [["-50%", "20000 ETH"]];
  scenario.book.venues.market.asks = [["100%", "20000 ETH"]];
  if (perpetual) {
    scenario.book.instruments["ETH-PERP"] = { asset: "ETH", quote: "USD", market: "perpetual" };
    scenario.book.venues.perp = { ...scenario.book.venues.market, instrument: "ETH-PERP" };
  }
  delete scenario.pressure.lender;
  if (iv !== undefined)
    Object.assign(scenario.prices, {
      iv: { kind: "implied-volatility", asset: "ETH", atm: "70%", ...iv },
    });
  if (columns !== undefined)
    Object.assign((scenario.book.positions as Record<string, Record<string, unknown>>).dealer, { columns });
  Object.assign(scenario.pressure, others);
  return scenario;
}

/** Plays the first path of seed 1, and checks the ledger. */
export function playDealer(variant: Variant = {}) {
  const plan = readScenario(dealerScenario(variant), nothingElse);
  const trades: TapeRow[] = [];
  const premiums: TapeRow[] = [];
  const open = openRun(plan, (row) => {
    if (row.kind === tapeKinds.trade) trades.push(row);
    if (row.kind === tapeKinds.premium) premiums.push(row);
  });
  const end = open.run(1, 0);
  open.kernel.ledger.check();
  const index = plan.mechanisms.findIndex((one) => one.name === "dealer");
  const rows = open.kernel.opened.rows[index] as DealerRows;
  const { kernel } = open;
  const ladder = kernel.opened.mechanisms[index].ladder?.(rows);
  const published = Float64Array.from(kernel.opened.feeds, (_, feed) => kernel.published(feed));
  const flowAt = (price?: number) => {
    const flow = emptyFlow(plan.book.instruments.length);
    const held =
      price === undefined
        ? published
        : published.map((_, feed) => (kernel.opened.feeds[feed].asset === 0 ? price : 1) * 1e8);
    ladder?.forced(held, flow);
    return flow;
  };
  return { plan, end, trades, premiums, rows, kernel, ladder, flowAt };
}

/** Codes of what is wrong with a variant, with the keys below the dealer. */
export function dealerFaultsOf(variant: Variant): string[] {
  const parsed = parseScenario(dealerScenario(variant), nothingElse);
  return "problems" in parsed
    ? parsed.problems.map(({ code, path }) => `${path.replace("pressure.dealer.", "")} ${code}`)
    : [];
}
