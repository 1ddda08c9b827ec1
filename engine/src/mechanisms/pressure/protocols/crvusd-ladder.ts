import { stepsPerUsd } from "../../../rules/account-value.js";
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
  /** By row: units of collateral seized by hard liquidation, their debt, and stablecoin that stays missing. */
  readonly seized: Float64Array;
  readonly repaid: Float64Array;
  readonly missing: Float64Array;
}

/** The bands where the price has come to one of the rungs of its way. */
interface Rung {
  readonly stable: Float64Array;
  readonly collateral: Float64Array;
  readonly activeBand: number;
  readonly traded: number;
}

/**
 * The map's index: the price comes to where it is held by steps of one band, and at each the arbitrageur trades with the bands until they stand at it, as if the jump's fee had
 * decayed; whoever is unhealthy at the end is liquidated. The bands at every step are kept, so a price costs the last step alone.
 */
export function crvusdLadder(rows: CrvusdRows): Ladder {
  const { accounts, instrument, collateral, stable, stableFeed, arbitrageRow } = rows;
  // A market of its own: the run's is in use.
  const market = new Llamma(rows.market.terms, rows.market.opening);
  const { gridStart, amplification } = market.terms;
  const trade = new LlammaTrade(market);
  const answer: Answer = {
    steps: Number.NaN,
    traded: 0,
    seized: new Float64Array(arbitrageRow),
    repaid: new Float64Array(arbitrageRow),
    missing: new Float64Array(arbitrageRow),
  };
  const planned = { fraction: 0, repaid: 0, stable: 0, collateral: 0 };
  const stableSteps = (published: Float64Array) => published[stableFeed] || stepsPerUsd;
  const ways: Record<Direction, Rung[]> = { up: [], down: [] };
  let waysWorth = Number.NaN;
  let traded = 0;

  const sweep = (direction: Direction, worth: number) => {
    if (!rows.params.softLiquidation || instrument < 0) return;
    // One trade reaches fifty bands.
    for (let trades = 0; trades < market.stable.length; trades++) {
      trade.survey(direction);
      const units = trade.unitsUntil(worth);
      if (units <= 0) return;
      trade.quote(units);
      traded += direction === "up" ? units : -units;
      trade.commit();
    }
  };

  const restore = (rung: Rung) => {
    market.reset();
    market.stable.set(rung.stable);
    market.collateral.set(rung.collateral);
    market.activeBand = rung.activeBand;
    traded = rung.traded;
  };

  const keep = (way: Rung[]) => {
    const { activeBand } = market;
    way.push({ stable: market.stable.slice(), collateral: market.collateral.slice(), activeBand, traded });
  };

  /** Brings the bands to a price by steps of one band from the opening. The bands sell (a trade upwards) where it falls. */
  const come = (price: number, inStable: number) => {
    if (inStable !== waysWorth) {
      waysWorth = inStable;
      ways.up.length = 0;
      ways.down.length = 0;
    }
    const opening = market.opening.price;
    const direction: Direction = price <= opening ? "up" : "down";
    const way = ways[direction];
    const step = direction === "up" ? (amplification - 1) / amplification : amplification / (amplification - 1);
    if (way.length === 0) {
      market.reset();
      traded = 0;
      sweep("up", opening * inStable);
      sweep("down", opening * inStable);
      keep(way);
    }
    let rung = 0;
    for (let next = opening * step; direction === "up" ? next >= price : next <= price; next *= step) {
      rung++;
      if (way.length > rung) continue;
      restore(way[rung - 1]);
      market.holdPrice(next);
      sweep(direction, next * inStable);
      keep(way);
    }
    restore(way[rung]);
    market.holdPrice(price);
    sweep(direction, price * inStable);
  };

  const find = (published: Float64Array): Answer => {
    const steps = published[rows.feed];
    const inStable = stepsPerUsd / stableSteps(published);
    if (steps === answer.steps && inStable === waysWorth) return answer;
    answer.steps = steps;
    answer.traded = 0;
    answer.seized.fill(0);
    answer.repaid.fill(0);
    answer.missing.fill(0);
    if (steps === 0) return answer;
    come(priceOf(steps), inStable);
    answer.traded = traded;
    const worth = priceOf(steps) * inStable;
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
    const { firstBand, bandCount, shareStart, owned, shares, collateral: before } = market.opening;
    let coins = 0;
    for (let index = 0; index < bandCount[row]; index++) {
      const place = firstBand[row] + index - gridStart;
      const given = before[place] - market.collateral[place];
      if (given !== 0 && shares[place] > 0) coins += (given * owned[shareStart[row] + index]) / shares[place];
    }
    return Math.round(coins * market.collateralScale);
  };

  const usdOf = (published: Float64Array, units: number) =>
    ((units / market.stableScale) * stableSteps(published)) / stepsPerUsd;

  return {
    mechanism: rows.name,
    pathFree: false,
    reactionMs: rows.layout.feedSource(rows.feed).delayMs,
    method:
      "bands by bands: the price comes to where it is held by steps of one band, and at each the bands sell (or buy back) until their price with fee is the market's; then whoever is unhealthy is liquidated whole where that pays at the held price. What is sold softly hardly depends on the way; a price that jumps at once costs borrowers more than the map says, so more of them are liquidated",
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
        into.badDebtUsd += (found.missing[row] * stableSteps(published)) / stepsPerUsd;
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
        const badDebtUsd = (found.missing[row] * stableSteps(published)) / stepsPerUsd;
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
