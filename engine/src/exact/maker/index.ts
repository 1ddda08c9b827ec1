/** The door of the exact Maker engine. */
export * from "./auction.js";
export * from "./bark.js";
export * from "./breaker.js";
export * from "./card.js";
export * from "./errors.js";
export * from "./ledger.js";
export * from "./oracle.js";
export * from "./parameters.js";
export * from "./presets.js";
export * from "./price-curves.js";
export * from "./state.js";
export * from "./take.js";
export * from "./vault.js";
export * from "./vow.js";
