import type { ProtocolCard } from "../protocol.js";

/** What this engine is a model of. */
export const card: ProtocolCard = {
  id: "aave-v3",
  name: "Aave v3",
  version: "3.7",
  family: "lending",
  source:
    "aave-dao/aave-v3-origin fd1fbd91 (LiquidationLogic, GenericLogic, ValidationLogic, ReserveLogic, SupplyLogic, BorrowLogic, TokenMath, MathUtils, DefaultReserveInterestRateStrategyV2), bgd-labs/aave-umbrella d34359f (Umbrella), bgd-labs/aave-v3-risk-stewards f685004 (RiskSteward, AaveStewardInjectorBase)",
  rulesAsOf: "2026-06-19",
  atEquality: { liquidatable: false, by: "healthFactor < 1e18 in ValidationLogic.validateLiquidationCall" },
  modelled: [
    "account data with collateral rounded down and debt rounded up",
    "efficiency modes with their own terms, zero-LTV collateral and isolation",
    "all preconditions of a liquidation in the contract's order, grace periods included",
    "the close factor on the total debt, the dust rule, bonus, protocol fee",
    "bad debt written off in every borrowed active reserve, by the v3.7 rule on consumed shares",
    "supplies and debts as shares of indices, interest, rate curve, the treasury's share",
    "Umbrella: offset, pending deficit, full and partial slash, cover by the coverage manager",
    "limits of risk stewards and the expiry of their oracle's updates",
  ],
  notModelled: [
    "supply and borrow caps",
    "flash loans, delegated borrowing, repayment with supply shares, transfers of supply shares between users",
    "price feeds, their caps and the recapture of liquidation value",
    "incentives; staking, cooldown and rewards of Umbrella's stake tokens",
    "efficiency modes in the presets: the source of the presets does not carry them",
    "who may call what, except the coverage manager",
  ],
};
