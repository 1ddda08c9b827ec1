export { card } from "./card.js";
export * from "./errors.js";
export * from "./liquidation.js";
export * from "./margin.js";
export * from "./orders.js";
export * from "./parameters.js";
export * from "./state.js";
export * from "./window.js";
