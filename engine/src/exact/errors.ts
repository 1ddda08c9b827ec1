/**
 * A call that the protocol refuses. Every refusal has its own class, named as the contract names it where it has a name, so that callers tell them apart by
 * `instanceof`; `message` says what was asked and what would be allowed, in the protocol's units.
 */
export class ProtocolError extends Error {
  constructor(message: string) {
    super(message);
    this.name = new.target.name;
  }
}

/** The account is healthy: nobody may liquidate it. */
export class NotLiquidatable extends ProtocolError {}

/** The call asks for nothing, or for less than one unit. */
export class NothingToDo extends ProtocolError {}
