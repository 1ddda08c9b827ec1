import { ProtocolError } from "../errors.js";

/** The account has no open position in that contract, or a smaller one than asked for. */
export class NoSuchPosition extends ProtocolError {}

/** A contract without a mark price cannot be valued. */
export class NoMarkPrice extends ProtocolError {}

/** The insurance fund would fall below zero: the rest goes to auto-deleveraging. */
export class InsuranceFundExhausted extends ProtocolError {}

/** Auto-deleveraging was asked for although the insurance fund can take the positions over. */
export class InsuranceFundSuffices extends ProtocolError {}

/** The counterparty chosen for auto-deleveraging stands on the same side, is too small, or would be bankrupt at that price. */
export class CounterpartyRefused extends ProtocolError {}
