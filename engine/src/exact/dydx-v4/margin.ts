import { divDown, divTowardsZero, mulDivUp, powerOfTen } from "../rounding.js";
import { NoOraclePrice } from "./errors.js";
import { type LiquidityTier, MILLION, type PerpetualParameters } from "./parameters.js";
import { type Chain, magnitude, type OraclePrices, type Subaccount } from "./state.js";

/** Quote quantums of one base quantum at a price of one step, as a power of ten: positive ones multiply. */
function exponentOf({ baseDecimals, quoteDecimals, priceDecimals }: PerpetualParameters): number {
  return quoteDecimals - baseDecimals - priceDecimals;
}

/**
 * Net notional of base quantums at a price, in quote quantums, signed, rounded towards zero for longs and shorts alike. Source: lib/quantums.go,
 * BaseToQuoteQuantums.
 */
export function netNotional(perpetual: PerpetualParameters, quantums: bigint, price: bigint): bigint {
  const exponent = exponentOf(perpetual);
  return exponent >= 0
    ? quantums * price * powerOfTen(exponent)
    : divTowardsZero(quantums * price, powerOfTen(-exponent));
}

/** Base quantums that a notional buys at a price, rounded towards zero. Source: lib/quantums.go, QuoteToBaseQuantums. */
export function notionalInBaseQuantums(perpetual: PerpetualParameters, notional: bigint, price: bigint): bigint {
  const exponent = exponentOf(perpetual);
  return exponent >= 0
    ? divTowardsZero(divTowardsZero(notional, powerOfTen(exponent)), price)
    : divTowardsZero(notional * powerOfTen(-exponent), price);
}

/**
 * Initial margin fraction in parts per million at an open notional (quote quantums): base + (1 - base) x how far the notional is between the caps, rounded down.
 * Source: LiquidityTier.GetAdjustedInitialMarginPpm.
 */
export function initialMarginPpm(tier: LiquidityTier, openNotional: bigint): bigint {
  const { initialMarginPpm: base, openInterestLowerCap: lower, openInterestUpperCap: upper } = tier;
  if (upper === 0n || openNotional <= lower) return base;
  if (openNotional >= upper) return MILLION;
  return base + divDown((MILLION - base) * (openNotional - lower), upper - lower);
}

/** Net collateral and margin requirements, of a position or a subaccount, in quote quantums. */
export interface Risk {
  readonly netCollateral: bigint;
  readonly initialMargin: bigint;
  readonly maintenanceMargin: bigint;
}

/** The oracle price of a perpetual; throws `NoOraclePrice` where there is none above 0. */
export function priceOf(prices: OraclePrices, perpetual: string): bigint {
  const price = prices[perpetual];
  if (price === undefined || price <= 0n) throw new NoOraclePrice(`${perpetual} has no oracle price above 0`);
  return price;
}

/**
 * Risk of `quantums` of a perpetual alone. Initial margin is rounded up; maintenance is the maintenance fraction of the base initial margin, which was rounded up,
 * rounded up again, and does not rise with open interest. Source: x/perpetuals/lib, GetPositionNetNotionalValueAndMarginRequirements.
 */
export function positionRisk(chain: Chain, prices: OraclePrices, name: string, quantums: bigint): Risk {
  const perpetual = chain.perpetuals[name];
  const price = priceOf(prices, name);
  const notional = netNotional(perpetual, magnitude(quantums), price);
  const openNotional = netNotional(perpetual, chain.openInterest[name] ?? 0n, price);
  const base = mulDivUp(notional, perpetual.tier.initialMarginPpm, MILLION);
  return {
    netCollateral: netNotional(perpetual, quantums, price),
    initialMargin: mulDivUp(notional, initialMarginPpm(perpetual.tier, openNotional), MILLION),
    maintenanceMargin: mulDivUp(base, perpetual.tier.maintenanceFractionPpm, MILLION),
  };
}

/** Risk of a subaccount: its quote balance and all positions. Throws `NoOraclePrice`. Source: GetRiskForSubaccount. */
export function subaccountRisk(chain: Chain, prices: OraclePrices, subaccount: Subaccount): Risk {
  return Object.entries(subaccount.positions).reduce<Risk>(
    (total, [name, quantums]) => {
      const risk = positionRisk(chain, prices, name, quantums);
      return {
        netCollateral: total.netCollateral + risk.netCollateral,
        initialMargin: total.initialMargin + risk.initialMargin,
        maintenanceMargin: total.maintenanceMargin + risk.maintenanceMargin,
      };
    },
    { netCollateral: subaccount.quoteBalance, initialMargin: 0n, maintenanceMargin: 0n },
  );
}

/** Whether a maintenance requirement above 0 exceeds the net collateral; equal is safe. Source: lib/margin, Risk.IsLiquidatable. */
export function isLiquidatable({ netCollateral, maintenanceMargin }: Risk): boolean {
  return maintenanceMargin > 0n && maintenanceMargin > netCollateral;
}

/**
 * Whether an update from one risk to another is allowed: initial margin is met after it, or maintenance does not rise and net collateral over maintenance does not
 * fall (without any maintenance before and after: net collateral rises). Source: IsValidStateTransitionForUndercollateralizedSubaccount.
 */
export function isValidTransition(before: Risk, after: Risk): boolean {
  if (after.netCollateral >= after.initialMargin) return true;
  if (after.maintenanceMargin > before.maintenanceMargin) return false;
  if (after.maintenanceMargin === 0n || before.maintenanceMargin === 0n) {
    return (
      before.maintenanceMargin === 0n && after.maintenanceMargin === 0n && after.netCollateral > before.netCollateral
    );
  }
  const worthAfter = after.netCollateral * before.maintenanceMargin;
  const worthBefore = before.netCollateral * after.maintenanceMargin;
  if (worthAfter !== worthBefore) return worthAfter > worthBefore;
  // At the same ratio the order of risks goes by maintenance, which has not risen.
  return true;
}
