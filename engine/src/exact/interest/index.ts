export * from "./accrual.js";
export * from "./adaptive-curve.js";
export * from "./errors.js";
export * from "./kinked.js";
export * from "./liquidity.js";
export * from "./parameters.js";
export * from "./utilisation.js";
