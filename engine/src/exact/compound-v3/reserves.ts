import { accrue } from "./interest.js";
import type { CompoundParameters } from "./parameters.js";
import { assetAt, type CompoundMarket, presentValueBorrow, presentValueSupply } from "./state.js";

/**
 * Whom a call leaves richer or poorer. `wallets` are everybody's pockets outside the market, `suppliers` and `borrowers` their claims and debts in it,
 * `depositors` the owners of collateral, `reserves` the protocol's own base and its inventory of seized collateral.
 */
export type CompoundParty = "wallets" | "suppliers" | "borrowers" | "depositors" | "reserves";

/** One line of the books: `units` of `asset` more (or less) for `party`. Over one call the lines of an asset add up to zero. */
export interface CompoundEntry {
  readonly party: CompoundParty;
  readonly asset: string;
  readonly units: bigint;
}

/** The protocol's own base at the market's indices: balance less supplied plus owed; negative after losses. Base units. */
export function reservesAtIndices(market: CompoundMarket): bigint {
  return (
    market.baseBalance -
    presentValueSupply(market, market.totalSupplyBase) +
    presentValueBorrow(market, market.totalBorrowBase)
  );
}

/** The protocol's own base at `second`, interest until then included; base units (Comet.getReserves). */
export function reserves(parameters: CompoundParameters, market: CompoundMarket, second: bigint): bigint {
  return reservesAtIndices(accrue(parameters, market, second));
}

/** Seized collateral that the protocol owns and has not sold, units (Comet.getCollateralReserves). Throws BadAsset. */
export function collateralReserves(parameters: CompoundParameters, market: CompoundMarket, asset: number): bigint {
  assetAt(parameters, asset);
  return market.collateral[asset].held - market.collateral[asset].supplied;
}

/** Who gained and who lost between two states of a market, line by line without the empty ones; per asset the lines add up to zero. */
export function entriesBetween(
  parameters: CompoundParameters,
  before: CompoundMarket,
  after: CompoundMarket,
): CompoundEntry[] {
  const base = parameters.baseAsset;
  const owed = (market: CompoundMarket) => presentValueBorrow(market, market.totalBorrowBase);
  const supplied = (market: CompoundMarket) => presentValueSupply(market, market.totalSupplyBase);
  const entries: CompoundEntry[] = [
    { party: "wallets", asset: base, units: before.baseBalance - after.baseBalance },
    { party: "suppliers", asset: base, units: supplied(after) - supplied(before) },
    { party: "borrowers", asset: base, units: owed(before) - owed(after) },
    { party: "reserves", asset: base, units: reservesAtIndices(after) - reservesAtIndices(before) },
  ];
  parameters.assets.forEach(({ name }, index) => {
    const [old, now] = [before.collateral[index], after.collateral[index]];
    entries.push(
      { party: "wallets", asset: name, units: old.held - now.held },
      { party: "depositors", asset: name, units: now.supplied - old.supplied },
      { party: "reserves", asset: name, units: now.held - now.supplied - (old.held - old.supplied) },
    );
  });
  return entries.filter((entry) => entry.units !== 0n);
}
