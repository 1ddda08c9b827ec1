import type { MapMarket } from "../map/index.js";
import { openMechanisms } from "../run/index.js";
import { createMechanisms, type Plan, runSetting } from "../scenario/plan.js";

/**
 * Opens a plan for the map: the ladders of everybody who can be forced, the venues that absorb, the feeds they read. Built once (the index over positions is
 * the expensive part) and asked many times; the map moves these venues, so a run opens its own.
 */
export function openMarket(plan: Plan): MapMarket {
  const mechanisms = createMechanisms(plan);
  const { openOrder } = runSetting(plan, mechanisms);
  const opened = openMechanisms(plan.book, mechanisms, openOrder, plan.tickMs);
  const ladders = mechanisms.flatMap((mechanism, index) => {
    const ladder = mechanism.ladder?.(opened.rows[index]);
    return ladder === undefined ? [] : [ladder];
  });
  return {
    assets: plan.book.assets.map(({ symbol, unitDecimals, priceUsd }) => ({ symbol, unitDecimals, spotUsd: priceUsd })),
    instruments: plan.book.instruments,
    venues: opened.venues,
    feeds: opened.feeds,
    ladders,
  };
}
