export { parseJsonBytes } from "./json.js";
export { fileLimits } from "./limits.js";
export { printProblems } from "./print-problems.js";
export {
  type Input,
  type Progress,
  type ReadInput,
  readBookFile,
  readInput,
  readSeriesFile,
  withLines,
} from "./read-input.js";
export { parseYaml } from "./yaml.js";
