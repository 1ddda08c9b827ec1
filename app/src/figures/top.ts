import {
  type Figure,
  figure,
  type Landing,
  type MapMarket,
  type OutsideShock,
  type Plan,
  powersOfTen,
  top,
} from "@firebreak/engine";
import { mapBasis } from "./basis.js";

/** One of the accounts with the largest forced flow. */
export interface TopFigures {
  readonly mechanism: string;
  readonly account: string;
  readonly collateral: readonly Figure[];
  readonly debt: readonly Figure[];
  readonly forcedUsd: Figure;
  /** Of all that is forced. */
  readonly share: Figure;
  /** All bad debt with this account, and as if it were not there. */
  readonly badDebtUsd: Figure;
  readonly badDebtWithoutUsd: Figure;
}

/** The ten accounts with the largest forced flow at a landing. */
export function topFigures(plan: Plan, market: MapMarket, shock: OutsideShock, landing: Landing): TopFigures[] {
  const basis = mapBasis(plan);
  const amounts = (list: readonly { readonly asset: number; readonly units: number }[]) =>
    list.map(({ asset, units }) => {
      const { symbol, unitDecimals } = plan.book.assets[asset];
      return figure(units / powersOfTen[unitDecimals], symbol, basis);
    });
  return top(market, shock, landing, 10).map((one) => ({
    mechanism: one.mechanism,
    account: one.description.account,
    collateral: amounts(one.description.collateral),
    debt: amounts(one.description.debt),
    forcedUsd: figure(one.forcedUsd, "USD", basis),
    share: figure(one.share, "share", basis),
    badDebtUsd: figure(one.badDebtUsd, "USD", basis),
    badDebtWithoutUsd: figure(one.badDebtWithoutUsd, "USD", basis),
  }));
}
