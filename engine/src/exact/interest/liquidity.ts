import { least, most } from "../rounding.js";
import { InsufficientLiquidity, RepaysTooMuch } from "./errors.js";

/** A pool of one asset: what suppliers are owed and what of it is lent out, units of the asset. */
export interface Liquidity {
  readonly supplied: bigint;
  readonly borrowed: bigint;
}

/**
 * Where seized collateral lies: `lent` is itself a claim on a lending pool (aToken, cToken, vault share whose underlying is asked for) and leaves only as
 * liquidity lasts; `idle` is held in custody and always leaves (Compound III, Morpho Blue, Maker).
 */
export type Custody = "lent" | "idle";

/** How much of a demand can leave now; the two sum to the demand. */
export interface Departure {
  readonly leaves: bigint;
  readonly stays: bigint;
}

/** Supplied less borrowed, and never below 0: what can leave the pool. At full utilisation nobody can withdraw. */
export function available(liquidity: Liquidity): bigint {
  return most(0n, liquidity.supplied - liquidity.borrowed);
}

/** What of `wanted` units can be withdrawn or borrowed now. Exactly what is available still leaves. */
export function departure(liquidity: Liquidity, wanted: bigint): Departure {
  const leaves = least(wanted, available(liquidity));
  return { leaves, stays: wanted - leaves };
}

/** What of a seizure can leave as underlying: bounded by liquidity where the collateral is lent, whole where it is idle. */
export function seizureDeparture(liquidity: Liquidity, custody: Custody, seized: bigint): Departure {
  return custody === "idle" ? { leaves: seized, stays: 0n } : departure(liquidity, seized);
}

/** Refuses with `InsufficientLiquidity` what cannot leave whole: contracts do not pay half a withdrawal. */
export function requireDeparture(liquidity: Liquidity, wanted: bigint): void {
  const { stays } = departure(liquidity, wanted);
  if (stays > 0n)
    throw new InsufficientLiquidity(`${wanted} units are asked for, ${available(liquidity)} are not lent out`);
}

/**
 * A seizure paid out as underlying. Throws `InsufficientLiquidity` where lent collateral is not there; Aave's liquidator may then take the aToken instead,
 * which moves no liquidity (`receiveAToken`) and leaves him exposed.
 */
export function seize(liquidity: Liquidity, custody: Custody, seized: bigint): Liquidity {
  return custody === "idle" ? liquidity : withdraw(liquidity, seized);
}

/** A pool after `amount` units are supplied. */
export function supply(liquidity: Liquidity, amount: bigint): Liquidity {
  return { ...liquidity, supplied: liquidity.supplied + amount };
}

/** A pool after `amount` units are withdrawn. Throws `InsufficientLiquidity`. */
export function withdraw(liquidity: Liquidity, amount: bigint): Liquidity {
  requireDeparture(liquidity, amount);
  return { ...liquidity, supplied: liquidity.supplied - amount };
}

/** A pool after `amount` units are borrowed. Throws `InsufficientLiquidity`. */
export function borrow(liquidity: Liquidity, amount: bigint): Liquidity {
  requireDeparture(liquidity, amount);
  return { ...liquidity, borrowed: liquidity.borrowed + amount };
}

/** A pool after `amount` units are repaid. Throws `RepaysTooMuch`. */
export function repay(liquidity: Liquidity, amount: bigint): Liquidity {
  if (amount > liquidity.borrowed)
    throw new RepaysTooMuch(`${amount} units are repaid, ${liquidity.borrowed} are borrowed`);
  return { ...liquidity, borrowed: liquidity.borrowed - amount };
}

/** A pool after interest is charged to borrowers and credited to suppliers: what is available does not change. */
export function creditInterest(liquidity: Liquidity, interest: bigint): Liquidity {
  return { supplied: liquidity.supplied + interest, borrowed: liquidity.borrowed + interest };
}

/** A pool after `loss` units of debt are written off at the suppliers' expense: what is available does not change. Throws `RepaysTooMuch`. */
export function writeOff(liquidity: Liquidity, loss: bigint): Liquidity {
  const after = repay(liquidity, loss);
  return { ...after, supplied: liquidity.supplied - loss };
}
