import { describe, expect, it } from "vitest";
import { lenderCase } from "../../../../../test/support/lender-case.js";
import { parseScenario } from "../../../scenario/parse.js";

/** Message and hint of every problem with these terms. */
function said(terms: Readonly<Record<string, unknown>>): string[] {
  const parsed = parseScenario(lenderCase(terms), () => ({ value: null }));
  return "problems" in parsed ? parsed.problems.map(({ message, hint }) => `${message}: ${hint}`) : [];
}

describe("faults of exact protocols as the author of a scenario reads them", () => {
  it.each([
    [
      "maker",
      { protocol: "maker", liquidationRatio: "101%", penalty: "50%", priceCurve: { kind: "exponential", cut: "100%" } },
      "priceCurve.cut is 100%; it may be above 0 and below 100%",
    ],
    [
      "liquity-v2",
      { protocol: "liquity-v2", minimumRatio: "110%", shutdownRatio: "200%", redistributionPenalty: "20%" },
      "debt with penalty (120%) exceeds the collateral at the limit (110%)",
    ],
    [
      "crvusd",
      { protocol: "crvusd", amplification: 100, fee: "50%", loanDiscount: "5%", liquidationDiscount: "6%" },
      "loanDiscount is 5%; it may be above the liquidation discount, 6%",
    ],
  ])("error: %s names its own parameters, in shares and not in the contract's fixed-point numbers", (_, terms, one) => {
    const messages = said(terms);
    expect(messages.join("\n")).toContain(one);
    for (const message of messages)
      expect(message).not.toMatch(/\d{13}|\de(16|18|27)|liquidationPenalty|minimumCollateralRatio|Factor\b/);
  });
});
