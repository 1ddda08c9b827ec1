/** A market of investors with constant absolute risk aversion who infer from prices what others know; normal throughout. */
export interface HedgedMarket {
  /** a. */
  readonly riskAversion: number;
  /** Sigma: variance of the value before anybody learns anything. */
  readonly priorVariance: number;
  /** Sigma_eps / nu: variance of a private signal over the share of investors who get one. */
  readonly signalVarianceOverInformed: number;
  /** Sigma_L: variance of the supply that nobody observes. */
  readonly hiddenSupplyVariance: number;
}

/** Change of ln price per unit of supply (the whole market is 1): where everybody knows that it carries no news, and where nobody does. */
export interface SupplyImpact {
  readonly observed: number;
  readonly unobserved: number;
}

/**
 * Impact of observed supply, a / prec, and of unobserved supply, c (nu / Sigma_eps + tau) / prec, with c = a Sigma_eps / nu,
 * tau = 1 / (c^2 Sigma_L), prec = 1 / Sigma + nu / Sigma_eps + tau; their ratio is 1 + nu / (a^2 Sigma_eps Sigma_L).
 * Source: Gennotte and Leland, AER 80(5) 1990; formulas derived (docs/mechanisms/observed-supply.md).
 */
export function supplyImpact(market: HedgedMarket): SupplyImpact {
  const confusion = market.riskAversion * market.signalVarianceOverInformed;
  const signalPrecision = 1 / market.signalVarianceOverInformed;
  const pricePrecision = 1 / (confusion * confusion * market.hiddenSupplyVariance);
  const precision = 1 / market.priorVariance + signalPrecision + pricePrecision;
  return {
    observed: market.riskAversion / precision,
    unobserved: (confusion * (signalPrecision + pricePrecision)) / precision,
  };
}
