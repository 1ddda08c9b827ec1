import { ProtocolError } from "../errors.js";

/** A price feed answered zero or less (Comet.getPrice). */
export class BadPrice extends ProtocolError {}

/** The market has no collateral at that index (Comet.getAssetInfo). */
export class BadAsset extends ProtocolError {}

/** The account would owe more than its collateral lets it borrow (Comet.withdrawBase, withdrawCollateral). */
export class NotCollateralized extends ProtocolError {}

/** The account would owe less than the smallest debt the market takes (Comet.withdrawBase). */
export class BorrowTooSmall extends ProtocolError {}

/** The market holds as much of that collateral as it takes (Comet.supplyCollateral). */
export class SupplyCapExceeded extends ProtocolError {}

/** Reserves have reached their target: seized collateral is kept, not sold (Comet.buyCollateral). */
export class NotForSale extends ProtocolError {}

/** The base paid buys less collateral than the buyer's minimum (Comet.buyCollateral). */
export class TooMuchSlippage extends ProtocolError {}

/** The base paid buys more collateral than the protocol owns (Comet.buyCollateral). */
export class InsufficientReserves extends ProtocolError {}

/** The market has lent out the base that the call would pay (Comet.doTransferOut). */
export class TransferOutFailed extends ProtocolError {}

/** The account has less of the collateral than it asks for (in Comet an arithmetic underflow, which has no name of its own). */
export class InsufficientCollateral extends ProtocolError {}

/** Time runs backwards (in Comet an arithmetic underflow, which has no name of its own). */
export class TimeBeforeLastAccrual extends ProtocolError {}
