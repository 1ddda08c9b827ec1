import { exp, log } from "../math/index.js";
import { millsMoments } from "./normalised-black.js";

// What `greeksOver` looks up: 30 kB in all, made when the module loads.

/** The tables serve |d| up to this. */
export const REACH = 9;
/** Cells of Mills' ratio per 1 of d. */
export const CELLS_PER_ONE = 16;
/** Cells of Mills' ratio in all. */
export const CELLS = 2 * REACH * CELLS_PER_ONE;
/** Index of 2^0 in `TWO_TO`. */
export const TWO_TO_ZERO = 1023;

/** 2^k for k from -1022 to 1023. */
export const TWO_TO = new Float64Array(2047);
/** 2^(j / 64) / sqrt(2 pi). */
export const DENSITY_POWERS = Float64Array.from(
  { length: 64 },
  (_, j) => exp((j * 0.6931471805599453) / 64) * 0.3989422804014327,
);
/** One over the middle of each 128th of [1, 2). */
export const ONE_OVER_PART = Float64Array.from({ length: 128 }, (_, part) => 256 / (257 + 2 * part));
/** Minus the logarithm of `ONE_OVER_PART`. */
export const LOG_OF_PART = ONE_OVER_PART.map((factor) => -log(factor));
/** Eight coefficients per cell, in the distance from its middle in cells. */
export const TAIL = new Float64Array(8 * CELLS);
/** A of Phi = A + phi B: 0 below zero, 1 above. */
export const TAIL_BASE = Float64Array.from({ length: CELLS }, (_, cell) => (2 * cell < CELLS ? 0 : 1));

fillPowers();
fillTail();

function fillPowers(): void {
  TWO_TO[TWO_TO_ZERO] = 1;
  for (let k = 1; k <= 1023; k++) {
    TWO_TO[TWO_TO_ZERO + k] = 2 * TWO_TO[TWO_TO_ZERO + k - 1];
    TWO_TO[TWO_TO_ZERO - k] = 0.5 * TWO_TO[TWO_TO_ZERO - k + 1];
  }
}

/** Taylor's polynomial of degree eight in the middle of each cell, its last term replaced by the best of lower degree (T8(x) = 128 x^8 - 256 x^6 + 160 x^4 - 32 x^2 + 1). */
function fillTail(): void {
  const moments = new Float64Array(9);
  for (let cell = 0; cell < CELLS / 2; cell++) {
    const mirror = CELLS - 1 - cell;
    millsMoments((cell + 0.5) / CELLS_PER_ONE - REACH, moments);
    let scale = 1;
    for (let n = 0; n <= 8; n++) {
      moments[n] *= scale;
      scale /= CELLS_PER_ONE * (n + 1);
    }
    // The polynomial runs over half a cell to either side.
    const last = moments[8];
    moments[6] += last / 2;
    moments[4] -= (last * 5) / 64;
    moments[2] += last / 256;
    moments[0] -= last / 32768;
    for (let n = 0; n < 8; n++) {
      TAIL[8 * cell + n] = moments[n];
      // B(d) = -Y(-d) above zero.
      TAIL[8 * mirror + n] = (n & 1) === 0 ? -moments[n] : moments[n];
    }
  }
}
