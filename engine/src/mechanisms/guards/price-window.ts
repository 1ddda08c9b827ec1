/**
 * The highest (or lowest) price of the last ticks, one entry per tick at most: prices that a later and more extreme one has overtaken are dropped, so the
 * front is the extreme and each price is added and dropped once.
 */
export class PriceWindow {
  private readonly ticks: Int32Array;
  private readonly prices: Float64Array;
  private first = 0;
  private count = 0;

  /** `side` 1 keeps the highest price (for falls), -1 the lowest (for rises). */
  constructor(
    readonly tickCount: number,
    readonly side: 1 | -1,
  ) {
    this.ticks = new Int32Array(tickCount + 2);
    this.prices = new Float64Array(tickCount + 2);
  }

  clear(): void {
    this.first = 0;
    this.count = 0;
  }

  /** Adds a price seen in `tick` (never falling) and forgets those more than `tickCount` ticks older. */
  see(tick: number, price: number): void {
    const { ticks, prices, side } = this;
    const size = ticks.length;
    while (this.count > 0 && ticks[this.first] < tick - this.tickCount) {
      this.first = (this.first + 1) % size;
      this.count--;
    }
    let last = (this.first + this.count - 1 + size) % size;
    while (this.count > 0 && side * prices[last] <= side * price) {
      this.count--;
      last = (last - 1 + size) % size;
    }
    // A less extreme price of the same tick expires with it and never comes to the front.
    if (this.count > 0 && ticks[last] === tick) return;
    const next = (this.first + this.count) % size;
    ticks[next] = tick;
    prices[next] = price;
    this.count++;
  }

  /** The extreme price in the window; NaN while nothing was seen. */
  extreme(): number {
    return this.count === 0 ? Number.NaN : this.prices[this.first];
  }
}
