import { divDown, divTowardsZero, least, most, mulDivDown } from "../rounding.js";
import { WAD } from "../scales.js";
import { binaryLogarithm } from "./binary-logarithm.js";
import { deposit, withdraw } from "./deposit.js";
import {
  AmountTooLow,
  BandCountOutOfRange,
  CeilingReached,
  CollateralTooLow,
  DebtTooHigh,
  EndsUnhealthy,
  LoanAlreadyCreated,
  LoanDoesNotExist,
  NotApproved,
  TooDeep,
  Underwater,
} from "./errors.js";
import { debtOf, healthOf } from "./health.js";
import { DEAD_SHARES, MAX_BANDS, MAX_SKIP, MIN_BANDS } from "./parameters.js";
import { activeBandWithSkip, basePrice, oracleUp, rateMultiplier, smoothedOracle } from "./prices.js";
import { AMM, bandAt, CONTROLLER, type Market, type Outcome, settle } from "./state.js";
import { wadLogarithm } from "./wad-exponential.js";

/** A loan made or changed: where it lies now. */
export interface Placed extends Outcome {
  readonly firstBand: number;
  readonly lastBand: number;
}

/**
 * Collateral, 18 decimals, that is worth as much at the first band's upper price as `collateral` (18 decimals) spread over `bandCount` bands comes to when they
 * convert, less `discount` (wad). A little is taken off for the dead shares. Rounds down band by band. Source: controller.vy `_get_y_effective`.
 */
export function effectiveCollateral(market: Market, collateral: bigint, bandCount: number, discount: bigint): bigint {
  const { amplification } = market.parameters;
  const count = BigInt(bandCount);
  const forDeadShares = mulDivDown(DEAD_SHARES, WAD, most(divDown(collateral, count), DEAD_SHARES));
  const kept = WAD - least(discount + forDeadShares, WAD);
  let each = divDown(collateral * kept, market.grid.sqrtRatio * count);
  let sum = each;
  for (let band = 1; band < bandCount; band++) {
    each = mulDivDown(each, amplification - 1n, amplification);
    sum += each;
  }
  return sum;
}

function logarithm(market: Market, value: bigint): bigint {
  return market.parameters.rules === "v1" ? binaryLogarithm(value) : wadLogarithm(value);
}

/** Whole number of bands in a logarithm, rounded down; the contracts take this way around the sign. */
function bandsIn(market: Market, value: bigint): bigint {
  const width = market.grid.controllerLogRatio;
  const found = logarithm(market, value);
  return divTowardsZero(found < 0n ? found - (width - 1n) : found, width);
}

/**
 * First band of a loan: the highest price at which `collateral` (units) over `bandCount` bands still carries `debt` (units). Throws DebtTooHigh where that lies above
 * the oracle price (v1: at it) or behind bands in use, AmountTooLow, BandCountOutOfRange, TooDeep. Source: controller.vy `_calculate_debt_n1`.
 */
export function firstBandFor(market: Market, collateral: bigint, debt: bigint, bandCount: number): number {
  checkBandCount(bandCount);
  if (debt <= 0n) throw new LoanDoesNotExist("a loan of nothing");
  const { collateralPrecision, stablePrecision, loanDiscount, rules } = market.parameters;
  const active = market.activeBand;
  const effective = effectiveCollateral(market, collateral * collateralPrecision, bandCount, loanDiscount);
  const ratio = divDown(effective * oracleUp(market, active), debt * stablePrecision + 1n);
  if (ratio === 0n) throw new AmountTooLow(`${collateral} of collateral carries no debt of ${debt}`);
  const bands = Number(least(bandsIn(market, ratio), BigInt(MAX_SKIP - bandCount)));
  const firstBand = active + bands;
  if (firstBand <= active && !canSkip(market, firstBand - 1))
    throw new DebtTooHigh(`a debt of ${debt} begins in band ${firstBand}, behind bands in use`);
  const upper = oracleUp(market, firstBand);
  const { price } = smoothedOracle(market);
  if (rules === "v1" ? upper >= price : upper > price)
    throw new DebtTooHigh(`a debt of ${debt} begins at ${upper}, the oracle price is ${price}`);
  return firstBand;
}

function checkBandCount(bandCount: number): void {
  if (bandCount < MIN_BANDS || bandCount > MAX_BANDS)
    throw new BandCountOutOfRange(`${bandCount} bands; ${MIN_BANDS} to ${MAX_BANDS} are allowed`);
}

/** Whether nothing lies between the active band and `end`, which does not count. Throws TooDeep (v2). Source: AMM.vy `can_skip_bands`. */
export function canSkip(market: Market, end: number): boolean {
  let band = market.activeBand;
  for (let step = 0; step < MAX_SKIP; step++) {
    const content = bandAt(market, band);
    if (end > band ? content.collateral !== 0n : content.stable !== 0n) return false;
    band += end > band ? 1 : -1;
    if (band === end) return true;
  }
  if (market.parameters.rules === "v1") return true;
  throw new TooDeep(`band ${end} lies more than ${MAX_SKIP} bands from the active one`);
}

/** Upper price of the highest band that a new loan may begin in, wad. Source: ControllerView.vy `_max_p_base`. */
export function highestFirstPrice(market: Market): bigint {
  const { amplification, rules } = market.parameters;
  const { price } = smoothedOracle(market);
  const lowestReachable = activeBandWithSkip(market);
  const spareBands = 5;
  const guess = Number(bandsIn(market, mulDivDown(basePrice(market), WAD, price))) + spareBands;
  let band = Math.max(guess, lowestReachable + 1);
  let found = oracleUp(market, band);
  for (let step = 0; step <= MAX_SKIP; step++) {
    band -= 1;
    if (band <= lowestReachable) break;
    const before = found;
    found = rules === "v1" ? mulDivDown(found, amplification, amplification - 1n) : oracleUp(market, band);
    if (found > price) return before;
  }
  return found;
}

/**
 * Most that `collateral` (units) over `bandCount` bands can carry, stablecoin units, a ten-thousandth less to be sure, and at most what the controller can lend.
 * Throws BandCountOutOfRange. Source: ControllerView.vy `_max_borrowable`.
 */
export function maxBorrowable(market: Market, collateral: bigint, bandCount: number): bigint {
  checkBandCount(bandCount);
  const { collateralPrecision, stablePrecision, loanDiscount } = market.parameters;
  const effective = effectiveCollateral(market, collateral * collateralPrecision, bandCount, loanDiscount);
  const most18 = most(mulDivDown(effective, highestFirstPrice(market), WAD) - 1n, 0n);
  const surely = divDown(most18 * (WAD - divDown(WAD, 10_000n)), WAD * stablePrecision);
  return least(surely, market.controllerStable);
}

/** Least collateral, units, that carries `debt` (units) over `bandCount` bands, with a margin. Throws BandCountOutOfRange. Source: ControllerView.vy `min_collateral`. */
export function minCollateral(market: Market, debt: bigint, bandCount: number): bigint {
  checkBandCount(bandCount);
  const { collateralPrecision, stablePrecision, loanDiscount, rules } = market.parameters;
  const count = BigInt(bandCount);
  const effective = effectiveCollateral(market, WAD, bandCount, loanDiscount);
  const priced = divDown(debt * WAD * stablePrecision, highestFirstPrice(market));
  const margin = count * (count + 2n * DEAD_SHARES) + (rules === "v1" ? 0n : collateralPrecision - 1n);
  const units = divDown(divDown(priced * WAD, effective) + margin, collateralPrecision);
  return divDown(units * WAD, WAD - divDown(WAD, 10_000n));
}

/** A new loan. Amounts in token units. */
export interface CreateLoanCall {
  readonly account: string;
  readonly collateral: bigint;
  readonly debt: bigint;
  readonly bandCount: number;
}

/**
 * Borrows `debt` against `collateral` spread over `bandCount` bands. Throws LoanAlreadyCreated, BandCountOutOfRange, DebtTooHigh, AmountTooLow, CeilingReached,
 * EndsUnhealthy. Source: controller.vy `create_loan`.
 */
export function createLoan(market: Market, { account, collateral, debt, bandCount }: CreateLoanCall): Placed {
  if (market.loans.has(account)) throw new LoanAlreadyCreated(`${account} has a loan`);
  const firstBand = firstBandFor(market, collateral, debt, bandCount);
  const lastBand = firstBand + bandCount - 1;
  checkCeiling(market, debt);
  const placed = deposit(market, account, collateral, firstBand, lastBand);
  const lent = withDebt(withTotalDebt(placed, debt), account, debt);
  const checked = afterOwnAction(lent, account, debt);
  const outcome = settle(checked, [
    { from: account, to: AMM, coin: "collateral", amount: collateral },
    { from: CONTROLLER, to: account, coin: "stable", amount: debt },
  ]);
  return { ...outcome, firstBand, lastBand };
}

/** A change of a loan by its borrower. Amounts in token units. */
export interface ChangeLoanCall {
  readonly account: string;
  readonly collateral: bigint;
  /** Stablecoin to borrow on top. */
  readonly debt: bigint;
}

/** Adds collateral and borrows more; the position is laid out anew. Throws as `createLoan`, and Underwater, LoanDoesNotExist. Source: controller.vy `borrow_more`, `add_collateral`. */
export function borrowMore(market: Market, { account, collateral, debt }: ChangeLoanCall): Placed {
  checkCeiling(market, debt);
  const placed = relay(market, account, collateral, debt);
  const outcome = settle(debt === 0n ? placed.market : withTotalDebt(placed.market, debt), [
    { from: account, to: AMM, coin: "collateral", amount: collateral },
    { from: CONTROLLER, to: account, coin: "stable", amount: debt },
  ]);
  return { ...outcome, firstBand: placed.firstBand, lastBand: placed.lastBand };
}

/** Takes collateral back; the position is laid out anew. Throws as `borrowMore`, and CollateralTooLow. Source: controller.vy `remove_collateral`. */
export function removeCollateral(market: Market, account: string, collateral: bigint): Placed {
  const placed = relay(market, account, -collateral, 0n);
  const outcome = settle(placed.market, [{ from: AMM, to: account, coin: "collateral", amount: collateral }]);
  return { ...outcome, firstBand: placed.firstBand, lastBand: placed.lastBand };
}

/** Withdraws a position wholly and deposits it anew for the changed collateral and debt. Source: controller.vy `_add_collateral_borrow`. */
function relay(market: Market, account: string, addedCollateral: bigint, addedDebt: bigint) {
  const owed = debtOf(market, account);
  const position = market.positions.get(account);
  if (owed === 0n || position === undefined) throw new LoanDoesNotExist(`${account} has no loan`);
  const debt = owed + addedDebt;
  const { market: emptied, withdrawn } = withdraw(market, account, WAD);
  if (withdrawn.stable !== 0n) throw new Underwater(`${account} holds ${withdrawn.stable} of stablecoin in the bands`);
  const collateral = withdrawn.collateral + addedCollateral;
  if (collateral < 0n) throw new CollateralTooLow(`${account} holds ${withdrawn.collateral} of collateral`);
  const bandCount = position.lastBand - position.firstBand + 1;
  const firstBand = firstBandFor(emptied, collateral, debt, bandCount);
  const lastBand = firstBand + bandCount - 1;
  const placed = deposit(emptied, account, collateral, firstBand, lastBand);
  return { market: afterOwnAction(withDebt(placed, account, debt), account, debt), firstBand, lastBand };
}

function checkCeiling(market: Market, debt: bigint): void {
  if (debt > market.controllerStable)
    throw new CeilingReached(`the controller can lend ${market.controllerStable}, asked for ${debt}`);
}

/** The borrower's debt from now on, units; the discount stays until the borrower acts. Zero ends the loan. */
export function withDebt(market: Market, account: string, debt: bigint): Market {
  const loans = new Map(market.loans);
  const liquidationDiscount = market.loans.get(account)?.liquidationDiscount ?? market.parameters.liquidationDiscount;
  if (debt === 0n) loans.delete(account);
  else loans.set(account, { debt, rateMultiplier: rateMultiplier(market), liquidationDiscount });
  return { ...market, loans };
}

/** Total debt with interest until now and `added` units more (less, where negative, but never below zero). Source: controller.vy `_update_total_debt`. */
export function withTotalDebt(market: Market, added: bigint): Market {
  const multiplier = rateMultiplier(market);
  const grown = mulDivDown(market.totalDebt.debt, multiplier, market.totalDebt.rateMultiplier);
  return { ...market, totalDebt: { debt: most(grown + added, 0n), rateMultiplier: multiplier } };
}

/**
 * The borrower has acted: today's liquidation discount applies from now on and, under v2, the loan must be healthy without what lies above its bands.
 * Throws EndsUnhealthy. Source: controller.vy `_update_user_liquidation_discount`.
 */
export function afterOwnAction(market: Market, account: string, debt: bigint): Market {
  const loan = market.loans.get(account);
  const { liquidationDiscount, rules } = market.parameters;
  const acted =
    loan === undefined
      ? market
      : { ...market, loans: new Map(market.loans).set(account, { ...loan, liquidationDiscount }) };
  if (rules === "v2" && healthOf(acted, account, debt, liquidationDiscount, "inner") < 0n)
    throw new EndsUnhealthy(`${account} would end with a health below zero`);
  return acted;
}

/** Throws NotApproved unless the caller is the borrower. */
export function checkOwner(caller: string, account: string): void {
  if (caller !== account) throw new NotApproved(`${caller} acts for ${account}`);
}
