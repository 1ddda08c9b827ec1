import { orderAscending } from "../math/index.js";

/** Row indices by falling key, ties by row. No key may be NaN. */
export function rowsByFallingKey(keys: Float64Array): Uint32Array {
  return orderAscending(keys.map((key) => -key));
}
