import type { PricePoint } from "./hourly-prices.js";
import type { MakerEvent } from "./maker-events.js";
import type { MakerVault } from "./maker-vaults.js";

/** What the naive rule says of a window: everybody below the collateral ratio at the lowest price is liquidated, nobody acts. */
export interface StaticRuleScore {
  readonly lowUsd: number;
  readonly lowAtMs: number;
  readonly flagged: readonly string[];
  readonly flaggedEth: number;
  /** Vaults of the book that were liquidated in the window. */
  readonly liquidated: readonly string[];
  readonly missed: readonly string[];
}

/** Flags the vaults whose collateral at the lowest of `prices` is worth less than `collateralRatio` times their debt (without accrued fees). */
export function scoreStaticRule(
  vaults: readonly MakerVault[],
  events: readonly MakerEvent[],
  prices: readonly PricePoint[],
  collateralRatio: number,
): StaticRuleScore {
  const low = prices.reduce((least, point) => (Number(point.priceUsd) < Number(least.priceUsd) ? point : least));
  const flagged = vaults.filter(
    (vault) => Number(vault.collateralEth) * Number(low.priceUsd) < collateralRatio * Number(vault.debtDai),
  );
  const accounts = new Set(events.filter((event) => event.kind === "liquidate").map((event) => event.account));
  const liquidated = vaults.filter((vault) => accounts.has(vault.account)).map((vault) => vault.account);
  return {
    lowUsd: Number(low.priceUsd),
    lowAtMs: low.timeMs,
    flagged: flagged.map((vault) => vault.account),
    flaggedEth: flagged.reduce((sum, vault) => sum + Number(vault.collateralEth), 0),
    liquidated,
    missed: liquidated.filter((account) => !flagged.some((vault) => vault.account === account)),
  };
}
