import { mulDivDown, mulDivUp } from "../math/index.js";
import { compareProducts } from "./exact-products.js";
import { type MarginArithmetic, rateOne } from "./perpetual.js";

/** A market's margin. Rates in millionths. Source: dYdX v4-chain, LiquidityTier. */
export interface DydxMargins {
  readonly initialMargin: number;
  /** Maintenance as a part of the initial margin. */
  readonly maintenanceFraction: number;
}

/** Rules of liquidation, money in whole quote units, shares in millionths. Source: x/clob/types, LiquidationsConfig. */
export interface DydxRules {
  readonly maxFee: number;
  readonly bankruptcyAdjustment: number;
  readonly spreadRatio: number;
  readonly minPositionNotional: number;
  readonly maxPositionPortion: number;
  readonly maxNotional: number;
  readonly maxInsuranceLost: number;
  /** Whole units of which parts are multiples. */
  readonly stepUnits: number;
}

/** A subaccount with one position at a mark: net collateral and margin requirements, in whole quote units. */
export interface DydxRisk {
  readonly netCollateral: number;
  readonly initialMargin: number;
  readonly maintenanceMargin: number;
}

/**
 * dYdX's margin arithmetic: notional rounded towards zero for longs and shorts alike, maintenance as a fraction of the initial margin, both rounded up. A
 * subaccount whose notional is less than a quote unit has no requirement and is not liquidated on chain; here it is not acted on. Source: exact/dydx-v4,
 * `positionRisk`.
 */
export class DydxMargin implements MarginArithmetic {
  constructor(
    readonly scale: number,
    private readonly margins: DydxMargins,
  ) {}

  notional(size: number, markSteps: number): number {
    return mulDivDown(Math.abs(size), markSteps, this.scale);
  }

  entry(size: number, priceSteps: number): number {
    return (size >= 0 ? mulDivUp : mulDivDown)(Math.abs(size), priceSteps, this.scale);
  }

  maintenance(size: number, markSteps: number): number {
    return mulDivUp(this.initial(size, markSteps), this.margins.maintenanceFraction, rateOne);
  }

  /** Initial margin requirement, rounded up. */
  initial(size: number, markSteps: number): number {
    return mulDivUp(this.notional(size, markSteps), this.margins.initialMargin, rateOne);
  }

  equity(size: number, entry: number, margin: number, markSteps: number): number {
    const gained = this.notional(size, markSteps) - entry;
    return size >= 0 ? margin + gained : margin - gained;
  }

  guess(size: number, entry: number, margin: number): number {
    const rate = (this.margins.initialMargin / rateOne) * (this.margins.maintenanceFraction / rateOne);
    const side = size > 0 ? 1 : -1;
    return (((margin - side * entry) / (rate - side)) * this.scale) / Math.abs(size);
  }

  /** Risk of a subaccount with one position. A position of 0 needs nothing. */
  risk(size: number, entry: number, margin: number, markSteps: number): DydxRisk {
    if (size === 0) return { netCollateral: margin, initialMargin: 0, maintenanceMargin: 0 };
    return {
      netCollateral: this.equity(size, entry, margin, markSteps),
      initialMargin: this.initial(size, markSteps),
      maintenanceMargin: this.maintenance(size, markSteps),
    };
  }

  /**
   * Quote units that must pass for `units` of a position (to a long, from a short) so that net collateral shrinks in proportion to maintenance: change of notional, less
   * (for a short: plus) the floor of net collateral x maintenance released / maintenance. Source: exact/dydx-v4, `bankruptcyQuote`.
   */
  bankruptcyCash(size: number, entry: number, margin: number, markSteps: number, units: number): number {
    const side = size > 0 ? 1 : -1;
    const rest = size - side * units;
    const { netCollateral, maintenanceMargin } = this.risk(size, entry, margin, markSteps);
    const released = maintenanceMargin - (rest === 0 ? 0 : this.maintenance(rest, markSteps));
    const change = this.notional(size, markSteps) - this.notional(rest, markSteps);
    const kept =
      netCollateral >= 0
        ? mulDivDown(netCollateral, released, maintenanceMargin)
        : -mulDivUp(-netCollateral, released, maintenanceMargin);
    return change - side * kept;
  }

  /**
   * Quote units that pass to the insurance fund (negative: from it) for a fill: what it is better than the bankruptcy price, at most the largest fee; all that it is
   * worse. Source: exact/dydx-v4, `insuranceFundDelta`.
   */
  toFund(
    rules: DydxRules,
    size: number,
    entry: number,
    margin: number,
    markSteps: number,
    units: number,
    cash: number,
  ): number {
    const side = size > 0 ? 1 : -1;
    const surplus = side * (cash - this.bankruptcyCash(size, entry, margin, markSteps, units));
    return surplus <= 0 ? surplus : Math.min(mulDivDown(cash, rules.maxFee, rateOne), surplus);
  }

  /**
   * Units that one order closes: everything within the position's and the block's limit, else what the limit buys, in steps, at least one. Source: exact/dydx-v4,
   * `liquidatableQuantums`.
   */
  liquidatable(rules: DydxRules, size: number, markSteps: number): number {
    const whole = Math.abs(size);
    const notional = this.notional(size, markSteps);
    const position = Math.max(
      Math.min(rules.minPositionNotional, notional),
      mulDivDown(notional, rules.maxPositionPortion, rateOne),
    );
    const limit = Math.min(position, rules.maxNotional);
    if (notional <= limit || whole <= rules.stepUnits) return whole;
    const units = mulDivDown(limit, this.scale, markSteps);
    return Math.min(whole, Math.max(rules.stepUnits, units - (units % rules.stepUnits)));
  }

  /**
   * What the worst price of an order may be away from the oracle price, in quote units for the whole position: adjusted bankruptcy rating x spread ratio x maintenance. The
   * only number here that is not whole.
   */
  spread(rules: DydxRules, { netCollateral, maintenanceMargin }: DydxRisk): number {
    const unbounded = (rules.bankruptcyAdjustment / rateOne) * (maintenanceMargin - netCollateral);
    return Math.min(maintenanceMargin, Math.max(0, unbounded)) * (rules.spreadRatio / rateOne);
  }

  /** The worst price in whole steps, at least one: the oracle price less (a short: plus) the spread, rounded against the order. Source: exact/dydx-v4, `limitPrice`. */
  limitSteps(rules: DydxRules, size: number, risk: DydxRisk, markSteps: number): number {
    const spread = this.spread(rules, risk);
    const notional = this.notional(size, markSteps);
    const price = (quote: number) => (Math.max(0, quote) * this.scale) / Math.abs(size);
    return Math.max(1, size > 0 ? Math.ceil(price(notional - spread)) : Math.floor(price(notional + spread)));
  }
}

/**
 * Whether the chain allows an update from one risk to another: initial margin is met after it, or maintenance does not rise and net collateral over maintenance does
 * not fall. Source: exact/dydx-v4, `isValidTransition`.
 */
export function isValidTransition(before: DydxRisk, after: DydxRisk): boolean {
  if (after.netCollateral >= after.initialMargin) return true;
  if (after.maintenanceMargin > before.maintenanceMargin) return false;
  if (after.maintenanceMargin === 0 || before.maintenanceMargin === 0) {
    return (
      before.maintenanceMargin === 0 && after.maintenanceMargin === 0 && after.netCollateral > before.netCollateral
    );
  }
  const signs = Math.sign(after.netCollateral) - Math.sign(before.netCollateral);
  if (signs !== 0) return signs > 0;
  const sizes = compareProducts(
    [Math.abs(after.netCollateral), before.maintenanceMargin],
    [Math.abs(before.netCollateral), after.maintenanceMargin],
  );
  return after.netCollateral >= 0 ? sizes >= 0 : sizes <= 0;
}
