import type { ProtocolCard } from "../protocol.js";

/** What the Morpho Blue engine is a model of, and what it leaves out. */
export const card: ProtocolCard = {
  id: "morpho-blue",
  name: "Morpho Blue",
  version: "Morpho Blue (Market V1) with PreLiquidation",
  family: "lending",
  source:
    "morpho-org/morpho-blue commit 3085651a79553bbabbfd8be309c262dab45b686e: src/Morpho.sol (liquidate, _isHealthy, _accrueInterest), libraries SharesMathLib, MathLib, ConstantsLib; morpho-org/pre-liquidation commit 9e8b7f42d8964b49af3fc371321a4a934f97b210: src/PreLiquidation.sol (constructor, preLiquidate)",
  rulesAsOf: "2026-07-23",
  atEquality: {
    liquidatable: false,
    by: "Morpho._isHealthy: maxBorrow >= borrowed, the debt rounded up and the limit rounded down",
  },
  modelled: [
    "supply and borrow shares with virtual shares and assets, and their rounding",
    "interest by the three-term expansion at a rate given from outside, fee shares",
    "health, the incentive by LLTV, liquidation by collateral or by shares, any part at once",
    "bad debt written off against all suppliers as soon as a position has no collateral left",
    "liquidity: nothing can be withdrawn or borrowed from a market that is fully lent out",
    "pre-liquidation: constraints at creation, close factor and incentive by loan-to-value, health afterwards",
  ],
  notModelled: [
    "the rate model itself, which is an argument",
    "callbacks, flash loans, authorisations and signatures",
    "enabling of LLTVs and rate models, changes of the fee",
    "vaults that allocate among markets",
    "borrowers opting into a pre-liquidation contract: the caller decides whose terms apply",
  ],
};
