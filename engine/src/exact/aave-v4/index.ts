/** Aave v4, exact. */
export * from "./account-data.js";
export { card } from "./card.js";
export * from "./errors.js";
export * from "./lending.js";
export * from "./liquidation.js";
export * from "./liquidation-amounts.js";
export * from "./parameters.js";
export * from "./state.js";
