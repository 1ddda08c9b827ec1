export { card } from "./card.js";
export * from "./errors.js";
export * from "./exchange.js";
export * from "./parameters.js";
export * from "./position.js";
