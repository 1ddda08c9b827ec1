import { CRVUSD_ONE, Llamma } from "../../../rules/crvusd.js";
import { type Direction, LlammaTrade } from "../../../rules/crvusd-trade.js";
import type { Ladder } from "../../../run/index.js";
import { priceOf } from "./crvusd-hard.js";
import type { CrvusdRows } from "./crvusd-rows.js";

/** What is forced at one held price. */
interface Answer {
  steps: number;
  /** Units that the bands sell, or below zero buy. */
  traded: number;
  /** By row: units of collateral seized by hard liquidation, and stablecoin that stays missing. */
  readonly seized: Float64Array;
  readonly repaid: Float64Array;
  readonly missing: Float64Array;
}

/**
 * The map's index: at a held price the arbitrageur trades with the opening bands until they stand at that price, as if a smoothed oracle had arrived there; whoever is
 * unhealthy then is liquidated at it. Found anew for each price; the last answer is kept.
 */
export function crvusdLadder(rows: CrvusdRows): Ladder {
  const { accounts, instrument, collateral, stable, stableFeed, arbitrageRow } = rows;
  // A market of its own: the run's is in use.
  const market = new Llamma(rows.market.terms, rows.market.opening);
  const trade = new LlammaTrade(market);
  const perBand = new Float64Array(market.stable.length);
  const answer: Answer = {
    steps: Number.NaN,
    traded: 0,
    seized: new Float64Array(arbitrageRow),
    repaid: new Float64Array(arbitrageRow),
    missing: new Float64Array(arbitrageRow),
  };
  const planned = { fraction: 0, repaid: 0, stable: 0, collateral: 0 };
  const { gridStart } = market.terms;
  const stableSteps = (published: Float64Array) => published[stableFeed] || 1e8;

  const sweep = (direction: Direction, worth: number) => {
    // One trade reaches fifty bands.
    for (let trades = 0; trades < market.stable.length; trades++) {
      trade.survey(direction);
      const units = Math.floor(trade.collateralUntil(worth) * market.collateralScale);
      if (units <= 0) return;
      trade.quote(units);
      answer.traded += direction === "up" ? units : -units;
      trade.visitBands((band, coins) => {
        perBand[band - gridStart] += direction === "up" ? coins : -coins;
      });
      trade.commit();
    }
  };

  const find = (published: Float64Array): Answer => {
    const steps = published[rows.feed];
    if (steps === answer.steps) return answer;
    answer.steps = steps;
    answer.traded = 0;
    answer.seized.fill(0);
    answer.repaid.fill(0);
    answer.missing.fill(0);
    perBand.fill(0);
    if (steps === 0) return answer;
    market.reset();
    market.holdPrice(priceOf(steps));
    const worth = (priceOf(steps) * 1e8) / stableSteps(published);
    if (rows.params.softLiquidation && instrument >= 0) {
      sweep("up", worth);
      if (answer.traded === 0) sweep("down", worth);
    }
    for (let row = 0; row < arbitrageRow; row++) {
      if (market.debt[row] === 0 || market.bandCount[row] === 0 || !market.isLiquidatable(row)) continue;
      market.liquidation(row, CRVUSD_ONE, planned);
      const pays = (planned.collateral / market.collateralScale) * worth;
      const missing = (planned.repaid - planned.stable) / market.stableScale - pays;
      if (missing > 0) answer.missing[row] = missing;
      else {
        answer.seized[row] = planned.collateral;
        answer.repaid[row] = planned.repaid;
      }
    }
    return answer;
  };

  /** Units of the soft trade that fall to a row, by its shares of the bands. */
  const softOf = (row: number): number => {
    const { firstBand, bandCount, shareStart, owned, shares } = market.opening;
    let coins = 0;
    for (let index = 0; index < bandCount[row]; index++) {
      const place = firstBand[row] + index - gridStart;
      if (perBand[place] !== 0 && shares[place] > 0)
        coins += (perBand[place] * owned[shareStart[row] + index]) / shares[place];
    }
    return Math.round(coins * market.collateralScale);
  };

  const usdOf = (published: Float64Array, units: number) =>
    ((units / market.stableScale) * stableSteps(published)) / 1e8;

  return {
    mechanism: rows.name,
    pathFree: false,
    reactionMs: rows.layout.feedSource(rows.feed).delayMs,
    method:
      "bands by bands: what the bands above a held price hold is sold to an arbitrageur until their price with fee is the market's, from the opening in one go and with the jump's fee decayed; then whoever is unhealthy is liquidated whole where it pays at that price. In time fees are paid on the way, so a little differs; where prices rise again the bands buy",
    forced(published, into) {
      const found = find(published);
      if (instrument >= 0) {
        if (found.traded > 0) into.sold[instrument] += found.traded;
        else into.bought[instrument] -= found.traded;
      }
      for (let row = 0; row < arbitrageRow; row++) {
        const soft = found.traded === 0 ? 0 : softOf(row);
        const hard = found.repaid[row] > 0;
        if (soft !== 0 || hard || found.missing[row] > 0) into.accounts++;
        if (hard) {
          if (instrument >= 0) into.sold[instrument] += found.seized[row];
          into.repaidUsd += usdOf(published, found.repaid[row]);
        }
        into.badDebtUsd += (found.missing[row] * stableSteps(published)) / 1e8;
      }
    },
    forcedUnits(published, into) {
      if (instrument < 0) return;
      const found = find(published);
      if (found.traded > 0) into.sold[instrument] += found.traded;
      else into.bought[instrument] -= found.traded;
      for (let row = 0; row < arbitrageRow; row++) into.sold[instrument] += found.seized[row];
    },
    accounts(published, visit) {
      const found = find(published);
      for (let row = 0; row < arbitrageRow; row++) {
        const soft = found.traded === 0 ? 0 : softOf(row);
        const badDebtUsd = (found.missing[row] * stableSteps(published)) / 1e8;
        if (soft !== 0 || found.repaid[row] > 0 || badDebtUsd > 0)
          visit({ row, instrument, units: soft + found.seized[row], badDebtUsd });
      }
    },
    describe: (row) => ({
      account: accounts.table.ids.at(row) ?? String(row),
      collateral: [
        { asset: collateral, units: accounts.collateral[row] ?? 0 },
        { asset: stable, units: accounts.converted[row] ?? 0 },
      ].filter(({ units }) => units > 0),
      debt: [{ asset: stable, units: accounts.debt[row] ?? 0 }],
    }),
  };
}
