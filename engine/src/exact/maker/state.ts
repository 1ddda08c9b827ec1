import { RAY } from "../scales.js";
import type { Balances } from "./ledger.js";

/** A borrower's position (dss: urn). */
export interface Vault {
  /** Units locked (dss: ink). */
  readonly collateral: bigint;
  /** Debt over `rate`, units of DAI (dss: art). */
  readonly normalisedDebt: bigint;
}

/** A running auction (dss: Sale). */
export interface Auction {
  /** Vault whose collateral is sold; what is left over goes back to it (dss: usr). */
  readonly vault: string;
  /** Rad still to raise. */
  readonly tab: bigint;
  /** Units still to sell. */
  readonly lot: bigint;
  /** Second of the start or of the last reset (dss: tic). */
  readonly startedAt: bigint;
  /** Ray, DAI units for one unit of collateral at `startedAt` (dss: top). */
  readonly startPrice: bigint;
}

/** The oracle security module: dollars for one whole collateral, at the price's own decimals; null where it holds none. */
export interface DelayedPrice {
  /** What vaults and auctions see (dss: cur). */
  readonly current: bigint | null;
  /** What they will see after the next poke (dss: nxt). */
  readonly next: bigint | null;
  /** Second of the last poke, cut to a whole delay (dss: zzz). */
  readonly pokedAt: bigint;
  readonly stopped: boolean;
}

/** Clipper `stopped`: 0 everything runs, 1 no new auction, 2 no reset either, 3 nothing. */
export type BreakerLevel = 0 | 1 | 2 | 3;

/** One collateral type and all that its liquidations touch. */
export interface MakerState extends Balances {
  /** Seconds of the chain's clock. */
  readonly now: bigint;
  readonly vaults: ReadonlyMap<string, Vault>;
  /** Sum of the vaults' normalised debts (dss: Art). */
  readonly normalisedDebt: bigint;
  /** Ray: debt of one normalised unit (dss: rate). */
  readonly rate: bigint;
  /** Second up to which fees are in `rate` (dss: rho). */
  readonly feesAccruedAt: bigint;
  /** Ray: DAI units that one unit of collateral may carry (dss: spot). */
  readonly safetyPrice: bigint;
  readonly oracle: DelayedPrice;
  readonly auctions: ReadonlyMap<bigint, Auction>;
  /** Auctions ever started; the last one's number (dss: kicks). */
  readonly auctionsStarted: bigint;
  /** Rad at auction over all collateral types (dss: Dirt). */
  readonly globalDebtAtAuction: bigint;
  /** Rad at auction of this one (dss: dirt). */
  readonly debtAtAuction: bigint;
  readonly stopped: BreakerLevel;
  /** Second up to and including which nobody may trip the breaker (dss: locked). */
  readonly breakerLockedUntil: bigint;
  /** Rad owed by the Vow (dss: sin). */
  readonly vowDebt: bigint;
  /** Rad of DAI in existence (dss: debt). */
  readonly daiSupply: bigint;
}

/** An empty market at `now` seconds whose oracle holds no price. */
export function emptyState(now: bigint): MakerState {
  return {
    now,
    vaults: new Map(),
    normalisedDebt: 0n,
    rate: RAY,
    feesAccruedAt: now,
    safetyPrice: 0n,
    oracle: { current: null, next: null, pokedAt: 0n, stopped: false },
    auctions: new Map(),
    auctionsStarted: 0n,
    globalDebtAtAuction: 0n,
    debtAtAuction: 0n,
    stopped: 0,
    breakerLockedUntil: 0n,
    vowDebt: 0n,
    daiSupply: 0n,
    collateral: new Map(),
    dai: new Map(),
  };
}

/** The vault, empty where nobody opened it. */
export function vaultOf(state: MakerState, vault: string): Vault {
  return state.vaults.get(vault) ?? { collateral: 0n, normalisedDebt: 0n };
}

/** The vaults with one of them replaced. */
export function withVault(state: MakerState, vault: string, after: Vault): ReadonlyMap<string, Vault> {
  return new Map(state.vaults).set(vault, after);
}

/** The auctions with one of them replaced, or gone where `after` is null. */
export function withAuction(state: MakerState, auction: bigint, after: Auction | null): ReadonlyMap<bigint, Auction> {
  const auctions = new Map(state.auctions);
  if (after === null) auctions.delete(auction);
  else auctions.set(auction, after);
  return auctions;
}

/** The clock moves on by `seconds`, 0 or more; nothing else happens. */
export function elapse(state: MakerState, seconds: bigint): MakerState {
  return { ...state, now: state.now + seconds };
}
