import type { MorphoMarket } from "./state.js";

/**
 * Whom a call leaves richer or poorer. `wallets` are everybody's pockets outside the market, `suppliers` and `borrowers` their claims and debts in it,
 * `depositors` the owners of collateral. `unowned` are loan units that the contract holds and no share stands for: the last to repay may pay one unit more
 * than is owed.
 */
export type MorphoParty = "wallets" | "suppliers" | "borrowers" | "depositors" | "unowned";

/** One line of the books: `units` more (or less) for `party`. Over one call the lines of an asset add up to zero. */
export interface MorphoEntry {
  readonly party: MorphoParty;
  readonly asset: "loan" | "collateral";
  readonly units: bigint;
}

/**
 * Who gained and who lost between two states of a market into which `loanIn` loan units and `collateralIn` collateral units were paid (negative: paid out),
 * without the empty lines.
 */
export function entriesBetween(
  before: MorphoMarket,
  after: MorphoMarket,
  loanIn: bigint,
  collateralIn: bigint,
): MorphoEntry[] {
  const supplied = after.totalSupplyAssets - before.totalSupplyAssets;
  const owed = after.totalBorrowAssets - before.totalBorrowAssets;
  const entries: MorphoEntry[] = [
    { party: "wallets", asset: "loan", units: -loanIn },
    { party: "suppliers", asset: "loan", units: supplied },
    { party: "borrowers", asset: "loan", units: -owed },
    { party: "unowned", asset: "loan", units: loanIn - supplied + owed },
    { party: "wallets", asset: "collateral", units: -collateralIn },
    { party: "depositors", asset: "collateral", units: collateralIn },
  ];
  return entries.filter(({ units }) => units !== 0n);
}
