import type { MapMarket } from "../map/index.js";
import { openMechanisms } from "../run/index.js";
import { type Plan, runSetting } from "../scenario/plan.js";

/**
 * Opens a plan for the map: its mechanisms' ladders, its venues and its feeds, without time. The map moves the venues: open one market for the
 * map alone, once, and ask it many questions.
 */
export function openMarket(plan: Plan): MapMarket {
  const { book, tickMs } = plan;
  const setting = runSetting(plan);
  const opened = openMechanisms(book, setting.mechanisms, setting.openOrder, tickMs);
  return {
    assets: book.assets.map(({ symbol, unitDecimals, priceUsd }) => ({ symbol, unitDecimals, spotUsd: priceUsd })),
    instruments: book.instruments.map(({ asset, quote, market }) => ({ asset, quote, market })),
    venues: opened.venues.map(({ ladder, instrument, refillPerHour }) => ({ ladder, instrument, refillPerHour })),
    feeds: opened.feeds,
    ladders: opened.mechanisms.flatMap((mechanism, index) => {
      const ladder = mechanism.ladder?.(opened.rows[index]);
      return ladder === undefined ? [] : [ladder];
    }),
  };
}
