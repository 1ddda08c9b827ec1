import type { Book } from "../book/book.js";
import { assert } from "../book/problem.js";
import { stepsPerUsd } from "../rules/account-value.js";
import { MergedDepth } from "./depth.js";
import type { AccountRole, FeedSource, HeldPositions, Layout, TradePlan, VolatilitySurface } from "./layout.js";
import type { LedgerAccount } from "./ledger.js";
import type { Mechanism } from "./mechanism.js";
import type { Rescuable } from "./moments.js";
import type { VenueLadder } from "./venue-ladder.js";

/** A venue as the kernel sees it. */
export interface OpenVenue {
  readonly ladder: VenueLadder;
  readonly instrument: number;
  readonly account: number;
  /** Recovery of used volume per hour; 0 for pools. */
  readonly refillPerHour: number;
}

/** Everything that `open` laid out, once per worker and book. */
export interface Opened {
  readonly mechanisms: readonly Mechanism[];
  readonly rows: readonly unknown[];
  readonly accounts: readonly LedgerAccount[];
  readonly ledgerAssetCount: number;
  readonly contractOf: ReadonlyMap<number, number>;
  readonly feeds: readonly FeedSource[];
  readonly venues: readonly OpenVenue[];
  readonly depths: readonly MergedDepth[];
  readonly parameters: { readonly paths: readonly string[]; readonly opening: readonly number[] };
  readonly rescuables: ReadonlyMap<string, Rescuable>;
  readonly layout: Layout;
}

/**
 * Opens every mechanism on a book. `mechanisms` are in the order of the moments; `openOrder` lists indices in the order of opening (venues before the
 * oracles that read them, oracles before those who read feeds).
 */
export function openMechanisms(
  book: Book,
  mechanisms: readonly Mechanism[],
  openOrder: readonly number[],
  tickMs: number,
): Opened {
  const accounts: LedgerAccount[] = [];
  const accountIndex = new Map<string, number>();
  const feeds: FeedSource[] = [];
  const waiting = new Map<number, () => number>();
  const venues: OpenVenue[] = [];
  const contractOf = new Map<number, number>();
  const paths: string[] = [];
  const opening: number[] = [];
  const rescuables = new Map<string, Rescuable>();
  const surfaces = new Map<string, VolatilitySurface>();
  const plans: TradePlan[] = [];
  const held = new Map<string, HeldPositions>();

  const account = (name: string, role: AccountRole): number => {
    const known = accountIndex.get(name);
    if (known !== undefined) return known;
    accountIndex.set(name, accounts.length);
    accounts.push({ name, role });
    return accounts.length - 1;
  };
  for (let index = 0; index < book.instruments.length; index++) {
    if (book.instruments[index].market === "perpetual") contractOf.set(index, book.assets.length + contractOf.size);
  }

  const layout: Layout = {
    tickMs,
    issuer: account("issuer", "issuer"),
    outside: account("outside", "outside"),
    outsideKeeper: account("outside keeper", "outside-keeper"),
    restOfMarket: account("rest of market", "rest-of-market"),
    rounding: account("rounding", "rounding"),
    account,
    contract: (instrument) => {
      const asset = contractOf.get(instrument);
      assert(asset !== undefined, "only perpetual instruments have contracts");
      return asset;
    },
    declareFeed: (source) => feeds.push(source) - 1,
    feed: (oracle, asset) => {
      const index = feeds.findIndex((feed) => feed.oracle === oracle && feed.asset === asset);
      assert(index >= 0, `oracle ${oracle} publishes asset ${asset}`);
      return index;
    },
    feedSource: (feed) => feeds[feed],
    offerWaiting: (feed, steps) => void waiting.set(feed, steps),
    waiting: (feed) => waiting.get(feed),
    declareVenue: (instrument, ladder, owner, refillPerHour = 0) =>
      venues.push({ instrument, ladder, account: owner, refillPerHour }) - 1,
    venueIndex: (id) => {
      const index = venues.findIndex((venue) => venue.ladder.id === id);
      assert(index >= 0, `venue ${id} exists`);
      return index;
    },
    mechanismIndex: (name) => mechanisms.findIndex((mechanism) => mechanism.name === name),
    venueLadder: (venue) => venues[venue].ladder,
    venueAccount: (venue) => venues[venue].account,
    venuesOf: (instrument) => venues.flatMap((venue, index) => (venue.instrument === instrument ? [index] : [])),
    route: (asset, quote) => {
      const spot = book.instruments.flatMap((instrument, index) =>
        instrument.market === "spot" && instrument.asset === asset ? [index] : [],
      );
      // Where nobody quotes nothing can be sold: an instrument without venues is the last choice.
      const quoted = spot.filter((index) => venues.some((venue) => venue.instrument === index));
      const paysIn = (index: number) => book.instruments[index].quote === quote;
      return quoted.find(paysIn) ?? quoted[0] ?? spot.find(paysIn) ?? spot[0] ?? -1;
    },
    offerSurface: (name, surface) => void surfaces.set(name, surface),
    surface: (name) => {
      const surface = surfaces.get(name);
      assert(surface !== undefined, `the volatility surface ${name} exists`);
      return surface;
    },
    offerPlan: (plan) => void plans.push(plan),
    plans: () => plans,
    offerPositions: (mechanism, positions) => void held.set(mechanism, positions),
    positionsOf: (mechanism) => held.get(mechanism),
    offerRescue: (mechanism, rescuable) => void rescuables.set(mechanism, rescuable),
    offerParameter: (path, value) => {
      opening.push(value);
      return paths.push(path) - 1;
    },
    parameterIndex: (path) => paths.indexOf(path),
    stepsPerUsd,
  };
  account("clearing", "clearing");
  const rows: unknown[] = new Array(mechanisms.length);
  for (const index of openOrder) rows[index] = mechanisms[index].open(book, layout);
  const depths = book.instruments.map(
    (_, instrument) =>
      new MergedDepth(venues.filter((venue) => venue.instrument === instrument).map((venue) => venue.ladder)),
  );
  return {
    mechanisms,
    rows,
    accounts,
    ledgerAssetCount: book.assets.length + contractOf.size,
    contractOf,
    feeds,
    venues,
    depths,
    parameters: { paths, opening },
    rescuables,
    layout,
  };
}
