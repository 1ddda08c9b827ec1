import { ProtocolError } from "../errors.js";

/** An allotment closes more of a position than there is. */
export class AllotmentExceedsPosition extends ProtocolError {
  constructor(units: bigint, size: bigint) {
    super(`closes ${units} units of a position of ${size}`);
  }
}

/** A fund was asked about a symbol that does not share it. */
export class UnknownSymbol extends ProtocolError {
  constructor(symbol: string) {
    super(`${symbol} shares no part of this pool`);
  }
}

/** Time went backwards. */
export class TimeRunsBackwards extends ProtocolError {
  constructor(at: bigint, last: bigint) {
    super(`asked at second ${at}, but the pool has already seen second ${last}`);
  }
}
