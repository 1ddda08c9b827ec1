import type { ProtocolCard } from "../protocol.js";

/** What the exact engine of SmartLTV is a model of, and what it leaves out. */
export const card: ProtocolCard = {
  id: "smart-ltv",
  name: "SmartLTV (Risk DAO, B.Protocol)",
  version: "commit 17fd53c",
  family: "guard",
  source:
    "backstop-protocol/smart-ltv 17fd53c: core/SmartLTV.sol (ltv), core/Pythia.sol, lib/RiskyMath.sol (generalExp, sqrt), morpho/BProtocolMorphoAllocator.sol, morpho/SmartWithdraw.sol; ChaosLabsInc/chaos-agents f02af71: AgentHub.sol (execute, _validateBasics), modules/RangeValidationModule.sol; ChaosLabsInc/risk-oracle be09f47",
  rulesAsOf: "2024-10-07",
  atEquality: {
    liquidatable: false,
    by: "a guard liquidates nobody; BProtocolMorphoAllocator._checkAllocationRisk refuses only marketLLTV > recommendedLtv, so an LLTV equal to it is allocated to",
  },
  modelled: [
    "the fixed-point LTV from confidence factor, volatility, liquidity, cap and bonus, 0 where the exponent leaves the series",
    "signer, age, chain, assets and bonus of the risk data",
    "the allocator's gate: putting in only up to the supported LTV, withdrawing always, the idle market always",
    "that the allocator asks with the assets the data itself names, so data of another pair passes its gate",
    "the keeper's withdrawal of what is not lent out",
    "injection of signed updates: circuit breaker, expiry, order, least delay, range",
  ],
  notModelled: [
    "recovery of a signer from an EIP-712 signature: the signer is given",
    "how liquidity and volatility are measured before they are signed",
    "the vault's own reallocation (caps, queues, guardians) and interest since a market's last touch",
    "bulk publication, update types, sender lists and the other agents' own validations of the risk oracle",
  ],
};
