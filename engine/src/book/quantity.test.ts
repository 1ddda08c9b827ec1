import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { z } from "zod";
import {
  isProblem,
  parseAmount,
  parseAmountOf,
  parseDuration,
  parseNumber,
  parsePrice,
  parseRate,
  parseRelativePrice,
  parseShare,
  parseUsd,
  quantity,
  splitQuantity,
  unitsOf,
} from "./quantity.js";
import { formatUnits } from "./writing.js";

const code = (parsed: unknown) => (isProblem(parsed) ? parsed.code : `no problem: ${String(parsed)}`);

describe("parseAmount", () => {
  const eth = (value: unknown, rule = {}) => parseAmount(value, "ETH", 7, "here", rule);

  it("default", () => {
    expect(eth("5426.582470 ETH")).toBe(54265824700);
    expect(eth("10 ETH")).toBe(100000000);
    expect(parseAmount("1.5e3 USDC", "USDC", 6, "")).toBe(1500000000);
    expect(eth("10ETH")).toBe(100000000);
  });

  it("behavior: the arithmetic is decimal, never Float64", () => {
    // 0.1 x 3 in Float64 is 0.30000000000000004, and 1.005 x 1000 is 1004.9999999999999.
    expect(parseAmount("1.005 A", "A", 3, "")).toBe(1005);
    expect(parseAmount(1.005, "A", 3, "", { bare: true })).toBe(1005);
    expect(parseAmount(0.3, "A", 1, "", { bare: true })).toBe(3);
    expect(parseAmount("8.2 A", "A", 15, "")).toBe(8200000000000000);
  });

  it("behavior: digits beyond the decimals are cut towards zero", () => {
    expect(eth("0.99999999 ETH")).toBe(9999999);
    expect(eth("-0.99999999 ETH", { signed: true })).toBe(-9999999);
    expect(eth("1e-400 ETH")).toBe(0);
    expect(Object.is(eth("-0 ETH"), 0)).toBe(true);
    expect(eth(1e-7, { bare: true })).toBe(1);
    expect(eth(0.00000012, { bare: true })).toBe(1);
  });

  it("behavior: a bare number counts as its shortest text, by the quick way and by the slow one", () => {
    fc.assert(
      fc.property(fc.double({ min: 0, max: 1e8, noNaN: true }), (value) => {
        expect(eth(value, { bare: true })).toBe(eth(`${value} ETH`));
      }),
      { seed: 1, numRuns: 5000 },
    );
    fc.assert(
      fc.property(fc.integer({ min: 0, max: 900_000_000 }), fc.integer({ min: 0, max: 9 }), (digits, places) => {
        const text = formatUnits(digits, places);
        expect(eth(Number(text), { bare: true })).toBe(eth(`${text} ETH`));
      }),
      { seed: 2, numRuns: 5000 },
    );
  });

  it("behavior: units come back from their text", () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 0, max: Number.MAX_SAFE_INTEGER }),
        fc.integer({ min: 0, max: 18 }),
        (units, places) => {
          expect(parseAmount(`${formatUnits(units, places)} A`, "A", places, "")).toBe(units);
        },
      ),
      { seed: 3, numRuns: 5000 },
    );
  });

  it("limit: 2^53 - 1 units, and one more", () => {
    expect(parseAmount("9007199254740991 A", "A", 0, "")).toBe(9007199254740991);
    expect(code(parseAmount("9007199254740992 A", "A", 0, ""))).toBe("amount-too-large");
    expect(code(parseAmount("9007199254740993 A", "A", 0, ""))).toBe("amount-too-large");
    expect(code(eth("1e400 ETH"))).toBe("amount-too-large");
    expect(code(eth("1e999999 ETH"))).toBe("amount-too-large");
    expect(eth("0e999999 ETH")).toBe(0);
  });

  it("error: unit-wrong", () => {
    const parsed = eth("10 BTC");
    expect(parsed).toEqual({
      code: "unit-wrong",
      path: "here",
      message: 'the unit "BTC" does not fit; it takes ETH',
      hint: 'write it like "10 ETH"',
    });
  });

  it("error: unit-missing", () => {
    expect(code(eth("10"))).toBe("unit-missing");
    expect(code(eth(10))).toBe("unit-missing");
  });

  it("error: number-not-finite", () => {
    for (const value of [
      "NaN ETH",
      ".nan",
      "-.inf",
      "Infinity",
      Number.NaN,
      Number.POSITIVE_INFINITY,
      JSON.parse("1e400"),
    ]) {
      expect(code(eth(value, { bare: true }))).toBe("number-not-finite");
    }
  });

  it("error: amount-negative", () => {
    expect(code(eth("-1 ETH"))).toBe("amount-negative");
    expect(code(eth(-1, { bare: true }))).toBe("amount-negative");
  });

  it("error: number-malformed", () => {
    for (const value of [
      "5 M DAI",
      "1,000 ETH",
      "0x10 ETH",
      "1. ETH",
      ".5 ETH",
      "ten ETH",
      "1e ETH x",
      "--1 ETH",
      "١ ETH",
      `${"9".repeat(500)} ETH`,
    ]) {
      expect(code(eth(value))).toBe("number-malformed");
    }
  });

  it("error: value-missing, value-empty, type-wrong", () => {
    expect(code(eth(undefined))).toBe("value-missing");
    expect(code(eth(null))).toBe("value-missing");
    expect(code(eth(" "))).toBe("value-empty");
    for (const value of [true, {}, [], 10n, Symbol("x"), () => 1]) expect(code(eth(value))).toBe("type-wrong");
  });
});

describe("parseDuration", () => {
  it("default", () => {
    const texts = ["12 s", "10 min", "1 h", "1 day", "0.5 ms", "1.1 h", "10min"];
    expect(texts.map((text) => parseDuration(text, ""))).toEqual([
      12000, 600000, 3600000, 86400000, 0, 3960000, 600000,
    ]);
  });

  it("error: unit-wrong names the units", () => {
    const parsed = parseDuration("10 minutes", "tick");
    expect(code(parsed)).toBe("unit-wrong");
    expect(isProblem(parsed) ? parsed.message : "").toContain("ms, s, min, h or day");
  });

  it("error: number-out-of-range", () => {
    expect(code(parseDuration("-1 s", ""))).toBe("number-out-of-range");
    expect(code(parseDuration("0 s", "", { above: 0 }))).toBe("number-out-of-range");
  });

  it("error: amount-too-large", () => expect(code(parseDuration("1e20 day", ""))).toBe("amount-too-large"));
});

describe("parseShare", () => {
  it("default", () => {
    expect(parseShare("30%", "")).toBe(0.3);
    expect(parseShare("25 bps", "")).toBe(0.0025);
    expect(parseShare("0.07 %", "")).toBe(0.0007);
    expect(parseShare(0.3, "", { bare: true })).toBe(0.3);
    expect(parseShare("-30%", "", { least: -1 })).toBe(-0.3);
  });

  it("error: unit-missing, number-out-of-range", () => {
    expect(code(parseShare(0.3, ""))).toBe("unit-missing");
    expect(code(parseShare("101%", ""))).toBe("number-out-of-range");
    expect(code(parseShare("-1%", ""))).toBe("number-out-of-range");
    expect(code(parseShare("100%", "", { least: 0, below: 1 }))).toBe("number-out-of-range");
  });
});

describe("parseRelativePrice", () => {
  it("default", () => {
    expect(parseRelativePrice("-0.05%", "")).toBe(0.9995);
    expect(parseRelativePrice("-90%", "")).toBe(0.1);
    expect(parseRelativePrice("150%", "")).toBe(2.5);
    expect(parseRelativePrice("0%", "")).toBe(1);
  });

  it("error: number-out-of-range", () => expect(code(parseRelativePrice("-100%", ""))).toBe("number-out-of-range"));
});

describe("plain numbers", () => {
  it("default", () => {
    expect(parseUsd("3375.69 USD", "")).toBe(3375.69);
    expect(parsePrice("1 USD", "")).toBe(1);
    expect(parseRate("6 /h", "")).toBe(6);
    expect(parseRate("0.1 /min", "")).toBe(6);
    expect(parseNumber("30 gwei", "gwei", "")).toBe(30);
    expect(parseNumber(3, "", "", { whole: true })).toBe(3);
  });

  it("error: number-too-large", () => expect(code(parseUsd("1e400 USD", ""))).toBe("number-too-large"));

  it("error: number-out-of-range", () => {
    expect(code(parsePrice("0 USD", ""))).toBe("number-out-of-range");
    expect(code(parsePrice("1e-400 USD", ""))).toBe("number-out-of-range");
    expect(code(parseNumber(1.5, "", "", { whole: true }))).toBe("number-out-of-range");
    expect(code(parseNumber(9, "", "", { most: 8 }))).toBe("number-out-of-range");
  });
});

describe("amounts of assets that are not known yet", () => {
  it("default", () => {
    const amount = parseAmountOf("5000 ETH", "sale");
    expect(isProblem(amount) ? amount : [amount.asset, unitsOf(amount, 7, "sale")]).toEqual(["ETH", 50000000000]);
  });

  it("error: unit-missing", () => expect(code(parseAmountOf("5000", ""))).toBe("unit-missing"));

  it("behavior: splitQuantity leaves judging to others", () => {
    expect(splitQuantity("10 ETH")).toEqual({ number: "10", unit: "ETH" });
    expect(splitQuantity("10")).toEqual({ number: "10", unit: "" });
    expect(splitQuantity("ETH 10")).toBeNull();
  });
});

describe("quantity", () => {
  it("default: schemas parse, and editors see a pattern with examples that it takes", () => {
    const builders = [
      quantity.amount(),
      quantity.amount("ETH"),
      quantity.duration(),
      quantity.share(),
      quantity.share({ bare: true }),
      quantity.move(),
      quantity.relativePrice(),
      quantity.usd(),
      quantity.price(),
      quantity.rate(),
      quantity.gwei(),
      quantity.number(),
      quantity.moment(),
    ];
    for (const builder of builders) {
      const shown = z.toJSONSchema(builder, { io: "input" });
      expect(shown.description).toBeTruthy();
      for (const example of shown.examples ?? []) {
        const fits = builder.safeParse(example).success;
        expect([example, fits || !String(example).endsWith("ETH")]).toEqual([example, true]);
        if (shown.pattern !== undefined) expect(String(example)).toMatch(new RegExp(shown.pattern));
      }
    }
  });
});
