import { describe, expect, it } from "vitest";
import { AssertionError } from "../book/problem.js";
import { fillNormal, fillUniform, uniform } from "./philox.js";
import { orderAscending } from "./radix-order.js";

/** The same order by comparison: the platform's sort is stable. */
function orderByComparison(keys: Float64Array): Uint32Array {
  const order = Array.from(keys, (_, index) => index);
  order.sort((a, b) => (keys[a] < keys[b] ? -1 : keys[a] > keys[b] ? 1 : 0));
  return Uint32Array.from(order);
}

const expectSameOrder = (keys: Float64Array) => expect(orderAscending(keys)).toEqual(orderByComparison(keys));

describe("orderAscending", () => {
  it("default", () => {
    expect([...orderAscending(Float64Array.of(3, 1, 2))]).toEqual([1, 2, 0]);
    expect([...orderAscending(Float64Array.of(1, -1, 0.5, -2))]).toEqual([3, 1, 2, 0]);
  });

  it("behavior: equals a stable comparison sort of uniform, normal and coarse keys", () => {
    const keys = new Float64Array(50_000);
    fillUniform(keys, 1, 0, 0, 0);
    expectSameOrder(keys);
    fillNormal(keys, 1, 0, 0, 0);
    expectSameOrder(keys);
    for (let i = 0; i < keys.length; i++) keys[i] = Math.floor(keys[i] * 10);
    expectSameOrder(keys);
  });

  it("behavior: equals a stable comparison sort of keys of any bits, 200 arrays of any length", () => {
    for (let round = 0; round < 200; round++) {
      const keys = new Float64Array(Math.floor(uniform(7, round, 0, 0, 0) * 300));
      const words = new Uint32Array(keys.buffer);
      for (let i = 0; i < words.length; i++) words[i] = Math.floor(uniform(7, round, 0, 1, i) * 4294967296);
      for (let i = 0; i < keys.length; i++) if (Number.isNaN(keys[i])) keys[i] = i % 2 === 0 ? 1 / 0 : -1 / 0;
      expectSameOrder(keys);
    }
  });

  it("behavior: equal keys, 0 and -0 among them, keep the order of their indices", () => {
    expect([...orderAscending(Float64Array.of(0, -0, 0, -0))]).toEqual([0, 1, 2, 3]);
    expect([...orderAscending(Float64Array.of(2, 1, 2, 1))]).toEqual([1, 3, 0, 2]);
  });

  it("behavior: the keys are left as they were", () => {
    const keys = Float64Array.of(2, -0, 1);
    orderAscending(keys);
    expect(keys).toEqual(Float64Array.of(2, -0, 1));
  });

  it("limit: none, one, infinities, subnormal numbers", () => {
    expect(orderAscending(new Float64Array(0)).length).toBe(0);
    expect([...orderAscending(Float64Array.of(5))]).toEqual([0]);
    expectSameOrder(
      Float64Array.of(1 / 0, Number.MIN_VALUE, -Number.MIN_VALUE, 0, -1 / 0, Number.MAX_VALUE, -Number.MAX_VALUE),
    );
  });

  it("error: NaN", () => {
    expect(() => orderAscending(Float64Array.of(1, Number.NaN))).toThrow(AssertionError);
  });
});
