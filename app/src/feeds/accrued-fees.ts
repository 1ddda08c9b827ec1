import type { MakerEvent } from "./maker-events.js";
import { checkLiquidations, replayVaults } from "./maker-replay.js";
import type { MakerVault } from "./maker-vaults.js";
import { median } from "./quote-depth.js";

/** What one vault paid beyond the debt that the book states for it. */
export interface FeeSample {
  readonly account: string;
  /** Debt without accrued fees. */
  readonly debtDai: number;
  /** Accrued stability fee over that debt. */
  readonly feeShare: number;
}

/** The accrued stability fees that a book's debts leave out, as measured on the vaults that were settled in the window. */
export interface AccruedFees {
  readonly samples: readonly FeeSample[];
  readonly medianShare: number;
  /** 10th and 90th per cent points. */
  readonly lowShare: number;
  readonly highShare: number;
  /** Sum of fees over sum of debts. */
  readonly pooledShare: number;
}

/**
 * Measures the fees on vaults of the book whose whole debt was settled in the window: liquidated ones, whose covered debt includes the fee, and those
 * that withdrew everything after repaying without borrowing more, whose repayments exceed the debt by the fee. Null where there are none.
 * A vault's age is not known, so nothing better can be said of the others; old vaults that have repaid before owe more in share.
 */
export function measureAccruedFees(vaults: readonly MakerVault[], events: readonly MakerEvent[]): AccruedFees | null {
  const samples = [...liquidated(vaults, events), ...closed(vaults, events)].filter((sample) => sample.feeShare >= 0);
  if (samples.length === 0) return null;
  const shares = samples.map((sample) => sample.feeShare).sort((a, b) => a - b);
  const debt = samples.reduce((sum, sample) => sum + sample.debtDai, 0);
  return {
    samples,
    medianShare: median(shares),
    lowShare: shares[Math.floor(0.1 * shares.length)],
    highShare: shares[Math.min(shares.length - 1, Math.floor(0.9 * shares.length))],
    pooledShare: samples.reduce((sum, sample) => sum + sample.debtDai * sample.feeShare, 0) / debt,
  };
}

function liquidated(vaults: readonly MakerVault[], events: readonly MakerEvent[]): FeeSample[] {
  return checkLiquidations(vaults, events)
    .filter((check) => check.inBook)
    .map((check) => ({ account: check.account, debtDai: check.replayedDebtDai, feeShare: check.feeShare }));
}

function closed(vaults: readonly MakerVault[], events: readonly MakerEvent[]): FeeSample[] {
  const end = replayVaults(vaults, events, Number.POSITIVE_INFINITY);
  const drewOrFell = new Set(
    events.filter((event) => event.kind === "borrow" || event.kind === "liquidate").map((event) => event.account),
  );
  return vaults.flatMap((vault) => {
    const state = end.get(vault.account);
    if (state === undefined || drewOrFell.has(vault.account) || state.debtDai >= 0 || state.collateralEth > 0.001)
      return [];
    const debtDai = Number(vault.debtDai);
    return [{ account: vault.account, debtDai, feeShare: -state.debtDai / debtDai }];
  });
}
