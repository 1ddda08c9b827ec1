import { divDown } from "../rounding.js";
import { WAD } from "../scales.js";
import { exp2, log2 } from "./binary-powers.js";
import { BucketIndexOutOfBounds } from "./errors.js";
import { wadDivide, wadMultiply } from "./maths.js";

/** Index of the lowest bucket; index 0 is the highest. */
export const LAST_BUCKET = 7_388;
/** Price of the lowest bucket, wad: as LUP it means that nothing backs the debt. */
export const MIN_PRICE = 99_836_282_890n;
/** 50 times the highest bucket's price: cap of reference and neutral prices. */
export const MAX_INFLATED_PRICE = 50_248_449_380_325_617_709_105_488n;

const BUCKET_OF_ONE = 4_156;
const STEP_LOG = log2(1_005_000_000_000_000_000n);
const MINUTES = 60n;

/** Price of a bucket, wad: 1.005^(4156 - index). Throws BucketIndexOutOfBounds. Source: Ajna PoolHelper `_priceAt`. */
export function bucketPrice(index: number): bigint {
  if (!Number.isInteger(index) || index < 0 || index > LAST_BUCKET) throw new BucketIndexOutOfBounds(index);
  return exp2(BigInt(BUCKET_OF_ONE - index) * STEP_LOG);
}

/**
 * Price of an auction `seconds` after its kick, wad: from 256 times the reference, halving every 20 minutes for two hours, every two hours up to 14 hours,
 * every hour after; the reference itself after six hours. Rounding as on chain, to the last unit. Source: Ajna PoolHelper `_auctionPrice`.
 */
export function auctionPrice(referencePrice: bigint, seconds: bigint): bigint {
  const minutes = wadDivide(seconds * WAD, MINUTES * WAD);
  const halvings = (since: bigint, each: bigint) => exp2(-divDown(minutes - since * WAD, each));
  if (minutes < 120n * WAD) return 256n * wadMultiply(referencePrice, halvings(0n, 20n));
  if (minutes < 840n * WAD) return 4n * wadMultiply(referencePrice, halvings(120n, 120n));
  return divDown(wadMultiply(referencePrice, halvings(840n, 60n)), 16n);
}
