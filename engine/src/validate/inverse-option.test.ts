import { describe, expect, it } from "vitest";
import { inverseOption } from "../options/index.js";
import { inverseOptionCases } from "./inverse-option.js";

describe("inverse options", () => {
  it("default", () => {
    for (const one of inverseOptionCases()) expect(one, one.id).toMatchObject({ pass: true });
  });

  it("behavior: a hedge of the net delta in coins leaves nothing of a small move, in coins", () => {
    const price = (forward: number) => inverseOption(true, forward, 55_000, 30 / 365, 0.7).price;
    const { netDelta } = inverseOption(true, 50_000, 55_000, 30 / 365, 0.7);
    const moved = price(50_005) - price(49_995);
    expect(moved / ((netDelta * 10) / 50_000)).toBeCloseTo(1, 6);
  });
});
