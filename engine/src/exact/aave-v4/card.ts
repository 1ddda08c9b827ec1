import type { ProtocolCard } from "../protocol.js";

/** What this engine is a model of. */
export const card: ProtocolCard = {
  id: "aave-v4",
  name: "Aave v4",
  version: "Spoke before 1.0 (sources of late 2025; compared with v0.5.9 of February 2026)",
  family: "lending",
  source:
    "aave/aave-v4 0051c6e1 (src/spoke/libraries/LiquidationLogic.sol) and c3b92877 (v0.5.9: the same file and src/spoke/Spoke.sol): formulas only, the sources are marked UNLICENSED",
  rulesAsOf: "2026-02-10",
  atEquality: { liquidatable: false, by: "healthFactor < 1e18 in LiquidationLogic._validateLiquidationCall" },
  modelled: [
    "health factor from collateral factors, rounded down",
    "the bonus that grows as health falls",
    "the debt to the target health factor and both ways past it (dust of debt, dust of collateral)",
    "the refusal of covers that would leave dust",
    "the protocol's share of the bonus",
    "all preconditions of a liquidation in the contract's order",
    "deficits of every borrowed reserve when the last collateral is gone",
  ],
  notModelled: [
    "interest, the Hub's shares and indices, risk premiums: amounts stay as they are until somebody acts (at an index of 1 and no premium v0.5.9 computes the same)",
    "dynamic configurations: an account keeps no older collateral factor than the present one",
    "several Spokes on one Hub, caps, credit lines",
    "limits on the number of reserves per account, the flag that forbids receiving shares of a reserve that is not frozen",
    "cover of the Hub's deficits",
    "position managers, signatures, who may call what",
  ],
};
