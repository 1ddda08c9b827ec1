import type { ForcedFlow } from "../run/mechanism.js";

/** One group of accounts within a ladder, indexed by one method. */
export interface IndexPart {
  /** Adds what the group is forced to trade with prices held at `published` (steps by feed); allocates nothing. */
  forced(published: Float64Array, into: ForcedFlow): void;
  /** The units of `forced` alone (sold and bought), where that is less work: what the rounds of a cascade need. */
  forcedUnits?(published: Float64Array, into: ForcedFlow): void;
  /** Calls `visit` with the ladder row of every account that breaches at those prices, in no stated order. */
  breaching(published: Float64Array, visit: (row: number) => void): void;
  /** As `Ladder.reaching`; where it is missing, all who breach may be meant. */
  reaching?(from: Float64Array | null, to: Float64Array, least: Float64Array, visit: (row: number) => void): void;
  /** The method in words, for `explain`. */
  readonly method: string;
  readonly accountCount: number;
}

/** Units on a route's instrument that reach `least`; Infinity where the route has no such trade. With two trades either may be half of it. */
export function leastOn(instrument: number, other: number, least: Float64Array): number {
  if (instrument < 0) return Number.POSITIVE_INFINITY;
  const alone = other < 0 || least[other] === Number.POSITIVE_INFINITY;
  return alone ? least[instrument] : least[instrument] / 2;
}

/** Where a pair's prices come from and where its trades go. */
export interface PairRoute {
  readonly collateralFeed: number;
  readonly debtFeed: number;
  /** Instrument on which seized collateral is sold; -1: no sale. */
  readonly sellInstrument: number;
  /** Instrument on which the repaid asset is bought; -1: no purchase. */
  readonly buyInstrument: number;
}
