import { mulDivDown, mulDivUp } from "../rounding.js";
import { ratioOfLevel } from "./ticks.js";

/** All positions of one ratio: a whole tick, or what a liquidation left between two ticks. Amounts are raw: before exchange prices. */
export interface Level {
  readonly id: number;
  readonly tick: bigint;
  /** 0 for a whole tick; else how far from the tick below, in parts of 2^30 - 1. */
  readonly partials: bigint;
  readonly collateral: bigint;
  readonly debt: bigint;
  /** Sum of its positions' shares. */
  readonly shares: bigint;
}

/** One borrower. */
export interface Position {
  /** Level that holds its debt; null for a position without debt. */
  readonly level: number | null;
  /** Its part of the level: collateral and debt are the level's times shares over all shares. */
  readonly shares: bigint;
  /** Collateral where there is no debt; else 0. */
  readonly idleCollateral: bigint;
  /** What rounding up to the next tick added to its debt and is not owed. */
  readonly dustDebt: bigint;
}

/** A vault. Pure: every call returns a new one. */
export interface Vault {
  /** By ratio, highest first. */
  readonly levels: readonly Level[];
  readonly positions: Readonly<Record<string, Position>>;
  /** What `absorb` took off positions above the maximum limit. */
  readonly absorbed: { readonly collateral: bigint; readonly debt: bigint };
  readonly nextLevel: number;
}

/** A vault without positions. */
export const EMPTY_VAULT: Vault = { levels: [], positions: {}, absorbed: { collateral: 0n, debt: 0n }, nextLevel: 1 };

/** Prices of a call. */
export interface FluidPrices {
  /** Debt units per collateral unit, 27 decimals (both in raw token units). */
  readonly debtPerCollateral: bigint;
  /** Supplied tokens per raw collateral, 1e12. */
  readonly supplyExchangePrice: bigint;
  /** Owed tokens per raw debt, 1e12. */
  readonly borrowExchangePrice: bigint;
}

/** What a position holds and owes now, raw. */
export interface Holding {
  readonly collateral: bigint;
  /** With the dust that is not owed. */
  readonly debtWithDust: bigint;
  /** Owed: the debt less the dust. */
  readonly debt: bigint;
}

/** One level's shares start as debt x 2^64, so that merging levels loses nothing that counts. */
export const SHARE_SHIFT = 64n;

/**
 * A position's part of its level: collateral rounded down, debt up. Positions that an absorption took have neither, nor
 * have those whose debt has fallen to their dust: what is left of them stays in the level. Source: Fluid vault helpers
 * `fetchLatestPosition`, without its cut of 0.01 % for liquidated positions.
 */
export function holdingOf(vault: Vault, id: string): Holding {
  const position = vault.positions[id];
  if (position === undefined) return { collateral: 0n, debtWithDust: 0n, debt: 0n };
  if (position.level === null) return { collateral: position.idleCollateral, debtWithDust: 0n, debt: 0n };
  const level = vault.levels.find((one) => one.id === position.level);
  if (level === undefined || level.shares === 0n) return { collateral: 0n, debtWithDust: 0n, debt: 0n };
  const debtWithDust = mulDivUp(level.debt, position.shares, level.shares);
  if (debtWithDust <= position.dustDebt) return { collateral: 0n, debtWithDust: 0n, debt: 0n };
  return {
    collateral: mulDivDown(level.collateral, position.shares, level.shares),
    debtWithDust,
    debt: debtWithDust - position.dustDebt,
  };
}

/** Raw debt of all levels, the absorbed apart. */
export function totalDebt(vault: Vault): bigint {
  return vault.levels.reduce((sum, { debt }) => sum + debt, 0n);
}

/** Levels by ratio, highest first; at one ratio the older first. */
export function sortedLevels(levels: readonly Level[]): Level[] {
  const ratios = new Map(levels.map((level) => [level.id, ratioOfLevel(level.tick, level.partials)]));
  return [...levels].sort((a, b) => {
    const left = ratios.get(a.id) ?? 0n;
    const right = ratios.get(b.id) ?? 0n;
    return left === right ? a.id - b.id : left > right ? -1 : 1;
  });
}
