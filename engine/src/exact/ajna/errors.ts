import { ProtocolError } from "../errors.js";

/** The loan is collateralised (BorrowerOk). */
export { NotLiquidatable as BorrowerOk } from "../errors.js";

/** No such bucket (BucketIndexOutOfBounds). */
export class BucketIndexOutOfBounds extends ProtocolError {
  constructor(index: number) {
    super(`bucket ${index}; from 0 to 7388`);
  }
}

/** The loan is in auction already (AuctionActive). */
export class AuctionActive extends ProtocolError {
  constructor(borrower: string) {
    super(`${borrower} is in auction`);
  }
}

/** The loan is not in auction (NoAuction). */
export class NoAuction extends ProtocolError {
  constructor(borrower: string) {
    super(`${borrower} is not in auction`);
  }
}

/** Not in the second of the kick (AuctionNotTakeable). */
export class AuctionNotTakeable extends ProtocolError {
  constructor() {
    super("an auction cannot be taken in the block of its kick");
  }
}

/** Collateral is left and 72 hours are not over (AuctionNotClearable). */
export class AuctionNotClearable extends ProtocolError {
  constructor(seconds: bigint) {
    super(`${seconds} s after the kick with collateral left; more than 259200 are needed`);
  }
}

/** An auction waits to be settled first (AuctionNotCleared). */
export class AuctionNotCleared extends ProtocolError {
  constructor(borrower: string) {
    super(`the auction of ${borrower} must be settled first`);
  }
}

/** No collateral (InsufficientCollateral). */
export class InsufficientCollateral extends ProtocolError {
  constructor() {
    super("the loan has no collateral");
  }
}

/** Nothing asked for, or a price of 0 (InvalidAmount). */
export class InvalidAmount extends ProtocolError {
  constructor(what: string) {
    super(what);
  }
}

/** The loan would not be collateralised (BorrowerUnderCollateralized). */
export class BorrowerUnderCollateralized extends ProtocolError {
  constructor(borrower: string) {
    super(`${borrower} would owe more than its collateral backs at the lowest utilised price`);
  }
}

/** The bucket has no deposit, or not enough for a unit of collateral; or the pool cannot pay (InsufficientLiquidity). */
export class InsufficientLiquidity extends ProtocolError {
  constructor(what: string) {
    super(what);
  }
}

/** The auction asks more than the bucket pays (AuctionPriceGtBucketPrice). */
export class AuctionPriceGtBucketPrice extends ProtocolError {
  constructor(price: bigint, bucket: bigint) {
    super(`auction price ${price}, bucket price ${bucket}`);
  }
}

/** Debt below a tenth of the average where there are ten loans or more (AmountLTMinDebt). */
export class AmountLTMinDebt extends ProtocolError {
  constructor(debt: bigint, least: bigint) {
    super(`debt of ${debt}; none or at least ${least}`);
  }
}

/** Debt below the token's smallest step (DustAmountNotExceeded). */
export class DustAmountNotExceeded extends ProtocolError {
  constructor(debt: bigint, least: bigint) {
    super(`debt of ${debt}; none or at least ${least}`);
  }
}
