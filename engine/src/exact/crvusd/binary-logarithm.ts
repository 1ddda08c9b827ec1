import { divDown, divTowardsZero, mulDivDown } from "../rounding.js";
import { WAD } from "../scales.js";

const LOG2_E = 1_442_695_040_888_963_328n;

/**
 * Base-two logarithm in wad of a wad of one or more, by repeated squaring with `digits` binary digits after the point, every step rounded down.
 */
function logarithmAboveOne(value: bigint, digits: number): bigint {
  let x = value;
  let logarithm = 0n;
  for (let step = 128n; step > 0n; step >>= 1n) {
    if (x < WAD << step) continue;
    x >>= step;
    logarithm += step * WAD;
  }
  let digit = WAD;
  for (let place = 0; place < digits; place++) {
    if (x >= 2n * WAD) {
      logarithm += digit;
      x >>= 1n;
    }
    x = mulDivDown(x, x, WAD);
    digit >>= 1n;
  }
  return logarithm;
}

/** Base-two logarithm in wad as the first controllers took it: 34 digits, below one by the reciprocal. Source: v1 Controller.vy `log2`. */
export function binaryLogarithm(value: bigint): bigint {
  return value < WAD ? -logarithmAboveOne(divDown(WAD * WAD, value), 34) : logarithmAboveOne(value, 34);
}

/** Natural logarithm in wad of a wad of one or more, by base two with 59 digits. Source: v1 ControllerFactory.vy `ln_int`. */
export function naturalLogarithmByTwo(value: bigint): bigint {
  return divTowardsZero(logarithmAboveOne(value, 59) * WAD, LOG2_E);
}
