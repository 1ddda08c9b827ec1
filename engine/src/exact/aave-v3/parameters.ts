/** What governance sets: reserves, efficiency modes and the constants of the liquidation rule. */
import type { ParameterFault } from "../protocol.js";
import { divDown } from "../rounding.js";
import { BASIS_POINTS, PRICE_8, WAD } from "../scales.js";
import { eModeFaults, interestRateFaults, reserveFaults, ruleFaults } from "./parameter-faults.js";

/** The borrow rate as a function of usage (`DefaultReserveInterestRateStrategyV2.InterestRateData`); all in basis points a year, usage in basis points. */
export interface InterestRateParameters {
  readonly optimalUsageBps: bigint;
  readonly baseBps: bigint;
  /** Added in proportion up to the optimal usage. */
  readonly slope1Bps: bigint;
  /** Added in proportion beyond it. */
  readonly slope2Bps: bigint;
}

/** One reserve (`ReserveConfigurationMap`). Percentages in basis points. */
export interface ReserveParameters {
  /** Name of the asset in state, prices and efficiency modes. */
  readonly asset: string;
  /** Address of the token, lower case; absent in invented markets. */
  readonly address?: string;
  /** One whole token is 10^decimals units. */
  readonly decimals: number;
  /** What may be borrowed against it; 0: it backs no new debt. */
  readonly loanToValueBps: bigint;
  /** What counts towards the health factor; 0: no collateral. */
  readonly liquidationThresholdBps: bigint;
  /** Collateral per repaid value, 10500 for a bonus of 5 %; 0 where the threshold is 0. */
  readonly liquidationBonusBps: bigint;
  /** The protocol's share of the bonus. */
  readonly liquidationProtocolFeeBps: bigint;
  /** The protocol's share of the interest. */
  readonly reserveFactorBps: bigint;
  readonly active: boolean;
  readonly frozen: boolean;
  readonly paused: boolean;
  readonly borrowingEnabled: boolean;
  /** Null: the rates in the state stay as they are. */
  readonly interestRates: InterestRateParameters | null;
}

/** An efficiency mode (`EModeCategory`): its own terms for some collateral, its own list of what may be borrowed. */
export interface EModeCategory {
  /** 1 to 255; 0 means none. */
  readonly id: number;
  readonly label: string;
  readonly loanToValueBps: bigint;
  readonly liquidationThresholdBps: bigint;
  readonly liquidationBonusBps: bigint;
  /** Assets that have the category's terms (`collateralBitmap`). */
  readonly collateral: readonly string[];
  /** Assets that members may borrow (`borrowableBitmap`). */
  readonly borrowable: readonly string[];
  /** Collateral of the category that backs no new debt (`ltvzeroBitmap`). */
  readonly zeroLoanToValue: readonly string[];
  /** Collateral outside the category backs no new debt (v3.7). */
  readonly isolated: boolean;
}

/** The constants of `LiquidationLogic`; parameters here, so that each rule can be switched off. */
export interface LiquidationRules {
  /** Share of the TOTAL debt that one call may repay of one reserve, basis points. 10000 switches the rule off. */
  readonly closeFactorBps: bigint;
  /** The close factor binds only above this health factor (wad). */
  readonly closeFactorHealthFactorWad: bigint;
  /** And only where debt and collateral of the two reserves are both at least this much, in units of the base currency. */
  readonly closeFactorMinimumBase: bigint;
  /** What a call must leave of debt and of collateral, if it leaves any of both, in units of the base currency. 0 switches the rule off. */
  readonly minimumLeftoverBase: bigint;
}

/** A pool's parameters. The base currency of prices and values has the decimals of the price feed (8 for dollars). */
export interface AaveV3Parameters {
  readonly reserves: readonly ReserveParameters[];
  readonly eModeCategories: readonly EModeCategory[];
  readonly rules: LiquidationRules;
}

/** The rules as deployed: 50 % above a health factor of 0.95 where both sides are at least 2,000 dollars; 1,000 dollars left (`LiquidationLogic`). */
export const deployedRules: LiquidationRules = {
  closeFactorBps: 5_000n,
  closeFactorHealthFactorWad: divDown(WAD * 95n, 100n),
  closeFactorMinimumBase: 2_000n * PRICE_8,
  minimumLeftoverBase: 1_000n * PRICE_8,
};

/** Below this health factor (1, wad) an account is liquidatable; exactly at it, not (`ValidationLogic.HEALTH_FACTOR_LIQUIDATION_THRESHOLD`). */
export const LIQUIDATION_HEALTH_FACTOR = WAD;
/** Longest grace period after a pause, seconds (`PoolConfigurator.MAX_GRACE_PERIOD`). */
export const LONGEST_GRACE_PERIOD = 14_400n;
/** 10 %: what every reserve of the presets pays of its bonus, as the specification has it; the source of the presets does not carry the field. */
export const PRESET_PROTOCOL_FEE_BPS = divDown(BASIS_POINTS, 10n);

/** Everything that is wrong with the parameters, all at once; the conditions are those of `PoolConfigurator` and `DefaultReserveInterestRateStrategyV2`. */
export function faults(parameters: AaveV3Parameters): ParameterFault[] {
  return [
    ...reserveFaults(parameters.reserves),
    ...parameters.reserves.flatMap((reserve) => interestRateFaults(reserve)),
    ...eModeFaults(parameters),
    ...ruleFaults(parameters.rules),
  ];
}
