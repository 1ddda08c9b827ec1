import type { Book } from "../book/book.js";
import { assert } from "../book/problem.js";
import type { Fills } from "./fills.js";
import type { Ledger } from "./ledger.js";
import type { Opened } from "./open.js";

/** One venue's part of a batch: units it took (negative: gave) and the whole quote units that went the other way. */
export interface VenueLeg {
  readonly venue: number;
  readonly instrument: number;
  readonly units: number;
  readonly cash: number;
}

/** What an instrument trades: its asset, or its contract where it is a perpetual. */
export function tradedAsset(book: Book, opened: Opened, instrument: number): number {
  return opened.contractOf.get(instrument) ?? book.instruments[instrument].asset;
}

/** Posts a round's trades through `clearing`, which ends empty; cash that rounding leaves goes to `rounding`. */
export function postTrades(
  book: Book,
  opened: Opened,
  ledger: Ledger,
  clearing: number,
  fills: Fills,
  legs: readonly VenueLeg[],
  fund: (account: number, asset: number, units: number) => void,
): void {
  for (let fill = 0; fill < fills.count; fill++) {
    const sells = fills.sellInstrument[fill];
    if (sells >= 0 && fills.soldUnits[fill] > 0) {
      ledger.transfer(fills.account[fill], clearing, tradedAsset(book, opened, sells), fills.soldUnits[fill]);
      ledger.transfer(clearing, fills.account[fill], book.instruments[sells].quote, fills.soldCash[fill]);
    }
    const buys = fills.buyInstrument[fill];
    if (buys >= 0 && fills.boughtUnits[fill] > 0) {
      ledger.transfer(fills.account[fill], clearing, book.instruments[buys].quote, fills.boughtCash[fill]);
      ledger.transfer(clearing, fills.account[fill], tradedAsset(book, opened, buys), fills.boughtUnits[fill]);
    }
  }
  for (const leg of legs) {
    const { account } = opened.venues[leg.venue];
    const asset = tradedAsset(book, opened, leg.instrument);
    const { quote } = book.instruments[leg.instrument];
    if (leg.units > 0) {
      fund(account, quote, leg.cash);
      ledger.transfer(clearing, account, asset, leg.units);
      ledger.transfer(account, clearing, quote, leg.cash);
    } else {
      fund(account, asset, -leg.units);
      ledger.transfer(account, clearing, asset, -leg.units);
      ledger.transfer(clearing, account, quote, leg.cash);
    }
  }
  for (let asset = 0; asset < opened.ledgerAssetCount; asset++) {
    const left = ledger.balance(clearing, asset);
    assert(left >= 0, "clearing never pays out more than it took in");
    if (left > 0) ledger.transfer(clearing, opened.layout.rounding, asset, left);
  }
}
