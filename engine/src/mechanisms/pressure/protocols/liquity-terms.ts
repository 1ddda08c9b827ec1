import { type Amount, type Basis, type Book, isProblem, unitsOf } from "../../../book/index.js";
import type { LiquityV2Parameters } from "../../../exact/liquity-v2/index.js";
import { powerOfTen } from "../../../exact/rounding.js";
import { basisPoints } from "../../../rules/account-value.js";
import type { LiquityV2Terms } from "../../../rules/liquity-v2.js";

/** A Liquity v2 branch's parameters; `fill` leaves none open but the minimum ratio where neither market nor scenario says it. */
export interface LiquityV2Params {
  readonly positions: string;
  readonly oracle: string;
  readonly market?: string | undefined;
  readonly collateral?: string | undefined;
  readonly debt?: string | undefined;
  readonly minimumRatio?: number | undefined;
  readonly shutdownRatio?: number | undefined;
  readonly poolPenalty?: number | undefined;
  readonly redistributionPenalty?: number | undefined;
  readonly gasCompensation?: number | undefined;
  readonly gasCompensationCap?: Amount | undefined;
  readonly stabilityPool?: Amount | undefined;
  readonly minimumInPool?: Amount | undefined;
  readonly depositorsSell: number;
  readonly withinMs: number;
  readonly interest: number;
  readonly basis?: Basis | undefined;
}

/** Numbers of a branch in whole units: what the rule and the exact protocol are made of. */
export function wholeTerms(params: LiquityV2Params, book: Book): LiquityV2Terms {
  const bps = (of: number | undefined) => Math.round((of ?? 0) * basisPoints);
  const assetOf = (symbol: string | undefined) => book.assets.findIndex((one) => one.symbol === symbol);
  const collateral = assetOf(params.collateral);
  const debt = assetOf(params.debt);
  const share = params.gasCompensation ?? 0;
  return {
    collateral,
    debt,
    collateralDecimals: book.assets[collateral]?.unitDecimals ?? 7,
    debtDecimals: book.assets[debt]?.unitDecimals ?? 6,
    minimumRatioBps: bps(params.minimumRatio),
    shutdownRatioBps: bps(params.shutdownRatio),
    poolPenaltyBps: bps(params.poolPenalty),
    redistributionPenaltyBps: bps(params.redistributionPenalty),
    // The contract divides: half a per cent is one in 200. Without compensation the cap is 0.
    gasCompensationDivisor: share === 0 ? 1 : Math.round(1 / share),
    gasCompensationCap: share === 0 ? 0 : wholeUnits(params.gasCompensationCap, book, collateral),
    minimumInPool: Math.max(1, wholeUnits(params.minimumInPool, book, debt)),
  };
}

/** Whole units of an amount of a book's asset; 0 where none is written or it is of another. */
export function wholeUnits(amount: Amount | undefined, book: Book, asset: number): number {
  if (amount === undefined) return 0;
  const whole = unitsOf(amount, book.assets[asset]?.unitDecimals ?? 6, "");
  return isProblem(whole) ? 0 : whole;
}

/** The branch as the exact protocol takes it, at the engine's decimals. */
export function exactParameters(params: LiquityV2Params, book: Book): LiquityV2Parameters {
  const terms = wholeTerms(params, book);
  const wad = (bps: number) => BigInt(bps) * powerOfTen(14);
  return {
    decimals: { collateral: terms.collateralDecimals, debt: terms.debtDecimals, price: 8 },
    minimumCollateralRatio: wad(terms.minimumRatioBps),
    criticalCollateralRatio: wad(Math.max(terms.minimumRatioBps, terms.shutdownRatioBps)),
    shutdownCollateralRatio: wad(terms.shutdownRatioBps),
    poolPenalty: wad(terms.poolPenaltyBps),
    redistributionPenalty: wad(terms.redistributionPenaltyBps),
    gasCompensationDivisor: BigInt(terms.gasCompensationDivisor),
    gasCompensationCap: BigInt(terms.gasCompensationCap),
    gasDeposit: 0n,
    minimumDebt: 0n,
    minimumInPool: BigInt(terms.minimumInPool),
    urgentRedemptionBonus: 0n,
  };
}
