export { erfc } from "./error-function.js";
export { exp, expm1 } from "./exp.js";
export { log, log1p } from "./log.js";
export { normalCdf, normalCdfUpper, normalInverse, normalPdf } from "./normal.js";
export { fillNormal, fillUniform, normal, philox, uniform } from "./philox.js";
export { pow, powInt } from "./pow.js";
export { orderAscending } from "./radix-order.js";
export { mulDivDown, mulDivUp } from "./rounding.js";
export { Sha256, sha256Hex } from "./sha256.js";
