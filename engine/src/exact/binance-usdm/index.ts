export * from "./card.js";
export * from "./errors.js";
export * from "./liquidation.js";
export * from "./liquidation-price.js";
export * from "./margin.js";
export * from "./parameters.js";
export * from "./presets.js";
export * from "./state.js";
