import { NothingToDo } from "../errors.js";
import { divDown, least } from "../rounding.js";
import { auctionStatus, requireBelow, runningAuction } from "./auction.js";
import { NeedsReset, NoPartialPurchase, TooExpensive } from "./errors.js";
import { type Balances, CLIPPER, settle, type Transfer, VOW } from "./ledger.js";
import { leastTab, type MakerParameters } from "./parameters.js";
import { type MakerState, withAuction } from "./state.js";

/** What a purchase comes to. */
export interface SaleSize {
  /** Rad that the buyer pays (dss: owe). */
  readonly owed: bigint;
  /** Units that the buyer gets (dss: slice). */
  readonly slice: bigint;
}

/** A purchase asked for. */
export interface Purchase {
  readonly auction: bigint;
  /** Most units wanted. */
  readonly amount: bigint;
  /** Ray: most that the buyer pays for a unit. */
  readonly maximumPrice: bigint;
  readonly buyer: string;
  /** Runs after the buyer has the collateral and before the buyer pays: sell it for DAI here. Sees and returns balances only. Source: `clipperCall`. */
  readonly exchange?: (balances: Balances, sale: SaleSize) => Balances;
}

/** What `take` did. */
export interface Taken extends SaleSize {
  readonly state: MakerState;
  /** Ray. */
  readonly price: bigint;
  /** Rad still to raise; with `lotLeft` 0 it is bad debt of the Vow. */
  readonly tabLeft: bigint;
  readonly lotLeft: bigint;
  /** Units given back to the vault's owner. */
  readonly returned: bigint;
  readonly ended: boolean;
  readonly transfers: readonly Transfer[];
}

/**
 * How much is sold for how much at `price` (ray): never more than the tab; a purchase that would leave a tab below `leastTab` (rad) is trimmed to leave exactly
 * that. Slices are rounded down, so a trimmed buyer overpays by less than one unit's price. Throws NoPartialPurchase. Source: Clipper `take`.
 */
export function saleSize(
  standing: { readonly lot: bigint; readonly tab: bigint },
  price: bigint,
  amount: bigint,
  leastTabLeft: bigint,
): SaleSize {
  const { lot, tab } = standing;
  const slice = least(lot, amount);
  const owed = slice * price;
  if (owed > tab) return { owed: tab, slice: divDown(tab, price) };
  const leavesTooLittle = owed < tab && slice < lot && tab - owed < leastTabLeft;
  if (!leavesTooLittle) return { owed, slice };
  if (tab <= leastTabLeft)
    throw new NoPartialPurchase(`the tab is ${tab} rad and no part of it may be left below ${leastTabLeft}: take all`);
  const trimmed = tab - leastTabLeft;
  return { owed: trimmed, slice: divDown(trimmed, price) };
}

/**
 * Buys from an auction. Lot gone: the auction ends and the tab left is bad debt. Tab gone: it ends and the lot left goes back to the vault's owner.
 * Throws StoppedIncorrect, NotRunningAuction, NeedsReset, TooExpensive, NothingToDo (the chain lets an amount of 0 pass without effect), NoPartialPurchase,
 * InsufficientBalance. Source: Clipper `take`, Dog `digs`.
 */
export function take(parameters: MakerParameters, state: MakerState, purchase: Purchase): Taken {
  requireBelow(state, 3);
  const running = runningAuction(state, purchase.auction);
  const { price, needsReset } = auctionStatus(parameters, running, state.now);
  if (needsReset) throw new NeedsReset(`auction ${purchase.auction} needs a reset`);
  if (purchase.maximumPrice < price)
    throw new TooExpensive(`the price is ${price}; the buyer pays at most ${purchase.maximumPrice}`);
  if (purchase.amount <= 0n) throw new NothingToDo(`an amount of ${purchase.amount}; it may be 1 or more`);
  const sale = saleSize(running, price, purchase.amount, leastTab(parameters));
  const tabLeft = running.tab - sale.owed;
  const lotLeft = running.lot - sale.slice;
  const returned = tabLeft === 0n ? lotLeft : 0n;
  const ended = lotLeft === 0n || tabLeft === 0n;
  const delivery: Transfer[] = [{ asset: "collateral", from: CLIPPER, to: purchase.buyer, units: sale.slice }];
  const payment: Transfer[] = [
    { asset: "dai", from: purchase.buyer, to: VOW, units: sale.owed },
    { asset: "collateral", from: CLIPPER, to: running.vault, units: returned },
  ];
  const delivered = settle(state, delivery);
  const exchanged = purchase.exchange === undefined ? delivered : purchase.exchange(delivered, sale);
  const raisedOrLost = lotLeft === 0n ? running.tab : sale.owed;
  return {
    ...sale,
    state: {
      ...state,
      ...settle(exchanged, payment),
      auctions: withAuction(state, purchase.auction, ended ? null : { ...running, tab: tabLeft, lot: lotLeft }),
      globalDebtAtAuction: state.globalDebtAtAuction - raisedOrLost,
      debtAtAuction: state.debtAtAuction - raisedOrLost,
    },
    price,
    tabLeft,
    lotLeft,
    returned,
    ended,
    transfers: [...delivery, ...payment],
  };
}
