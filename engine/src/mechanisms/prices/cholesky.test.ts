import { describe, expect, it } from "vitest";
import { cholesky } from "./cholesky.js";

describe("cholesky", () => {
  it("default: the triangle times its transpose is the matrix", () => {
    const matrix = Float64Array.of(4, 2, 0.6, 2, 2, 1, 0.6, 1, 3);
    const lower = cholesky(matrix, 3) ?? new Float64Array(9);
    for (let row = 0; row < 3; row++) {
      for (let column = 0; column < 3; column++) {
        let sum = 0;
        for (let k = 0; k < 3; k++) sum += lower[row * 3 + k] * lower[column * 3 + k];
        expect(sum).toBeCloseTo(matrix[row * 3 + column], 14);
      }
    }
    expect([lower[1], lower[2], lower[5]]).toEqual([0, 0, 0]);
  });

  it("error: a matrix that is not positive definite has none", () => {
    expect(cholesky(Float64Array.of(1, 1, 1, 1), 2)).toBeNull();
    expect(cholesky(Float64Array.of(1, 0.9, -0.9, 0.9, 1, 0.9, -0.9, 0.9, 1), 3)).toBeNull();
  });
});
