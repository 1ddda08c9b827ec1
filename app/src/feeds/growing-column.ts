/** A Float64 column that grows by doubling: a million rows take 8 MB and a few copies, never an array of boxed numbers. */
export class GrowingColumn {
  #values = new Float64Array(1024);
  #length = 0;

  get length(): number {
    return this.#length;
  }

  push(value: number): void {
    if (this.#length === this.#values.length) {
      const wider = new Float64Array(this.#values.length * 2);
      wider.set(this.#values);
      this.#values = wider;
    }
    this.#values[this.#length] = value;
    this.#length += 1;
  }

  /** The values so far, exactly as long as they are many. */
  finish(): Float64Array {
    return this.#values.slice(0, this.#length);
  }
}
