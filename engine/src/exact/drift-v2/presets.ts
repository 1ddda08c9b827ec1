import type { Preset } from "../protocol.js";
import type { DriftParameters } from "./parameters.js";

/** What the program's code states: buffer 2 %, tests with 10 % at first over 150 slots (about a minute). Everything else is a placeholder of the tests. */
export const presets: readonly Preset<DriftParameters>[] = [
  {
    name: "code-defaults",
    asOf: "2026-04-01",
    source:
      "drift-labs/protocol-v2 0ae3e3b1 math/constants.rs (buffer, fee growth); share and duration from its tests, as governance sets them (the program starts both at 0); ratios and fees assumed",
    parameters: {
      valueScale: 1_000_000_000n,
      baseOne: 1_000_000_000n,
      quoteOne: 1_000_000n,
      priceOne: 1_000_000n,
      stepSize: 100_000n,
      marginRatioInitial: 1_000n,
      marginRatioMaintenance: 500n,
      imfFactor: 0n,
      liquidationMarginBufferRatio: 200n,
      liquidatorFee: 10_000n,
      insuranceFee: 10_000n,
      initialPctToLiquidate: 1_000n,
      liquidationDuration: 150n,
      maxInsurance: 1_000_000_000_000n,
    },
  },
];
