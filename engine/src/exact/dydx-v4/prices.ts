import { divDown, divUp, least, most, mulDivDown, powerOfTen } from "../rounding.js";
import { InvalidPerpetualPositionSizeDelta, NoMarginRequirement, NoPerpetualPositionsToLiquidate } from "./errors.js";
import { positionRisk, type Risk, subaccountRisk } from "./margin.js";
import { MILLION, type PerpetualParameters } from "./parameters.js";
import { type Chain, type Fraction, magnitude, type OraclePrices, type Subaccount, signOf } from "./state.js";

/** A subaccount; throws `NoPerpetualPositionsToLiquidate` where there is none. */
export function subaccountOf(chain: Chain, id: string): Subaccount {
  const subaccount = chain.subaccounts[id];
  if (subaccount === undefined) throw new NoPerpetualPositionsToLiquidate(`there is no subaccount ${id}`);
  return subaccount;
}

/** Risk of a subaccount whose maintenance margin is to be divided by; throws `NoMarginRequirement` where it is 0. */
function divisibleRisk(chain: Chain, prices: OraclePrices, subaccount: Subaccount): Risk {
  const risk = subaccountRisk(chain, prices, subaccount);
  if (risk.maintenanceMargin === 0n) throw new NoMarginRequirement("the maintenance margin requirement is 0");
  return risk;
}

/**
 * Quote quantums that a subaccount must receive (negative: may pay) for a change of a position, so that its net collateral shrinks in proportion to its maintenance
 * margin: -change of net notional - floor(net collateral x |change of maintenance| / maintenance). The floor is towards minus infinity, the result rounded up.
 * Closing everything leaves net collateral at 0. Throws `InvalidPerpetualPositionSizeDelta`, `NoPerpetualPositionsToLiquidate`, `NoMarginRequirement`,
 * `NoOraclePrice`. Source: x/clob/keeper/liquidations.go, GetBankruptcyPriceInQuoteQuantums.
 */
export function bankruptcyQuote(
  chain: Chain,
  prices: OraclePrices,
  id: string,
  perpetual: string,
  delta: bigint,
): bigint {
  const subaccount = subaccountOf(chain, id);
  const size = subaccount.positions[perpetual] ?? 0n;
  if (signOf(size) * signOf(delta) !== -1n || magnitude(delta) > magnitude(size)) {
    throw new InvalidPerpetualPositionSizeDelta(`a change of ${delta} quantums does not reduce a position of ${size}`);
  }
  const total = divisibleRisk(chain, prices, subaccount);
  const before = positionRisk(chain, prices, perpetual, size);
  const after = positionRisk(chain, prices, perpetual, size + delta);
  const released = before.maintenanceMargin - after.maintenanceMargin;
  const kept = mulDivDown(total.netCollateral, released, total.maintenanceMargin);
  return before.netCollateral - after.netCollateral - kept;
}

/**
 * Adjusted bankruptcy rating: bankruptcy adjustment x (1 - net collateral / maintenance), from 0 to 1. Throws `NoMarginRequirement`, `NoOraclePrice`,
 * `NoPerpetualPositionsToLiquidate`. Source: x/clob/keeper/liquidations.go, GetFillablePrice.
 */
export function bankruptcyRating(chain: Chain, prices: OraclePrices, id: string): Fraction {
  const { netCollateral, maintenanceMargin } = divisibleRisk(chain, prices, subaccountOf(chain, id));
  const denominator = maintenanceMargin * MILLION;
  const unbounded = chain.config.bankruptcyAdjustmentPpm * (maintenanceMargin - netCollateral);
  return { numerator: least(denominator, most(0n, unbounded)), denominator };
}

/**
 * The worst price at which a liquidation order fills, exact, in quote quantums a base quantum: (net notional - rating x spread ratio x maintenance of the position) /
 * size. Below the oracle price for a long, above for a short. Throws `NoPerpetualPositionsToLiquidate`, `NoMarginRequirement`, `NoOraclePrice`. Source:
 * x/clob/keeper/liquidations.go, GetFillablePrice.
 */
export function fillablePrice(chain: Chain, prices: OraclePrices, id: string, perpetual: string): Fraction {
  const size = subaccountOf(chain, id).positions[perpetual] ?? 0n;
  if (size === 0n) throw new NoPerpetualPositionsToLiquidate(`${id} has no position in ${perpetual}`);
  const rating = bankruptcyRating(chain, prices, id);
  const risk = positionRisk(chain, prices, perpetual, size);
  const spread = rating.numerator * chain.config.spreadToMaintenanceMarginRatioPpm * risk.maintenanceMargin;
  const scale = rating.denominator * MILLION;
  // Net notional and size have the same sign; a spread beyond the whole notional would be a negative price.
  const quote = signOf(size) * (risk.netCollateral * scale - spread);
  return { numerator: most(0n, quote), denominator: magnitude(size) * scale };
}

/**
 * An exact price as a limit price in steps: rounded up to a tick for the sale of a long, down for the purchase against a short, at least one tick. Source:
 * ConvertFillablePriceToSubticks.
 */
export function limitPrice(
  perpetual: PerpetualParameters,
  { numerator, denominator }: Fraction,
  selling: boolean,
): bigint {
  const { baseDecimals, quoteDecimals, priceDecimals, priceStepsPerTick: tick } = perpetual;
  const exponent = baseDecimals + priceDecimals - quoteDecimals;
  const top = exponent >= 0 ? numerator * powerOfTen(exponent) : numerator;
  const bottom = tick * (exponent >= 0 ? denominator : denominator * powerOfTen(-exponent));
  return most(tick, tick * (selling ? divUp(top, bottom) : divDown(top, bottom)));
}
