import { expect } from "vitest";
import * as morpho from "../../engine/src/exact/morpho-blue/index.js";
import type { Figures, Outcome } from "./chain.js";
import type { MorphoChain, MorphoStanding } from "./morpho-chain.js";
import { same } from "./same.js";

/** Why the contract refuses, by the engine's class for it; arithmetic beyond its types has no reason of its own. */
const reasons: Readonly<Record<string, readonly string[]>> = {
  InconsistentInput: ["inconsistent input"],
  NotLiquidatable: ["position is healthy"],
  InsufficientCollateral: ["insufficient collateral"],
  InsufficientLiquidity: ["insufficient liquidity"],
  ZeroAssets: ["zero assets"],
  PositionTooSmall: ["panic 0x11"],
  // an amount that does not fit by itself, and a sum that does not
  MaxUint128Exceeded: ["max uint128 exceeded", "panic 0x11"],
  // shares of a collateral that costs nothing
  RangeError: ["panic 0x12"],
};

/** Who takes part: borrowers, lenders, whoever liquidates, and whoever gets the fee. */
export const borrowers = ["alice", "bob", "carol"];
export const lenders = ["dora", "emil"];
const LIQUIDATOR = "liquidator";
export const TREASURY = "treasury";
export const parties = [...borrowers, ...lenders, LIQUIDATOR, TREASURY];
/** Those who pay tokens in. */
export const payers = [...borrowers, ...lenders, LIQUIDATOR];

/** The exact engine's side: a market, its positions, and the tokens that its moves of value add up to. */
interface Ours {
  readonly market: morpho.MorphoMarket;
  readonly positions: ReadonlyMap<string, morpho.MorphoPosition>;
  readonly loanHeld: bigint;
  readonly collateralHeld: bigint;
}

/** What one call of the engine leaves behind, of the position that it concerns, and the numbers that the contract tells too. */
interface Change {
  readonly market: morpho.MorphoMarket;
  readonly position?: morpho.MorphoPosition;
  readonly entries?: readonly morpho.MorphoEntry[];
  readonly figures: Figures;
}

function figuresOf({ market, positions, loanHeld, collateralHeld }: Ours | MorphoStanding): Figures {
  const figures: Record<string, bigint> = { ...market, loanHeld, collateralHeld };
  for (const [party, position] of positions)
    for (const [key, value] of Object.entries(position)) figures[`${party}: ${key}`] = value;
  return figures;
}

/** What left the wallets for the contract, of one asset. */
function paidIn(entries: readonly morpho.MorphoEntry[], asset: "loan" | "collateral"): bigint {
  return entries
    .filter((line) => line.party === "wallets" && line.asset === asset)
    .reduce((sum, { units }) => sum - units, 0n);
}

/**
 * One market twice: the exact engine's state and the contract. Every method makes the same call on both sides and fails where a number differs afterwards, or
 * where only one of them refuses or both for different reasons.
 */
export class MorphoPair {
  parameters: morpho.MorphoParameters;
  /** Loan units for a collateral unit, scaled by 1e36. */
  price: bigint;
  /** Wad a second, since the last accrual. */
  rate = 0n;
  /** How often what has happened, by name. */
  readonly seen: Record<string, number>;
  readonly #chain: MorphoChain;
  readonly #where: string;
  #ours: Ours;

  private constructor(
    chain: MorphoChain,
    begun: { readonly parameters: morpho.MorphoParameters; readonly price: bigint },
    of: { readonly where: string; readonly seen: Record<string, number> },
  ) {
    this.#chain = chain;
    this.parameters = begun.parameters;
    this.price = begun.price;
    this.seen = of.seen;
    this.#where = of.where;
    this.#ours = {
      market: morpho.newMarket(chain.chain.now),
      positions: new Map(parties.map((party) => [party, morpho.newPosition()])),
      loanHeld: 0n,
      collateralHeld: 0n,
    };
  }

  /** A new market without a fee, at the chain's second. */
  static async begin(
    chain: MorphoChain,
    begun: { readonly parameters: morpho.MorphoParameters; readonly price: bigint },
    of: { readonly where: string; readonly seen: Record<string, number> },
  ): Promise<MorphoPair> {
    await chain.createMarket(begun.parameters.lltv);
    await chain.setPrice(begun.price);
    await chain.setRate(0n);
    return new MorphoPair(chain, begun, of);
  }

  count(what: string): void {
    this.seen[what] = (this.seen[what] ?? 0) + 1;
  }

  /** The market as the next call finds it, with interest up to now. */
  get market(): morpho.MorphoMarket {
    return this.#accrued().market;
  }

  positionOf(party: string): morpho.MorphoPosition {
    return this.#ours.positions.get(party) ?? morpho.newPosition();
  }

  isHealthy(party: string): boolean {
    return morpho.isHealthy(this.parameters, this.market, this.positionOf(party), this.price);
  }

  #accrued(): morpho.AccrualOutcome {
    return morpho.accrue(this.parameters, this.#ours.market, this.rate, this.#chain.chain.now);
  }

  /** The same call on both sides, and all numbers afterwards; interest first, but where collateral is deposited. */
  async #both(
    name: string,
    party: string,
    call: (market: morpho.MorphoMarket, position: morpho.MorphoPosition) => Change,
    theirs: () => Promise<Outcome>,
  ): Promise<void> {
    const where = `${this.#where}, ${name}`;
    let done: { readonly after: Ours; readonly figures: Figures } | undefined;
    let refusal = "";
    try {
      done = this.#after(name === "supplyCollateral", party, call);
    } catch (error) {
      if (!(error instanceof Error) || !(error.name in reasons)) throw error;
      refusal = error.name;
    }
    const answer = await theirs();
    this.count(`${name}, passed or refused`);
    if (done === undefined || answer.refused !== undefined) {
      expect(done === undefined ? reasons[refusal] : [undefined], where).toContain(answer.refused);
      this.count(`${name} refused: ${refusal}`);
    } else {
      same(done.figures, answer.figures, where);
      this.#ours = done.after;
      this.count(name);
    }
    const standing = await this.#chain.standing(parties);
    const ours = { ...figuresOf(this.#ours), fee: this.parameters.fee };
    same(ours, { ...figuresOf(standing), fee: standing.fee }, where);
  }

  /** What the engine makes of a call: the fee's shares, the market, the position, the tokens. */
  #after(
    withoutInterest: boolean,
    party: string,
    call: (market: morpho.MorphoMarket, position: morpho.MorphoPosition) => Change,
  ): { readonly after: Ours; readonly figures: Figures } {
    const { market, interest, feeShares } = withoutInterest
      ? { market: this.#ours.market, interest: 0n, feeShares: 0n }
      : this.#accrued();
    const treasury = this.positionOf(TREASURY);
    const positions = new Map(this.#ours.positions);
    positions.set(TREASURY, { ...treasury, supplyShares: treasury.supplyShares + feeShares });
    const change = call(market, this.positionOf(party));
    if (change.position !== undefined) positions.set(party, change.position);
    if (interest > 0n) this.count("interest");
    if (feeShares > 0n) this.count("interest with a fee");
    const entries = change.entries ?? [];
    return {
      after: {
        market: change.market,
        positions,
        loanHeld: this.#ours.loanHeld + paidIn(entries, "loan"),
        collateralHeld: this.#ours.collateralHeld + paidIn(entries, "collateral"),
      },
      figures: { interest, feeShares, ...change.figures },
    };
  }

  elapse(seconds: bigint): void {
    this.#chain.chain.now += seconds;
  }

  async setPrice(price: bigint): Promise<void> {
    this.price = price;
    await this.#chain.setPrice(price);
  }

  /** Another rate from now on; interest until now at the old one. */
  async setRate(rate: bigint): Promise<void> {
    await this.accrueInterest();
    this.rate = rate;
    await this.#chain.setRate(rate);
  }

  /** Another fee from now on, wad; interest until now at the old one. */
  async setFee(fee: bigint): Promise<void> {
    if (fee === this.parameters.fee) return;
    await this.accrueInterest();
    this.parameters = { ...this.parameters, fee };
    await this.#chain.setFee(fee);
  }

  async accrueInterest(): Promise<void> {
    await this.#both(
      "accrueInterest",
      TREASURY,
      (market) => ({ market, figures: {} }),
      () => this.#chain.accrueInterest(),
    );
  }

  async supply(party: string, asked: morpho.AssetsOrShares): Promise<void> {
    await this.#both(
      "supply",
      party,
      (market, position) => moved(morpho.supply(market, position, asked)),
      () => this.#chain.supply(party, asked.assets, asked.shares),
    );
  }

  async withdraw(party: string, asked: morpho.AssetsOrShares): Promise<void> {
    await this.#both(
      "withdraw",
      party,
      (market, position) => moved(morpho.withdraw(market, position, asked)),
      () => this.#chain.withdraw(party, asked.assets, asked.shares),
    );
  }

  async borrow(party: string, asked: morpho.AssetsOrShares): Promise<void> {
    await this.#both(
      "borrow",
      party,
      (market, position) => moved(morpho.borrow(this.parameters, market, position, asked, this.price)),
      () => this.#chain.borrow(party, asked.assets, asked.shares),
    );
  }

  async repay(party: string, asked: morpho.AssetsOrShares): Promise<void> {
    await this.#both(
      "repay",
      party,
      (market, position) => moved(morpho.repay(market, position, asked)),
      () => this.#chain.repay(party, asked.assets, asked.shares),
    );
  }

  async supplyCollateral(party: string, assets: bigint): Promise<void> {
    await this.#both(
      "supplyCollateral",
      party,
      (market, position) => ({ ...moved(morpho.supplyCollateral(market, position, assets)), figures: {} }),
      () => this.#chain.supplyCollateral(party, assets),
    );
  }

  async withdrawCollateral(party: string, assets: bigint): Promise<void> {
    await this.#both(
      "withdrawCollateral",
      party,
      (market, position) => ({
        ...moved(morpho.withdrawCollateral(this.parameters, market, position, assets, this.price)),
        figures: {},
      }),
      () => this.#chain.withdrawCollateral(party, assets),
    );
  }

  async liquidate(party: string, asked: morpho.SeizedOrRepaid): Promise<void> {
    await this.#both(
      "liquidate",
      party,
      (market, position) => {
        const { entries, ...done } = morpho.liquidate(this.parameters, market, position, asked, this.price);
        const { seizedAssets, repaidShares, repaidAssets, badDebtAssets, badDebtShares } = done;
        this.count(asked.seizedAssets > 0n ? "liquidate: by collateral" : "liquidate: by shares");
        if (badDebtAssets > 0n) this.count("liquidate: bad debt");
        if (done.position.collateral > 0n && done.position.borrowShares === 0n)
          this.count("liquidate: all debt repaid");
        const figures = { seizedAssets, repaidShares, repaidAssets, badDebtAssets, badDebtShares };
        return { market: done.market, position: done.position, entries, figures };
      },
      () => this.#chain.liquidate(LIQUIDATOR, party, asked),
    );
  }
}

function moved({ market, position, assets, shares, entries }: morpho.MorphoPositionOutcome): Change {
  return { market, position, entries, figures: { assets, shares } };
}
