/** Aave v3.7, exact. */
export * from "./account-data.js";
export { card } from "./card.js";
export * from "./errors.js";
export * from "./interest.js";
export * from "./lending.js";
export * from "./liquidation.js";
export * from "./liquidation-amounts.js";
export type { MarketPreset, RatesOfDay } from "./market-table.js";
export * from "./parameters.js";
export { presets } from "./presets.js";
export * from "./reserve-actions.js";
export * from "./risk-steward.js";
export * from "./shares.js";
export * from "./state.js";
export * from "./umbrella.js";
