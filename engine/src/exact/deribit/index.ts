export { card } from "./card.js";
export * from "./errors.js";
export * from "./liquidation.js";
export * from "./margin.js";
export * from "./options.js";
export * from "./parameters.js";
export * from "./portfolio.js";
export { presets } from "./presets.js";
