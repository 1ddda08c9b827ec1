import { orderAscending } from "../math/index.js";

/** Below this many a comparison sort is as fast. */
const fewCandidates = 256;
const rowSpan = 2 ** 32;
const mechanismSpan = 2 ** 20;

/** What wants to trade in one round: released liquidation orders and mechanisms' own trades, one row each, in stable order. */
export class Candidates {
  count = 0;
  order: number[] = [];
  mechanism: number[] = [];
  row: number[] = [];
  account: number[] = [];
  sellInstrument: number[] = [];
  buyInstrument: number[] = [];
  sellUnits: number[] = [];
  buyUnits: number[] = [];
  limit: number[] = [];
  guardRow: number[] = [];
  /** Units that are granted at most where not all that was asked is. */
  mostPartial: number[] = [];
  /** What clearing granted. */
  soldUnits: number[] = [];
  boughtUnits: number[] = [];
  soldCash: number[] = [];
  boughtCash: number[] = [];

  reset(): void {
    this.count = 0;
  }

  add(
    order: number,
    mechanism: number,
    row: number,
    account: number,
    sellInstrument: number,
    sellUnits: number,
    buyInstrument: number,
    buyUnits: number,
    limit: number,
    guardRow: number,
    mostPartial: number = Number.POSITIVE_INFINITY,
  ): void {
    const index = this.count++;
    this.order[index] = order;
    this.mechanism[index] = mechanism;
    this.row[index] = row;
    this.account[index] = account;
    this.sellInstrument[index] = sellInstrument;
    this.sellUnits[index] = sellUnits;
    this.buyInstrument[index] = buyInstrument;
    this.buyUnits[index] = buyUnits;
    this.limit[index] = limit;
    this.guardRow[index] = guardRow;
    this.mostPartial[index] = mostPartial;
  }

  /** Rows by (mechanism, row, order): the stable position id that leftovers and ties go by. */
  stableOrder(): Int32Array {
    const { mechanism, row, order } = this;
    const places = new Int32Array(this.count);
    let isSorted = true;
    for (let place = 0; place < this.count; place++) {
      places[place] = place;
      isSorted &&= place === 0 || this.compare(place - 1, place) <= 0;
    }
    if (isSorted) return places;
    if (this.count < fewCandidates) return places.sort((a, b) => this.compare(a, b));
    const keys = new Float64Array(this.count);
    for (let place = 0; place < this.count; place++) {
      // A key tells mechanism and row apart as long as both fit.
      if (row[place] < 0 || row[place] >= rowSpan || mechanism[place] >= mechanismSpan)
        return places.sort((a, b) => this.compare(a, b));
      keys[place] = mechanism[place] * rowSpan + row[place];
    }
    places.set(orderAscending(keys));
    // A mechanism's own trade comes before the standing order of the same row.
    for (let at = 1; at < places.length; at++) {
      for (let back = at; back > 0 && keys[places[back]] === keys[places[back - 1]]; back--) {
        if (order[places[back - 1]] <= order[places[back]]) break;
        [places[back - 1], places[back]] = [places[back], places[back - 1]];
      }
    }
    return places;
  }

  private compare(a: number, b: number): number {
    return this.mechanism[a] - this.mechanism[b] || this.row[a] - this.row[b] || this.order[a] - this.order[b];
  }
}
