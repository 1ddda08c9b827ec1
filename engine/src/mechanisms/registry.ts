import type { Definition } from "./definition.js";
import { circuitBreakerDefinition } from "./guards/circuit-breaker.js";
import { keepersDefinition } from "./guards/keepers.js";
import { smartLtvDefinition } from "./guards/smart-ltv.js";
import { throttleDefinition } from "./guards/throttle.js";
import { basisArbitrageDefinition } from "./liquidity/basis-arbitrage.js";
import { constantProductDefinition } from "./liquidity/constant-product.js";
import { indexArbitrageDefinition } from "./liquidity/index-arbitrage.js";
import { observedSupplyDefinition } from "./liquidity/observed-supply.js";
import { orderBookDefinition } from "./liquidity/order-book.js";
import { poolArbitrageDefinition } from "./liquidity/pool-arbitrage.js";
import { recordedReservesDefinition } from "./liquidity/recorded-reserves.js";
import { specialistsDefinition } from "./liquidity/specialists.js";
import { deltaNeutralDefinition } from "./pressure/hedged/delta-neutral.js";
import { hedgedPoolDefinition } from "./pressure/hedged/hedged-pool.js";
import { perpetualHedgeDefinition } from "./pressure/hedged/perpetual-hedge.js";
import { constantLeverageDefinition } from "./pressure/insurance/constant-leverage.js";
import { cppiDefinition } from "./pressure/insurance/cppi.js";
import { protectivePutDefinition } from "./pressure/insurance/protective-put.js";
import { rebalancerDefinition } from "./pressure/insurance/rebalancer.js";
import { stopLossDefinition } from "./pressure/insurance/stop-loss.js";
import { syntheticPutDefinition } from "./pressure/insurance/synthetic-put.js";
import { tippDefinition } from "./pressure/insurance/tipp.js";
import { volatilityExitDefinition } from "./pressure/insurance/volatility-exit.js";
import { volatilityTargetDefinition } from "./pressure/insurance/volatility-target.js";
import { lendingDefinition } from "./pressure/lending/definition.js";
import { marginCallsDefinition } from "./pressure/margin-calls/definition.js";
import { dealerDefinition } from "./pressure/options/dealer.js";
import { ownersDefinition } from "./pressure/owners.js";
import { perpetualsDefinition } from "./pressure/perpetuals/definition.js";
import { aaveV3Definition } from "./pressure/protocols/aave-v3.js";
import { aaveV4Definition } from "./pressure/protocols/aave-v4.js";
import { ajnaDefinition } from "./pressure/protocols/ajna.js";
import { binanceUsdmDefinition } from "./pressure/protocols/binance-usdm.js";
import { compoundV3Definition } from "./pressure/protocols/compound-v3.js";
import { crvusdDefinition } from "./pressure/protocols/crvusd.js";
import { deribitDefinition } from "./pressure/protocols/deribit.js";
import { driftV2Definition } from "./pressure/protocols/drift-v2.js";
import { dydxV4Definition } from "./pressure/protocols/dydx-v4.js";
import { eulerV2Definition } from "./pressure/protocols/euler-v2.js";
import { fluidDefinition } from "./pressure/protocols/fluid.js";
import { gmxV2Definition } from "./pressure/protocols/gmx-v2.js";
import { hyperliquidDefinition } from "./pressure/protocols/hyperliquid.js";
import { inversePerpetualDefinition } from "./pressure/protocols/inverse-perpetual.js";
import { kaminoDefinition } from "./pressure/protocols/kamino.js";
import { liquityV2Definition } from "./pressure/protocols/liquity-v2.js";
import { makerDefinition } from "./pressure/protocols/maker.js";
import { morphoBlueDefinition } from "./pressure/protocols/morpho-blue.js";
import { synthetixV3Definition } from "./pressure/protocols/synthetix-v3.js";
import { brownianDefinition } from "./prices/brownian.js";
import { delayedOracleDefinition } from "./prices/delayed-oracle.js";
import { deviationOracleDefinition } from "./prices/deviation-oracle.js";
import { impliedVolatilityDefinition } from "./prices/implied-volatility.js";
import { lineDefinition } from "./prices/line.js";
import { recordedDefinition } from "./prices/recorded.js";
import { spotOracleDefinition } from "./prices/spot-oracle.js";
import { staleIndexDefinition } from "./prices/stale-index.js";

/** Every kind of mechanism there is. Registering it here puts it into the schema, `explain`, the docs and the conformance suite. */
export const definitions: readonly Definition[] = [
  lineDefinition,
  recordedDefinition,
  brownianDefinition,
  spotOracleDefinition,
  delayedOracleDefinition,
  deviationOracleDefinition,
  staleIndexDefinition,
  impliedVolatilityDefinition,
  orderBookDefinition,
  constantProductDefinition,
  poolArbitrageDefinition,
  basisArbitrageDefinition,
  indexArbitrageDefinition,
  recordedReservesDefinition,
  specialistsDefinition,
  observedSupplyDefinition,
  lendingDefinition,
  aaveV3Definition,
  ajnaDefinition,
  aaveV4Definition,
  compoundV3Definition,
  crvusdDefinition,
  fluidDefinition,
  kaminoDefinition,
  morphoBlueDefinition,
  makerDefinition,
  liquityV2Definition,
  eulerV2Definition,
  ownersDefinition,
  perpetualsDefinition,
  inversePerpetualDefinition,
  deribitDefinition,
  gmxV2Definition,
  synthetixV3Definition,
  driftV2Definition,
  binanceUsdmDefinition,
  hyperliquidDefinition,
  dydxV4Definition,
  cppiDefinition,
  tippDefinition,
  syntheticPutDefinition,
  protectivePutDefinition,
  stopLossDefinition,
  volatilityExitDefinition,
  volatilityTargetDefinition,
  constantLeverageDefinition,
  rebalancerDefinition,
  marginCallsDefinition,
  deltaNeutralDefinition,
  perpetualHedgeDefinition,
  hedgedPoolDefinition,
  dealerDefinition,
  keepersDefinition,
  throttleDefinition,
  circuitBreakerDefinition,
  smartLtvDefinition,
];

/** The definition of a kind, or undefined. */
export function definitionOf(kind: string): Definition | undefined {
  return definitions.find((definition) => definition.kind === kind);
}
