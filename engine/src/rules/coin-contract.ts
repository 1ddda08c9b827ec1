import { assert } from "../book/problem.js";
import { mulDivDown, mulDivUp } from "../math/index.js";
import { powersOfTen } from "./account-value.js";
import type { MarginArithmetic, PerpetualRule } from "./perpetual.js";

/** What is worth more coin units than this is counted as this: at prices near zero the dollars of a contract buy more coins than there are. */
const mostUnits = 2 ** 51;

/**
 * Contracts of fixed dollars whose margin, profit and fees are in the coin: c contracts are worth c x dollars / price coins. Amounts are whole coin units, prices
 * steps of 1e-8. A long owes the coins and is valued up, a short owns them and is valued down. Equal to `coinValue` of exact/inverse-perpetual and `worth` of
 * exact/deribit.
 */
export class CoinContract {
  /** contracts x factor x numerator / price = coin units: the product of contract value and one coin, split so that neither part exceeds 2^53. */
  private readonly factor: number;
  private readonly numerator: number;

  constructor(
    /** Steps of 1e-8 dollars that one contract stands for. */
    readonly contractSteps: number,
    readonly coinDecimals: number,
  ) {
    assert(Number.isSafeInteger(contractSteps) && contractSteps > 0, "a contract stands for whole steps of dollars");
    let rest = contractSteps;
    let tens = coinDecimals;
    while (rest % 10 === 0) {
      rest = Math.round(rest / 10);
      tens++;
    }
    const kept = Math.min(15, tens);
    this.factor = rest * powersOfTen[tens - kept];
    this.numerator = powersOfTen[kept];
  }

  /** Coin units of contracts at a price, rounded up for a long and down for a short. */
  value(contracts: number, priceSteps: number): number {
    const amount = Math.abs(contracts) * this.factor;
    if (priceSteps === 0 || amount * (this.numerator / priceSteps) > mostUnits) return mostUnits;
    return contracts > 0
      ? mulDivUp(amount, this.numerator, priceSteps)
      : mulDivDown(amount, this.numerator, priceSteps);
  }

  /** Coin units at which contracts are entered: rounded the other way. */
  entry(contracts: number, priceSteps: number): number {
    return this.value(-contracts, priceSteps);
  }

  /** Margin plus profit at a price: a long gains as the coin value of its dollars falls. */
  equity(contracts: number, entryUnits: number, marginUnits: number, priceSteps: number): number {
    if (contracts === 0) return marginUnits;
    const now = this.value(contracts, priceSteps);
    return contracts > 0 ? marginUnits + (entryUnits - now) : marginUnits + (now - entryUnits);
  }
}

/** The predicate of a coin-margined exchange, with its maintenance margin by coin value. */
export function coinMarginRule(
  contract: CoinContract,
  maintenance: (valueUnits: number) => number,
  atEquality: boolean,
): PerpetualRule {
  const arithmetic: MarginArithmetic = {
    notional: (size, steps) => contract.value(size, steps),
    entry: (size, steps) => contract.entry(size, steps),
    maintenance: (size, steps) => maintenance(contract.value(size, steps)),
    equity: (size, entry, margin, steps) => contract.equity(size, entry, margin, steps),
  };
  return {
    // Breach prices are looked for among all that a feed can publish.
    scale: Number.MAX_SAFE_INTEGER,
    tierFrom: new Float64Array(1),
    tierRate: new Float64Array(1),
    one: 1,
    tierDeduction: new Float64Array(1),
    tierDeductionRest: new Float64Array(1),
    atEquality,
    arithmetic,
  };
}

/** What closing a part of a position did; coin units. Written into an object that is used again. */
export interface CoinClose {
  /** Contracts closed, above 0. */
  contracts: number;
  /** Entry value that went with them. */
  entry: number;
  /** What the account's margin changes by. */
  toAccount: number;
  /** Fee to the insurance fund. */
  fee: number;
  /** What the insurance fund paid. */
  covered: number;
  /** What nobody paid. */
  uncovered: number;
}

/** A close of nothing. */
export function noClose(): CoinClose {
  return { contracts: 0, entry: 0, toAccount: 0, fee: 0, covered: 0, uncovered: 0 };
}
