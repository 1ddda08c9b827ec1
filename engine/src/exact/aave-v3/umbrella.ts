/** Umbrella: stakers of one token stand behind the deficit of one reserve (`aave-umbrella` d34359f, `Umbrella.sol`, `UmbrellaConfiguration.sol`). */
import { divDown, least, mulDivDown } from "../rounding.js";
import { BASIS_POINTS } from "../scales.js";
import {
  AccessControlUnauthorizedAccount,
  CannotSlash,
  ReserveCoverageNotSetup,
  ReserveIsConfigured,
  TooMuchDeficitOffsetReduction,
  ZeroAmountSlashing,
  ZeroDeficitToCover,
  ZeroFundsAvailable,
} from "./errors.js";
import type { AaveV3Parameters } from "./parameters.js";
import { eliminateReserveDeficit } from "./reserve-actions.js";
import { type PoolState, reserveOf, type Transfer } from "./state.js";

/** What a slash always leaves in the stake, units (`ERC4626StakeTokenUpgradeable.MIN_ASSETS_REMAINING`). */
export const LEAST_STAKED_UNITS = 1_000_000n;

/** The stake token of a reserve; it has the reserve's decimals. */
export interface Stake {
  /** Staked underlying, units. */
  readonly stakedUnits: bigint;
  /** Taken on top of the deficit, basis points. */
  readonly liquidationFeeBps: bigint;
}

/** Umbrella's books for one reserve, units of the reserve. */
export interface UmbrellaReserve {
  /** First loss that the DAO bears before stakers. */
  readonly deficitOffsetUnits: bigint;
  /** Slashed for already and not burned yet. */
  readonly pendingDeficitUnits: bigint;
  readonly stake: Stake | null;
}

/** The prices a slash needs, both in the same currency and decimals. */
export interface SlashPrices {
  readonly reservePrice: bigint;
  readonly stakePrice: bigint;
}

/** A slash. */
export interface SlashOutcome {
  readonly umbrella: UmbrellaReserve;
  /** Deficit that is now pending more. */
  readonly coveredUnits: bigint;
  /** Of the slashed value, what is the fee, in units of the reserve. */
  readonly feeUnits: bigint;
  /** Staked units that went to the recipient of slashed funds. */
  readonly slashedUnits: bigint;
}

/** Configures a stake; the deficit that is there becomes the offset (`_updateSlashingConfig`). */
export function configureStake(umbrella: UmbrellaReserve, stake: Stake, poolDeficitUnits: bigint): UmbrellaReserve {
  if (umbrella.stake !== null) return { ...umbrella, stake };
  return { ...umbrella, stake, deficitOffsetUnits: poolDeficitUnits - umbrella.pendingDeficitUnits };
}

/** Deficit beyond offset and pending, never negative (`isReserveSlashable`). */
export function newDeficit(umbrella: UmbrellaReserve, poolDeficitUnits: bigint): bigint {
  const known = umbrella.deficitOffsetUnits + umbrella.pendingDeficitUnits;
  return poolDeficitUnits > known ? poolDeficitUnits - known : 0n;
}

/** Sets the first loss of the DAO (`setDeficitOffset`). Throws `ReserveCoverageNotSetup`, `TooMuchDeficitOffsetReduction`. */
export function setDeficitOffset(
  umbrella: UmbrellaReserve,
  poolDeficitUnits: bigint,
  deficitOffsetUnits: bigint,
): UmbrellaReserve {
  if (umbrella.stake === null) throw new ReserveCoverageNotSetup("no stake stands behind this reserve");
  if (deficitOffsetUnits + umbrella.pendingDeficitUnits < poolDeficitUnits)
    throw new TooMuchDeficitOffsetReduction(
      `${deficitOffsetUnits} and ${umbrella.pendingDeficitUnits} pending are below the deficit, ${poolDeficitUnits}`,
    );
  return { ...umbrella, deficitOffsetUnits };
}

/**
 * Slashes the stake for the new deficit and its fee (`slash`, anyone may call): `floor(price x floor(deficit x (1 + fee)) / stake price)`, at most what is staked
 * above the minimum; if the stake is short, deficit and fee are covered in proportion, rounded down. Throws `CannotSlash`, `ZeroAmountSlashing`,
 * `ZeroFundsAvailable`.
 */
export function slash(umbrella: UmbrellaReserve, poolDeficitUnits: bigint, prices: SlashPrices): SlashOutcome {
  const deficit = newDeficit(umbrella, poolDeficitUnits);
  const { stake } = umbrella;
  if (stake === null || deficit === 0n) throw new CannotSlash(`the new deficit is ${deficit}; a stake has to be set`);
  const withFee = mulDivDown(deficit, BASIS_POINTS + stake.liquidationFeeBps, BASIS_POINTS);
  const wanted = divDown(prices.reservePrice * withFee, prices.stakePrice);
  if (wanted === 0n) throw new ZeroAmountSlashing(`a deficit of ${deficit} is worth no staked unit`);
  if (stake.stakedUnits <= LEAST_STAKED_UNITS)
    throw new ZeroFundsAvailable(`the stake holds ${stake.stakedUnits}, at least ${LEAST_STAKED_UNITS} stay`);
  const slashedUnits = least(wanted, stake.stakedUnits - LEAST_STAKED_UNITS);
  const coveredUnits = slashedUnits === wanted ? deficit : mulDivDown(deficit, slashedUnits, wanted);
  const fee = withFee - deficit;
  return {
    umbrella: {
      ...umbrella,
      pendingDeficitUnits: umbrella.pendingDeficitUnits + coveredUnits,
      stake: { ...stake, stakedUnits: stake.stakedUnits - slashedUnits },
    },
    coveredUnits,
    feeUnits: slashedUnits === wanted ? fee : mulDivDown(fee, slashedUnits, wanted),
    slashedUnits,
  };
}

/** A call of the coverage manager: who calls, who holds the role, on which reserve, at most how much. */
export interface CoverCall {
  readonly caller: string;
  readonly coverageManager: string;
  readonly asset: string;
  readonly units: bigint;
}

/** A covered deficit: pool, Umbrella's books, what moved. */
export interface UmbrellaCoverOutcome {
  readonly umbrella: UmbrellaReserve;
  readonly state: PoolState;
  readonly transfers: readonly Transfer[];
  readonly coveredUnits: bigint;
}

/** Covers at most `limit` with the caller's supply shares. Throws `AccessControlUnauthorizedAccount`, `ZeroDeficitToCover` and the errors of `eliminateReserveDeficit`. */
function cover(parameters: AaveV3Parameters, state: PoolState, call: CoverCall, limit: bigint) {
  if (call.caller !== call.coverageManager)
    throw new AccessControlUnauthorizedAccount(`${call.caller} may not cover deficits`);
  const units = least(call.units, limit);
  if (units <= 0n) throw new ZeroDeficitToCover(`nothing of ${call.asset} is left to cover this way`);
  return eliminateReserveDeficit(parameters, state, call.caller, call.asset, units);
}

/** Burns what was slashed for (`coverPendingDeficit`). Throws as `cover`. */
export function coverPendingDeficit(
  parameters: AaveV3Parameters,
  state: PoolState,
  umbrella: UmbrellaReserve,
  call: CoverCall,
): UmbrellaCoverOutcome {
  const done = cover(parameters, state, call, umbrella.pendingDeficitUnits);
  const pendingDeficitUnits = umbrella.pendingDeficitUnits - done.coveredUnits;
  return { ...done, umbrella: { ...umbrella, pendingDeficitUnits } };
}

/** The DAO bears its first loss, at most the deficit that is not pending (`coverDeficitOffset`). Throws as `cover`. */
export function coverDeficitOffset(
  parameters: AaveV3Parameters,
  state: PoolState,
  umbrella: UmbrellaReserve,
  call: CoverCall,
): UmbrellaCoverOutcome {
  const notPending = reserveOf(state, call.asset).deficitUnits - umbrella.pendingDeficitUnits;
  const done = cover(parameters, state, call, least(umbrella.deficitOffsetUnits, notPending));
  const deficitOffsetUnits = umbrella.deficitOffsetUnits - done.coveredUnits;
  return { ...done, umbrella: { ...umbrella, deficitOffsetUnits } };
}

/** Covers a reserve that has no stake, offset or pending deficit (`coverReserveDeficit`). Throws also `ReserveIsConfigured`. */
export function coverReserveDeficit(
  parameters: AaveV3Parameters,
  state: PoolState,
  umbrella: UmbrellaReserve,
  call: CoverCall,
): UmbrellaCoverOutcome {
  if (umbrella.stake !== null || umbrella.deficitOffsetUnits !== 0n || umbrella.pendingDeficitUnits !== 0n)
    throw new ReserveIsConfigured(`${call.asset} is covered through its stake, offset or pending deficit`);
  const done = cover(parameters, state, call, reserveOf(state, call.asset).deficitUnits);
  return { ...done, umbrella };
}
