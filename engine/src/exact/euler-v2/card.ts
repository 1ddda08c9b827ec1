import type { ProtocolCard } from "../protocol.js";

/** What the exact engine of Euler v2 is a model of, and what it leaves out. */
export const card: ProtocolCard = {
  id: "euler-v2",
  name: "Euler v2",
  version: "Euler Vault Kit, commit 5b98b420",
  family: "lending",
  source:
    "euler-xyz/euler-vault-kit 5b98b420: modules/Liquidation.sol, modules/Governance.sol (setLTV), modules/Borrowing.sol, modules/Vault.sol, shared/LiquidityUtils.sol, shared/BorrowUtils.sol, shared/Cache.sol, shared/types/LTVConfig.sol, InterestRateModels/IRMLinearKink.sol; euler-xyz/ethereum-vault-connector 34bb7882: checkAccountStatusInternal, forgiveAccountStatusCheck",
  rulesAsOf: "2025-03-05",
  atEquality: {
    liquidatable: true,
    by: "Liquidation.calculateMaxLiquidation lets go only of collateralAdjustedValue > liabilityValue; LiquidityUtils.checkLiquidity refuses a borrower at equality too",
  },
  modelled: [
    "liquidation LTVs on a ramp when lowered, at once when raised; borrow LTVs at once",
    "health for liquidation at mid quotes, for borrowing at bid (collateral) and ask (debt)",
    "the discount of one less health up to its cap, the most that is repaid and received, parts of it, collateral worth nothing",
    "debt taken over by the liquidator, who must pass the borrowing check at the end of his batch",
    "cool-off, self-liquidation, unknown and disabled collateral, deferred checks of the violator",
    "socialisation of what is left without collateral and the fall of the share price that it causes",
    "debt at 2^-31 of a unit, interest per second from a linear kink, interest fees as shares",
  ],
  notModelled: [
    "an account has this vault for its only controller; operators, sub-accounts and permits of the connector do not exist",
    "the share price of a collateral that is itself a vault is part of its quote; whether its cash lets the seized shares be redeemed is asked elsewhere",
    "supply and borrow caps, hooks, pausing, flash loans, pulling debt, repaying with shares, paying out fees",
    "oracle adapters: a quote is a price times an amount, rounded down, and never fails",
    "interest-rate models other than the linear kink",
  ],
};
