import { mulDivDown } from "../math/index.js";
import { powersOfTen } from "./account-value.js";
import { DEAD_SHARES, HIGHEST_FEE, removedShare, stableWhenFalling } from "./crvusd-bands.js";

/** Discounts and fractions of debts are whole parts of this. */
export const CRVUSD_ONE = 1e9;
/** Room for roundings of Float64 where a number of units is cut: what is a hair off a whole unit is that unit. */
const HAIR = 4e-15;

/** A market's terms as the fast path takes them: shares as fractions, prices in stablecoin per collateral, amounts in coins. */
export interface LlammaTerms {
  /** Two generations of the contracts; see the exact folder. */
  readonly rules: "v1" | "v2";
  readonly amplification: number;
  /** Upper oracle price of band 0 at second 0. */
  readonly basePrice: number;
  readonly fee: number;
  readonly adminFee: number;
  readonly bandFeeShare: number;
  /** Whole parts of CRVUSD_ONE. */
  readonly liquidationDiscount: number;
  readonly oracleDelaySeconds: number;
  readonly largestOracleStep: number;
  /** Interest a second. */
  readonly rate: number;
  readonly stableDecimals: number;
  readonly collateralDecimals: number;
  readonly sqrtRatio: number;
  /** How far from the oracle a trade may go: (A / (A - 1))^50. */
  readonly farthest: number;
  /** Number of the first band of `powers`, and each band's power of (A - 1) / A. */
  readonly gridStart: number;
  readonly powers: Float64Array;
}

/** What a market holds at the start of a path. Bands by their place in the grid, accounts by row. */
export interface LlammaOpening {
  readonly price: number;
  readonly activeBand: number;
  readonly lowestBand: number;
  readonly highestBand: number;
  readonly stable: Float64Array;
  readonly collateral: Float64Array;
  readonly shares: Float64Array;
  /** Depositors of each band. */
  readonly owners: Int32Array;
  readonly firstBand: Int32Array;
  /** Bands of each account; 0 where it has none. */
  readonly bandCount: Int32Array;
  /** Place of an account's first share in `owned`. */
  readonly shareStart: Int32Array;
  readonly owned: Float64Array;
  /** Whole units. */
  readonly debt: Float64Array;
}

/** What a hard liquidation would do, whole units. */
export interface HardLiquidation {
  /** Part of the debt, whole parts of CRVUSD_ONE. */
  fraction: number;
  repaid: number;
  stable: number;
  collateral: number;
}

/**
 * One crvUSD market in Float64: bands of coins, shares, debts. Amounts of tokens are whole units and cut at its door; what bands hold is kept in coins, as the
 * contract keeps 18 decimals. Mutable, put back by `reset`, no allocation after it is made.
 */
export class Llamma {
  activeBand = 0;
  lowestBand = 0;
  highestBand = 0;
  readonly stable: Float64Array;
  readonly collateral: Float64Array;
  readonly shares: Float64Array;
  readonly owners: Int32Array;
  readonly bandCount: Int32Array;
  readonly owned: Float64Array;
  readonly debt: Float64Array;
  /** Rate multiplier at which each debt was last counted. */
  readonly debtMultiplier: Float64Array;
  /** The oracle as trades see it now, and the fee for its jump. */
  price = 0;
  jumpFee = 0;
  /** 1 + interest since the start of the path. */
  multiplier = 1;
  private externalPrice = 0;
  private time = 0;
  private rememberedPrice = 0;
  private rememberedFee = 0;
  private rememberedTime = 0;
  private readonly bandValues: Float64Array;
  private valuesAreOld = true;
  readonly stableScale: number;
  readonly collateralScale: number;

  constructor(
    readonly terms: LlammaTerms,
    readonly opening: LlammaOpening,
  ) {
    this.stable = Float64Array.from(opening.stable);
    this.collateral = Float64Array.from(opening.collateral);
    this.shares = Float64Array.from(opening.shares);
    this.owners = Int32Array.from(opening.owners);
    this.bandCount = Int32Array.from(opening.bandCount);
    this.owned = Float64Array.from(opening.owned);
    this.debt = Float64Array.from(opening.debt);
    this.debtMultiplier = new Float64Array(opening.debt.length);
    this.bandValues = new Float64Array(opening.stable.length);
    this.stableScale = powersOfTen[terms.stableDecimals];
    this.collateralScale = powersOfTen[terms.collateralDecimals];
    this.reset();
  }

  /** Back to the opening, with an oracle that has stood at the opening price. */
  reset(): void {
    const { opening } = this;
    this.activeBand = opening.activeBand;
    this.lowestBand = opening.lowestBand;
    this.highestBand = opening.highestBand;
    this.stable.set(opening.stable);
    this.collateral.set(opening.collateral);
    this.shares.set(opening.shares);
    this.owners.set(opening.owners);
    this.bandCount.set(opening.bandCount);
    this.owned.set(opening.owned);
    this.debt.set(opening.debt);
    this.debtMultiplier.fill(1);
    this.multiplier = 1;
    this.rememberedPrice = opening.price;
    this.rememberedFee = 0;
    this.rememberedTime = 0;
    this.observe(0, opening.price);
  }

  /** Seconds pass and the external oracle says `price`; nothing is remembered of it until somebody trades. Source: AMM.vy `limit_p_o`. */
  observe(time: number, price: number): void {
    const { oracleDelaySeconds: delay, largestOracleStep: step, rate } = this.terms;
    this.time = time;
    this.externalPrice = price;
    this.multiplier = 1 + rate * time;
    const left = Math.max(0, delay - (time - this.rememberedTime));
    let seen = price;
    let fee = 0;
    if (left > 0) {
      const before = this.rememberedPrice;
      const rises = price > before;
      let ratio = rises ? before / price : price / before;
      if (ratio < 1 / step) {
        seen = rises ? before * step : before / step;
        ratio = 1 / step;
      }
      fee = Math.min(((1 + this.rememberedFee - ratio * ratio * ratio) * left) / delay, HIGHEST_FEE);
    }
    this.price = seen;
    this.jumpFee = fee;
    this.valuesAreOld = true;
  }

  /** Somebody has traded at what the oracle shows. Source: AMM.vy `_price_oracle_w`. */
  rememberOracle(): void {
    this.rememberedPrice = this.price;
    this.rememberedFee = this.jumpFee;
    this.rememberedTime = this.time;
    this.observe(this.time, this.externalPrice);
  }

  /** The oracle has stood at `price` for long: nothing is smoothed, no jump is charged for. */
  holdPrice(price: number): void {
    this.rememberedPrice = price;
    this.rememberedFee = 0;
    this.observe(this.time, price);
  }

  /** Upper oracle price of a band now. Source: AMM.vy `_p_oracle_up`. */
  upperPrice(band: number): number {
    const { basePrice, powers, gridStart } = this.terms;
    return basePrice * this.multiplier * powers[band - gridStart];
  }

  /** What the bands hold has changed. */
  touch(): void {
    this.valuesAreOld = true;
  }

  /** What an account owes, whole units: rounded up, under v1 down. Source: controller.vy `_debt`. */
  debtOf(row: number): number {
    const growth = this.multiplier / this.debtMultiplier[row];
    const debt = this.debt[row];
    if (growth === 1) return debt;
    return this.terms.rules === "v1" ? Math.floor(debt * growth) : Math.ceil(debt * growth);
  }

  /** Sets what an account owes from now on, whole units. */
  setDebt(row: number, units: number): void {
    this.debt[row] = units;
    this.debtMultiplier[row] = this.multiplier;
  }

  /** Whole stablecoin units that a position comes to if the oracle price falls slowly through all its bands. Source: AMM.vy `get_x_down`. */
  stableWhenFalling(row: number): number {
    if (this.valuesAreOld) this.valueBands();
    const { opening, bandValues, shares, owned, terms } = this;
    const first = opening.firstBand[row] - terms.gridStart;
    const start = opening.shareStart[row];
    let sum = 0;
    for (let index = 0; index < this.bandCount[row]; index++)
      sum += (bandValues[first + index] * owned[start + index]) / (shares[first + index] + DEAD_SHARES);
    return Math.floor(sum * this.stableScale * (1 - HAIR));
  }

  private valueBands(): void {
    const { terms, bandValues, stable, collateral, activeBand, price } = this;
    const { gridStart, amplification, sqrtRatio } = terms;
    for (let place = 0; place < bandValues.length; place++) {
      const band = gridStart + place;
      const x = band <= activeBand ? stable[place] : 0;
      const y = band >= activeBand ? collateral[place] : 0;
      bandValues[place] = stableWhenFalling(amplification, sqrtRatio, x, y, price, this.upperPrice(band));
    }
    this.valuesAreOld = false;
  }

  /** Whether anybody may liquidate: the full health is below zero. Source: controller.vy `_health` with `full`. */
  isLiquidatable(row: number): boolean {
    const debt = this.debtOf(row);
    if (debt <= 0) return false;
    const worth = mulDivDown(this.stableWhenFalling(row), CRVUSD_ONE - this.terms.liquidationDiscount, CRVUSD_ONE);
    return worth < debt && worth / debt - 1 + this.aboveBands(row, debt) < 0;
  }

  /** Full health of an account, a fraction; infinite without debt. */
  health(row: number): number {
    const debt = this.debtOf(row);
    if (debt <= 0) return Number.POSITIVE_INFINITY;
    const kept = 1 - this.terms.liquidationDiscount / CRVUSD_ONE;
    return (this.stableWhenFalling(row) * kept) / debt - 1 + this.aboveBands(row, debt);
  }

  private aboveBands(row: number, debt: number): number {
    const first = this.opening.firstBand[row];
    if (this.bandCount[row] === 0 || first <= this.activeBand) return 0;
    const upper = this.upperPrice(first);
    if (this.price <= upper) return 0;
    this.holdings(row, 1);
    return ((this.price - upper) * (this.heldCollateral / this.collateralScale)) / (debt / this.stableScale);
  }

  /** Whole units that `holdings` found. */
  heldStable = 0;
  heldCollateral = 0;

  /** Finds what a share of a position holds, whole units rounded down. Source: AMM.vy `get_sum_xy`, `withdraw`. */
  holdings(row: number, share: number): void {
    const { opening, shares, owned, stable, collateral, terms } = this;
    const first = opening.firstBand[row] - terms.gridStart;
    const start = opening.shareStart[row];
    let x = 0;
    let y = 0;
    for (let index = 0; index < this.bandCount[row]; index++) {
      const part = (owned[start + index] * share) / (shares[first + index] + DEAD_SHARES);
      // One part of 10^18 is nobody's.
      x += (stable[first + index] + 1e-18) * part;
      y += (collateral[first + index] + 1e-18) * part;
    }
    this.heldStable = Math.floor(x * this.stableScale * (1 + HAIR));
    this.heldCollateral = Math.floor(y * this.collateralScale * (1 + HAIR));
  }

  /** Works out the liquidation of a fraction (whole parts of CRVUSD_ONE) of an account's debt by somebody else. Source: controller.vy `liquidate`. */
  liquidation(row: number, fraction: number, into: HardLiquidation): void {
    const owed = this.debtOf(row);
    const v1 = this.terms.rules === "v1";
    const down = mulDivDown(owed, fraction, CRVUSD_ONE);
    const exact = (owed % CRVUSD_ONE) * fraction;
    into.fraction = fraction;
    into.repaid = v1 || fraction === CRVUSD_ONE || exact % CRVUSD_ONE === 0 ? down : down + 1;
    this.holdings(row, this.removed(owed - into.repaid, fraction));
    into.stable = this.heldStable;
    into.collateral = this.heldCollateral;
  }

  private removed(left: number, fraction: number): number {
    if (left === 0 && this.terms.rules === "v2") return 1;
    return removedShare(fraction / CRVUSD_ONE, this.terms.liquidationDiscount / CRVUSD_ONE);
  }

  /** Does what `liquidation` worked out: the position shrinks and the debt falls. */
  liquidate(row: number, planned: HardLiquidation): void {
    const left = this.debtOf(row) - planned.repaid;
    this.withdraw(row, this.removed(left, planned.fraction));
    this.setDebt(row, left);
  }

  /** Takes a share of a position out of its bands. What the last depositor leaves is dust. Source: AMM.vy `withdraw`. */
  withdraw(row: number, share: number): void {
    const { opening, shares, owned, stable, collateral, owners, terms } = this;
    const firstBand = opening.firstBand[row];
    const count = this.bandCount[row];
    const start = opening.shareStart[row];
    let highest = firstBand - 1;
    for (let index = 0; index < count; index++) {
      const place = firstBand + index - terms.gridStart;
      const burnt = owned[start + index] * share;
      const part = burnt / (shares[place] + DEAD_SHARES);
      stable[place] -= Math.min(stable[place], (stable[place] + 1e-18) * part);
      collateral[place] -= Math.min(collateral[place], (collateral[place] + 1e-18) * part);
      shares[place] -= Math.min(shares[place], burnt);
      owned[start + index] -= burnt;
      if (share === 1 && --owners[place] === 0) {
        stable[place] = 0;
        collateral[place] = 0;
        shares[place] = 0;
      }
      const empty = stable[place] === 0 && collateral[place] === 0;
      if (firstBand + index === this.lowestBand && empty) this.lowestBand += 1;
      if (!empty) highest = firstBand + index;
    }
    if (this.highestBand <= firstBand + count - 1) this.highestBand = highest;
    if (share === 1) this.bandCount[row] = 0;
    this.valuesAreOld = true;
  }
}
