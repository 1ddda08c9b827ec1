import { divDown, divUp, least, most, mulDivDown } from "../rounding.js";
import { WAD } from "../scales.js";
import { type Curve, curveOf } from "./invariant.js";
import { MAX_BANDS, MAX_SKIP } from "./parameters.js";
import { bandFee, oracleUp, type SmoothedOracle } from "./prices.js";
import { type Band, bandAt, type Market } from "./state.js";

/** `up` sells stablecoin for collateral and raises the price of the AMM; `down` sells collateral for stablecoin. */
export type Direction = "up" | "down";

/** A trade worked out, not yet done: all amounts at 18 decimals. */
export interface Trade {
  /** What the trader pays, rounded up to a token unit. */
  readonly paid: bigint;
  /** What the trader gets, rounded down to a token unit. */
  readonly received: bigint;
  /** First band that holds something on the way; the active one where none does. */
  readonly startBand: number;
  /** Band that is active afterwards. */
  readonly endBand: number;
  /** Coin paid in, of each band from the start to the end, after the trade. */
  readonly paidInBands: readonly bigint[];
  /** Coin paid out that is left in the last band. */
  readonly leftInEndBand: bigint;
  /** Part of the fee that leaves the bands for the admin (v1). */
  readonly adminFee: bigint;
}

/** One band seen from the side of a trade: what comes in and what goes out. */
interface Leg {
  readonly held: bigint;
  readonly offered: bigint;
  /** Virtual balance of the coin paid in, and of the coin paid out. */
  readonly heldBase: bigint;
  readonly offeredBase: bigint;
  readonly invariant: bigint;
}

/** What one band takes and gives. */
interface Fill {
  readonly paid: bigint;
  readonly received: bigint;
  /** Part of `paid` that reaches the curve; the rest is fee. */
  readonly effective: bigint;
  readonly last: boolean;
}

/** Decides what a band takes of what is left of the trade. */
type Filling = (leg: Leg, grossUp: bigint) => Fill;

/**
 * Trade that pays up to `amount` (18 decimals): takes bands one by one until the amount is used up, the bands end, 50 bands are reached, or the next band is
 * some 50 bands from the oracle price. Source: AMM.vy `calc_swap_out`.
 */
export function tradePaying(market: Market, direction: Direction, amount: bigint, oracle: SmoothedOracle): Trade {
  let left = amount;
  return walk(market, direction, oracle, (leg, grossUp) => {
    const toEmpty = divDown(leg.invariant, leg.offeredBase) - leg.heldBase - leg.held;
    const cost = mulDivDown(toEmpty, grossUp, WAD);
    if (cost >= left) {
      const effective = mulDivDown(left, WAD, grossUp);
      const kept = divDown(leg.invariant, leg.heldBase + leg.held + effective) - leg.offeredBase + 1n;
      return { paid: left, received: leg.offered - least(kept, leg.offered), effective, last: true };
    }
    const paid = most(cost, 1n);
    left -= paid;
    return { paid, received: leg.offered, effective: least(toEmpty, paid), last: false };
  });
}

/** Trade that gets up to `amount` (18 decimals); stops where `tradePaying` does. Source: AMM.vy `calc_swap_in`. */
export function tradeReceiving(market: Market, direction: Direction, amount: bigint, oracle: SmoothedOracle): Trade {
  let left = amount;
  return walk(market, direction, oracle, (leg, grossUp) => {
    if (leg.offered >= left) {
      const kept = leg.offered - left;
      const effective = divDown(leg.invariant, leg.offeredBase + kept) - leg.heldBase - leg.held;
      return { paid: mulDivDown(effective, grossUp, WAD), received: left, effective, last: true };
    }
    const toEmpty = divDown(leg.invariant, leg.offeredBase) - leg.heldBase - leg.held;
    const paid = most(mulDivDown(toEmpty, grossUp, WAD), 1n);
    left -= leg.offered;
    return { paid, received: leg.offered, effective: least(toEmpty, paid), last: false };
  });
}

function walk(market: Market, direction: Direction, oracle: SmoothedOracle, filling: Filling): Trade {
  const { parameters } = market;
  const fee = most(parameters.fee, oracle.fee);
  const upwards = direction === "up";
  let band = market.activeBand;
  let startBand = 0;
  let upper = oracleUp(market, band);
  let content: Band = bandAt(market, band);
  const paidInBands: bigint[] = [];
  let paid = 0n;
  let received = 0n;
  let adminFee = 0n;
  let leftInEndBand = 0n;
  for (let step = 0; step < MAX_BANDS + MAX_SKIP; step++) {
    const empty = content.stable === 0n && content.collateral === 0n;
    if (paidInBands.length === 0 && !empty) startBand = band;
    if (paidInBands.length > 0 || !empty) {
      const leg = empty ? null : legOf(market, content, oracle.price, upper, upwards);
      const held = upwards ? content.stable : content.collateral;
      paidInBands.push(held);
      if (leg !== null && leg.offered !== 0n && leg.offeredBase !== 0n) {
        const fill = filling(leg, grossUpOf(market, oracle.price, upper, fee));
        const forAdmin = mulDivDown(fill.paid - fill.effective, parameters.adminFee, WAD);
        paidInBands[paidInBands.length - 1] = held + fill.paid - forAdmin;
        paid += fill.paid;
        received += fill.received;
        adminFee += forAdmin;
        if (fill.last) {
          leftInEndBand = leg.offered - fill.received;
          break;
        }
      }
    }
    if (step === MAX_BANDS + MAX_SKIP - 1 || endsHere(market, band, upper, oracle.price, paidInBands.length, upwards))
      break;
    band += upwards ? 1 : -1;
    const { amplification } = parameters;
    upper = upwards
      ? mulDivDown(upper, amplification - 1n, amplification)
      : mulDivDown(upper, amplification, amplification - 1n);
    const next = bandAt(market, band);
    content = { shares: next.shares, stable: upwards ? 0n : next.stable, collateral: upwards ? next.collateral : 0n };
  }
  const [paidUnit, receivedUnit] = upwards
    ? [parameters.stablePrecision, parameters.collateralPrecision]
    : [parameters.collateralPrecision, parameters.stablePrecision];
  return {
    paid: divUp(paid, paidUnit) * paidUnit,
    received: divDown(received, receivedUnit) * receivedUnit,
    startBand,
    endBand: band,
    paidInBands,
    leftInEndBand,
    adminFee,
  };
}

function legOf(market: Market, content: Band, oraclePrice: bigint, upperOraclePrice: bigint, upwards: boolean): Leg {
  const { stable, collateral } = content;
  const { amplification } = market.parameters;
  const curve: Curve = curveOf({ amplification, stable, collateral, oraclePrice, upperOraclePrice });
  const { stableBase, collateralBase, invariant } = curve;
  return upwards
    ? { held: stable, offered: collateral, heldBase: stableBase, offeredBase: collateralBase, invariant }
    : { held: collateral, offered: stable, heldBase: collateralBase, offeredBase: stableBase, invariant };
}

/** 1 / (1 - fee) in wad, rounded down; the fee is the largest of the static one, the oracle's and the band's, and below one. */
function grossUpOf(market: Market, oraclePrice: bigint, upperOraclePrice: bigint, fee: bigint): bigint {
  const highest = least(most(bandFee(market, oraclePrice, upperOraclePrice), fee), WAD - 1n);
  return divDown(WAD * WAD, WAD - highest);
}

function endsHere(
  market: Market,
  band: number,
  upper: bigint,
  oraclePrice: bigint,
  bandsReached: number,
  upwards: boolean,
): boolean {
  if (band === (upwards ? market.highestBand : market.lowestBand) || bandsReached === MAX_BANDS) return true;
  const { farthest } = market.grid;
  const distance = mulDivDown(upper, WAD, oraclePrice);
  return upwards ? distance < divDown(WAD * WAD, farthest) : distance > farthest;
}
