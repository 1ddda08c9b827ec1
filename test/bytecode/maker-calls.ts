import * as maker from "../../engine/src/exact/maker/index.js";
import { fromTerms } from "../../engine/src/exact/maker/preset-terms.js";
import { RAY, WAD } from "../../engine/src/exact/scales.js";
import type { Draws } from "./draws.js";
import { type MakerPair, owners } from "./maker-pair.js";

/** ETH-A of July 2025 without fee: what random parameters begin from. */
export const typical = fromTerms({
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

/** A price curve of one kind, from steep to flat. */
export function drawnCurve(random: Draws, kind: maker.PriceCurve["kind"]): maker.PriceCurve {
  if (kind === "linear") return { kind, seconds: random.between(1n, 20_000n) };
  if (kind === "stairstep") return { kind, cut: RAY - random.between(1n, RAY / 10n), step: random.between(1n, 300n) };
  return { kind, cut: RAY - random.between(1n, RAY / 1_000n) };
}

/** The kind of a market: what its amounts are of the order of, in wad, and whether its numbers are whole, so that equalities come up. */
export interface Kind {
  /** One DAI, or a few wei, where every rounding counts. */
  readonly unit: bigint;
  readonly plain: boolean;
  readonly curve: maker.PriceCurve["kind"];
}

/** Parameters in which limits, dust, incentives and resets bind often. */
export function drawnParameters(random: Draws, { unit, plain, curve }: Kind): maker.MakerParameters {
  const amount = (low: bigint, high: bigint) =>
    plain ? random.between(low, high) * unit * RAY : random.between(low * unit * RAY, high * unit * RAY);
  const drawn: maker.MakerParameters = {
    ...typical,
    liquidationRatio: random.between((105n * RAY) / 100n, 2n * RAY),
    targetPrice: random.chance(50n) ? RAY : random.between((9n * RAY) / 10n, (11n * RAY) / 10n),
    feePerSecond: RAY + random.below(10n ** 20n),
    debtCeiling: amount(50_000n, 1_000_000n),
    dust: random.chance(20n) ? 0n : amount(1n, 12_000n),
    liquidationPenalty: WAD + random.below(WAD / 4n),
    globalAuctionLimit: amount(2_000n, 250_000n),
    auctionLimit: amount(2_000n, 250_000n),
    startPriceFactor: RAY + random.below(RAY / 2n),
    resetAfterSeconds: random.between(600n, 10_000n),
    resetBelowShare: random.between(RAY / 10n, (9n * RAY) / 10n),
    incentiveShare: random.chance(30n) ? 0n : random.below(WAD / 20n),
    incentiveFlat: random.chance(30n) ? 0n : amount(0n, 300n),
    priceCurve: drawnCurve(random, curve),
    breakerTolerance: random.below(RAY),
  };
  if (!plain) return drawn;
  return {
    ...drawn,
    liquidationRatio: random.pick([(3n * RAY) / 2n, 2n * RAY]),
    targetPrice: RAY,
    feePerSecond: RAY,
    liquidationPenalty: random.pick([WAD, (5n * WAD) / 4n]),
    startPriceFactor: random.pick([RAY, (5n * RAY) / 4n]),
  };
}

/** Any price a buyer may name and never reaches. */
const WIDE = WAD * 10n ** 40n;

/** Random calls of one market: what can pass is called most, equalities are sought out, all the rest comes up now and then. */
export class MakerCalls {
  readonly #pair: MakerPair;
  readonly #random: Draws;
  readonly #kind: Kind;
  /** Price of a whole collateral around which the market moves, wad. */
  readonly #middle: bigint;

  constructor(pair: MakerPair, random: Draws, kind: Kind) {
    this.#pair = pair;
    this.#random = random;
    this.#kind = kind;
    this.#middle = random.between(2n, 80n) * 50n * WAD + (kind.plain ? 0n : random.below(WAD));
  }

  /** A price, collateral for the owners, DAI for the buyers. */
  async begin(): Promise<void> {
    const { unit } = this.#kind;
    await this.#pair.setPrice(this.#middle, this.#middle);
    await this.#pair.pokeSafetyPrice();
    await this.#pair.fund(150_000n * unit * RAY);
    for (const owner of owners) await this.#pair.joinCollateral(owner, this.#random.between(100n * unit, 300n * unit));
  }

  /** One random call, or a few that belong together; sometimes time passes first. */
  async next(): Promise<void> {
    const random = this.#random;
    if (random.chance(40n)) this.#pair.elapse(random.upTo(11));
    const weighted = this.#weighted();
    let drawn = random.below(weighted.reduce((sum, [weight]) => sum + weight, 0n));
    for (const [weight, call] of weighted) {
      if (drawn < weight) return call();
      drawn -= weight;
    }
  }

  #weighted(): readonly (readonly [bigint, () => Promise<void>])[] {
    const { state } = this.#pair;
    const empty = owners.filter((owner) => this.#debt(owner) === 0n).length;
    const barks = owners.filter((owner) => this.#barkPasses(owner)).length;
    const stale = this.#auctions(true).length;
    const fresh = this.#auctions(false).length;
    return [
      [fresh > 0 ? 40n : 1n, () => this.#take(this.#anyAuction())],
      [barks > 0 ? 60n : this.#unsafe().length > 0 ? 12n : 2n, () => this.#bark()],
      [stale > 0 ? 15n : 1n, () => this.#redo()],
      [barks > 0 || empty > 2 ? 2n : 14n, () => this.#moveMarket()],
      [empty > 0 ? 6n + 8n * BigInt(empty) : 1n, () => this.#open()],
      [state.stopped > 0 ? 20n : 1n, () => this.#setBreaker()],
      [fresh > 0 ? 6n : 0n, () => this.#edgeOfTake()],
      [this.#unsafe().length > 0 ? 8n : 0n, () => this.#edgeOfBark()],
      [stale > 0 ? 3n : 0n, () => this.#edgeOfRedo()],
      [fresh > 0 ? 2n : 0n, () => this.#edgeOfTime()],
      [fresh > 0 ? 2n : 0n, () => this.#edgeOfShare()],
      [barks > 0 || stale > 0 ? 4n : 0n, () => this.#withoutPrice()],
      [2n, () => this.#edgeOfBreaker()],
      [1n, () => this.#adjust()],
      [1n, () => this.#pair.accrueFees()],
      [2n, () => this.#heal()],
      [1n, () => this.#pair.tripBreaker()],
      [1n, () => this.#pair.govern(drawnParameters(this.#random, this.#kind))],
      [1n, () => this.#pair.takeNothing(this.#anyAuction(), WIDE)],
      [fresh > 0 ? 1n : 0n, () => this.#pair.checkStatus(this.#random.pick([...state.auctions.keys()]))],
    ];
  }

  #debt(owner: string): bigint {
    return maker.vaultOf(this.#pair.state, owner).normalisedDebt;
  }

  #unsafe(): string[] {
    const { state } = this.#pair;
    return owners.filter((owner) => maker.isUnsafe(state, maker.vaultOf(state, owner)));
  }

  #barkPasses(owner: string): boolean {
    try {
      maker.bark(this.#pair.parameters, this.#pair.state, owner, "keeper");
      return true;
    } catch {
      return false;
    }
  }

  /** Numbers of the auctions that need a reset, or of those that do not. */
  #auctions(needReset: boolean): bigint[] {
    const { state } = this.#pair;
    return [...state.auctions.keys()].filter((auction) => this.#status(auction).needsReset === needReset);
  }

  #status(auction: bigint): maker.AuctionStatus {
    const { parameters, state } = this.#pair;
    return maker.auctionStatus(parameters, maker.runningAuction(state, auction), state.now);
  }

  /** An auction that runs, or now and then any number. */
  #anyAuction(): bigint {
    const running = [...this.#pair.state.auctions.keys()];
    return running.length > 0 && this.#random.chance(97n)
      ? this.#random.pick(running)
      : this.#random.between(0n, this.#pair.state.auctionsStarted + 1n);
  }

  async #moveMarket(): Promise<void> {
    const random = this.#random;
    if (random.chance(5n)) return this.#withoutPrice();
    await this.#pair.setPrice(this.#drawnPrice(), random.chance(90n) ? this.#drawnPrice() : null);
    if (random.chance(90n)) await this.#pair.pokeSafetyPrice();
  }

  /** Up while vaults are to be opened, down when they are. */
  #drawnPrice(): bigint {
    const random = this.#random;
    const open = owners.filter((owner) => this.#debt(owner) > 0n).length;
    const [low, high] = random.chance(80n) ? (open > 2 ? [45n, 80n] : [90n, 130n]) : [50n, 150n];
    return (this.#middle * random.between(low, high)) / 100n + (this.#kind.plain ? 0n : random.below(WAD));
  }

  /** The price source fails or says 0; the Spotter has mostly not noticed when somebody liquidates. */
  async #withoutPrice(): Promise<void> {
    const random = this.#random;
    await this.#pair.setPrice(random.pick([null, 0n]), random.pick([null, 0n, this.#middle]));
    if (random.chance(10n)) await this.#pair.pokeSafetyPrice();
    if (this.#unsafe().length > 0) await this.#bark();
    if (this.#auctions(true).length > 0) await this.#redo();
    await this.#pair.setPrice(this.#middle, this.#middle);
  }

  /** Collateral into an empty vault, and a debt near the most that it carries. */
  async #open(): Promise<void> {
    const random = this.#random;
    const { state, parameters } = this.#pair;
    const { unit, plain } = this.#kind;
    const empty = owners.filter((one) => this.#debt(one) === 0n);
    const owner = random.pick(empty.length > 0 ? empty : owners);
    const vault = maker.vaultOf(state, owner);
    const free = state.collateral.get(owner) ?? 0n;
    const wanted = random.between(unit, 40n * unit) + (plain ? 0n : random.below(unit));
    const collateral = wanted < free ? wanted : free;
    const carries = ((vault.collateral + collateral) * state.safetyPrice) / state.rate - vault.normalisedDebt;
    const part = random.chance(30n) ? 100n : random.between(80n, 100n);
    const drawn = (carries * part) / 100n + (random.chance(50n) ? 0n : random.below(2n));
    const dusty = (vault.normalisedDebt + drawn) * state.rate < parameters.dust;
    const normalisedDebt = carries <= 0n || (dusty && random.chance(80n)) ? 0n : drawn;
    await this.#pair.adjustVault(owner, { collateral, normalisedDebt });
  }

  async #adjust(): Promise<void> {
    const owner = this.#random.pick(owners);
    const vault = maker.vaultOf(this.#pair.state, owner);
    const free = this.#pair.state.collateral.get(owner) ?? 0n;
    const collateral = this.#random.between(-vault.collateral - 1n, free + 1n) / 4n;
    const normalisedDebt = this.#random.between(-vault.normalisedDebt - 1n, vault.normalisedDebt / 4n);
    await this.#pair.adjustVault(owner, { collateral, normalisedDebt });
  }

  async #bark(): Promise<void> {
    const unsafe = this.#unsafe();
    const owner = this.#random.pick(unsafe.length > 0 && this.#random.chance(95n) ? unsafe : owners);
    await this.#pair.bark(owner);
  }

  async #redo(): Promise<void> {
    const stale = this.#auctions(true);
    await this.#pair.redo(stale.length > 0 && this.#random.chance(80n) ? this.#random.pick(stale) : this.#anyAuction());
  }

  /** All, more than all, a part, about the tab, about what leaves chost, next to nothing; mostly at a price that is accepted. */
  async #take(auction: bigint): Promise<void> {
    const random = this.#random;
    const running = this.#pair.state.auctions.get(auction) ?? { lot: WAD, tab: WAD * RAY };
    const price = this.#pair.state.auctions.has(auction) ? this.#status(auction).price : RAY;
    const over = (rad: bigint) => (price > 0n && rad > 0n ? rad / price : 0n);
    const amount = random.pick([
      () => running.lot,
      () => running.lot + random.upTo(70),
      () => random.below(running.lot + 1n),
      () => over(running.tab) + random.between(-2n, 2n),
      () => over(running.tab - maker.leastTab(this.#pair.parameters)) + random.between(-2n, 2n),
      () => random.upTo(64),
    ])();
    const maximumPrice = random.pick([price, price, WIDE, WIDE, price - 1n]);
    if (amount <= 0n || maximumPrice < 0n) return;
    await this.#pair.take({ auction, amount, maximumPrice, throughExchange: random.chance(30n) });
  }

  async #heal(): Promise<void> {
    const { state } = this.#pair;
    const surplus = state.dai.get(maker.VOW) ?? 0n;
    const most = surplus < state.vowDebt ? surplus : state.vowDebt;
    await this.#pair.heal(this.#random.pick([most, surplus + 1n, this.#random.below(most + 1n)]));
  }

  async #setBreaker(): Promise<void> {
    const level = this.#pair.state.stopped > 0 && this.#random.chance(80n) ? 0 : this.#random.pick([1, 2, 3] as const);
    await this.#pair.setBreaker(level, this.#random.below(600n));
  }

  /** 0, or one on either side of it. */
  #aside(): bigint {
    return this.#random.between(-1n, 1n);
  }

  /** Dust that is exactly what a partial liquidation would leave, or take, or a rad to either side. */
  async #edgeOfBark(): Promise<void> {
    const { state, parameters } = this.#pair;
    const owner = this.#random.pick(this.#unsafe());
    const debt = this.#debt(owner);
    const own = parameters.auctionLimit - state.debtAtAuction;
    const all = parameters.globalAuctionLimit - state.globalDebtAtAuction;
    const room = own < all ? own : all;
    const part = (room * WAD) / state.rate / parameters.liquidationPenalty;
    if (room > 0n && part > 0n && part < debt) {
      const dust = this.#random.pick([debt - part, part]) * state.rate + this.#aside();
      await this.#pair.setDust(dust);
      this.#pair.count("edge of dust in bark");
    }
    await this.#pair.bark(owner);
  }

  /** Dust whose chost is, as nearly as it can, `rad`. */
  async #setLeastTab(rad: bigint): Promise<void> {
    const penalty = this.#pair.parameters.liquidationPenalty;
    await this.#pair.setDust((rad * WAD + penalty - 1n) / penalty);
    if (maker.leastTab(this.#pair.parameters) === rad) this.#pair.count("edge of chost");
  }

  /** A part that would leave exactly chost, or a tab of exactly chost, or a rad to either side. */
  async #edgeOfTake(): Promise<void> {
    const random = this.#random;
    const auction = random.pick(this.#auctions(false));
    const { lot, tab } = maker.runningAuction(this.#pair.state, auction);
    const { price } = this.#status(auction);
    const most = price === 0n || tab / price > lot ? lot : tab / price;
    const amount = random.between(1n, most > 0n ? most : 1n);
    const wanted = random.pick([tab - amount * price, tab - amount * price, tab]) + this.#aside();
    await this.#setLeastTab(wanted > 0n ? wanted : 0n);
    await this.#pair.take({ auction, amount, maximumPrice: price, throughExchange: false });
  }

  /** A chost of exactly the tab, or of what the lot is worth, or a rad to either side: whether a reset is paid. */
  async #edgeOfRedo(): Promise<void> {
    const { state, parameters } = this.#pair;
    const auction = this.#random.pick(this.#auctions(true));
    const { lot, tab } = maker.runningAuction(state, auction);
    const worth = state.oracle.current === null ? tab : lot * maker.feedPrice(parameters, state);
    await this.#setLeastTab((worth < tab ? worth : tab) + (tab > 0n && worth > 0n ? this.#aside() : 0n));
    await this.#pair.redo(auction);
  }

  /** The last second of an auction, or the first after it. */
  async #edgeOfTime(): Promise<void> {
    const { state, parameters } = this.#pair;
    const auction = this.#random.pick(this.#auctions(false));
    const { startedAt } = maker.runningAuction(state, auction);
    this.#pair.elapse(startedAt + parameters.resetAfterSeconds + this.#random.below(2n) - state.now);
    // far enough down that only the time decides
    await this.#pair.setResetBelowShare(1n);
    await this.#takeOrRedo(auction);
  }

  /** A share of the start price of exactly cusp, or a ray below it. */
  async #edgeOfShare(): Promise<void> {
    const auction = this.#random.pick(this.#auctions(false));
    const { startPrice } = maker.runningAuction(this.#pair.state, auction);
    const share = (this.#status(auction).price * RAY) / startPrice;
    await this.#pair.setResetBelowShare(share + this.#random.below(2n));
    await this.#takeOrRedo(auction);
  }

  async #takeOrRedo(auction: bigint): Promise<void> {
    await this.#pair.checkStatus(auction);
    await (this.#random.chance(50n) ? this.#take(auction) : this.#pair.redo(auction));
  }

  /** The last locked second, or the first after it; a next price of exactly what is tolerated, or a wei to either side. */
  async #edgeOfBreaker(): Promise<void> {
    const lock = this.#random.below(600n);
    await this.#pair.setBreaker(this.#random.pick([0, 0, 1, 1, 2] as const), lock);
    this.#pair.elapse(lock + this.#random.below(2n));
    const tolerated = (this.#middle * this.#pair.parameters.breakerTolerance) / RAY;
    await this.#pair.setPrice(this.#middle, tolerated > 0n ? tolerated + this.#aside() : 0n);
    await this.#pair.tripBreaker();
    await this.#pair.setBreaker(0, 0n);
  }
}
