import { describe, expect, it } from "vitest";
import { cutDecimal, decimalText, parseDecimal, unitsDown } from "./decimal.js";

describe("decimal", () => {
  it("default", () => {
    expect(parseDecimal("5426.582470")).toEqual({ digits: 5426582470n, decimals: 6 });
    expect(cutDecimal("5426.582470", 7)).toEqual({ text: "5426.58247" });
  });
  it("behavior: integers beyond floats keep every digit", () => {
    expect(cutDecimal("8.166856367563017e+20", 0)).toEqual({ text: "816685636756301700000" });
    expect(cutDecimal("19690737084417123456789012", 0)).toEqual({ text: "19690737084417123456789012" });
  });
  it("behavior: cuts towards zero", () => {
    expect(cutDecimal("0.99999999", 7)).toEqual({ text: "0.9999999" });
    expect(cutDecimal("-0.99999999", 7)).toEqual({ text: "-0.9999999" });
    expect(unitsDown({ digits: -19n, decimals: 1 }, 0)).toBe(-1n);
    expect(decimalText(-5n, 3)).toBe("-0.005");
  });
  it("limit: magnitudes from 1e60 and more than 100 characters are refused", () => {
    expect(typeof parseDecimal("1e59")).toBe("object");
    expect(parseDecimal("1e60")).toContain("too large");
    expect(parseDecimal("1e400")).toContain("too large");
    expect(parseDecimal("1".repeat(101))).toContain("100 characters");
  });
  it("error: not a number", () => {
    for (const text of ["", " ", "NaN", "Infinity", "1,000", "0x10", "1e", "--1", "1.2.3", "."]) {
      expect(typeof parseDecimal(text), text).toBe("string");
    }
  });
});
