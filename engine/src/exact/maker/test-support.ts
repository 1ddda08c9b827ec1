import { RAD, RAY, WAD } from "../scales.js";
import {
  emptyState,
  joinCollateral,
  type MakerParameters,
  type MakerState,
  pokeOracle,
  pokeSafetyPrice,
} from "./index.js";
import { fromTerms } from "./preset-terms.js";

/** ETH-A of July 2025 (MECHANISMS section 4) without fee and at the chain's decimals. */
export const ethA: MakerParameters = fromTerms({
  liquidationRatioBps: 14_500n,
  feePerSecond: RAY,
  debtCeilingCents: 1_500_000_000_000n,
  dustDai: 7_500n,
  penaltyBps: 1_300n,
  globalAuctionLimitDai: 150_000_000n,
  auctionLimitDai: 40_000_000n,
  startPriceBps: 11_000n,
  resetAfterSeconds: 7_200n,
  resetBelowBps: 4_500n,
  incentiveBps: 10n,
  incentiveDai: 250n,
  cutBps: 9_900n,
  stepSeconds: 90n,
  breakerToleranceBps: 5_000n,
});

/** Second at which every test begins: a whole number of hours. */
export const start = 1_700_002_800n;

/** The oracle says `dollars` now and next, and vaults are judged by it. */
export function withPrice(parameters: MakerParameters, state: MakerState, price: bigint): MakerState {
  const poked = { ...state, oracle: { ...state.oracle, current: price, next: price } };
  return pokeSafetyPrice(parameters, poked);
}

/** A market in which the oracle has been poked twice at `price` and `vault` is what the arguments say, whatever it is worth. */
export function marketWith(
  parameters: MakerParameters,
  price: bigint,
  vaults: Readonly<Record<string, { collateral: bigint; normalisedDebt: bigint }>>,
): MakerState {
  let state = emptyState(start);
  state = pokeOracle(parameters, state, price);
  state = pokeOracle(parameters, { ...state, now: start + parameters.oracleDelaySeconds }, price);
  state = { ...pokeSafetyPrice(parameters, state), feesAccruedAt: state.now };
  for (const [name, vault] of Object.entries(vaults)) {
    state = joinCollateral(state, name, vault.collateral).state;
    state = {
      ...state,
      collateral: new Map(state.collateral).set(name, 0n),
      vaults: new Map(state.vaults).set(name, vault),
      normalisedDebt: state.normalisedDebt + vault.normalisedDebt,
      dai: new Map(state.dai).set(name, vault.normalisedDebt * state.rate),
      daiSupply: state.daiSupply + vault.normalisedDebt * state.rate,
    };
  }
  return state;
}

/** Gives `party` this much DAI (rad), out of nothing: for tests of one call only. */
export function rich(state: MakerState, party: string, rad: bigint): MakerState {
  return { ...state, dai: new Map(state.dai).set(party, rad), daiSupply: state.daiSupply + rad };
}

export const ETH = WAD;
export const DAI = WAD;
export const dai = (whole: bigint) => whole * RAD;
export const price = (whole: bigint) => whole * WAD;
