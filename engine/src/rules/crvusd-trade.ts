import type { Llamma } from "./crvusd.js";
import { type BandCurve, bandFee, curveInto, HIGHEST_FEE } from "./crvusd-bands.js";

/** Most bands that one trade reaches, and most empty bands that it skips. Source: AMM.vy `MAX_TICKS`, `MAX_SKIP_TICKS`. */
const MAX_BANDS = 50;
const MAX_SKIP = 1024;
/** Room for roundings of Float64 where a number of units is cut. */
const HAIR = 4e-15;

/** `up` sells stablecoin for collateral and raises the price of the AMM; `down` sells collateral for stablecoin. */
export type Direction = "up" | "down";

/**
 * Trades with a market's bands: what a trade in one direction meets, what it costs, where its price comes to a limit, and the trade itself. `survey` looks at the
 * bands once; the rest answers from that until bands or oracle change. Source: AMM.vy `calc_swap_out`, `calc_swap_in`, `_exchange`.
 */
export class LlammaTrade {
  direction: Direction = "up";
  /** What `quote` found, whole units of the coin paid in and of the coin paid out. */
  paid = 0;
  received = 0;
  /** First band that a trade changes. */
  startBand = 0;
  private count = 0;
  private lastBand = 0;
  private readonly band = new Int32Array(MAX_BANDS);
  /** Coin paid in that the band holds, and coin paid out, coins; virtual balance of the latter; both of the former together. */
  private readonly held = new Float64Array(MAX_BANDS);
  private readonly offered = new Float64Array(MAX_BANDS);
  private readonly offeredBase = new Float64Array(MAX_BANDS);
  private readonly total = new Float64Array(MAX_BANDS);
  /** 1 / (1 - fee). */
  private readonly grossUp = new Float64Array(MAX_BANDS);
  private readonly heldAfter = new Float64Array(MAX_BANDS);
  private bandsChanged = 0;
  private leftInLast = 0;
  private readonly curve: BandCurve = { stableBase: 0, collateralBase: 0 };

  constructor(readonly market: Llamma) {}

  /** Looks at the bands that a trade in this direction would meet. */
  survey(direction: Direction): void {
    this.direction = direction;
    const { market, curve } = this;
    const { terms, price, stable, collateral } = market;
    const { amplification, gridStart } = terms;
    const upwards = direction === "up";
    const fee = Math.max(terms.fee, market.jumpFee);
    let band = market.activeBand;
    let upper = market.upperPrice(band);
    this.count = 0;
    for (let step = 0; step < MAX_BANDS + MAX_SKIP; step++) {
      const place = band - gridStart;
      const x = !upwards || step === 0 ? (stable[place] ?? 0) : 0;
      const y = upwards || step === 0 ? (collateral[place] ?? 0) : 0;
      const empty = x === 0 && y === 0;
      if (this.count > 0 || !empty) {
        if (empty) this.note(band, 0, 0, 0, 0, 1);
        else {
          curveInto(curve, amplification, x, y, price, upper);
          const highest = Math.max(bandFee(amplification, terms.bandFeeShare, price, upper), fee);
          const gross = 1 / (1 - Math.min(highest, HIGHEST_FEE));
          if (upwards) this.note(band, x, y, curve.collateralBase, curve.stableBase + x, gross);
          else this.note(band, y, x, curve.stableBase, curve.collateralBase + y, gross);
        }
      }
      this.lastBand = band;
      if (this.endsHere(band, upper)) return;
      band += upwards ? 1 : -1;
      upper = upwards ? (upper * (amplification - 1)) / amplification : (upper * amplification) / (amplification - 1);
    }
  }

  private note(band: number, held: number, offered: number, offeredBase: number, total: number, gross: number): void {
    const index = this.count++;
    this.band[index] = band;
    this.held[index] = held;
    this.offered[index] = offered;
    this.offeredBase[index] = offeredBase;
    this.total[index] = total;
    this.grossUp[index] = gross;
  }

  private endsHere(band: number, upper: number): boolean {
    const { market } = this;
    const upwards = this.direction === "up";
    if (band === (upwards ? market.highestBand : market.lowestBand) || this.count === MAX_BANDS) return true;
    const distance = upper / market.price;
    return upwards ? distance < 1 / market.terms.farthest : distance > market.terms.farthest;
  }

  private offers(index: number): boolean {
    return this.offered[index] > 0 && this.offeredBase[index] > 0;
  }

  /** Price at which the next coin trades, fee included, stablecoin per collateral; NaN where nothing is left to trade. */
  marginalPrice(): number {
    for (let index = 0; index < this.count; index++) {
      if (!this.offers(index)) continue;
      const ratio = (this.total[index] * this.grossUp[index]) / (this.offeredBase[index] + this.offered[index]);
      return this.direction === "up" ? ratio : 1 / ratio;
    }
    return Number.NaN;
  }

  /** Coins of collateral that trade until the next one would cost (downwards: bring) `price` or worse: received upwards, paid downwards. Falls short where bands end. */
  private collateralUntil(price: number): number {
    const upwards = this.direction === "up";
    let sum = 0;
    for (let index = 0; index < this.count; index++) {
      if (!this.offers(index)) continue;
      const offered = this.offered[index];
      const total = this.total[index];
      const whole = this.offeredBase[index] + offered;
      const gross = this.grossUp[index];
      // The product of both virtual balances does not change; its root gives the place where the ratio of the two is the price.
      const most = upwards ? offered : (total * offered) / this.offeredBase[index];
      const reached = upwards
        ? whole - Math.sqrt((total * whole * gross) / price)
        : Math.sqrt((total * whole) / (gross * price)) - total;
      if (!(reached > 0)) break;
      const taken = Math.min(reached, most);
      sum += upwards ? taken : taken * gross;
      if (taken < most) break;
    }
    return sum;
  }

  /** The same in whole units, never more than there is. */
  unitsUntil(price: number): number {
    return Math.floor(this.collateralUntil(price) * this.market.collateralScale * (1 - HAIR));
  }

  /** Works out the trade of `units` of collateral: received upwards (`exchange_dy`), paid downwards (`exchange`). False where bands end before. */
  quote(units: number): boolean {
    const { market } = this;
    const upwards = this.direction === "up";
    let left = units / market.collateralScale;
    let stable = 0;
    this.bandsChanged = 0;
    this.leftInLast = 0;
    let isWhole = false;
    this.startBand = this.count === 0 ? market.activeBand : this.band[0];
    for (let index = 0; index < this.count && !isWhole; index++) {
      this.heldAfter[index] = this.held[index];
      this.bandsChanged = index + 1;
      if (!this.offers(index)) continue;
      const offered = this.offered[index];
      const base = this.offeredBase[index];
      const total = this.total[index];
      const gross = this.grossUp[index];
      let effective = (total * offered) / base;
      let paid = effective * gross;
      let received = offered;
      if (upwards ? offered >= left : paid >= left) {
        isWhole = true;
        if (upwards) {
          received = left;
          effective = (total * left) / (base + offered - left);
          paid = effective * gross;
        } else {
          paid = left;
          effective = left / gross;
          received = Math.min(offered, ((base + offered) * effective) / (total + effective));
        }
        this.leftInLast = offered - received;
      } else left -= upwards ? offered : paid;
      this.heldAfter[index] = this.held[index] + paid - (paid - effective) * market.terms.adminFee;
      stable += upwards ? paid : received;
    }
    const scaled = stable * market.stableScale;
    this.paid = upwards ? Math.ceil(scaled * (1 - HAIR)) : units;
    this.received = upwards ? units : Math.floor(scaled * (1 + HAIR));
    return isWhole;
  }

  /** Does the trade last quoted: bands change and the oracle is remembered. Nothing is traded where either side comes to less than a unit. */
  commit(): void {
    const { market, direction } = this;
    market.rememberOracle();
    if (this.paid === 0 || this.received === 0) {
      this.paid = 0;
      this.received = 0;
      return;
    }
    const { gridStart } = market.terms;
    const [taken, given] = direction === "up" ? [market.stable, market.collateral] : [market.collateral, market.stable];
    for (let index = 0; index < this.bandsChanged; index++) {
      const place = this.band[index] - gridStart;
      taken[place] = this.heldAfter[index];
      given[place] = index === this.bandsChanged - 1 ? this.leftInLast : 0;
    }
    market.activeBand = this.bandsChanged > 0 ? this.band[this.bandsChanged - 1] : this.lastBand;
    market.touch();
  }
}
