import { describe, expect, it } from "vitest";
import { printProblems } from "./print-problems.js";

describe("printProblems", () => {
  it("default", () => {
    const problem = {
      code: "unit-wrong",
      path: "assets.ETH.price (line 4)",
      message: "what it was",
      hint: "what to do",
    };
    expect(printProblems([problem], "book.yaml")).toBe(
      "1 problem in book.yaml\n  assets.ETH.price (line 4)  [unit-wrong]\n    what it was\n    -> what to do\n",
    );
  });

  it("behavior: nothing that could steer a terminal comes through", () => {
    const problem = { code: "x", path: "\u001b[31m", message: "\u202egnp", hint: "\r\n" };
    expect(printProblems([problem], "\u0007")).toMatch(/^[\x20-\x7e\n]*$/);
  });
});
