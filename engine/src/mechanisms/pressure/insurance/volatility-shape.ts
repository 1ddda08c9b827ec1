import { quantity } from "../../../book/index.js";

/** The keys by which a strategy estimates volatility. */
export const volatilityShape = {
  before: quantity
    .share({ bare: true, above: 0, most: 100 })
    .describe("Volatility per year that was seen before the path: the estimate begins at it."),
  halfLife: quantity
    .duration({ above: 0 })
    .prefault("1 day")
    .describe("Half-life of the volatility estimate, which takes one price per tick."),
} as const;
