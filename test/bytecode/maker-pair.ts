import { expect } from "vitest";
import * as maker from "../../engine/src/exact/maker/index.js";
import type { Figures, Outcome } from "./chain.js";
import { begunFrom, EXCHANGE, type MakerChain, standingOf } from "./maker-chain.js";
import { same } from "./same.js";

/** Why the contracts refuse, by the engine's class for it. The Vat's own subtractions give no reason. */
const reasons: Readonly<Record<string, string>> = {
  NotUnsafe: "Dog/not-unsafe",
  LiquidationLimitHit: "Dog/liquidation-limit-hit",
  DustyAuction: "Dog/dusty-auction-from-partial-liquidation",
  NullAuction: "Dog/null-auction",
  StoppedIncorrect: "Clipper/stopped-incorrect",
  ZeroStartPrice: "Clipper/zero-top-price",
  InvalidPrice: "Clipper/invalid-price",
  NotRunningAuction: "Clipper/not-running-auction",
  CannotReset: "Clipper/cannot-reset",
  NeedsReset: "Clipper/needs-reset",
  TooExpensive: "Clipper/too-expensive",
  NoPartialPurchase: "Clipper/no-partial-purchase",
  AlreadyStopped: "ClipperMom/clipper-already-stopped",
  TemporarilyLocked: "ClipperMom/temporary-locked",
  PriceWithinBounds: "ClipperMom/price-within-bounds",
  CeilingExceeded: "Vat/ceiling-exceeded",
  NotSafe: "Vat/not-safe",
  VaultBelowDust: "Vat/dust",
  InsufficientBalance: "",
  InsufficientSurplus: "Vow/insufficient-surplus",
  InsufficientDebt: "Vow/insufficient-debt",
};

/** What a call of the engine came to: a state, and the numbers that the contracts tell too. */
interface Ours {
  readonly state: maker.MakerState;
  readonly figures?: Figures;
}

/** A purchase by the buyer. Through the exchange: it gets the collateral and gives the DAI. */
export interface PairPurchase {
  readonly auction: bigint;
  readonly amount: bigint;
  readonly maximumPrice: bigint;
  readonly throughExchange: boolean;
}

/** Who takes part: four owners of vaults, whoever liquidates, whoever buys, and the protocol's own accounts. */
export const owners = ["alice", "bob", "carol", "dave"];
const KEEPER = "keeper";
const BUYER = "buyer";
const parties = [...owners, KEEPER, BUYER, EXCHANGE, maker.VOW, maker.CLIPPER];
/** Those who let the Clipper take their DAI. */
export const payers = [...owners, BUYER];

/**
 * One market twice: the exact engine's state and the contracts. Every method makes the same call on both sides and fails where a number differs afterwards, or
 * where only one of them refuses or both for different reasons.
 */
export class MakerPair {
  parameters: maker.MakerParameters;
  state: maker.MakerState;
  /** How often what has happened, by name. */
  readonly seen: Record<string, number>;
  readonly #chain: MakerChain;
  readonly #where: string;
  /** Seconds of liquidations whose debt stands in the Vow's queue. */
  #queued: bigint[] = [];

  private constructor(
    chain: MakerChain,
    parameters: maker.MakerParameters,
    state: maker.MakerState,
    of: { readonly where: string; readonly seen: Record<string, number> },
  ) {
    this.#chain = chain;
    this.parameters = parameters;
    this.state = state;
    this.seen = of.seen;
    this.#where = of.where;
  }

  /** A market in which nothing has happened, at the chain's second; debt begins at a rate of one where `plain`. */
  static async begin(
    chain: MakerChain,
    parameters: maker.MakerParameters,
    of: { readonly where: string; readonly seen: Record<string, number>; readonly plain: boolean },
  ): Promise<MakerPair> {
    await chain.setParameters(parameters);
    if (of.plain) await chain.resetRate();
    const standing = await chain.standing(parties, 0n);
    return new MakerPair(chain, parameters, begunFrom(chain.chain.now, standing, maker.emptyState(0n)), of);
  }

  count(what: string): void {
    this.seen[what] = (this.seen[what] ?? 0) + 1;
  }

  /** The same call on both sides, and all numbers afterwards. */
  async #both(name: string, ours: () => Ours, theirs: () => Promise<Outcome>): Promise<boolean> {
    const where = `${this.#where}, ${name}`;
    let done: Ours | undefined;
    let refusal = "";
    try {
      done = ours();
    } catch (error) {
      if (!(error instanceof Error) || !(error.name in reasons)) throw error;
      refusal = error.name;
    }
    const answer = await theirs();
    this.count(`${name}, passed or refused`);
    if (done === undefined || answer.refused !== undefined) {
      expect(answer.refused, where).toBe(done === undefined ? this.#reason(name, refusal) : undefined);
      this.count(`${name} refused: ${refusal}`);
    } else {
      same(done.figures ?? {}, answer.figures, where);
      this.state = done.state;
      this.count(name);
    }
    await this.#compare(where);
    return done !== undefined;
  }

  /** The breaker says which of its two prices is missing; the engine has one class for a missing price. */
  #reason(name: string, refusal: string): string {
    if (name !== "tripBreaker" || refusal !== "InvalidPrice") return reasons[refusal];
    return this.state.oracle.current === null ? "ClipperMom/invalid-cur-price" : "ClipperMom/invalid-nxt-price";
  }

  async #compare(where: string): Promise<void> {
    const ours = standingOf(this.parameters, this.state, parties, (party) => this.#chain.address(party));
    same(ours, await this.#chain.standing(parties, this.state.auctionsStarted), where);
  }

  elapse(seconds: bigint): void {
    this.state = maker.elapse(this.state, seconds);
    this.#chain.chain.now = this.state.now;
  }

  /** The price source says something else; the Spotter does not know yet. */
  async setPrice(current: bigint | null, next: bigint | null): Promise<void> {
    this.state = { ...this.state, oracle: { ...this.state.oracle, current, next } };
    await this.#chain.setPrice(current, next);
  }

  async pokeSafetyPrice(): Promise<void> {
    await this.#both(
      "poke",
      () => ({ state: maker.pokeSafetyPrice(this.parameters, this.state) }),
      () => this.#chain.pokeSafetyPrice(),
    );
  }

  /** Other parameters: fees up to now at the old ones, then every one of the new ones by governance. */
  async govern(parameters: maker.MakerParameters): Promise<void> {
    await this.accrueFees();
    this.parameters = parameters;
    await this.#chain.setParameters(parameters);
  }

  /** One parameter of auctions that equalities depend on. */
  async setDust(dust: bigint): Promise<void> {
    this.parameters = { ...this.parameters, dust };
    await this.#chain.setDust(dust);
  }

  /** The other one. */
  async setResetBelowShare(resetBelowShare: bigint): Promise<void> {
    this.parameters = { ...this.parameters, resetBelowShare };
    await this.#chain.setResetBelowShare(resetBelowShare);
  }

  async accrueFees(): Promise<void> {
    await this.#both(
      "drip",
      () => {
        const { state } = maker.accrueFees(this.parameters, this.state);
        return { state, figures: { rate: state.rate } };
      },
      () => this.#chain.accrueFees(),
    );
  }

  async joinCollateral(party: string, units: bigint): Promise<void> {
    await this.#both(
      "join",
      () => maker.joinCollateral(this.state, party, units),
      () => this.#chain.joinCollateral(party, units),
    );
  }

  /** DAI for the buyer and for the exchange, out of the Vow's debt. */
  async fund(rad: bigint): Promise<void> {
    for (const party of [BUYER, EXCHANGE])
      await this.#both(
        "suck",
        () => maker.payFromVow(this.state, party, rad),
        () => this.#chain.payFromVow(party, rad),
      );
  }

  async adjustVault(owner: string, change: maker.Vault): Promise<void> {
    await this.#both(
      "frob",
      () => maker.adjustVault(this.parameters, this.state, owner, change),
      () => this.#chain.adjustVault(owner, change.collateral, change.normalisedDebt),
    );
  }

  async bark(owner: string): Promise<void> {
    const before = maker.vaultOf(this.state, owner).normalisedDebt;
    const ours = () => {
      const room = () => maker.auctionRoom(this.parameters, this.state);
      const { state, auction, collateral, normalisedDebt, debt, startPrice, tab, incentive } = maker.bark(
        this.parameters,
        this.state,
        owner,
        KEEPER,
      );
      if (normalisedDebt < before) this.count("bark of a part");
      else if (tab > room()) this.count("bark of the whole above the room, because dust would be left");
      const figures = { auction, collateral, normalisedDebt, debt, startPrice, tab, lot: collateral, incentive };
      return { state, figures };
    };
    const done = await this.#both("bark", ours, () => this.#chain.bark(owner, KEEPER));
    if (done) this.#queued.push(this.state.now);
  }

  /** The price and the need of a reset, of an auction that runs. */
  async checkStatus(auction: bigint): Promise<void> {
    const running = maker.runningAuction(this.state, auction);
    const { price, needsReset } = maker.auctionStatus(this.parameters, running, this.state.now);
    const ours = { needsReset: needsReset ? 1n : 0n, price, lot: running.lot, tab: running.tab };
    same(ours, await this.#chain.status(auction), `${this.#where}, status`);
    this.count(needsReset ? "status: needs a reset" : "status: runs");
  }

  async redo(auction: bigint): Promise<void> {
    await this.#both(
      "redo",
      () => {
        const { state, startPrice, incentive } = maker.redo(this.parameters, this.state, auction, KEEPER);
        const { tab, lot } = maker.runningAuction(state, auction);
        if (this.parameters.incentiveFlat > 0n) this.count(incentive > 0n ? "redo paid" : "redo unpaid");
        return { state, figures: { startPrice, tab, lot, incentive } };
      },
      () => this.#chain.redo(auction, KEEPER),
    );
  }

  async take(purchase: PairPurchase): Promise<void> {
    const lotBefore = this.state.auctions.get(purchase.auction)?.lot ?? 0n;
    await this.#both(
      "take",
      () => {
        const { state, price, owed, tabLeft, lotLeft, slice, ended } = this.#taken(purchase);
        if (lotLeft === 0n && tabLeft > 0n) this.count("take: the lot is gone and debt is left");
        if (tabLeft === 0n && lotLeft > 0n) this.count("take: the tab is paid and collateral goes back");
        if (!ended) this.count(slice < purchase.amount ? "take: trimmed to leave chost" : "take: a part");
        if (purchase.throughExchange) this.count("take: through an exchange");
        return { state, figures: { price, owed, tabLeft, lotLeft, slice } };
      },
      () => this.#chain.take({ ...purchase, buyer: BUYER, lotBefore }),
    );
  }

  #taken({ throughExchange, ...wanted }: PairPurchase): maker.Taken {
    const exchange = (balances: maker.Balances, { owed, slice }: maker.SaleSize) =>
      maker.settle(balances, [
        { asset: "collateral", from: BUYER, to: EXCHANGE, units: slice },
        { asset: "dai", from: EXCHANGE, to: BUYER, units: owed },
      ]);
    const purchase = { ...wanted, buyer: BUYER };
    return maker.take(this.parameters, this.state, throughExchange ? { ...purchase, exchange } : purchase);
  }

  /** A purchase of nothing, which the engine refuses: the contract lets it pass without effect, or refuses it where the tab is below chost. */
  async takeNothing(auction: bigint, maximumPrice: bigint): Promise<void> {
    const purchase = { auction, amount: 0n, maximumPrice, throughExchange: false };
    const answer = await this.#chain.take({ ...purchase, buyer: BUYER, lotBefore: 0n });
    let name = "";
    try {
      this.#taken(purchase);
    } catch (error) {
      name = (error as Error).name;
    }
    const allowed = name === "NothingToDo" ? [undefined, "Clipper/no-partial-purchase"] : [reasons[name]];
    expect(allowed, `${this.#where}, take nothing`).toContain(answer.refused);
    await this.#compare(`${this.#where}, take nothing`);
    this.count("take nothing");
  }

  async heal(rad: bigint): Promise<void> {
    const queued = this.#queued;
    this.#queued = [];
    await this.#both(
      "heal",
      () => maker.heal(this.state, rad),
      () => this.#chain.heal(rad, queued),
    );
  }

  async setBreaker(level: maker.BreakerLevel, lockSeconds: bigint): Promise<void> {
    await this.#both(
      "setBreaker",
      () => ({ state: maker.setBreaker(this.state, level, lockSeconds) }),
      () => this.#chain.setBreaker(BigInt(level), lockSeconds),
    );
  }

  async tripBreaker(): Promise<void> {
    await this.#both(
      "tripBreaker",
      () => ({ state: maker.tripBreaker(this.parameters, this.state) }),
      () => this.#chain.tripBreaker(),
    );
  }
}
