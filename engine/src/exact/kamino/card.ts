import type { ProtocolCard } from "../protocol.js";

/** Kamino's lending market on Solana. */
export const card: ProtocolCard = {
  id: "kamino",
  name: "Kamino Lend",
  version: "klend at edd5ff50",
  family: "lending",
  source:
    "Kamino-Finance/klend edd5ff50: programs/klend/src/state/liquidation_operations.rs, lending_market/lending_operations.rs, utils/fraction.rs",
  rulesAsOf: "2026-03-23",
  atEquality: {
    liquidatable: true,
    by: "check_liquidate_obligation returns only where user_ltv < max_allowed_ltv: an obligation exactly at its unhealthy loan-to-value may be liquidated",
  },
  modelled: [
    "fractions of 60 binary places as in the program, not wads",
    "eligibility by price, by mark, by crossed limits, by maturity and by term, with its order and priorities",
    "bonus by loan-to-value with all caps, the bad-debt bonus, deleveraging bonus and threshold",
    "close factor, insolvency-risk loan-to-value, cap at once, whole repayment of small debts, shrinking protection after a term",
    "protocol fee on the bonus, socialised losses, deposits, borrowing, repaying, withdrawing",
  ],
  notModelled: [
    "collateral tokens and their exchange rate: collateral is counted in the reserve's own token and not lent out",
    "interest, origination and referral fees, withdrawal queue, caps, elevation-group debt counters",
    "obligation orders (stop loss, take profit) and the override of the limit in test markets",
    "overflow of the 68 bits before the point; stale prices and reserves",
  ],
};
