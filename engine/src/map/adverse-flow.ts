import { clearFlow, emptyFlow } from "../ladder/index.js";
import type { ForcedFlow, Ladder } from "../run/mechanism.js";
import { type MapMarket, publishHeld } from "./market.js";

/** What one ladder forces at held prices, by asset: whole units with the move that is asked about, and against it. */
export interface SidedUnits {
  readonly adverse: Float64Array;
  readonly opposed: Float64Array;
  readonly accounts: number;
  readonly badDebtUsd: number;
}

/** Asks ladders what they force at held prices, the sides of the market apart: in a fall sales are adverse, in a rise purchases are. */
export class AdverseFlow {
  private readonly flow: ForcedFlow;
  private readonly published: Float64Array;

  constructor(
    private readonly market: MapMarket,
    private readonly direction: -1 | 1,
  ) {
    this.flow = emptyFlow(market.instruments.length);
    this.published = new Float64Array(market.feeds.length);
  }

  /** One answer per ladder, with every asset held at `pricesUsd`. */
  at(ladders: readonly Ladder[], pricesUsd: ArrayLike<number>): readonly SidedUnits[] {
    const { market, flow } = this;
    publishHeld(market, pricesUsd, this.published);
    const [along, against] = this.direction < 0 ? [flow.sold, flow.bought] : [flow.bought, flow.sold];
    return ladders.map((ladder) => {
      clearFlow(flow);
      ladder.forced(this.published, flow);
      const adverse = new Float64Array(market.assets.length);
      const opposed = new Float64Array(market.assets.length);
      market.instruments.forEach(({ asset }, instrument) => {
        adverse[asset] += along[instrument];
        opposed[asset] += against[instrument];
      });
      return { adverse, opposed, accounts: flow.accounts, badDebtUsd: flow.badDebtUsd };
    });
  }
}

/**
 * Units of an asset that a move forces out of one ladder: what is forced with the move, less what newly answers against it (a dealer long gamma). An order
 * against the move that the move itself heals is no trade: a sale that a rising price makes needless buys nothing (docs/model.md).
 */
export function forcedByMove(before: SidedUnits, after: SidedUnits, asset: number): number {
  return after.adverse[asset] - before.adverse[asset] - Math.max(0, after.opposed[asset] - before.opposed[asset]);
}
