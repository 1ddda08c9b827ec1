import { describe, expect, it } from "vitest";
import { check, type Expectation } from "./case.js";
import { closedFormCases } from "./index.js";
import { renderValidation } from "./render.js";

const expectation: Expectation = {
  id: "model/number",
  source: "a | b",
  tag: "D",
  unit: "share",
  expected: 0.5,
  tolerance: 0.01,
  row: "Model 1: a model",
};

describe("renderValidation", () => {
  it("default", () => {
    const text = renderValidation([check(expectation, 0.505)]);
    expect(text).toContain("npx firebreak validate --write");
    expect(text).toContain("1 figures: 1 by closed form, 0 simulated. All pass.");
    expect(text).toContain("## Model 1: a model\n\n1 of 1 pass.");
    expect(text).toContain("| `model/number` | a \\| b | D | closed form | share | 0.5 | 0.505 | ±0.01 | yes |");
    expect(text).not.toContain("## Failures");
  });

  it("behavior: failures come first, and again in their own table", () => {
    const failing = check({ ...expectation, id: "model/other", row: "Model 2: another", toleranceKind: "relative" }, 9);
    const text = renderValidation([check(expectation, 0.5), failing]);
    expect(text).toContain("**1 fail**, listed first.");
    expect(text.indexOf("## Failures")).toBeLessThan(text.indexOf("## Model 1"));
    expect(text.match(/`model\/other`/g)).toHaveLength(2);
    expect(text).toContain("| 9 | ±1 % | **no** |");
  });

  it("behavior: the same cases give the same text, without a date", () => {
    const text = renderValidation(closedFormCases());
    expect(renderValidation(closedFormCases())).toBe(text);
    // Days that name a data set stand in the ids; nothing says when the page was made.
    expect(text.replaceAll("`crvusd-2024-01-30/", "`")).not.toMatch(/20\d\d-\d\d-\d\d/);
  });

  it("limit: no cases, and a figure that is not finite", () => {
    expect(renderValidation([])).toContain("0 figures");
    expect(renderValidation([check(expectation, Number.NaN)])).toContain("not finite");
  });
});
