import { InsufficientBalance } from "./errors.js";

/** What moves: units of collateral, DAI in rad, or debt of the Vow (dss: sin) in rad. */
export type Asset = "collateral" | "dai" | "sin";

/** One movement. Every transition that moves value lists all of them. */
export interface Transfer {
  readonly asset: Asset;
  readonly from: string;
  readonly to: string;
  /** Units of collateral, or rad. */
  readonly units: bigint;
}

/** Holds the collateral that stands at auction. */
export const CLIPPER = "clipper";
/** The protocol's own account: fees and penalties come in, incentives go out, bad debt stays. */
export const VOW = "vow";
/** Creates and cancels DAI and sin; may be negative. */
export const ISSUER = "issuer";
/** Whence collateral joins and where it exits to; may be negative. */
export const OUTSIDE = "outside";

/** Account of the collateral locked in a vault. */
export function vaultAccount(vault: string): string {
  return `vault:${vault}`;
}

/** What each party may spend: free collateral (Vat `gem`) in units, DAI (Vat `dai`) in rad. */
export interface Balances {
  readonly collateral: ReadonlyMap<string, bigint>;
  readonly dai: ReadonlyMap<string, bigint>;
}

const unbounded = (account: string) => account === ISSUER || account === OUTSIDE || account.startsWith("vault:");

/**
 * The balances after the movements, in their order; accounts of vaults, issuer and outside are kept elsewhere. Sin is no balance of a party.
 * Throws InsufficientBalance where a party lacks what it gives. Source: Vat `flux`, `move`.
 */
export function settle(balances: Balances, transfers: readonly Transfer[]): Balances {
  const after = { collateral: new Map(balances.collateral), dai: new Map(balances.dai) };
  for (const { asset, from, to, units } of transfers) {
    if (units < 0n) throw new RangeError("a movement of less than nothing");
    if (asset === "sin" || units === 0n) continue;
    const held = after[asset];
    if (!unbounded(from)) {
      const had = held.get(from) ?? 0n;
      if (had < units) throw new InsufficientBalance(`${from} has ${had} of ${asset} and would give ${units}`);
      held.set(from, had - units);
    }
    if (!unbounded(to)) held.set(to, (held.get(to) ?? 0n) + units);
  }
  return after;
}
