/**
 * A venue's marginal ladder. Positions are signed whole units sold into the venue since balance (order book: `used`) or since open (pool), so
 * where a venue stands after a number of units does not depend on how they came: the run and the map walk the same ladder.
 */
export interface VenueLadder {
  readonly id: string;
  /** Where the venue stands now. */
  position(): number;
  /** The most it can have bought (negative: it has sold) and sold into it; finite whole numbers. */
  lowest(): number;
  highest(): number;
  /** Quote coins per coin that the next unit fetches (side 1, after fees) or costs (side -1) at a position; falls with the position. */
  marginal(position: number, side: 1 | -1): number;
  /** The largest position in [lowest, highest] whose marginal price on that side is still at least `price`; lowest when none is. */
  positionAt(price: number, side: 1 | -1): number;
  /** Middle price at a position, without fees. */
  middle(position: number): number;
  /**
   * Whole quote units for moving between positions: to > from: what sellers receive, rounded down, after fees; to < from: what buyers pay,
   * rounded up, with fees.
   */
  cash(from: number, to: number): number;
  /** Moves the venue; called by the kernel with what clearing allotted. */
  take(to: number): void;
  /** Follows fair value (order books): the curve is relative to it. */
  follow(fairPrice: number): void;
  /** Smallest |d ln price / d unit| of the measured curve, per unit; Infinity for absolute venues and without levels. */
  flattestSlope(): number;
  /** follows-fair venues recover and move with fair value, absolute ones do not. */
  readonly frame: "follows-fair" | "absolute";
}
