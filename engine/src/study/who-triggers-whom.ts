import { powersOfTen } from "../rules/account-value.js";
import { type TapeRow, tapeKinds } from "../run/index.js";
import type { Plan } from "../scenario/plan.js";
import { openRun } from "./paths.js";

/** One protocol or agent that pushes: what it forces on the path, and when it begins. */
export interface Pusher {
  readonly mechanism: string;
  readonly kind: string;
  /** Dollars, at opening prices, of collateral seized, positions closed and own trades: with everybody there, and with nobody else who pushes. */
  readonly forcedUsd: number;
  readonly aloneUsd: number;
  /** Accounts liquidated, likewise. */
  readonly accounts: number;
  readonly aloneAccounts: number;
  /** Tick and round of the first order or trade; null where there is none. */
  readonly first: { readonly tick: number; readonly round: number } | null;
}

/**
 * Who triggers whom on one path, by switching off: `addedUsd[a][b]` is what b forces with everybody there less what b forces without a. Positive: a's selling brought
 * b's about; negative: a was in b's way. The diagonal is what the others together do to a: its forced dollars less those it has alone.
 */
export interface Triggering {
  readonly pushers: readonly Pusher[];
  readonly addedUsd: readonly (readonly number[])[];
  /** Pairs of which the first added at least a hundredth of what the second forces, the largest first. */
  readonly links: readonly {
    readonly from: string;
    readonly to: string;
    readonly usd: number;
    readonly share: number;
  }[];
  /** Pressure beyond these many was left out, the smallest first. */
  readonly leftOut: readonly string[];
}

/** Mechanisms that are switched off one by one at most: a path each, with and without. */
const mostPushers = 16;

interface Forced {
  readonly usd: Float64Array;
  readonly accounts: Float64Array;
  readonly first: ({ tick: number; round: number } | null)[];
}

/**
 * Runs the plan's path (seed, path) with everybody, without each of those who push, and with each of them alone. `progress` is told the runs done of
 * `2 x pushers + 1`.
 */
export function whoTriggersWhom(plan: Plan, seed: number, path = 0, progress?: (done: number) => void): Triggering {
  const pushing = plan.mechanisms.filter((one) => one.part === "pressure" && one.kind !== "owners");
  const all = forcedBy(
    plan,
    pushing.map(({ name }) => name),
    seed,
    path,
  );
  const ranked = pushing
    .map((one, index) => ({ ...one, index }))
    .sort((a, b) => all.usd[b.index] - all.usd[a.index] || a.index - b.index);
  const chosen = ranked.slice(0, mostPushers).sort((a, b) => a.index - b.index);
  const names = chosen.map(({ name }) => name);
  let done = 1;
  progress?.(done);
  const withoutEach = names.map((name) => {
    const forced = forcedBy(withoutAll(plan, new Set([name])), names, seed, path);
    progress?.(++done);
    return forced;
  });
  const alone = names.map((name) => {
    const others = new Set(pushing.flatMap((one) => (one.name === name ? [] : [one.name])));
    const forced = forcedBy(withoutAll(plan, others), names, seed, path);
    progress?.(++done);
    return forced;
  });
  const pushers = chosen.map(
    ({ name, kind, index }, place): Pusher => ({
      mechanism: name,
      kind,
      forcedUsd: all.usd[index],
      aloneUsd: alone[place].usd[place],
      accounts: all.accounts[index],
      aloneAccounts: alone[place].accounts[place],
      first: all.first[index],
    }),
  );
  const addedUsd = names.map((_, a) =>
    pushers.map(({ forcedUsd, aloneUsd }, b) => forcedUsd - (a === b ? aloneUsd : withoutEach[a].usd[b])),
  );
  const links = names.flatMap((from, a) =>
    pushers.flatMap(({ mechanism, forcedUsd }, b) => {
      const usd = addedUsd[a][b];
      return a === b || forcedUsd === 0 || usd < forcedUsd / 100
        ? []
        : [{ from, to: mechanism, usd, share: usd / forcedUsd }];
    }),
  );
  return {
    pushers,
    addedUsd,
    links: links.sort((a, b) => b.usd - a.usd || (a.from < b.from ? -1 : 1)),
    leftOut: ranked.slice(mostPushers).map(({ name }) => name),
  };
}

/** The plan without some of those who push, and without the owners and guards that act on them alone. */
function withoutAll(plan: Plan, names: ReadonlySet<string>): Plan {
  const actsOn = (params: unknown) => (params as { readonly protocol?: unknown }).protocol;
  return {
    ...plan,
    mechanisms: plan.mechanisms.filter(({ name, params }) => {
      const on = actsOn(params);
      return !names.has(name) && !(typeof on === "string" && names.has(on));
    }),
  };
}

/** What each of `names` forces on one path; zeros for those who are not in the plan. */
function forcedBy(plan: Plan, names: readonly string[], seed: number, path: number): Forced {
  const { book } = plan;
  const usdPerUnit = Float64Array.from(book.assets, (asset) => asset.priceUsd / powersOfTen[asset.unitDecimals]);
  const placeOf = plan.mechanisms.map(({ name }) => names.indexOf(name));
  // A perpetual exchange seizes nothing: what it closes is counted in the units of its instrument.
  const closedAsset = plan.mechanisms.map(({ params }) => {
    const { instrument } = params as { readonly instrument?: unknown };
    return book.instruments.find(({ id }) => id === instrument)?.asset ?? -1;
  });
  const usd = new Float64Array(names.length);
  const liquidated = names.map(() => new Set<number>());
  const first: Forced["first"] = names.map(() => null);
  openRun(plan, (row: TapeRow) => {
    const place = isForced(row.kind) ? placeOf[row.a] : -1;
    if (place < 0) return;
    first[place] ??= { tick: row.tick, round: row.round };
    if (row.kind === tapeKinds.seize) usd[place] += row.x * usdPerUnit[row.y];
    else if (row.kind === tapeKinds.trade) usd[place] += Math.abs(row.x) * usdPerUnit[book.instruments[row.z].asset];
    else if (row.kind === tapeKinds.liquidate) {
      liquidated[place].add(row.b);
      if (closedAsset[row.a] >= 0) usd[place] += row.x * usdPerUnit[closedAsset[row.a]];
    }
  }).run(seed, path);
  return { usd, accounts: Float64Array.from(liquidated, ({ size }) => size), first };
}

function isForced(kind: number): boolean {
  return (
    kind === tapeKinds.seize || kind === tapeKinds.trade || kind === tapeKinds.liquidate || kind === tapeKinds.order
  );
}
