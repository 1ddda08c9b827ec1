import type { ParameterFault } from "../protocol.js";
import { divTowardsZero } from "../rounding.js";
import { SCALE_36 } from "../scales.js";

/** Oldest risk data that the contract takes: 1 day, seconds. */
export const MAX_DATA_AGE = 86_400n;

/** What a deployment of SmartLTV and its allocator fixes. */
export interface SmartLtvParameters {
  /** Whose signature counts. */
  readonly trustedRelayer: string;
  readonly chainId: bigint;
  /** One over the confidence factor, wad: 0.1 asks for ten. */
  readonly riskLevel: bigint;
  /** Oldest risk data taken, seconds; on chain `MAX_DATA_AGE`. */
  readonly maxDataAge: bigint;
}

/** What the relayer signs (`RiskData`). */
export interface RiskData {
  readonly collateralAsset: string;
  readonly debtAsset: string;
  /** What can be sold for the debt asset at a slippage of `liquidationBonus`, units of the debt asset. */
  readonly liquidity: bigint;
  /** Wad. */
  readonly volatility: bigint;
  /** Wad: 5 % is 0.05. */
  readonly liquidationBonus: bigint;
  /** Seconds. */
  readonly lastUpdate: bigint;
  readonly chainId: bigint;
}

/** Risk data with whoever its EIP-712 signature ("SPythia" 0.0.1) names. */
export interface SignedRiskData {
  readonly data: RiskData;
  readonly signer: string;
}

/** The least confidence factor of a risk level, both wad, rounded down. `BProtocolMorphoAllocator.MIN_CLF`. */
export function confidenceFactor(riskLevel: bigint): bigint {
  return divTowardsZero(SCALE_36, riskLevel);
}

/** Everything wrong with a deployment's parameters. The contracts check none of it. */
export function faults(parameters: SmartLtvParameters): ParameterFault[] {
  const { trustedRelayer, chainId, riskLevel, maxDataAge } = parameters;
  const found: ParameterFault[] = [];
  if (trustedRelayer === "")
    found.push({
      code: "nobody-trusted",
      key: "trustedRelayer",
      message: "trustedRelayer is empty; it may be the relayer's address",
      hint: "a failed recovery of a signature yields the empty address, which would then be trusted",
    });
  if (chainId <= 0n)
    found.push({
      code: "negative",
      key: "chainId",
      message: `chainId is ${chainId}; it may be 1 or more`,
      hint: "1 is Ethereum",
    });
  if (riskLevel <= 0n)
    found.push({
      code: "zero-scale",
      key: "riskLevel",
      message: `riskLevel is ${riskLevel} wad; it may be above 0`,
      hint: "the confidence factor is one over it",
    });
  else if (confidenceFactor(riskLevel) === 0n)
    found.push({
      code: "confidence-zero",
      key: "riskLevel",
      message: `riskLevel is ${riskLevel} wad, which leaves a confidence factor of 0; it may be at most ${SCALE_36}`,
      hint: "with a factor of 0 neither volatility nor liquidity would count",
    });
  if (maxDataAge < 0n)
    found.push({
      code: "negative",
      key: "maxDataAge",
      message: `maxDataAge is ${maxDataAge} s; it may be 0 or more`,
      hint: "the contract takes 86400",
    });
  return found;
}

/** Everything wrong with a piece of risk data: amounts below zero. */
export function riskDataFaults(data: RiskData): ParameterFault[] {
  return (["liquidity", "volatility", "liquidationBonus", "lastUpdate"] as const)
    .filter((key) => data[key] < 0n)
    .map((key) => ({
      code: "negative",
      key,
      message: `${key} is ${data[key]}; it may be 0 or more`,
      hint: "signed data is unsigned on chain",
    }));
}
