export * from "./allocator.js";
export * from "./card.js";
export * from "./errors.js";
export * from "./exponential.js";
export * from "./ltv.js";
export * from "./parameters.js";
export * from "./signed-updates.js";
