/** Limit Up-Limit Down: bands around a reference price. */
export * from "./bands.js";
