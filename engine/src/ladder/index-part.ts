import type { ForcedFlow } from "../run/mechanism.js";

/** One group of accounts within a ladder, indexed by one method. */
export interface IndexPart {
  /** Adds what the group is forced to trade with prices held at `published` (steps by feed); allocates nothing. */
  forced(published: Float64Array, into: ForcedFlow): void;
  /** The units of `forced` alone (sold and bought), where that is less work: what the rounds of a cascade need. */
  forcedUnits?(published: Float64Array, into: ForcedFlow): void;
  /** Calls `visit` with the ladder row of every account that breaches at those prices, in no stated order. */
  breaching(published: Float64Array, visit: (row: number) => void): void;
  /** The method in words, for `explain`. */
  readonly method: string;
  readonly accountCount: number;
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
