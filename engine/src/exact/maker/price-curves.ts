import { divDown, divHalfUp, mulDivDown } from "../rounding.js";
import { RAY } from "../scales.js";
import type { PriceCurve } from "./parameters.js";

/** `x` (scaled by `base`) to the power of `n`, squared and multiplied with halves rounded up at every step. Source: dss `abaci.sol`, `jug.sol` rpow. */
export function rpow(x: bigint, n: bigint, base: bigint): bigint {
  if (n === 0n) return base;
  let power = x;
  let result = (n & 1n) === 1n ? x : base;
  for (let left = n >> 1n; left > 0n; left >>= 1n) {
    power = divHalfUp(power * power, base);
    if ((left & 1n) === 1n) result = divHalfUp(result * power, base);
  }
  return result;
}

/** Price in ray `seconds` after a start at `startPrice` (ray), rounded down. Source: dss `abaci.sol` price of the three curves. */
export function auctionPrice(curve: PriceCurve, startPrice: bigint, seconds: bigint): bigint {
  switch (curve.kind) {
    case "linear":
      if (seconds >= curve.seconds) return 0n;
      return mulDivDown(startPrice, mulDivDown(curve.seconds - seconds, RAY, curve.seconds), RAY);
    case "stairstep":
      return mulDivDown(startPrice, rpow(curve.cut, divDown(seconds, curve.step), RAY), RAY);
    case "exponential":
      return mulDivDown(startPrice, rpow(curve.cut, seconds, RAY), RAY);
  }
}
