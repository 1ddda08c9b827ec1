import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { formatMoment, parseMoment } from "./moment.js";

const code = (value: unknown) => {
  const parsed = parseMoment(value, "at");
  return typeof parsed === "number" ? parsed : parsed.code;
};

describe("parseMoment", () => {
  it("default", () => {
    expect(parseMoment("2021-05-19T00:00:00Z", "at")).toBe(Date.UTC(2021, 4, 19));
    expect(parseMoment("2021-05-19", "at")).toBe(Date.UTC(2021, 4, 19));
    expect(parseMoment("2021-05-19T07:03Z", "at")).toBe(Date.UTC(2021, 4, 19, 7, 3));
    expect(parseMoment("2021-05-19T07:03:59.5Z", "at")).toBe(Date.UTC(2021, 4, 19, 7, 3, 59, 500));
    expect(parseMoment(1618877679923, "at")).toBe(1618877679923);
  });

  it("behavior: agrees with the host's calendar, there and back", () => {
    fc.assert(
      fc.property(fc.integer({ min: -62135596800000, max: 253402300799999 }), (ms) => {
        expect(formatMoment(ms)).toBe(new Date(ms).toISOString().replace(".000Z", "Z"));
        expect(parseMoment(new Date(ms).toISOString(), "")).toBe(ms);
      }),
      { seed: 1, numRuns: 3000 },
    );
  });

  it("error: time-malformed", () => {
    for (const value of [
      "2021-02-29",
      "2021-13-01",
      "2021-05-19T24:00:00Z",
      "2021-05-19T00:00:00",
      "19 May 2021",
      1621382400,
      Number.NaN,
      true,
      undefined,
      "2021-05-19 00:00:00",
    ]) {
      expect(code(value)).toBe("time-malformed");
    }
  });
});
