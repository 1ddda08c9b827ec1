/** The feeds: everything that turns files of others into books and series of ours. */
export { type MappedColumn, parseMapping } from "./column-mapping.js";
export type { ReadProgress } from "./csv-stream.js";
export { type DepthCsv, importDepthCsv } from "./depth-csv.js";
export * from "./our-format.js";
export {
  importPositionsCsv,
  type PositionsCsv,
  type PositionsCsvOptions,
  type PositionsCsvProblems,
  positionsSection,
  userLayer,
} from "./positions-csv.js";
export { importRaw, isRawKind, type RawImport, type RawKind, type RawQuestion, rawKinds } from "./raw-import.js";
export type { RefusedRow } from "./refused-row.js";
export { shipBooks } from "./ship.js";
