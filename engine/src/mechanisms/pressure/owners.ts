import type { Book } from "../../book/book.js";
import { quote } from "../../book/index.js";
import { assert } from "../../book/problem.js";
import { log, uniform } from "../../math/index.js";
import type { Decide, Mechanism } from "../../run/index.js";
import type { Rescuable } from "../../run/moments.js";
import { type CheckContext, define, type Fault } from "../definition.js";
import { oneAccountFalls } from "../demonstrations.js";
import { streamOf } from "../stream-of.js";
import { accruedSince, largestMove, type MarginIndex, marginIndex } from "./margin-index.js";
import { type OwnersParams, ownersSchema } from "./owners-schema.js";

/** Keys and logarithms round by less than this; an account looked at in vain costs time, never truth. */
const slack = 1e-9;

interface Rows {
  readonly openingUsd: Float64Array;
  readonly stream: number;
  /** Made when the accounts are first seen (their mechanism may open later); the same for every path. */
  index: MarginIndex | undefined;
  cursor: number;
  /** Largest loss of ln(margin) to interest seen on this path. */
  accrued: number;
  /** Rows of owners who act and whose accounts have come near: they are looked at every tick. */
  readonly watched: number[];
  /** By place in `watched`: when the account fell below `actBelow`, or NaN. */
  readonly since: number[];
  /** By place in `watched`: when its owner last acted since it fell below, or NaN. */
  readonly acted: number[];
  /** By place in `watched`: the owner's times over the stated ones. */
  readonly pace: number[];
}

/**
 * Owners who act: a drawn share of them repay part of their debt, or close the account by selling collateral, once their margin has been below `actBelow` for the
 * reaction time. They see live fair value, not the oracle. An owner whose account recovers in the meantime waits for the next fall; one whose act was not enough acts again after `again`.
 */
export function owners(name: string, params: OwnersParams): Mechanism<Rows> {
  return {
    name,
    open: (book: Book): Rows => ({
      openingUsd: Float64Array.from(book.assets, (asset) => asset.priceUsd),
      stream: streamOf(name),
      index: undefined,
      cursor: 0,
      accrued: 0,
      watched: [],
      since: [],
      acted: [],
      pace: [],
    }),
    reset(rows: Rows): void {
      rows.cursor = 0;
      rows.accrued = 0;
      rows.watched.length = 0;
      rows.since.length = 0;
      rows.acted.length = 0;
      rows.pace.length = 0;
    },
    decide(rows: Rows, at: Decide): void {
      // Fair value moves only between ticks, and so does what owners see.
      if (at.round > 0) return;
      const accounts = at.rescuable(params.protocol);
      assert(accounts !== undefined, `${params.protocol} offers its accounts to their owners`);
      rows.index ??= marginIndex(accounts, rows.openingUsd);
      const priceUsd = (asset: number) => at.fair(asset);
      approach(rows, rows.index, params, accounts, priceUsd, at);
      for (let place = 0; place < rows.watched.length; place++) watch(rows, place, params, accounts, priceUsd, at);
    },
  };
}

/** Moves the cursor over every account that may have come below `actBelow`; those whose owners act are watched from then on. */
function approach(
  rows: Rows,
  index: MarginIndex,
  params: OwnersParams,
  accounts: Rescuable,
  priceUsd: (asset: number) => number,
  at: Decide,
): void {
  const { keys, rows: ordered } = index;
  if (rows.cursor === keys.length) return;
  rows.accrued = Math.max(rows.accrued, accruedSince(index, rows.cursor, accounts));
  const reached = log(params.actBelow) + largestMove(rows.openingUsd, priceUsd) + rows.accrued + slack;
  while (rows.cursor < keys.length && keys[rows.cursor] <= reached) {
    const row = ordered[rows.cursor++];
    if (draw(rows, at, row, 0) > params.share) continue;
    rows.watched.push(row);
    rows.since.push(Number.NaN);
    rows.acted.push(Number.NaN);
    rows.pace.push(params.spread === "exponential" ? paceOf(draw(rows, at, row, 2)) : 1);
  }
}

/** The draw of an account's owner for a purpose: 0 whether they act, 1 how, 2 how fast. It hangs on seed, path, this mechanism's name and the account. */
function draw(rows: Rows, at: Decide, row: number, purpose: 0 | 1 | 2): number {
  return uniform(at.seed, at.path, 0, rows.stream, 4 * row + purpose);
}

/** An exponential draw with median 1: -log2 of a uniform one. */
function paceOf(uniformDraw: number): number {
  return log(uniformDraw) / log(0.5);
}

function watch(
  rows: Rows,
  place: number,
  params: OwnersParams,
  accounts: Rescuable,
  priceUsd: (asset: number) => number,
  at: Decide,
): void {
  const row = rows.watched[place];
  if (accounts.margin(row, priceUsd) >= params.actBelow) {
    rows.since[place] = Number.NaN;
    rows.acted[place] = Number.NaN;
    return;
  }
  if (Number.isNaN(rows.since[place])) rows.since[place] = at.timeMs;
  const isFirst = Number.isNaN(rows.acted[place]);
  const waited = at.timeMs - (isFirst ? rows.since[place] : rows.acted[place]);
  if (waited < (isFirst ? params.reactionMs : params.againMs) * rows.pace[place]) return;
  rows.acted[place] = at.timeMs;
  const repays = draw(rows, at, row, 1) <= params.repays;
  at.rescue(params.protocol, row, repays ? "repay" : "close", repays ? params.repayment : 1);
}

function check(params: OwnersParams, { kinds, tickMs }: CheckContext): Fault[] {
  const faults: Fault[] = [];
  const named = kinds.get(params.protocol);
  if (named?.kind !== "lending" && named?.family !== "lending") {
    const message = `${quote(params.protocol)} is ${named?.kind}: its accounts have no owners who could act`;
    faults.push({
      code: "mechanism-wrong",
      key: "protocol",
      message,
      hint: "name a lending protocol",
    });
  }
  for (const [key, ms] of [["reaction", params.reactionMs] as const, ["again", params.againMs] as const]) {
    if (ms % tickMs === 0 || (key === "again" && ms === params.reactionMs)) continue;
    const message = `${ms} ms is no whole number of ticks of ${tickMs} ms`;
    faults.push({ code: "duration-no-multiple", key, message, hint: "make it a multiple of clock.tick" });
  }
  return faults;
}

export const ownersDefinition = define<OwnersParams>({
  kind: "owners",
  part: "pressure",
  summary: "Owners who act: a share of those near liquidation repay or close first, after a reaction time.",
  source:
    "measured on the Maker ETH-B windows (study/owner-response.ts); SOURCE.md of the vaults: most owners repaid first",
  schema: ownersSchema,
  create: (name, params) => owners(name, params),
  references: (params) => [{ key: "protocol", kind: "mechanism", name: params.protocol }],
  check,
  demonstration: {
    scenario: oneAccountFalls({
      pressure: {
        owners: {
          kind: "owners",
          protocol: "lender",
          share: "100%",
          reaction: "5 min",
          actBelow: 1.1,
          repays: "100%",
          repayment: "50%",
        },
      },
    }),
    subject: "owners",
    measure: "liquidatedAccounts",
    off: "rises",
  },
});
