import { type Amount, type Basis, type Book, isProblem, unitsOf } from "../../../book/index.js";
import type { MakerParameters } from "../../../exact/maker/index.js";
import { powerOfTen } from "../../../exact/rounding.js";
import { RAY, WAD } from "../../../exact/scales.js";
import { basisPoints, powersOfTen } from "../../../rules/account-value.js";
import type { MakerTerms } from "../../../rules/maker.js";
import { AUCTION_ONE, type AuctionCurve } from "../../../rules/maker-auction.js";

/** How an auction's price falls, as parameters keep it. */
export type MakerCurve =
  | { readonly kind: "linear"; readonly durationMs: number }
  | { readonly kind: "stairstep"; readonly cut: number; readonly stepMs: number }
  | { readonly kind: "exponential"; readonly cut: number };

/** A Maker collateral type's parameters; `fill` leaves none open but the ratio where neither market nor scenario says it. */
export interface MakerParams {
  readonly positions: string;
  readonly oracle: string;
  readonly market?: string | undefined;
  readonly collateral?: string | undefined;
  readonly debt?: string | undefined;
  readonly liquidationRatio?: number | undefined;
  readonly penalty?: number | undefined;
  readonly dust?: Amount | undefined;
  readonly auctionLimit?: Amount | "unlimited" | undefined;
  readonly globalAuctionLimit?: Amount | "unlimited" | undefined;
  readonly startPrice?: number | undefined;
  readonly priceCurve?: MakerCurve | undefined;
  readonly resetAfterMs?: number | "never" | undefined;
  readonly resetBelow?: number | undefined;
  readonly incentiveShare?: number | undefined;
  readonly incentiveFlat?: Amount | undefined;
  readonly breaker: "on" | "off";
  readonly breakerTolerance?: number | undefined;
  readonly fee?: number | undefined;
  readonly basis?: Basis | undefined;
}

/** Terms in whole units and seconds. */
export interface WholeTerms extends MakerTerms {
  readonly startBps: number;
  readonly resetAfterSeconds: number;
  readonly resetBelow: number;
  readonly toleranceBps: number;
  readonly curve: AuctionCurve;
}

/** Numbers of a collateral type in whole units: what the rule, the auctions and the exact protocol are made of. */
export function wholeTerms(params: MakerParams, book: Book): WholeTerms {
  const bps = (of: number | undefined) => Math.round((of ?? 0) * basisPoints);
  const assetOf = (symbol: string | undefined) => book.assets.findIndex((one) => one.symbol === symbol);
  const collateral = assetOf(params.collateral);
  const debt = assetOf(params.debt);
  const debtDecimals = book.assets[debt]?.unitDecimals ?? 6;
  const units = (amount: Amount | "unlimited" | undefined) => {
    if (amount === undefined || amount === "unlimited") return Number.POSITIVE_INFINITY;
    const whole = unitsOf(amount, debtDecimals, "");
    return isProblem(whole) ? 0 : whole;
  };
  const cent = powersOfTen[Math.max(0, debtDecimals - 2)];
  const seconds = (ms: number) => Math.floor(ms / 1000);
  const curve: MakerCurve = params.priceCurve ?? { kind: "stairstep", cut: 0.99, stepMs: 90_000 };
  return {
    collateral,
    debt,
    collateralDecimals: book.assets[collateral]?.unitDecimals ?? 7,
    debtDecimals,
    ratioBps: bps(params.liquidationRatio),
    penaltyBps: bps(params.penalty),
    // Whole hundredths of a DAI, so that dust with penalty is whole units too.
    dust: params.dust === undefined ? 0 : Math.floor(units(params.dust) / cent) * cent,
    globalLimit: units(params.globalAuctionLimit),
    limit: units(params.auctionLimit),
    incentiveBps: bps(params.incentiveShare),
    incentiveFlat: params.incentiveFlat === undefined ? 0 : units(params.incentiveFlat),
    startBps: bps(params.startPrice),
    resetAfterSeconds:
      params.resetAfterMs === "never" || params.resetAfterMs === undefined
        ? Number.POSITIVE_INFINITY
        : seconds(params.resetAfterMs),
    resetBelow: Math.round((params.resetBelow ?? 0) * AUCTION_ONE),
    toleranceBps: params.breaker === "off" ? 0 : bps(params.breakerTolerance),
    curve: wholeCurve(curve, seconds),
  };
}

function wholeCurve(curve: MakerCurve, seconds: (ms: number) => number): AuctionCurve {
  const cut = (of: number) => Math.round(of * AUCTION_ONE);
  switch (curve.kind) {
    case "linear":
      return { kind: "linear", seconds: seconds(curve.durationMs) };
    case "stairstep":
      return { kind: "stairstep", cut: cut(curve.cut), step: seconds(curve.stepMs) };
    case "exponential":
      return { kind: "exponential", cut: cut(curve.cut) };
  }
}

/** Larger than any amount of a book in rad: what stands for no limit in the exact protocol. */
const unlimitedUnits = powerOfTen(18);

/** The collateral type as the exact protocol takes it, at the engine's decimals and at a rate of one (debts are whole units). */
export function exactParameters(params: MakerParams, book: Book): MakerParameters {
  const terms = wholeTerms(params, book);
  const whole = (units: number) => (units === Number.POSITIVE_INFINITY ? unlimitedUnits : BigInt(units)) * RAY;
  const rayBps = (bps: number) => BigInt(bps) * powerOfTen(23);
  const wadBps = (bps: number) => BigInt(bps) * powerOfTen(14);
  const { curve } = terms;
  return {
    decimals: { collateral: terms.collateralDecimals, debt: terms.debtDecimals, price: 8 },
    liquidationRatio: rayBps(terms.ratioBps),
    targetPrice: RAY,
    feePerSecond: RAY,
    debtCeiling: unlimitedUnits * RAY,
    dust: whole(terms.dust),
    liquidationPenalty: WAD + wadBps(terms.penaltyBps),
    globalAuctionLimit: whole(terms.globalLimit),
    auctionLimit: whole(terms.limit),
    startPriceFactor: rayBps(terms.startBps),
    resetAfterSeconds:
      terms.resetAfterSeconds === Number.POSITIVE_INFINITY ? powerOfTen(12) : BigInt(terms.resetAfterSeconds),
    resetBelowShare: BigInt(terms.resetBelow) * powerOfTen(12),
    incentiveShare: wadBps(terms.incentiveBps),
    incentiveFlat: whole(terms.incentiveFlat),
    priceCurve:
      curve.kind === "linear"
        ? { kind: "linear", seconds: BigInt(curve.seconds) }
        : curve.kind === "stairstep"
          ? { kind: "stairstep", cut: BigInt(curve.cut) * powerOfTen(12), step: BigInt(curve.step) }
          : { kind: "exponential", cut: BigInt(curve.cut) * powerOfTen(12) },
    breakerTolerance: rayBps(terms.toleranceBps),
    oracleDelaySeconds: 3600n,
  };
}
