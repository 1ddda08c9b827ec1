import type { ParameterFault } from "../protocol.js";
import { mulDivDown, powerOfTen } from "../rounding.js";
import { RAY, WAD } from "../scales.js";

/** Decimal places of the three quantities: 18, 18, 18 on chain; an engine's own elsewhere. */
export interface MakerDecimals {
  /** Of one unit of collateral (dss: ink, lot). */
  readonly collateral: number;
  /** Of one unit of DAI (dss: art; rad amounts carry 27 more). */
  readonly debt: number;
  /** Of the oracle's price of one whole collateral in dollars. */
  readonly price: number;
}

/** How an auction's price falls. Source: dss `abaci.sol`. */
export type PriceCurve =
  /** LinearDecrease: to nothing in `seconds` (dss: tau). */
  | { readonly kind: "linear"; readonly seconds: bigint }
  /** StairstepExponentialDecrease: times `cut` (ray) every `step` seconds. */
  | { readonly kind: "stairstep"; readonly cut: bigint; readonly step: bigint }
  /** ExponentialDecrease: times `cut` (ray) every second. */
  | { readonly kind: "exponential"; readonly cut: bigint };

/** The risk parameters of one collateral type (dss: ilk). A ray is 1e27, a wad 1e18, a rad is units of DAI times 1e27. */
export interface MakerParameters {
  readonly decimals: MakerDecimals;
  /** Ray, Spotter `mat`: collateral over debt at which a vault is unsafe, 1.45. */
  readonly liquidationRatio: bigint;
  /** Ray, Spotter `par`: dollars that one DAI stands for, 1. */
  readonly targetPrice: bigint;
  /** Ray, Jug `duty` + `base`: growth of debt in one second, 1.000000003... */
  readonly feePerSecond: bigint;
  /** Rad, Vat `line`: most debt of the collateral type. */
  readonly debtCeiling: bigint;
  /** Rad, Vat `dust`: least debt of a vault. */
  readonly dust: bigint;
  /** Wad, Dog `chop`: what an auction raises over the debt, 1.13. */
  readonly liquidationPenalty: bigint;
  /** Rad, Dog `Hole`: most debt at auction over all collateral types. */
  readonly globalAuctionLimit: bigint;
  /** Rad, Dog `hole`: most debt at auction of this collateral type. */
  readonly auctionLimit: bigint;
  /** Ray, Clipper `buf`: start price over the oracle's, 1.1. */
  readonly startPriceFactor: bigint;
  /** Clipper `tail`: seconds after which an auction needs a reset. */
  readonly resetAfterSeconds: bigint;
  /** Ray, Clipper `cusp`: share of the start price below which an auction needs a reset. */
  readonly resetBelowShare: bigint;
  /** Wad, Clipper `chip`: share of the tab that the Vow pays whoever starts or resets an auction. */
  readonly incentiveShare: bigint;
  /** Rad, Clipper `tip`: what it pays besides. */
  readonly incentiveFlat: bigint;
  /** Clipper `calc`. */
  readonly priceCurve: PriceCurve;
  /** Ray, ClipperMom `tolerance`: share of the current price below which the next one trips the breaker; 0 never. */
  readonly breakerTolerance: bigint;
  /** OSM `hop`: seconds by which the price is late. */
  readonly oracleDelaySeconds: bigint;
}

/** The same parameters for other decimals: amounts of DAI rescaled, rounded down. */
export function withDecimals(parameters: MakerParameters, decimals: MakerDecimals): MakerParameters {
  const rescale = (amount: bigint) =>
    mulDivDown(amount, powerOfTen(decimals.debt), powerOfTen(parameters.decimals.debt));
  return {
    ...parameters,
    decimals,
    debtCeiling: rescale(parameters.debtCeiling),
    dust: rescale(parameters.dust),
    globalAuctionLimit: rescale(parameters.globalAuctionLimit),
    auctionLimit: rescale(parameters.auctionLimit),
    incentiveFlat: rescale(parameters.incentiveFlat),
  };
}

/** Rad, Clipper `chost`: dust with penalty, `wmul(dust, chop)` rounded down; the least tab that a partial purchase may leave. */
export function leastTab(parameters: MakerParameters): bigint {
  return mulDivDown(parameters.dust, parameters.liquidationPenalty, WAD);
}

/** Amounts and shares none of which may be negative. */
const neverNegative = [
  "debtCeiling",
  "dust",
  "globalAuctionLimit",
  "auctionLimit",
  "incentiveShare",
  "incentiveFlat",
  "breakerTolerance",
] as const;

/** Everything wrong with the parameters, all at once; empty where they can run. */
export function faults(parameters: MakerParameters): ParameterFault[] {
  return [
    ...decimalFaults(parameters.decimals),
    ...neverNegative
      .filter((key) => parameters[key] < 0n)
      .map((key) =>
        fault(
          "negative",
          key,
          `${key} is ${parameters[key]}; it may be 0 or more`,
          "give an amount that is not negative",
        ),
      ),
    ...vaultFaults(parameters),
    ...auctionFaults(parameters),
    ...curveFaults(parameters.priceCurve),
    ...oracleFaults(parameters),
  ];
}

function fault(code: string, key: string, message: string, hint: string): ParameterFault {
  return { code, key, message, hint };
}

function decimalFaults(decimals: MakerDecimals): ParameterFault[] {
  const found = (["collateral", "debt", "price"] as const)
    .filter((key) => !Number.isInteger(decimals[key]) || decimals[key] < 0 || decimals[key] > 36)
    .map((key) =>
      fault(
        "decimals-out-of-range",
        `decimals.${key}`,
        `decimals.${key} is ${decimals[key]}; it may be a whole number from 0 to 36`,
        "give the places of one unit",
      ),
    );
  const places = 27 + decimals.debt - decimals.collateral - decimals.price;
  if (found.length > 0 || places >= 0) return found;
  return [
    fault(
      "decimals-out-of-range",
      "decimals",
      `27 + debt - collateral - price is ${places}; it may be 0 or more, or a price loses places`,
      "give the debt more places or the collateral fewer",
    ),
  ];
}

function vaultFaults(parameters: MakerParameters): ParameterFault[] {
  const found: ParameterFault[] = [];
  if (parameters.liquidationRatio < RAY)
    found.push(
      fault(
        "threshold-above-one",
        "liquidationRatio",
        `liquidationRatio is ${parameters.liquidationRatio}; it may be 1e27 (100 %) or more`,
        "a vault must be worth at least its debt when it is liquidated",
      ),
    );
  if (parameters.liquidationPenalty < WAD)
    found.push(
      fault(
        "bonus-below-par",
        "liquidationPenalty",
        `liquidationPenalty is ${parameters.liquidationPenalty}; it may be 1e18 (no penalty) or more`,
        "write 1.13 for a penalty of 13 %",
      ),
    );
  if (parameters.liquidationPenalty * RAY > parameters.liquidationRatio * WAD)
    found.push(
      fault(
        "threshold-times-bonus",
        "liquidationPenalty",
        `debt with penalty (${parameters.liquidationPenalty}) exceeds the collateral at the limit (${parameters.liquidationRatio})`,
        "raise liquidationRatio or lower liquidationPenalty",
      ),
    );
  if (parameters.feePerSecond < RAY)
    found.push(
      fault(
        "fee-below-zero",
        "feePerSecond",
        `feePerSecond is ${parameters.feePerSecond}; it may be 1e27 (no fee) or more`,
        "give the growth of debt in one second, 1 included",
      ),
    );
  if (parameters.targetPrice <= 0n)
    found.push(
      fault(
        "zero-scale",
        "targetPrice",
        `targetPrice is ${parameters.targetPrice}; it may be above 0`,
        "write 1e27 for one dollar",
      ),
    );
  return found;
}

function auctionFaults(parameters: MakerParameters): ParameterFault[] {
  const found: ParameterFault[] = [];
  if (parameters.startPriceFactor < RAY)
    found.push(
      fault(
        "start-below-feed",
        "startPriceFactor",
        `startPriceFactor is ${parameters.startPriceFactor}; it may be 1e27 or more`,
        "an auction that starts below the oracle's price gives collateral away",
      ),
    );
  if (parameters.resetAfterSeconds <= 0n)
    found.push(
      fault(
        "auction-without-end",
        "resetAfterSeconds",
        `resetAfterSeconds is ${parameters.resetAfterSeconds}; it may be 1 or more`,
        "give the seconds that an auction may last",
      ),
    );
  if (parameters.resetBelowShare <= 0n || parameters.resetBelowShare > RAY)
    found.push(
      fault(
        parameters.resetBelowShare <= 0n ? "auction-without-end" : "auction-never-open",
        "resetBelowShare",
        `resetBelowShare is ${parameters.resetBelowShare}; it may be above 0 and at most 1e27`,
        "without a floor the price may reach nothing; above 1 no auction can be taken",
      ),
    );
  if (parameters.incentiveShare >= WAD)
    found.push(
      fault(
        "incentive-above-one",
        "incentiveShare",
        `incentiveShare is ${parameters.incentiveShare}; it may be below 1e18`,
        "the keeper's reward cannot be the whole tab",
      ),
    );
  return found;
}

function curveFaults(curve: PriceCurve): ParameterFault[] {
  const found: ParameterFault[] = [];
  if (curve.kind === "linear") {
    if (curve.seconds <= 0n)
      found.push(
        fault(
          "zero-scale",
          "priceCurve.seconds",
          `priceCurve.seconds is ${curve.seconds}; it may be 1 or more`,
          "give tau",
        ),
      );
    return found;
  }
  if (curve.cut <= 0n || curve.cut >= RAY)
    found.push(
      fault(
        "auction-without-end",
        "priceCurve.cut",
        `priceCurve.cut is ${curve.cut}; it may be above 0 and below 1e27`,
        "write 0.99e27 for one per cent less every step",
      ),
    );
  if (curve.kind === "stairstep" && curve.step <= 0n)
    found.push(
      fault(
        "zero-scale",
        "priceCurve.step",
        `priceCurve.step is ${curve.step}; it may be 1 or more`,
        "give seconds of a step",
      ),
    );
  return found;
}

function oracleFaults(parameters: MakerParameters): ParameterFault[] {
  const found: ParameterFault[] = [];
  if (parameters.breakerTolerance > RAY)
    found.push(
      fault(
        "tolerance-above-one",
        "breakerTolerance",
        `breakerTolerance is ${parameters.breakerTolerance}; it may be at most 1e27`,
        "write 0.5e27 to trip at a fall of one half; 0 never trips",
      ),
    );
  if (parameters.oracleDelaySeconds <= 0n)
    found.push(
      fault(
        "zero-scale",
        "oracleDelaySeconds",
        `oracleDelaySeconds is ${parameters.oracleDelaySeconds}; it may be 1 or more`,
        "write 3600 for one hour",
      ),
    );
  return found;
}
