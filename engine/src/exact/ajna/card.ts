import type { ProtocolCard } from "../protocol.js";

/** Ajna: lending without oracles, with one auction per loan. */
export const card: ProtocolCard = {
  id: "ajna",
  name: "Ajna",
  version: "core of February 2024",
  family: "lending",
  source:
    "ajna-finance/ajna-core 0f59e780: libraries/helpers/PoolHelper.sol, external/KickerActions.sol, TakerActions.sol, SettlerActions.sol, BorrowerActions.sol, internal/Loans.sol, Deposits.sol; PRBMath exp2, log2, sqrt",
  rulesAsOf: "2024-02-16",
  atEquality: {
    liquidatable: false,
    by: "_isCollateralized returns collateral x LUP >= 1.04 x debt: a loan exactly at it cannot be kicked; at the lowest price every loan can",
  },
  modelled: [
    "auction price to the last unit, bucket prices, bond, bond payment factor, take penalty",
    "kick with chained reference prices and reused bonds, takes, bucket and deposit takes, bonds withdrawn",
    "settlement in its order: collateral for deposits, reserves up to their limit, deposits cancelled",
    "deposits, borrowing with its fee, repaying, least debts, the lowest utilised price",
  ],
  notModelled: [
    "interest: the caller raises the inflator, deposits do not grow with it, so interest is the reserves'",
    "withdrawing and moving deposits, the deposit fee, owners of shares, kicks by lenders before a withdrawal",
    "repaying or pledging during an auction, reserve auctions, non-fungible collateral, limit prices and expiry",
    "changes of the interest rate",
  ],
};
