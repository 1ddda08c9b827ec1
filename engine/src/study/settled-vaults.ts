import type { Book } from "../book/index.js";
import { powersOfTen } from "../rules/account-value.js";
import { type AccountEvent, AccountStates } from "./account-states.js";
import { median } from "./owner-response.js";
import { replayEvents } from "./replay-events.js";

/** A liquidated vault beside what its owner's own events had left of it, all parts of the liquidation together; coins. */
export interface LiquidatedVault {
  readonly account: string;
  /** It is in the book, so it was there with debt at the start. */
  readonly inBook: boolean;
  /** Time of the first part, block of the last. */
  readonly firstMs: number;
  readonly block: number;
  readonly replayedCollateral: number;
  readonly seizedCollateral: number;
  /** Seized equals replayed within the larger of 0.5 coins (amounts are whole coins) and 3 %. */
  readonly collateralMatches: boolean;
  readonly replayedDebt: number;
  readonly coveredDebt: number;
  /** Covered over replayed debt, less 1: the accrued fees that the record leaves out. */
  readonly feeShare: number;
}

/** Every vault that was liquidated, by account in the order of the first parts. */
export function liquidatedVaults(
  book: Book,
  protocol: string,
  events: readonly AccountEvent[],
  assets: { readonly collateral: number; readonly debt: number },
): LiquidatedVault[] {
  const start = new AccountStates(book, protocol);
  const accounts = new Set(events.filter((event) => event.kind === "liquidate").map((event) => event.account));
  return [...accounts].map((account) => {
    const parts = events.filter((event) => event.kind === "liquidate" && event.account === account);
    const { block } = parts[parts.length - 1];
    const own = events.filter((event) => event.account === account);
    const replayed = replayEvents(book, protocol, own, { block }).book.positions.find(
      (table) => table.protocol === protocol,
    );
    const coins = (asset: number, units: number) => units / powersOfTen[book.assets[asset].unitDecimals];
    const left = (role: string, asset: number) => {
      const column = replayed?.columns.find((one) => one.role === role && one.asset === asset);
      return coins(asset, column?.values[replayed?.ids.indexOf(account) ?? 0] ?? 0);
    };
    const total = (asset: number) =>
      coins(
        asset,
        parts.reduce((sum, part) => sum + (part.asset === asset ? part.units : 0), 0),
      );
    const replayedCollateral = left("collateral", assets.collateral);
    const seizedCollateral = total(assets.collateral);
    const replayedDebt = left("debt", assets.debt);
    const tolerance = Math.max(0.5, 0.03 * replayedCollateral);
    return {
      account,
      inBook: start.get(account) !== undefined,
      firstMs: parts[0].timeMs,
      block,
      replayedCollateral,
      seizedCollateral,
      collateralMatches: Math.abs(seizedCollateral - replayedCollateral) <= tolerance,
      replayedDebt,
      coveredDebt: total(assets.debt),
      feeShare: total(assets.debt) / replayedDebt - 1,
    };
  });
}

/** By how much debts on record fall short of what vaults that were settled in the window really owed. */
export interface FeeBias {
  readonly vaults: number;
  readonly medianShare: number;
  /** 10th and 90th per cent points. */
  readonly lowShare: number;
  readonly highShare: number;
}

/**
 * Measured on the book's vaults whose whole debt was settled in the window: liquidated ones, and those that paid back more than they owed on record without having
 * borrowed more and took everything out. A vault's age is not on record, so nothing better can be said of the others.
 */
export function feeBias(
  book: Book,
  protocol: string,
  events: readonly AccountEvent[],
  liquidated: readonly LiquidatedVault[],
  assets: { readonly collateral: number; readonly debt: number },
): FeeBias {
  const shares = [
    ...liquidated.filter((vault) => vault.inBook).map((vault) => vault.feeShare),
    ...closedFeeShares(book, protocol, events, assets),
  ]
    .filter((share) => share >= 0)
    .sort((left, right) => left - right);
  return {
    vaults: shares.length,
    medianShare: median(shares),
    lowShare: shares[Math.floor(0.1 * shares.length)] ?? Number.NaN,
    highShare: shares[Math.floor(0.9 * shares.length)] ?? Number.NaN,
  };
}

function closedFeeShares(
  book: Book,
  protocol: string,
  events: readonly AccountEvent[],
  { collateral, debt }: { readonly collateral: number; readonly debt: number },
): number[] {
  const start = new AccountStates(book, protocol);
  const end = new AccountStates(book, protocol);
  const beyond = new Map<string, number>();
  const drewOrFell = new Set<string>();
  for (const event of events) {
    if (event.kind === "borrow" || event.kind === "liquidate") drewOrFell.add(event.account);
    const note = end.apply(event);
    if (note?.code === "repaid-beyond-debt") beyond.set(event.account, (beyond.get(event.account) ?? 0) + note.units);
  }
  const dust = powersOfTen[book.assets[collateral].unitDecimals] / 1000;
  return [...beyond].flatMap(([account, units]) => {
    const owed = start.get(account)?.debt[debt] ?? 0;
    const emptied = (end.get(account)?.collateral[collateral] ?? 0) <= dust;
    return owed > 0 && emptied && !drewOrFell.has(account) ? [units / owed] : [];
  });
}
