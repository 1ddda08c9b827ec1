import type { ParameterFault, Preset } from "../protocol.js";
import { powerOfTen } from "../rounding.js";
import { WAD } from "../scales.js";

/** A pool of one collateral and one quote token. Amounts in a pool are wads whatever the tokens' decimals. */
export interface AjnaParameters {
  /** Smallest step of the quote token as a wad: 10^(18 - decimals). */
  readonly quoteScale: bigint;
  /** Smallest step of the collateral as a wad. */
  readonly collateralScale: bigint;
  /** Yearly rate of borrowers, wad. */
  readonly interestRate: bigint;
}

/** All that is wrong with the parameters. */
export function faults(parameters: AjnaParameters): ParameterFault[] {
  const found: ParameterFault[] = [];
  for (const key of ["quoteScale", "collateralScale"] as const) {
    const scale = parameters[key];
    if (scale <= 0n || scale > WAD || WAD % scale !== 0n) {
      found.push({
        code: "scale-out-of-range",
        key,
        message: `is ${scale}; a divisor of 1e18 from 1 to 1e18`,
        hint: "10 to the power of 18 less the token's decimals",
      });
    }
  }
  if (parameters.interestRate < 0n || parameters.interestRate > 4n * WAD) {
    found.push({
      code: "rate-out-of-range",
      key: "interestRate",
      message: `is ${parameters.interestRate}; from 0 to 4e18`,
      hint: "5 % is 5e16; the contract's own rates lie between 0.1 % and 400 %",
    });
  }
  return found;
}

/** Pools differ by tokens and rate alone; the auction's numbers are constants of the contract. */
export const presets: readonly Preset<AjnaParameters>[] = [
  {
    name: "new-pool-18-6",
    asOf: "2024-02-16",
    source: "ajna-finance/ajna-core 0f59e780: a pool of an 18-decimal collateral and a 6-decimal quote token at 5 %",
    parameters: { quoteScale: powerOfTen(12), collateralScale: 1n, interestRate: 50_000_000_000_000_000n },
  },
  {
    name: "new-pool-18-18",
    asOf: "2024-02-16",
    source: "ajna-finance/ajna-core 0f59e780: a pool of two 18-decimal tokens at 5 %",
    parameters: { quoteScale: 1n, collateralScale: 1n, interestRate: 50_000_000_000_000_000n },
  },
];
