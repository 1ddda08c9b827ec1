import type { ParameterFault } from "../protocol.js";
import { mulDivUp, powerOfTen } from "../rounding.js";

/** One in the rates of this folder: a rate of 0.5 % is 5,000 millionths. */
export const RATE_ONE = 1_000_000n;
/** One in funding rates: 0.01 % is 100,000 of 1e9. */
export const FUNDING_ONE = 1_000_000_000n;

/** From which notional a maintenance rate counts. */
export interface MaintenanceTier {
  /** Notional in units of the margin coin. */
  readonly fromCoin: bigint;
  /** Maintenance in millionths of the notional. */
  readonly rate: bigint;
}

/** The rules of one coin-margined perpetual. */
export interface InversePerpetualParameters {
  /** Decimals of the margin coin's units (BTC 8). */
  readonly coinDecimals: number;
  /** Dollars that one contract stands for, in steps of 1e-8 USD ($100 is 100e8). */
  readonly contractValue: bigint;
  /** Maintenance by notional in coin, from 0 upwards. */
  readonly tiers: readonly MaintenanceTier[];
  /** Liquidation fee in millionths of the coin value that is closed; to the insurance fund, from what the account has left. */
  readonly liquidationFeeRate: bigint;
  /** Whether an account whose equity is exactly its maintenance margin is liquidatable. */
  readonly liquidatableAtEquality: boolean;
}

/** Product of contract value and one coin: divided by a price in 1e-8 USD steps it is one contract's value in coin units. */
export function contractNumerator(parameters: InversePerpetualParameters): bigint {
  return parameters.contractValue * powerOfTen(parameters.coinDecimals);
}

/** What each tier takes off again so that the margin is continuous in notional: d(n) = d(n-1) + from(n) x (rate(n) - rate(n-1)), rounded up, in coin units. */
export function tierDeductions(tiers: readonly MaintenanceTier[]): bigint[] {
  const deductions: bigint[] = [];
  tiers.forEach((tier, index) => {
    const rise = index === 0 ? 0n : mulDivUp(tier.fromCoin, tier.rate - tiers[index - 1].rate, RATE_ONE);
    deductions.push(index === 0 ? 0n : deductions[index - 1] + rise);
  });
  return deductions;
}

/** Everything wrong with the parameters, all at once. */
export function faults(parameters: InversePerpetualParameters): ParameterFault[] {
  const found: ParameterFault[] = [];
  const fault = (code: string, key: string, message: string, hint: string) => found.push({ code, key, message, hint });
  const { coinDecimals, contractValue, tiers, liquidationFeeRate } = parameters;
  if (!Number.isInteger(coinDecimals) || coinDecimals < 0 || coinDecimals > 30) {
    fault("decimals-out-of-range", "coinDecimals", `it is ${coinDecimals}; whole, 0 to 30`, "BTC has 8");
  }
  if (contractValue <= 0n) {
    fault("scale-not-positive", "contractValue", `it is ${contractValue}; above 0`, "$100 is 100e8 steps of 1e-8 USD");
  }
  if (tiers.length === 0) fault("tiers-missing", "tiers", "there is none; at least one", "write one tier from 0");
  if (tiers.length > 0 && tiers[0].fromCoin !== 0n) {
    fault("tiers-start", "tiers.0.fromCoin", `it is ${tiers[0].fromCoin}; the first is 0`, "begin the table at 0");
  }
  tiers.forEach((tier, index) => {
    const key = `tiers.${index}`;
    if (tier.rate < 0n) fault("negative", `${key}.rate`, `it is ${tier.rate}; at least 0`, "5,000 is 0.5 %");
    if (tier.rate > RATE_ONE) {
      fault("rate-above-one", `${key}.rate`, `it is ${tier.rate}; at most ${RATE_ONE}`, "above 1 no price is safe");
    }
    if (index === 0) return;
    if (tier.fromCoin <= tiers[index - 1].fromCoin) {
      fault(
        "tiers-overlap",
        `${key}.fromCoin`,
        `${tier.fromCoin} is not above the tier before`,
        "sort tiers by notional",
      );
    }
    if (tier.rate < tiers[index - 1].rate) {
      fault("tiers-fall", `${key}.rate`, `${tier.rate} is below the tier before`, "rates do not fall with size");
    }
  });
  if (liquidationFeeRate < 0n) {
    fault("negative", "liquidationFeeRate", `it is ${liquidationFeeRate}; at least 0`, "7,500 is 0.75 %");
  }
  if (liquidationFeeRate > RATE_ONE) {
    fault("fee-above-one", "liquidationFeeRate", `it is ${liquidationFeeRate}; at most ${RATE_ONE}`, "7,500 is 0.75 %");
  }
  return found;
}
