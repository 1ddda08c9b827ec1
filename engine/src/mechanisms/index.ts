export {
  type CheckContext,
  type Definition,
  type Demonstration,
  define,
  type Fault,
  type Market,
  type NamedMechanism,
  offersSurface,
  type Part,
  publishesFeeds,
  type Reference,
  type Sources,
} from "./definition.js";
export { definitionOf, definitions } from "./registry.js";
