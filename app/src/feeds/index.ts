/** The feeds: everything that turns files of others into books and series of ours. */
export { type MappedColumn, parseMapping } from "./columnMapping.js";
export type { ReadProgress } from "./csvStream.js";
export { type DepthCsv, importDepthCsv } from "./depthCsv.js";
export * from "./ourFormat.js";
export {
  importPositionsCsv,
  type PositionsCsv,
  type PositionsCsvOptions,
  type PositionsCsvProblems,
  positionsSection,
  userLayer,
} from "./positionsCsv.js";
export { importRaw, isRawKind, type RawImport, type RawKind, rawKinds } from "./rawImport.js";
export type { RefusedRow } from "./refusedRow.js";
export { shipBooks } from "./ship.js";
