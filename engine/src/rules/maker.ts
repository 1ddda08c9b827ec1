import { mulDivDown, mulDivUp, twoProductError } from "../math/index.js";
import { basisPoints, powersOfTen, valueDown, valueUp } from "./account-value.js";
import type { AccountHealth, LendingAccount, LiquidationAmounts, ProtocolRule } from "./lending.js";

/** One Maker collateral type over whole units: one collateral, debt in DAI that counts one dollar. */
export interface MakerTerms {
  /** Book assets and their decimals. */
  readonly collateral: number;
  readonly debt: number;
  readonly collateralDecimals: number;
  readonly debtDecimals: number;
  /** Collateral over debt below which a vault is unsafe, basis points (Spotter `mat`). */
  readonly ratioBps: number;
  /** What an auction raises on top of the debt, basis points (Dog `chop` less one). */
  readonly penaltyBps: number;
  /** Least debt of a vault, units of DAI (Vat `dust`). */
  readonly dust: number;
  /** Most debt at auction over all collateral types and of this one, units of DAI (Dog `Hole`, `hole`); Infinity: no limit. */
  readonly globalLimit: number;
  readonly limit: number;
  /** Share of the tab, basis points, and units of DAI that whoever starts or resets an auction is paid (Clipper `chip`, `tip`). */
  readonly incentiveBps: number;
  readonly incentiveFlat: number;
}

/** How much of a vault goes to auction, whole units. */
export interface BarkAmounts {
  /** Debt that the Vow takes over (Dog `dart`, `due`); 0: nothing can be barked now. */
  debt: number;
  /** Collateral put up for sale (`dink`). */
  collateral: number;
  /** What the auction has to raise, rounded down (`tab`). */
  tab: number;
}

/** Places of a ray of DAI units per collateral unit at a price of one step: 27 + debt - collateral - 8 decimals. */
function rayPlaces(terms: MakerTerms): number {
  return 19 + terms.debtDecimals - terms.collateralDecimals;
}

/** a x b - c x d, exact wherever it is below 2^53 in size. */
function difference(a: number, b: number, c: number, d: number): number {
  const left = a * b;
  const right = c * d;
  return left - right + (twoProductError(a, b, left) - twoProductError(c, d, right));
}

/**
 * Dog `bark` and Spotter `poke`: a vault is unsafe where collateral x floor(price / ratio) is BELOW debt, the safety price being a ray rounded down. Whole debts
 * stand for normalised ones at a rate of one. The map counts what an auction at the held price would sell. Equal to `exact/maker` at the engine's decimals.
 */
export class MakerRule implements ProtocolRule {
  readonly protocol = "maker";
  readonly perAccount =
    "an auction sells what raises debt and penalty, counted as if it cleared at the held price and without the limits on debt at auction, which only delay";
  private unsafe = false;
  private readonly bark: BarkAmounts = { debt: 0, collateral: 0, tab: 0 };

  constructor(readonly terms: MakerTerms) {}

  health(
    account: LendingAccount,
    steps: ArrayLike<number>,
    unitDecimals: ArrayLike<number>,
    into: AccountHealth,
  ): AccountHealth {
    const { collateral, debt, ratioBps } = this.terms;
    const held = account.collateral[collateral];
    const owed = account.debt[debt];
    into.collateralValue = held > 0 ? valueDown(held, steps[collateral], unitDecimals[collateral]) : 0;
    into.weightedCollateral = mulDivDown(into.collateralValue, basisPoints, ratioBps);
    into.debtValue = owed > 0 ? valueUp(owed, steps[debt], unitDecimals[debt]) : 0;
    this.unsafe = this.isUnsafe(held, owed, steps[collateral]);
    return into;
  }

  breaches(): boolean {
    return this.unsafe;
  }

  /** held x floor(steps x 10^places x 10^4 / ratio) < owed x 10^27, decided without rounding where the two are close. */
  isUnsafe(held: number, owed: number, steps: number): boolean {
    if (steps === 0 || owed === 0) return false;
    const { ratioBps, collateralDecimals, debtDecimals } = this.terms;
    // Collateral units x steps over this are DAI units.
    const scale = powersOfTen[collateralDecimals + 8 - debtDecimals];
    const left = held * steps * basisPoints;
    const right = owed * scale * ratioBps;
    if (Math.abs(left - right) > 1e-12 * Math.max(left, right)) return left < right;
    const quotient = mulDivDown(held, steps, scale);
    const remainder = difference(held, steps, quotient, scale);
    const whole = difference(quotient, basisPoints, owed, ratioBps);
    if (whole <= -basisPoints) return true;
    // What the safety price lost by its rounding, times the collateral.
    const places = rayPlaces(this.terms);
    let lost = steps % ratioBps;
    for (let place = 0; place < places + 4; place++) lost = (lost * 10) % ratioBps;
    const first = Math.min(places, 9);
    const below = mulDivUp(mulDivUp(held, lost, powersOfTen[first]), 1, powersOfTen[places - first]);
    if (whole * scale > below) return false;
    return whole * scale + remainder * basisPoints < below;
  }

  liquidation(
    account: LendingAccount,
    _at: AccountHealth,
    steps: ArrayLike<number>,
    unitDecimals: ArrayLike<number>,
    into: LiquidationAmounts,
  ): LiquidationAmounts {
    const { collateral, debt } = this.terms;
    const held = account.collateral[collateral];
    const owed = account.debt[debt];
    into.collateral = held > 0 ? collateral : -1;
    into.debt = debt;
    into.feeUnits = 0;
    into.surplusUnits = 0;
    if (held === 0) return into;
    const { tab } = this.barkAll(held, owed);
    const scale = powersOfTen[unitDecimals[collateral] + 8 - unitDecimals[debt]];
    const worth = mulDivDown(held, steps[collateral], scale);
    into.seizeUnits = worth < tab ? held : Math.min(held, mulDivUp(tab, scale, steps[collateral]));
    into.repayUnits = Math.min(tab, worth);
    into.debtUnits = Math.min(owed, into.repayUnits);
    return into;
  }

  private barkAll(held: number, owed: number): BarkAmounts {
    this.bark.debt = owed;
    this.bark.collateral = held;
    this.bark.tab = mulDivDown(owed, basisPoints + this.terms.penaltyBps, basisPoints);
    return this.bark;
  }

  /** Debt that may still go to auction, units of DAI; 0 or less: none. Source: Dog `bark`. */
  room(globalAtAuction: number, atAuction: number): number {
    const { globalLimit, limit } = this.terms;
    const global = globalLimit - globalAtAuction;
    const own = limit - atAuction;
    return global <= 0 || own <= 0 ? 0 : Math.min(global, own);
  }

  /**
   * Size of a bark with `room` left: what fits, the whole vault where less than dust would be left, nothing (`debt` 0) where what fits is itself below dust or no
   * unit of collateral would be sold. Source: Dog `bark`.
   */
  barkSize(held: number, owed: number, room: number, into: BarkAmounts): BarkAmounts {
    const { penaltyBps, dust } = this.terms;
    const gross = basisPoints + penaltyBps;
    into.debt = 0;
    into.collateral = 0;
    into.tab = 0;
    if (room <= 0) return into;
    const fitting = Math.min(owed, room === Number.POSITIVE_INFINITY ? owed : mulDivDown(room, basisPoints, gross));
    const debt = owed - fitting < dust ? owed : fitting;
    if (debt < owed && debt < dust) return into;
    const collateral = owed === 0 ? 0 : mulDivDown(held, debt, owed);
    if (collateral <= 0) return into;
    into.debt = debt;
    into.collateral = collateral;
    into.tab = mulDivDown(debt, gross, basisPoints);
    return into;
  }

  /** Least tab that a partial purchase may leave, units rounded up (Clipper `chost`). */
  leastTab(): number {
    return mulDivUp(this.terms.dust, basisPoints + this.terms.penaltyBps, basisPoints);
  }

  /** What the Vow pays whoever starts or resets an auction, units rounded down. Source: Clipper `kick`, `redo`. */
  incentive(tab: number): number {
    return this.terms.incentiveFlat + mulDivDown(tab, this.terms.incentiveBps, basisPoints);
  }

  /** Whether a reset is paid for: tab and worth of the lot at the oracle's price both reach the least tab. Source: Clipper `redo`. */
  resetPays(tab: number, lot: number, steps: number): boolean {
    const least = this.leastTab();
    const scale = powersOfTen[this.terms.collateralDecimals + 8 - this.terms.debtDecimals];
    return tab >= least && mulDivDown(lot, steps, scale) >= least;
  }
}
