import {
  assert,
  type Book,
  type Figure,
  figure,
  formatMoment,
  Kernel,
  type MechanismPlan,
  type Opened,
  openRun,
  type Plan,
  type PositionTable,
  ProblemsError,
  powersOfTen,
  stepsPerUsd,
  type TapeRow,
  tapeKinds,
} from "@firebreak/engine";
import { positionsBasis, runBasis } from "../../figures/basis.js";
import { type AccountEvent, AccountReader } from "./account-reader.js";

/** A thing that happened to the account, in words' material. */
export interface StoryEvent {
  readonly what: AccountEvent["what"];
  readonly time: string;
  readonly tick: number;
  readonly round: number;
  /** The published price that made it liquidatable. */
  readonly priceUsd?: Figure;
  readonly seized?: Figure;
  readonly repaid?: Figure;
  readonly badDebtUsd?: Figure;
  readonly keeper?: string;
}

/** Somebody whose trades pushed the price before the account was liquidatable. */
export interface Pusher {
  readonly mechanism: string;
  readonly kind: string;
  /** Net units sold (negative: bought) in the window. */
  readonly sold: Figure;
  /** Share of all units traded in the window in the direction in which the price went. */
  readonly share: Figure;
}

/** What an account that trades for itself by a rule did; paid and received in the quote asset. */
export interface OwnTrades {
  readonly sold: Figure;
  readonly received: Figure;
  readonly bought: Figure;
  readonly paid: Figure;
  readonly first: string;
  readonly last: string;
}

/** Why, when, at which price, by whom; or why not. */
export interface AccountStory {
  readonly account: string;
  readonly protocol: string;
  readonly seed: number;
  readonly path: number;
  readonly holdings: readonly { readonly role: string; readonly amount: Figure }[];
  readonly outcome: "liquidated" | "ordered, not liquidated" | "rescued by its owner" | "never liquidatable";
  readonly events: readonly StoryEvent[];
  /** null: the account does not trade for itself, or did not. */
  readonly trades: OwnTrades | null;
  /** Weighted collateral over debt at the worst published prices: below 1 is liquidatable; null where the mechanism does not say. */
  readonly lowestMargin: Figure | null;
  readonly lowestMarginTime: string | null;
  readonly heldBy: readonly { readonly guard: string; readonly times: number }[];
  /** The asset whose price decided, its move, and how much of it the world outside did. */
  readonly push: {
    readonly asset: string;
    readonly from: string;
    readonly to: string;
    readonly priceShare: Figure;
    readonly fairShare: Figure;
    readonly by: readonly Pusher[];
  } | null;
}

const windowMs = 3_600_000;

/** Runs one path with a reader for the account and gathers its story. */
export function accountStory(plan: Plan, protocol: string, account: string, seed: number, path: number): AccountStory {
  const index = plan.mechanisms.findIndex(
    (one) => (one.params as { readonly positions?: unknown }).positions === protocol,
  );
  if (index < 0) {
    throw new ProblemsError([
      {
        code: "protocol-idle",
        path: "--account",
        message: `no mechanism of the scenario works on the positions of ${protocol}: nothing can happen to the account`,
        hint: `add one under "pressure", like ${protocol}: { kind: lending, ... }`,
      },
    ]);
  }
  const table = plan.book.positions.find((one) => one.protocol === protocol);
  assert(table !== undefined, `the positions of ${protocol} are in the book`);
  const row = table.ids.indexOf(account);
  let kernel: Kernel | undefined;
  const guards = plan.mechanisms.flatMap((one, place) => (one.part === "guards" ? [place] : []));
  const prices: { readonly tick: number; readonly asset: number; readonly fair: number; readonly usd: number }[] = [];
  const followsRule = table.columns.some((column) => column.role === "risky");
  const ownTrades: TapeRow[] = [];
  const open = openRun(plan, (tapeRow) => {
    if (kernel === undefined) return;
    if (followsRule && tapeRow.kind === tapeKinds.trade && tapeRow.a === index && tapeRow.b === row) {
      ownTrades.push({ ...tapeRow });
    }
    if (tapeRow.kind === 1) prices.push({ tick: tapeRow.tick, asset: tapeRow.a, fair: tapeRow.x, usd: tapeRow.y });
    reader.read(tapeRow, kernel);
  });
  kernel = open.kernel;
  const opened = kernel.opened;
  const margin = marginOf(plan, plan.mechanisms[index], table, row, opened);
  const reader = new AccountReader(index, row, margin, opened.feeds.length, guards);
  open.run(seed, path);

  const basis = runBasis(plan);
  const time = (tick: number) => formatMoment(plan.book.atMs + (tick + 1) * plan.tickMs);
  const pair = mainPair(plan.book, table, row);
  const events = reader.events.map((event) => storyEvent(event, time(event.tick), plan.book, pair, opened, basis));
  const seen = Number.isFinite(reader.lowestMargin);
  return {
    account,
    protocol,
    seed,
    path,
    holdings: holdingsOf(plan, table, row),
    outcome: outcomeOf(reader.events),
    events,
    trades: tradesOf(plan.book, ownTrades, time, basis),
    lowestMargin: seen ? figure(reader.lowestMargin, "x", basis) : null,
    lowestMarginTime: seen ? time(reader.lowestMarginTick) : null,
    heldBy: guards.flatMap((guard) => {
      const times = reader.holds.filter((hold) => hold.guard === guard).length;
      return times === 0 ? [] : [{ guard: plan.mechanisms[guard].name, times }];
    }),
    push: pushOf(plan, reader, decidingAsset(plan, pair), prices, time),
  };
}

function tradesOf(
  book: Book,
  rows: readonly TapeRow[],
  time: (tick: number) => string,
  basis: Figure["basis"],
): OwnTrades | null {
  if (rows.length === 0) return null;
  const { asset, quote } = book.instruments[rows[0].z];
  const sum = (of: (row: TapeRow) => number) => rows.reduce((all, row) => all + of(row), 0);
  const of = (which: number, units: number) => amount(book, which, units, basis);
  return {
    sold: of(
      asset,
      sum(({ x }) => Math.max(0, x)),
    ),
    received: of(
      quote,
      sum(({ x, y }) => (x > 0 ? y : 0)),
    ),
    bought: of(
      asset,
      sum(({ x }) => Math.max(0, 0 - x)),
    ),
    paid: of(
      quote,
      sum(({ x, y }) => (x < 0 ? y : 0)),
    ),
    first: time(rows[0].tick),
    last: time(rows[rows.length - 1].tick),
  };
}

function outcomeOf(events: readonly AccountEvent[]): AccountStory["outcome"] {
  const had = (what: AccountEvent["what"]) => events.some((event) => event.what === what);
  if (had("liquidated") || had("deleveraged")) return "liquidated";
  if (had("owner acted")) return "rescued by its owner";
  return had("ordered") ? "ordered, not liquidated" : "never liquidatable";
}

/** The asset whose price decides: the collateral, or what is owed where the collateral is cash (nothing trades it). */
function decidingAsset({ book }: Plan, pair: { readonly collateral: number; readonly debt: number }): number {
  const traded = book.instruments.some((instrument) => instrument.asset === pair.collateral);
  return traded || pair.debt < 0 ? pair.collateral : pair.debt;
}

/** The asset pair that decides: the largest collateral or size in dollars against the largest debt. */
function mainPair(book: Book, table: PositionTable, row: number): { collateral: number; debt: number } {
  const largest = (roles: readonly string[]) => {
    let best = -1;
    let bestUsd = 0;
    for (const column of table.columns) {
      if (!roles.includes(column.role) || column.asset < 0) continue;
      const asset = book.assets[column.asset];
      const usd = (Math.abs(column.values[row]) * asset.priceUsd) / powersOfTen[asset.unitDecimals];
      if (usd <= bestUsd) continue;
      best = column.asset;
      bestUsd = usd;
    }
    return best;
  };
  return { collateral: largest(["collateral", "size"]), debt: largest(["debt", "margin"]) };
}

function holdingsOf(plan: Plan, table: PositionTable, row: number): AccountStory["holdings"] {
  const basis = positionsBasis(plan);
  return table.columns.flatMap((column) => {
    if (column.asset < 0 || column.values[row] === 0) return [];
    return [{ role: column.role, amount: amount(plan.book, column.asset, column.values[row], basis) }];
  });
}

function amount(book: Book, asset: number, units: number, basis: Figure["basis"]): Figure {
  const { symbol, unitDecimals } = book.assets[asset];
  return figure(units / powersOfTen[unitDecimals], symbol, basis);
}

function storyEvent(
  event: AccountEvent,
  time: string,
  book: Book,
  pair: { readonly collateral: number; readonly debt: number },
  opened: Opened,
  basis: Figure["basis"],
): StoryEvent {
  const base = { what: event.what, time, tick: event.tick, round: event.round };
  const of = (asset: number, units: number) => (asset < 0 ? undefined : amount(book, asset, units, basis));
  switch (event.what) {
    case "ordered":
      return {
        ...base,
        priceUsd: figure(event.z / stepsPerUsd, "USD", basis),
        seized: of(pair.collateral, event.x),
        repaid: of(pair.debt, event.y),
      };
    case "liquidated":
      return {
        ...base,
        seized: of(pair.collateral, event.x),
        repaid: of(pair.debt, event.y),
        keeper: opened.accounts[event.z]?.name,
      };
    case "owner acted":
      return { ...base, repaid: of(pair.debt, event.x), seized: of(pair.collateral, event.y) };
    case "bad debt":
      return { ...base, badDebtUsd: figure(event.z, "USD", basis) };
    case "deleveraged":
      return { ...base, seized: of(pair.collateral, event.x), priceUsd: figure(event.y / stepsPerUsd, "USD", basis) };
    default:
      return base;
  }
}

/** Margin of the account at published prices: as its mechanism shows it to owners, or for loans weighted collateral over debt. */
function marginOf(
  plan: Plan,
  mechanism: MechanismPlan,
  table: PositionTable,
  row: number,
  opened: Opened,
): (publishedUsd: (feed: number) => number) => number | null {
  const params = mechanism.params as {
    readonly oracle?: string;
    readonly threshold?: Readonly<Record<string, number>>;
  };
  const feedOf = plan.book.assets.map((_, asset) =>
    opened.feeds.findIndex((feed) => feed.oracle === params.oracle && feed.asset === asset),
  );
  const rescuable = opened.rescuables.get(mechanism.name);
  if (rescuable !== undefined) return (usd) => rescuable.margin(row, (asset) => usd(feedOf[asset]));
  const { threshold } = params;
  if (threshold === undefined) return () => null;
  return (usd) => {
    let weighted = 0;
    let owed = 0;
    for (const { role, asset, values } of table.columns) {
      if (asset < 0) continue;
      const { symbol, unitDecimals } = plan.book.assets[asset];
      const value = (values[row] / powersOfTen[unitDecimals]) * usd(feedOf[asset]);
      if (role === "collateral") weighted += value * (threshold[symbol] ?? 0);
      if (role === "debt") owed += value;
    }
    return owed === 0 ? null : weighted / owed;
  };
}

/** Who traded the deciding asset in the hour before the account was first liquidatable (or its worst moment). */
function pushOf(
  plan: Plan,
  reader: AccountReader,
  asset: number,
  prices: readonly { readonly tick: number; readonly asset: number; readonly fair: number; readonly usd: number }[],
  time: (tick: number) => string,
): AccountStory["push"] {
  const first = reader.events.find((event) => event.what === "ordered");
  const end = first?.tick ?? reader.lowestMarginTick;
  if (asset < 0 || end < 0) return null;
  const start = Math.max(0, end - Math.ceil(windowMs / plan.tickMs));
  const symbol = plan.book.assets[asset].symbol;
  const basis = runBasis(plan);
  const of = prices.filter((one) => one.asset === asset);
  const opening = plan.book.assets[asset].priceUsd;
  const before = start === 0 ? { fair: opening, usd: opening } : of.find((one) => one.tick === start - 1);
  const after = of.find((one) => one.tick === end);
  // The price that decided was published in the middle of a tick; the tape's own prices are those of its end.
  const priceUsd = first === undefined ? after?.usd : first.z / stepsPerUsd;
  const sums = new Map<number, number>();
  // A price that rose was pushed by who bought, one that fell by who sold.
  const side = before && priceUsd !== undefined && priceUsd > before.usd ? -1 : 1;
  let pushed = 0;
  for (const { tick, mechanism, instrument, unitsBefore: units } of reader.pushes) {
    if (plan.book.instruments[instrument].asset !== asset || tick < start || tick > end || units === 0) continue;
    sums.set(mechanism, (sums.get(mechanism) ?? 0) + units);
    pushed += Math.max(0, side * units);
  }
  const by = [...sums].sort((a, b) => Math.abs(b[1]) - Math.abs(a[1]) || a[0] - b[0]);
  return {
    asset: symbol,
    from: time(start - 1),
    to: time(end),
    priceShare: figure(before && priceUsd !== undefined ? priceUsd / before.usd - 1 : null, "share", basis),
    fairShare: figure(before && after ? after.fair / before.fair - 1 : null, "share", basis),
    by: by.map(([mechanism, units]) => ({
      mechanism: plan.mechanisms[mechanism].name,
      kind: plan.mechanisms[mechanism].kind,
      sold: amount(plan.book, asset, units, basis),
      share: figure(pushed === 0 ? 0 : Math.max(0, side * units) / pushed, "share", basis),
    })),
  };
}
