import type { MakerEvent } from "./maker-events.js";
import type { MakerVault } from "./maker-vaults.js";

/** A vault while its events are replayed. */
export interface VaultState {
  readonly collateralEth: number;
  /** Drawn less repaid; below 0 where accrued fees were repaid too. */
  readonly debtDai: number;
}

/** The vaults after all events up to and including `untilBlock`, except those for which `skip` is true. Events must be sorted by block. */
export function replayVaults(
  vaults: readonly MakerVault[],
  events: readonly MakerEvent[],
  untilBlock: number,
  skip: (event: MakerEvent) => boolean = () => false,
): ReadonlyMap<string, VaultState> {
  const states = new Map<string, VaultState>();
  for (const vault of vaults) {
    states.set(vault.account, { collateralEth: Number(vault.collateralEth), debtDai: Number(vault.debtDai) });
  }
  for (const event of events) {
    if (event.block > untilBlock) break;
    if (skip(event)) continue;
    const before = states.get(event.account) ?? { collateralEth: 0, debtDai: 0 };
    states.set(event.account, {
      collateralEth: before.collateralEth + (event.asset === "ETH" ? signs[event.kind] * Number(event.amount) : 0),
      debtDai: before.debtDai + (event.asset === "DAI" ? signs[event.kind] * Number(event.amount) : 0),
    });
  }
  return states;
}

const signs = { open: 0, deposit: 1, borrow: 1, repay: -1, withdraw: -1, liquidate: -1 } as const;

/** A vault's liquidation, all its parts together, against the state that the owner's own events had left. */
export interface LiquidationCheck {
  readonly account: string;
  readonly firstTimeMs: number;
  readonly inBook: boolean;
  readonly replayedEth: number;
  readonly seizedEth: number;
  readonly replayedDebtDai: number;
  readonly coveredDai: number;
  /** Accrued stability fee: covered over drawn less repaid, minus 1. */
  readonly feeShare: number;
}

/** Every liquidated vault with its collateral and debt replayed to the block of its last liquidation, liquidations left out. */
export function checkLiquidations(vaults: readonly MakerVault[], events: readonly MakerEvent[]): LiquidationCheck[] {
  const accounts = new Set(events.filter((event) => event.kind === "liquidate").map((event) => event.account));
  return [...accounts].map((account) => {
    const parts = events.filter((event) => event.kind === "liquidate" && event.account === account);
    const lastBlock = parts[parts.length - 1].block;
    const state = replayVaults(vaults, events, lastBlock, (event) => event.kind === "liquidate").get(account);
    const total = (asset: "ETH" | "DAI") =>
      parts.filter((part) => part.asset === asset).reduce((sum, part) => sum + Number(part.amount), 0);
    const replayedDebtDai = state?.debtDai ?? 0;
    return {
      account,
      firstTimeMs: parts[0].timeMs,
      inBook: vaults.some((vault) => vault.account === account),
      replayedEth: state?.collateralEth ?? 0,
      seizedEth: total("ETH"),
      replayedDebtDai,
      coveredDai: total("DAI"),
      feeShare: total("DAI") / replayedDebtDai - 1,
    };
  });
}
