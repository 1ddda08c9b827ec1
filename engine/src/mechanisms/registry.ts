import type { Definition } from "./definition.js";
import { constantProductDefinition } from "./liquidity/constant-product.js";
import { orderBookDefinition } from "./liquidity/order-book.js";
import { lendingDefinition } from "./pressure/lending.js";
import { lineDefinition } from "./prices/line.js";
import { recordedDefinition } from "./prices/recorded.js";
import { spotOracleDefinition } from "./prices/spot-oracle.js";

/** Every kind of mechanism there is. Registering it here puts it into the schema, `explain`, the docs and the conformance suite. */
export const definitions: readonly Definition[] = [
  lineDefinition,
  recordedDefinition,
  spotOracleDefinition,
  orderBookDefinition,
  constantProductDefinition,
  lendingDefinition,
];

/** The definition of a kind, or undefined. */
export function definitionOf(kind: string): Definition | undefined {
  return definitions.find((definition) => definition.kind === kind);
}
