import type { ProtocolCard } from "../protocol.js";

/** What the Compound III engine is a model of, and what it leaves out. */
export const card: ProtocolCard = {
  id: "compound-v3",
  name: "Compound III",
  version: "Comet (CometWithExtendedAssetList)",
  family: "lending",
  source:
    "compound-finance/comet commit d5a30b0aaeff7755f1431e87f818990902237b03: contracts/Comet.sol (isLiquidatable, absorb, buyCollateral, quoteCollateral), CometCore.sol, CometWithExtendedAssetList.sol, AssetList.sol",
  rulesAsOf: "2026-05-29",
  atEquality: {
    liquidatable: false,
    by: "Comet.isLiquidatable: liquidity < 0, the debt's value cut towards zero",
  },
  modelled: [
    "principal and present values with both base indices and their rounding",
    "kinked supply and borrow rates, simple interest between accruals",
    "borrowing and absorption thresholds over all collaterals of an account, with the early exit",
    "absorption of all collateral and all debt, credit by liquidation factor, the rest kept by the account, shortfalls on the reserves",
    "storefront sales at a discount, closed while reserves are at their target",
    "smallest debt, supply caps, base that is lent out",
    "liquidator points, which are counted and never paid",
    "four decimals of factors and whole tokens of supply caps, as the contract stores them",
  ],
  notModelled: [
    "rewards (tracking indices) and their smallest principal",
    "pausing, permissions, governor's withdrawal of reserves and approvals",
    "transfers of base or collateral between accounts",
    "fee-on-transfer tokens, reentrancy and the widths of the contract's integers",
  ],
};
