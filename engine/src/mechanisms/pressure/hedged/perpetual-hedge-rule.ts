import { mulDivDown, mulDivUp } from "../../../math/index.js";
import { basisPoints, unitsDown, valueDown, valueUp } from "../../../rules/account-value.js";
import { leavesBand } from "../../../rules/cppi.js";

/** One account and its short as the rule sees them; whole units. */
export interface HedgeState {
  readonly risky: number;
  readonly cash: number;
  /** The short in units of the asset (below 0: a long), and what stands behind it in units of the margin asset (below 0: bankrupt). */
  readonly short: number;
  readonly equity: number;
  /** Fewer units than this are not traded on the exchange. */
  readonly least: number;
}

/** The rule in whole basis points, and what values are made of. */
export interface HedgeRule {
  readonly hedgeBps: number;
  /** With a floor: the most unhedged dollars per dollar of cushion. */
  readonly multiplierBps: number;
  readonly hasFloor: boolean;
  readonly marginBps: number;
  readonly bandBps: number;
  /** Whether margin is counted in the coins that are hedged. */
  readonly inCoins: boolean;
  readonly assetDecimals: number;
  readonly quoteDecimals: number;
}

/** What an account should trade: units sold (positive) or bought on the exchange, and coins sold on the spot market. */
export interface HedgeDemand {
  readonly short: number;
  readonly spot: number;
}

/** Value of signed units in whole 1e-6 USD: down where held, up where owed. */
function signedValue(units: number, steps: number, decimals: number): number {
  return units >= 0 ? valueDown(units, steps, decimals) : -valueUp(-units, steps, decimals);
}

/** Wealth in whole 1e-6 USD: coins, cash and what stands behind the short. */
export function hedgedWealth(rule: HedgeRule, of: HedgeState, assetSteps: number, quoteSteps: number): number {
  const behind = rule.inCoins
    ? signedValue(of.equity, assetSteps, rule.assetDecimals)
    : signedValue(of.equity, quoteSteps, rule.quoteDecimals);
  return (
    valueDown(of.risky, assetSteps, rule.assetDecimals) + valueDown(of.cash, quoteSteps, rule.quoteDecimals) + behind
  );
}

/**
 * What brings an account to the exposure wanted: at most (1 - hedge) of its coins, and with a floor at most multiplier x (wealth - floor) dollars. A short grows as far
 * as margin for it is there; coins beyond, and those of `unprotected` (their short was taken, and their owner does not short again), are to be sold.
 */
export function hedgeDemand(
  rule: HedgeRule,
  of: HedgeState,
  floor: number,
  unprotected: number,
  assetSteps: number,
  quoteSteps: number,
): HedgeDemand {
  const { assetDecimals } = rule;
  const coins = Math.max(0, of.risky + (rule.inCoins ? of.equity : 0));
  const wealth = hedgedWealth(rule, of, assetSteps, quoteSteps);
  const value = (units: number) => signedValue(units, assetSteps, assetDecimals);
  let wanted = mulDivDown(coins, basisPoints - rule.hedgeBps, basisPoints);
  if (rule.hasFloor) {
    const cushion = Math.max(0, wealth - floor);
    // What is more than all coins are worth is no limit.
    const isLimit = cushion * (rule.multiplierBps / basisPoints) < value(coins);
    if (isLimit) {
      const most = mulDivDown(cushion, rule.multiplierBps, basisPoints);
      wanted = Math.min(wanted, unitsDown(most, assetSteps, assetDecimals));
    }
  }
  const exposure = coins - of.short;
  if (!leavesBand({ bandBps: rule.bandBps }, value(exposure), value(wanted), wealth)) return { short: 0, spot: 0 };
  const gap = exposure - wanted;
  if (Math.abs(gap) < of.least) return { short: 0, spot: 0 };
  if (gap <= 0) return { short: 0 - Math.min(-gap, Math.max(0, of.short)), spot: 0 };
  const given = Math.min(gap, unprotected, of.risky);
  const short = Math.min(gap - given, Math.max(0, mostShort(rule, of, assetSteps, quoteSteps) - of.short));
  const traded = short < of.least ? 0 : short;
  return { short: traded, spot: Math.min(gap - traded, of.risky) };
}

/** The largest short for which the account has margin, in units of the asset. */
function mostShort(rule: HedgeRule, of: HedgeState, assetSteps: number, quoteSteps: number): number {
  const { marginBps, inCoins, assetDecimals, quoteDecimals } = rule;
  if (inCoins) return mulDivDown(Math.max(0, of.equity + of.risky), basisPoints, marginBps);
  const behind = valueDown(Math.max(0, of.equity + of.cash), quoteSteps, quoteDecimals);
  return unitsDown(mulDivDown(behind, basisPoints, marginBps), assetSteps, assetDecimals);
}

/** Units of the margin asset that a short lacks, as far as the account has them free. */
export function topUp(rule: HedgeRule, of: HedgeState, assetSteps: number, quoteSteps: number): number {
  const { marginBps, inCoins, assetDecimals, quoteDecimals } = rule;
  if (of.short <= 0) return 0;
  const needed = inCoins
    ? mulDivUp(of.short, marginBps, basisPoints)
    : unitsDown(
        mulDivUp(valueUp(of.short, assetSteps, assetDecimals), marginBps, basisPoints),
        quoteSteps,
        quoteDecimals,
      );
  return Math.max(0, Math.min(needed - of.equity, inCoins ? of.risky : of.cash));
}
