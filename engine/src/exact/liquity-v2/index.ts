/** The door of the exact Liquity v2 engine. */
export * from "./card.js";
export * from "./errors.js";
export * from "./liquidation.js";
export * from "./parameters.js";
export * from "./presets.js";
export * from "./redistribution.js";
export * from "./shutdown.js";
export * from "./stability-pool.js";
export * from "./state.js";
export * from "./trove.js";
