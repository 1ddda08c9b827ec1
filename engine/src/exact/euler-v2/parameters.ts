import { type LinearKinkParameters, linearKinkFaults } from "../interest/index.js";
import type { ParameterFault } from "../protocol.js";
import { BASIS_POINTS } from "../scales.js";
import type { LtvConfig } from "./ltv.js";
import type { Quotes } from "./quotes.js";

/** Least liability whose rest may be socialised, smallest units of the unit of account (`Liquidation.MIN_SOCIALIZATION_LIABILITY_VALUE`). */
export const MIN_SOCIALIZATION_LIABILITY_VALUE = 1_000_000n;
/** Longest cool-off that fits its 16 bits, seconds. */
export const MAX_COOL_OFF_TIME = 65_535n;
/** Highest rate that a vault takes from its model: 1,000,000 % APY, ray per second (`MAX_ALLOWED_INTEREST_RATE`). */
export const MAX_ALLOWED_INTEREST_RATE = 291_867_278_914_945_094_175n;

/** What governance sets for one vault. */
export interface VaultParameters {
  /** Highest liquidation discount, basis points; 0 is no incentive. */
  readonly maxLiquidationDiscount: bigint;
  /** Seconds after a successful check in which an account cannot be liquidated. */
  readonly liquidationCoolOffTime: bigint;
  /** Whether debt without collateral is written off at the suppliers' expense (`CFG_DONT_SOCIALIZE_DEBT` unset). */
  readonly socializeDebt: boolean;
  /** Least liability whose rest is socialised, smallest units of the unit of account; on chain `MIN_SOCIALIZATION_LIABILITY_VALUE`. */
  readonly minSocializationLiabilityValue: bigint;
  /** Share of interest that becomes fee shares, basis points. */
  readonly interestFee: bigint;
  /** Rates from utilisation; null charges nothing. */
  readonly interestRateModel: LinearKinkParameters | null;
}

/** Everything wrong with a vault's parameters. Bounds are those of `Governance` and of the widths of `VaultStorage`. */
export function faults(parameters: VaultParameters): ParameterFault[] {
  const found: ParameterFault[] = [];
  const { maxLiquidationDiscount, liquidationCoolOffTime, interestFee, interestRateModel } = parameters;
  for (const key of [
    "maxLiquidationDiscount",
    "liquidationCoolOffTime",
    "minSocializationLiabilityValue",
    "interestFee",
  ] as const)
    if (parameters[key] < 0n)
      found.push({
        code: "negative",
        key,
        message: `${key} is ${parameters[key]}; it may be 0 or more`,
        hint: "amounts, shares and times are not negative",
      });
  if (maxLiquidationDiscount >= BASIS_POINTS)
    found.push({
      code: "auction-without-end",
      key: "maxLiquidationDiscount",
      message: `maxLiquidationDiscount is ${maxLiquidationDiscount} basis points; it may be at most ${BASIS_POINTS - 1n}`,
      hint: "at 100 % collateral would be given away and the contract divides by zero",
    });
  if (liquidationCoolOffTime > MAX_COOL_OFF_TIME)
    found.push({
      code: "cool-off-too-long",
      key: "liquidationCoolOffTime",
      message: `liquidationCoolOffTime is ${liquidationCoolOffTime} s; it may be at most ${MAX_COOL_OFF_TIME}`,
      hint: "the contract keeps it in 16 bits",
    });
  if (interestFee > BASIS_POINTS)
    found.push({
      code: "fee-above-one",
      key: "interestFee",
      message: `interestFee is ${interestFee} basis points; it may be at most ${BASIS_POINTS}`,
      hint: "write 10 % as 1000",
    });
  for (const fault of interestRateModel === null ? [] : linearKinkFaults(interestRateModel))
    found.push({ ...fault, key: `interestRateModel.${fault.key}` });
  return found;
}

/**
 * Everything wrong with one collateral's LTVs. A threshold times its bonus is no fault here: the discount is one less health, so at the threshold it is 0.
 */
export function ltvFaults(config: LtvConfig, key: string): ParameterFault[] {
  const found: ParameterFault[] = [];
  for (const field of ["borrowLtv", "liquidationLtv", "initialLiquidationLtv"] as const) {
    if (config[field] > BASIS_POINTS)
      found.push({
        code: "threshold-above-one",
        key: `${key}.${field}`,
        message: `${field} is ${config[field]} basis points; it may be at most ${BASIS_POINTS}`,
        hint: "write 83 % as 8300",
      });
    if (config[field] < 0n)
      found.push({
        code: "negative",
        key: `${key}.${field}`,
        message: `${field} is ${config[field]}; it may be 0 or more`,
        hint: "0 takes the collateral out of service without making it unknown",
      });
  }
  if (config.borrowLtv > config.liquidationLtv)
    found.push({
      code: "borrow-above-liquidation",
      key: `${key}.borrowLtv`,
      message: `borrowLtv is ${config.borrowLtv}, above liquidationLtv ${config.liquidationLtv}; it may not be`,
      hint: "a fresh loan would be liquidatable at once",
    });
  if (config.rampDuration < 0n || (config.rampDuration > 0n && config.targetTimestamp < config.rampDuration))
    found.push({
      code: "ramp-without-start",
      key: `${key}.rampDuration`,
      message: `the ramp lasts ${config.rampDuration} s and ends at ${config.targetTimestamp}; it may not begin before time 0`,
      hint: "let the target timestamp be the start plus the duration",
    });
  return found;
}

/** Everything wrong with one asset's quotes. */
export function quoteFaults(quotes: Quotes, key: string): ParameterFault[] {
  const found: ParameterFault[] = [];
  if (quotes.unit <= 0n)
    found.push({
      code: "zero-scale",
      key: `${key}.unit`,
      message: `unit is ${quotes.unit}; it may be 1 or more`,
      hint: "ten to the power of the asset's decimals",
    });
  if (quotes.bid < 0n || quotes.bid > quotes.mid || quotes.mid > quotes.ask)
    found.push({
      code: "quotes-cross",
      key,
      message: `bid ${quotes.bid}, mid ${quotes.mid}, ask ${quotes.ask}; they may only rise, from 0`,
      hint: "an oracle without spread has all three alike",
    });
  return found;
}
