import type { SmallVariant } from "../../demonstrations.js";
import { type ExchangeVariant, longsAndShorts } from "../perpetuals/demonstration.js";

/** The small scenario with a coin-margined exchange called `exchange`: sizes in dollars, margins in ETH. */
export function coinLongsAndShorts(
  exchange: Readonly<Record<string, unknown>>,
  variant: ExchangeVariant = {},
): unknown {
  const small: SmallVariant = variant.small ?? {};
  return longsAndShorts({
    columns: ["account", "size USD", "entry USD", "margin ETH"],
    rows: [
      ["long-20x", 200000, 2000, 5],
      ["long-10x", 200000, 2000, 10],
      ["long-5x", 200000, 2000, 20],
      ["long-1x", 200000, 2000, 100],
      ["short-2x", -200000, 2100, 50],
      ["short-5x", -200000, 2000, 20],
      ["short-20x", -100000, 1950, 5],
    ],
    ...variant,
    small: {
      ...small,
      pressure: {
        exchange: { instrument: "ETH/USD-PERP", oracle: "mark", ...exchange },
        ...small.pressure,
      },
    },
  });
}
