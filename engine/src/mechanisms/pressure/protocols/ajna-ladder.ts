import type { LendingLadder } from "../../../ladder/index.js";
import { powersOfTen } from "../../../rules/account-value.js";
import { AjnaRule } from "../../../rules/ajna.js";
import { bondPaymentFactor, lowestBucket, neutralPrice, takeTerms } from "../../../rules/ajna-auction.js";
import type { AccountDescription, ForcedAccount, ForcedFlow, Ladder } from "../../../run/index.js";
import type { LendingState } from "../lending/state.js";
import type { AjnaPoolTerms } from "./ajna-auctions.js";
import { Deposits, finePriceAt } from "./ajna-deposits.js";

/** What one loan comes to at held prices. */
interface Forced {
  readonly row: number;
  readonly sold: number;
  readonly repaidUsd: number;
  readonly badDebtUsd: number;
}

/**
 * Ajna at held prices: deposits stand where their lenders follow the price, every loan below 1.04 at that lowest utilised price is kicked, and its auction has come
 * down to the held price, where takers buy what repays the debt. The way down to the reference takes six hours, which count as reaction time.
 */
export class AjnaLadder implements Ladder {
  readonly mechanism: string;
  readonly pathFree = false;
  readonly reactionMs: number;
  readonly method = "every loan against the lowest utilised price; auctions end at the held price";
  private readonly deposits: Deposits;
  private readonly rule: AjnaRule;
  private readonly owedInAll: number;

  constructor(
    private readonly breaching: LendingLadder,
    private readonly rows: LendingState,
    pair: AjnaRule,
    private readonly terms: AjnaPoolTerms,
    private readonly openingShare: number,
  ) {
    this.mechanism = breaching.mechanism;
    this.reactionMs = breaching.reactionMs + (terms.followAfterMs ?? 0);
    this.deposits = new Deposits(terms.deposits);
    this.rule = new AjnaRule(pair.collateral, pair.quote);
    this.owedInAll = rows.pool.openingBorrowed[pair.quote];
  }

  forced(published: Float64Array, into: ForcedFlow): void {
    const { sellRoute, buyRoute, feeds } = this.rows;
    const pair = this.rule.collateral * feeds.length + this.rule.quote;
    this.visitForced(published, ({ sold, repaidUsd, badDebtUsd }) => {
      if (sellRoute[pair] >= 0) into.sold[sellRoute[pair]] += sold;
      if (buyRoute[pair] >= 0) {
        const price = (published[feeds[this.rule.collateral]] / published[feeds[this.rule.quote]]) * this.unit();
        into.bought[buyRoute[pair]] += Math.ceil(sold * price);
      }
      into.accounts++;
      into.repaidUsd += repaidUsd;
      into.badDebtUsd += badDebtUsd;
    });
  }

  accounts(published: Float64Array, visit: (account: ForcedAccount) => void): void {
    const { sellRoute, feeds } = this.rows;
    const instrument = sellRoute[this.rule.collateral * feeds.length + this.rule.quote];
    this.visitForced(published, ({ row, sold, badDebtUsd }) =>
      visit({ row, instrument: sold > 0 ? instrument : -1, units: sold, badDebtUsd }),
    );
  }

  describe(row: number): AccountDescription {
    return this.breaching.describe(row);
  }

  private unit(): number {
    const { unitDecimals } = this.rows;
    return powersOfTen[unitDecimals[this.rule.quote]] / powersOfTen[unitDecimals[this.rule.collateral]];
  }

  private visitForced(published: Float64Array, visit: (forced: Forced) => void): void {
    const { rule, rows, terms } = this;
    const ours = published[rows.feeds[rule.collateral]];
    const theirs = published[rows.feeds[rule.quote]];
    this.placeAt(theirs > 0 ? ours / theirs : 0);
    const price = theirs > 0 ? (ours / theirs) * this.unit() : 0;
    const quoteUsd = theirs / powersOfTen[rows.unitDecimals[rule.quote] + 8];
    const held = rows.columns.collateral[rule.collateral];
    const owed = rows.columns.debt[rule.quote];
    const take = { price: 0, borrowerPrice: 0, paymentFactor: 0 };
    for (let row = 0; row < rows.columns.rowCount; row++) {
      const debt = owed?.[row] ?? 0;
      const collateral = held?.[row] ?? 0;
      if (debt === 0 || rule.isCollateralized(collateral, debt, rows.unitDecimals)) continue;
      const atKick = debt / Math.max(1, collateral);
      const neutral = neutralPrice(atKick / this.unit(), terms.neutralRatio) * this.unit();
      takeTerms(price, bondPaymentFactor(atKick, neutral, terms.bondFactor, price), terms.bondFactor, take);
      const { borrowerPrice } = take;
      const sold = borrowerPrice > 0 ? Math.min(collateral, Math.ceil(debt / borrowerPrice)) : collateral;
      const repaid = Math.min(debt, Math.floor(sold * borrowerPrice));
      visit({ row, sold, repaidUsd: repaid * quoteUsd, badDebtUsd: (debt - repaid) * quoteUsd });
    }
  }

  private placeAt(share: number): void {
    const { deposits, rule, terms } = this;
    deposits.reset();
    if (terms.followAfterMs !== undefined) deposits.follow(share / this.openingShare);
    const index = deposits.lowestUtilised(this.owedInAll);
    const { high, low } = finePriceAt(Math.max(0, index));
    rule.lup.high = high;
    rule.lup.low = low;
    rule.isLowest = index === lowestBucket;
  }
}
