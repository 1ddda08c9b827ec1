import { oneAccountFalls, type SmallVariant } from "../../demonstrations.js";

/** The small scenario with a broker called `broker` in the lender's place: three stock accounts on credit. */
export function threeOnMargin(
  broker: Readonly<Record<string, unknown>> = {},
  rows?: readonly unknown[],
  small: SmallVariant = {},
): unknown {
  const scenario = oneAccountFalls({
    ...small,
    positions: {
      broker: {
        layer: "made",
        columns: ["account", "risky ETH", "cash USD"],
        rows: rows ?? [
          ["a", 100, -130000],
          ["b", 100, -100000],
          ["c", 100, 20000],
        ],
      },
      ...small.positions,
    },
    pressure: {
      broker: {
        kind: "margin-calls",
        instrument: "ETH/USD",
        maintenance: "30%",
        initial: "40%",
        notice: "30 min",
        ...broker,
      },
      ...small.pressure,
    },
  }) as Record<string, Record<string, unknown>>;
  delete scenario.pressure.lender;
  return scenario;
}
