import type { Preset } from "../protocol.js";
import type { MarketParameters } from "./parameters.js";

/** What a new market begins with; live markets set their own. */
export const marketPresets: readonly Preset<MarketParameters>[] = [
  {
    name: "new-market",
    asOf: "2026-03-23",
    source: "Kamino-Finance/klend edd5ff50, state/lending_market.rs Default and utils/consts.rs",
    parameters: {
      liquidationMaxDebtCloseFactorPercent: 20n,
      insolvencyRiskUnhealthyLtvPercent: 95n,
      maxLiquidatableDebtMarketValueAtOnce: 500_000n,
      minFullLiquidationValueThreshold: 2n,
      minValueSkipPriorityChecks: 0n,
      priceTriggeredLiquidationDisabled: false,
      autodeleverageEnabled: false,
      individualMarginCallPeriodSeconds: 0n,
      debtTermLiquidationEnabled: false,
      matureDebtLiquidationEnabled: false,
      termFullLiquidationSeconds: 0n,
      elevationGroups: {},
    },
  },
];
