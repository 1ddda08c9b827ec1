import { divDown, mulDivDown } from "../rounding.js";
import { BASIS_POINTS, RAD, RAY, WAD } from "../scales.js";
import type { MakerParameters } from "./parameters.js";

/** An ilk's parameters as governance writes them: basis points, whole DAI, seconds. */
export interface PresetTerms {
  readonly liquidationRatioBps: bigint;
  /** Ray of one second, as the chain holds it; 1e27 is no fee. */
  readonly feePerSecond: bigint;
  /** Hundredths of a DAI. */
  readonly debtCeilingCents: bigint;
  readonly dustDai: bigint;
  /** 1300 for 13 %. */
  readonly penaltyBps: bigint;
  readonly globalAuctionLimitDai: bigint;
  readonly auctionLimitDai: bigint;
  readonly startPriceBps: bigint;
  readonly resetAfterSeconds: bigint;
  readonly resetBelowBps: bigint;
  readonly incentiveBps: bigint;
  readonly incentiveDai: bigint;
  readonly cutBps: bigint;
  readonly stepSeconds: bigint;
  /** 0 where nobody may trip the breaker. */
  readonly breakerToleranceBps: bigint;
}

/** The parameters at the chain's decimals, with the chain's target price of one dollar, stairstep curve and delay of one hour. */
export function fromTerms(terms: PresetTerms): MakerParameters {
  const ray = (bps: bigint) => mulDivDown(bps, RAY, BASIS_POINTS);
  const wad = (bps: bigint) => mulDivDown(bps, WAD, BASIS_POINTS);
  return {
    decimals: { collateral: 18, debt: 18, price: 18 },
    liquidationRatio: ray(terms.liquidationRatioBps),
    targetPrice: RAY,
    feePerSecond: terms.feePerSecond,
    debtCeiling: terms.debtCeilingCents * divDown(RAD, 100n),
    dust: terms.dustDai * RAD,
    liquidationPenalty: WAD + wad(terms.penaltyBps),
    globalAuctionLimit: terms.globalAuctionLimitDai * RAD,
    auctionLimit: terms.auctionLimitDai * RAD,
    startPriceFactor: ray(terms.startPriceBps),
    resetAfterSeconds: terms.resetAfterSeconds,
    resetBelowShare: ray(terms.resetBelowBps),
    incentiveShare: wad(terms.incentiveBps),
    incentiveFlat: terms.incentiveDai * RAD,
    priceCurve: { kind: "stairstep", cut: ray(terms.cutBps), step: terms.stepSeconds },
    breakerTolerance: ray(terms.breakerToleranceBps),
    oracleDelaySeconds: 3600n,
  };
}
