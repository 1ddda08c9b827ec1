import { divDown, mulDivDown, powerOfTen } from "../rounding.js";
import { RAY } from "../scales.js";
import { InvalidPrice, NotPassed, OracleStopped } from "./errors.js";
import type { MakerParameters } from "./parameters.js";
import type { MakerState } from "./state.js";

/**
 * Takes the source's price (at the price's decimals; null where the source has none, then nothing changes): what was next becomes current.
 * Throws OracleStopped, NotPassed. Source: OSM `poke`.
 */
export function pokeOracle(parameters: MakerParameters, state: MakerState, sourcePrice: bigint | null): MakerState {
  const { oracle, now } = state;
  const delay = parameters.oracleDelaySeconds;
  if (oracle.stopped) throw new OracleStopped("the oracle is stopped");
  if (now < oracle.pokedAt + delay)
    throw new NotPassed(`it is second ${now}; the next price is taken from second ${oracle.pokedAt + delay}`);
  if (sourcePrice === null) return state;
  const pokedAt = divDown(now, delay) * delay;
  return { ...state, oracle: { ...oracle, current: oracle.next, next: sourcePrice, pokedAt } };
}

/** The oracle's price of one unit of collateral in ray units of DAI, rounded down. Throws InvalidPrice. Source: Clipper `getFeedPrice`. */
export function feedPrice(parameters: MakerParameters, state: MakerState): bigint {
  if (state.oracle.current === null) throw new InvalidPrice("the oracle holds no current price");
  return perUnit(parameters, state.oracle.current);
}

/** Writes price over liquidation ratio into the safety price that vaults are judged by; 0 where there is no price. Source: Spotter `poke`. */
export function pokeSafetyPrice(parameters: MakerParameters, state: MakerState): MakerState {
  const { current } = state.oracle;
  const safetyPrice =
    current === null ? 0n : mulDivDown(perUnit(parameters, current), RAY, parameters.liquidationRatio);
  return { ...state, safetyPrice };
}

/** `rdiv(price x 1e9, par)` at 18, 18 and 18 decimals, and the same at others. */
function perUnit({ decimals, targetPrice }: MakerParameters, price: bigint): bigint {
  const ray = price * powerOfTen(27 + decimals.debt - decimals.collateral - decimals.price);
  return mulDivDown(ray, RAY, targetPrice);
}
