import type { Book } from "../../book/book.js";
import { isProblem, unitsOf } from "../../book/index.js";
import { assert } from "../../book/problem.js";
import type { Layout, Moment, Reset } from "../../run/index.js";
import type { KeeperParams, KeepersParams } from "./keepers-schema.js";

/** One keeper as it stands in the ledger. */
export interface Keeper {
  readonly params: KeeperParams;
  readonly account: number;
  /** Asset of its capital: what profits and losses are booked in. */
  readonly cash: number;
  readonly capitalUnits: number;
  /** Perpetual instrument of the route `hedge`, or -1, and its contract in the ledger. */
  readonly hedge: number;
  readonly contract: number;
}

/** What a keeper keeps, one column entry per keeper and spot instrument: row = keeper x instruments + instrument. */
export interface Inventory {
  /** Whole units of collateral kept, and what they cost in dollars. */
  readonly units: Float64Array;
  readonly costUsd: Float64Array;
  /** Units to be sold at once, in the next round. */
  readonly sellNow: Float64Array;
  /** Units sold per tick while they last. */
  readonly perTick: Float64Array;
  /** Contracts sold short against it, and the whole quote units that their sale paid. */
  readonly shortUnits: Float64Array;
  readonly shortCash: Float64Array;
}

/** Rows of the keepers of one guard. */
export interface KeeperRows {
  readonly keepers: readonly Keeper[];
  /** Keeper of a ledger account, or -1. */
  readonly keeperOf: Int32Array;
  readonly inventory: Inventory;
  readonly gasAsset: number;
  readonly outside: number;
  readonly restOfMarket: number;
  readonly instrumentCount: number;
  readonly assetCount: number;
  readonly decimals: Float64Array;
  // What this round's gate has already taken, by instrument, and promised, by keeper.
  readonly sold: Float64Array;
  readonly bought: Float64Array;
  /** Highest price that sales taken so far need, lowest that purchases need, by instrument (quote units per unit). */
  readonly saleFloor: Float64Array;
  readonly purchaseCeiling: Float64Array;
  /** Whole units of cash that a keeper can still spend in this round. */
  readonly free: Float64Array;
  /** What a round's fills leave in a keeper's account, by keeper and asset, before it is exchanged for cash. */
  readonly left: Float64Array;
}

/** Lays out the keepers' accounts and rows. */
export function openKeepers(name: string, params: KeepersParams, book: Book, layout: Layout): KeeperRows {
  const instrumentCount = book.instruments.length;
  const assetCount = book.assets.length;
  const keepers = params.keepers.map((one, index) => openKeeper(`${name}/keeper ${index + 1}`, one, book, layout));
  const keeperOf = new Int32Array(Math.max(0, ...keepers.map((keeper) => keeper.account)) + 1).fill(-1);
  keepers.forEach((keeper, index) => {
    keeperOf[keeper.account] = index;
  });
  const column = () => new Float64Array(keepers.length * instrumentCount);
  const byInstrument = () => new Float64Array(instrumentCount);
  return {
    keepers,
    keeperOf,
    inventory: {
      units: column(),
      costUsd: column(),
      sellNow: column(),
      perTick: column(),
      shortUnits: column(),
      shortCash: column(),
    },
    gasAsset: book.assets.findIndex((asset) => asset.symbol === params.gasAsset),
    outside: layout.outside,
    restOfMarket: layout.restOfMarket,
    instrumentCount,
    assetCount,
    decimals: Float64Array.from(book.assets, (asset) => asset.unitDecimals),
    sold: byInstrument(),
    bought: byInstrument(),
    saleFloor: byInstrument(),
    purchaseCeiling: byInstrument(),
    free: new Float64Array(keepers.length),
    left: new Float64Array(keepers.length * assetCount),
  };
}

function openKeeper(name: string, params: KeeperParams, book: Book, layout: Layout): Keeper {
  const cash = book.assets.findIndex((asset) => asset.symbol === params.capital.asset);
  assert(cash >= 0, `keeper's capital ${params.capital.asset} is an asset`);
  const capitalUnits = unitsOf(params.capital, book.assets[cash].unitDecimals, "");
  assert(!isProblem(capitalUnits), "parse has checked the capital");
  const hedge =
    params.route === "hedge" ? book.instruments.findIndex((instrument) => instrument.id === params.hedge) : -1;
  return {
    params,
    account: layout.account(name, "keeper"),
    cash,
    capitalUnits,
    hedge,
    contract: hedge < 0 ? -1 : layout.contract(hedge),
  };
}

/** Puts the keepers back to the start of a path: their capital comes from outside. */
export function resetKeepers(rows: KeeperRows, at: Reset): void {
  for (const column of Object.values(rows.inventory) as Float64Array[]) column.fill(0);
  rows.left.fill(0);
  for (const keeper of rows.keepers) at.transfer(rows.outside, keeper.account, keeper.cash, keeper.capitalUnits);
}

/** Dollars of one liquidation's gas. */
export function gasUsd(rows: KeeperRows, keeper: Keeper, at: Moment): number {
  if (keeper.params.gas === 0 || at.gasGwei === 0) return 0;
  return keeper.params.gas * at.gasGwei * 1e-9 * at.fair(rows.gasAsset);
}
