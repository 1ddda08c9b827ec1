import { auctionPriceCases } from "./auction-price.js";
import type { ValidationCase } from "./case.js";
import { circuitBreakerCases } from "./circuit-breaker.js";
import { concentratedLiquidityCases } from "./concentrated-liquidity.js";
import { crvusdCases } from "./crvusd.js";
import { deleveragingCases } from "./deleveraging.js";
import { discreteCppiCases } from "./discrete-cppi.js";
import { fireSaleCases } from "./fire-sale.js";
import { foldCases } from "./fold.js";
import { freyStremmeCases } from "./frey-stremme.js";
import { gapRiskCases } from "./gap-risk.js";
import { generalisedPoissonCases } from "./generalised-poisson.js";
import { gennotteLelandCases } from "./gennotte-leland.js";
import { informedTradingCases } from "./informed-trading.js";
import { inverseOptionCases } from "./inverse-option.js";
import { keeperAuctionCases } from "./keeper-auction.js";
import { kernelEngine } from "./kernel-engine.js";
import { kimMarkowitzCases } from "./kim-markowitz.js";
import { leveragedFundCases } from "./leveraged-fund.js";
import { liquidationIncentiveCases } from "./liquidation-incentive.js";
import { liquiditySpiralCases } from "./liquidity-spiral.js";
import { lossFreeWindowCases } from "./loss-free-window.js";
import { optimalThrottleCases } from "./optimal-throttle.js";
import { optionHedgingCases } from "./option-hedging.js";
import { perpetualPriceCases } from "./perpetual-prices.js";
import { profitableLiquidationCases } from "./profitable-liquidation.js";
import { rebalancingLossCases } from "./rebalancing-loss.js";
import { repayToTargetCases } from "./repay-to-target.js";
import { requiredSalesCases } from "./required-sales.js";
import { resilientBookCases } from "./resilient-book.js";
import { type SimulationProgress, type SimulationSizes, simulatedCases } from "./simulated.js";
import { type AgentSizes, acceptanceAgentSizes, agentCases } from "./simulated-agents.js";
import { toxicityFrontierCases } from "./toxicity-frontier.js";
import { twoStepLiquidationCases } from "./two-step-liquidation.js";
import { uniformDensityCases } from "./uniform-density.js";
import { volatilityEstimatorCases } from "./volatility-estimators.js";
import { volatilityLtvCases } from "./volatility-ltv.js";

export { check, type Expectation, type ValidationCase, type ValidationHow, type ValidationTag } from "./case.js";
export { kernelEngine } from "./kernel-engine.js";
export { renderValidation } from "./render.js";
export type {
  CascadeBook,
  CascadeOutcome,
  LiquidationBook,
  LiquidationOutcome,
  SimulatedEngine,
} from "./simulated/engine.js";
export { acceptanceSizes, type SimulationProgress, type SimulationSizes, simulatedCases } from "./simulated.js";
export { type AgentSizes, acceptanceAgentSizes, agentCases } from "./simulated-agents.js";

/** Every number of the literature that a formula of ours must meet, one case each, in the order of the models' rows. */
export function closedFormCases(): ValidationCase[] {
  return [
    ...generalisedPoissonCases(),
    ...foldCases(),
    ...gennotteLelandCases(),
    ...freyStremmeCases(),
    ...discreteCppiCases(),
    ...gapRiskCases(),
    ...requiredSalesCases(),
    ...toxicityFrontierCases(),
    ...lossFreeWindowCases(),
    ...profitableLiquidationCases(),
    ...deleveragingCases(),
    ...resilientBookCases(),
    ...liquiditySpiralCases(),
    ...perpetualPriceCases(),
    ...inverseOptionCases(),
    ...uniformDensityCases(),
    ...optimalThrottleCases(),
    ...concentratedLiquidityCases(),
    ...repayToTargetCases(),
    ...twoStepLiquidationCases(),
    ...volatilityEstimatorCases(),
    ...volatilityLtvCases(),
    ...keeperAuctionCases(),
    ...fireSaleCases(),
    ...kimMarkowitzCases(),
    ...circuitBreakerCases(),
    ...crvusdCases(),
    ...auctionPriceCases(),
    ...leveragedFundCases(),
    ...optionHedgingCases(),
    ...informedTradingCases(),
    ...rebalancingLossCases(),
    ...liquidationIncentiveCases(),
  ];
}

/** Every case there is: the closed forms, and the numbers that the kernel and its mechanisms must reproduce themselves. */
export function validationCases(
  progress?: SimulationProgress,
  sizes?: SimulationSizes,
  agentSizes: AgentSizes = acceptanceAgentSizes,
): ValidationCase[] {
  return [...closedFormCases(), ...simulatedCases(kernelEngine, progress, sizes), ...agentCases(progress, agentSizes)];
}
