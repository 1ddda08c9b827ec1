export { type Definition, type Demonstration, define, type Part, type Reference, type Sources } from "./definition.js";
export { definitionOf, definitions } from "./registry.js";
