import { check, type Expectation, type ValidationCase } from "./case.js";
import { rows } from "./rows.js";

/** Speculators at their margin constraint: m(p) x(p) = eta + p x0, demand x(p), wealth eta beside x0 units held from before. */
export interface MarginConstraint {
  /** m x': margin per unit times the slope of what speculators must absorb. */
  readonly marginTimesSlope: number;
  /** m' x: how the margin falls when the price rises, times the position; below 0 where falls raise margins. */
  readonly marginSlopeTimesPosition: number;
  /** x0: units held from before, which lose with the price. */
  readonly heldUnits: number;
}

/**
 * dp / d eta = 1 / (m x' + m' x - x0), the constraint m(p) x(p) = eta + p x0 differentiated: how a loss of capital moves the price. `m' x` is the margin spiral and
 * `x0` the loss spiral. Source: Brunnermeier and Pedersen, Review of Financial Studies 22 (2009), liquidity spirals; re-derived.
 */
export function priceSensitivity(of: MarginConstraint): number {
  return 1 / (of.marginTimesSlope + of.marginSlopeTimesPosition - of.heldUnits);
}

/** The market of the acceptance numbers. */
export const acceptanceConstraint: MarginConstraint = {
  marginTimesSlope: 10,
  marginSlopeTimesPosition: -1.8,
  heldUnits: 2,
};

/** Row 14 in closed form. */
export function liquiditySpiralCases(): ValidationCase[] {
  const about = (id: string, expected: number): Expectation => ({
    id: `liquidity-spiral/${id}`,
    source: "Brunnermeier and Pedersen 2009, re-derived",
    tag: "D",
    unit: "price per unit of capital",
    expected,
    tolerance: 1e-8,
    row: rows.liquiditySpiral,
  });
  const still = { ...acceptanceConstraint, marginSlopeTimesPosition: 0 };
  return [
    check(about("no-spiral", 0.1), priceSensitivity({ ...still, heldUnits: 0 })),
    check(about("margin-spiral", 0.12195122), priceSensitivity({ ...acceptanceConstraint, heldUnits: 0 })),
    check(about("loss-spiral", 0.125), priceSensitivity(still)),
    check(about("both-spirals", 0.16129032), priceSensitivity(acceptanceConstraint)),
  ];
}
