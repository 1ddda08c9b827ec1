export * from "./card.js";
export * from "./errors.js";
export * from "./liquidation.js";
export * from "./margin.js";
export * from "./mark-price.js";
export * from "./parameters.js";
export * from "./presets.js";
export * from "./state.js";
