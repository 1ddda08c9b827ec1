import { ProtocolError } from "../errors.js";

/** The account has no open position in that asset, or a smaller one than asked for. */
export class NoSuchPosition extends ProtocolError {}

/** An asset without a price cannot be valued. */
export class NoPrice extends ProtocolError {}

/** A partial liquidation was a moment ago and the rule sends nothing until the cooldown is over. */
export class CoolingDown extends ProtocolError {}

/** The fill is larger than the order, or would leave the account worth less than nothing at the marks. */
export class FillRefused extends ProtocolError {}

/** The liquidator vault steps in only below its share of the maintenance margin, and not for accounts worth less than nothing. */
export class BackstopRefused extends ProtocolError {}

/** The liquidator vault's cash would fall below zero. */
export class VaultExhausted extends ProtocolError {}

/** Auto-deleveraging was asked for although the account is worth nothing or more. */
export class NotUnderwater extends ProtocolError {}

/** The counterparty chosen for auto-deleveraging stands on the same side, is too small, or would be worth less than nothing. */
export class CounterpartyRefused extends ProtocolError {}
