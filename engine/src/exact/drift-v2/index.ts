export { card } from "./card.js";
export * from "./errors.js";
export * from "./formulas.js";
export * from "./liquidation.js";
export * from "./parameters.js";
export { presets } from "./presets.js";
export * from "./state.js";
