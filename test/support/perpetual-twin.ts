import type { Inventory } from "../../engine/src/mechanisms/pressure/perpetuals/inventory.js";
import type { Attempt } from "../../engine/src/mechanisms/pressure/perpetuals/protocol.js";
import { markNow, type PerpetualsRows } from "../../engine/src/mechanisms/pressure/perpetuals/rows.js";
import { protocolActs, tapeKinds } from "../../engine/src/run/tape.js";
import type { Plan } from "../../engine/src/scenario/plan.js";
import { runWatched, viewWith } from "./watched-mechanism.js";

/** One account as the exact exchange sees it. */
export interface TwinPosition {
  readonly size: bigint;
  readonly entry: bigint;
  readonly margin: bigint;
}

/** Everything of the exchange that an exact transition may read. */
export interface TwinState {
  readonly positions: readonly TwinPosition[];
  readonly mark: bigint;
  /** The mark of the tick before, and the time of this one. */
  readonly previousMark: bigint;
  readonly timeMs: number;
  readonly fund: bigint;
  /** What the backstop holds: its cash, signed units, signed cost. */
  readonly vault: { readonly cash: bigint; readonly units: bigint; readonly cost: bigint };
}

/** The exact exchange while one settle is played on it. Every call throws what the exact transition throws. */
export interface TwinWorld {
  closeOnMarket(row: number, units: bigint, cash: bigint): void;
  takeOver(row: number): void;
  deleverage(bankrupt: number, winner: number, units: bigint): void;
  unwind(units: bigint, cash: bigint): void;
  /** Size, and margin - side x entry: what the account has but for the value of its position. */
  account(row: number): { readonly size: bigint; readonly quote: bigint };
  fund(): bigint;
  vault(): TwinState["vault"];
}

/** A protocol in bigint, asked beside the engine. */
export interface PerpetualTwin {
  liquidatable(position: TwinPosition, mark: bigint): boolean;
  /** What an attempt must order; anything it finds different. Called with the engine's answer. */
  attempt(state: TwinState, row: number, answer: Attempt): readonly string[];
  world(state: TwinState): TwinWorld;
}

/** What a watch counted. */
export interface PerpetualCount {
  asked: number;
  attempts: number;
  closes: number;
  partCloses: number;
  takeovers: number;
  deleveraged: number;
  unwinds: number;
  waits: number;
  fundPaid: number;
  farthest: bigint;
  readonly differences: string[];
}

/** A count of nothing. */
export function newPerpetualCount(): PerpetualCount {
  return {
    asked: 0,
    attempts: 0,
    closes: 0,
    partCloses: 0,
    takeovers: 0,
    deleveraged: 0,
    unwinds: 0,
    waits: 0,
    fundPaid: 0,
    farthest: 0n,
    differences: [],
  };
}

/**
 * Runs one path with the exact exchange beside it. At every decision it is asked about every open position, and what each attempt must order; at every settle
 * the same closes, takeovers, deleveragings and trades of the vault are played on it from the engine's state before, and every account, fund and vault must
 * be within one unit per operation of what it says.
 */
export function watchPerpetuals(
  plan: Plan,
  twinOf: (rows: PerpetualsRows) => PerpetualTwin,
  seed: number,
  path: number,
  count: PerpetualCount,
): void {
  let rows: PerpetualsRows;
  let twin: PerpetualTwin;
  let previous = { tick: -1, mark: 0n, last: 0n };
  let now: (state: Partial<TwinState>) => TwinState;
  const asked = new Set<number>();
  const differs = (what: string) => {
    if (count.differences.length < 20) count.differences.push(`path ${path}: ${what}`);
  };
  const vaultOf = (balance: (account: number, asset: number) => number) => {
    const inventory = rows.backstop as Inventory | undefined;
    const held = inventory?.holder === undefined ? undefined : inventory;
    return {
      cash: BigInt(held === undefined ? 0 : balance(held.holder, rows.quote)),
      units: BigInt(held?.units ?? 0),
      cost: BigInt(held?.cost ?? 0),
    };
  };
  const stateOf = (
    at: { readonly tick: number; readonly timeMs: number; balance(account: number, asset: number): number },
    mark: bigint,
  ): TwinState => ({
    positions: Array.from(rows.size, (size, row) => ({
      size: BigInt(size),
      entry: BigInt(rows.entry[row]),
      margin: BigInt(rows.margin[row]),
    })),
    mark,
    previousMark: previous.last,
    timeMs: at.timeMs,
    fund: BigInt(at.balance(rows.fund, rows.quote)),
    vault: vaultOf((account, asset) => at.balance(account, asset)),
  });
  runWatched<PerpetualsRows>(plan, "exchange", seed, path, {
    opened(opened) {
      rows = opened;
      twin = twinOf(rows);
      const { closing } = rows;
      if (closing === undefined) throw new Error("a named exchange has a closing");
      const attempt = closing.attempt.bind(closing);
      closing.attempt = (all, row, at, into) => {
        attempt(all, row, at, into);
        asked.add(row);
        count.attempts++;
        if (into.units === 0 && into.otherwise === "wait") count.waits++;
        for (const what of twin.attempt(now({}), row, into)) differs(`tick ${at.tick} row ${row}: ${what}`);
      };
    },
    decide(all, at, inner) {
      const mark = BigInt(markNow(all, at));
      if (previous.tick !== at.tick) previous = { tick: at.tick, last: previous.mark, mark };
      previous = { ...previous, mark };
      asked.clear();
      const state = stateOf(at, mark);
      now = () => state;
      inner(at);
      if (mark === 0n) return;
      state.positions.forEach((position, row) => {
        if (position.size === 0n) return;
        count.asked++;
        const exact = twin.liquidatable(position, mark);
        if (exact !== asked.has(row)) differs(`tick ${at.tick} row ${row}: exact ${exact}, engine ${!exact}`);
      });
    },
    settle(all, at, inner) {
      if (!at.afterTrades) {
        inner(at);
        return;
      }
      const mark = BigInt(all.mark);
      // The kernel has posted the trades of the vault and the fund: their cash before is what they have now less the trade.
      const own: { units: bigint; cash: bigint }[] = [];
      const market: { row: number; units: bigint; cash: bigint }[] = [];
      for (let fill = 0; fill < at.fills.count; fill++) {
        if (at.fills.mechanism[fill] !== at.mechanismIndex) continue;
        const units = BigInt(at.fills.soldUnits[fill] + at.fills.boughtUnits[fill]);
        const cash = BigInt(at.fills.soldCash[fill] + at.fills.boughtCash[fill]);
        if (units === 0n) continue;
        if (at.fills.order[fill] < 0) own.push({ units, cash });
        else market.push({ row: at.fills.row[fill], units, cash });
      }
      const before = stateOf(at, mark);
      const traded = own.reduce((sum, { cash }) => sum + (before.vault.units > 0n ? cash : -cash), 0n);
      const isFund = (all.backstop as Inventory | undefined)?.holder === all.fund;
      const state: TwinState = {
        ...before,
        fund: before.fund - (isFund ? traded : 0n),
        vault: { ...before.vault, cash: before.vault.cash - traded },
      };
      const world = twin.world(state);
      let operations = 0;
      const play = (what: string, operation: () => void) => {
        operations++;
        try {
          operation();
        } catch (error) {
          differs(`tick ${at.tick} ${what}: ${(error as Error).name} ${(error as Error).message}`);
        }
      };
      for (const { units, cash } of own) play("unwind", () => world.unwind(units, cash));
      for (const { row, units, cash } of market) {
        count.closes++;
        const whole = state.positions[row].size;
        if (units < (whole < 0n ? -whole : whole)) count.partCloses++;
        play(`close of ${row}`, () => world.closeOnMarket(row, units, cash));
      }
      count.unwinds += own.length;
      const view = viewWith(at, {
        record(kind: number, a: number, b: number, x: number, y: number, z: number) {
          at.record(kind, a, b, x, y, z);
          if (a !== at.mechanismIndex) return;
          if (kind === tapeKinds.protocol && z === protocolActs.backstop) {
            count.takeovers++;
            play(`takeover of ${b}`, () => world.takeOver(b));
          }
          if (kind === tapeKinds.deleverage) {
            count.deleveraged++;
            play(`deleveraging of ${z} against ${b}`, () => world.deleverage(z, b, BigInt(x)));
          }
          if (kind === tapeKinds.insurance && x > 0) count.fundPaid++;
        },
      });
      inner(view);
      if (operations === 0) return;
      const margins = all.margin.reduce((sum, units) => sum + units, 0);
      const held = at.balance(all.positions, all.quote);
      if (held !== margins) differs(`tick ${at.tick}: the ledger holds ${held} of margin, accounts ${margins}`);
      if (at.balance(all.engine, all.quote) !== 0) differs(`tick ${at.tick}: the exchange's engine keeps cash`);
      const after = stateOf(at, mark);
      const near = (what: string, engine: bigint, exact: bigint) => {
        const distance = engine > exact ? engine - exact : exact - engine;
        const each = (distance + BigInt(operations) - 1n) / BigInt(operations);
        if (each > count.farthest) count.farthest = each;
        if (each > 1n) differs(`tick ${at.tick} ${what}: engine ${engine}, exact ${exact} after ${operations}`);
      };
      after.positions.forEach(({ size, entry, margin }, row) => {
        const exact = world.account(row);
        if (exact.size !== size) differs(`tick ${at.tick} size of ${row}: engine ${size}, exact ${exact.size}`);
        near(`account ${row}`, margin - (size < 0n ? -entry : entry), exact.quote);
      });
      near("fund", after.fund, world.fund());
      const vault = world.vault();
      if (vault.units !== after.vault.units)
        differs(`tick ${at.tick} vault units: ${after.vault.units}, ${vault.units}`);
      near("vault cost", after.vault.cost, vault.cost);
      if (!isFund) near("vault cash", after.vault.cash, vault.cash);
    },
  });
}
