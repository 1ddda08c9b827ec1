import { NothingToDo } from "../errors.js";
import { least, most, mulDivDown } from "../rounding.js";
import {
  CantLiquidateSelf,
  InsufficientCollateral,
  InvalidBaseAssetAmountForLiquidatePerp,
  InvalidPerpPositionToLiquidate,
  SufficientCollateral,
  UserBankrupt,
  UserIsBeingLiquidated,
  UserNotBankrupt,
} from "./errors.js";
import {
  baseToCoverShortage,
  baseValue,
  type DriftPrices,
  insuranceFee,
  liquidatorFeeAfter,
  marginRatio,
  maxShareToLiquidate,
  socialLossRate,
  wholeSteps,
} from "./formulas.js";
import { type DriftParameters, FEE_ONE, SHARE_ONE } from "./parameters.js";
import {
  canExitLiquidation,
  type DriftState,
  type DriftUser,
  isBankrupt,
  isLiquidatable,
  marginOf,
  openBase,
  settleFunding,
  userOf,
  withUsers,
} from "./state.js";

/**
 * Adds quote coins to a deposit. Source: instructions/user.rs handle_deposit.
 * @throws NothingToDo below one unit
 * @throws UserBankrupt before the bankruptcy is resolved
 */
export function deposit(state: DriftState, name: string, units: bigint): DriftState {
  if (units <= 0n) throw new NothingToDo(`${units} units`);
  const user = userOf(state, name);
  if (user.bankrupt) throw new UserBankrupt(`${name} is bankrupt`);
  return withUsers(state, { [name]: { ...user, deposit: user.deposit + units } });
}

/** Adds base units at a price to a position: quote moves the other way, rounded as the value (down). */
function filled(
  parameters: DriftParameters,
  state: DriftState,
  user: DriftUser,
  base: bigint,
  quote: bigint,
): DriftUser {
  const next = user.base + base;
  const rate = next > 0n ? state.fundingRateLong : state.fundingRateShort;
  return { ...settleFunding(parameters, state, user), base: next, quote: user.quote + quote, lastFundingRate: rate };
}

/**
 * A trade between two users at the oracle price: one buys, the other sells the same base units for the same quote units. Both must meet the initial margin.
 * @throws NothingToDo below one step
 * @throws UserBankrupt where one of them is bankrupt
 * @throws UserIsBeingLiquidated where one of them is and has not recovered
 * @throws InsufficientCollateral
 */
export function trade(
  parameters: DriftParameters,
  state: DriftState,
  buyer: string,
  seller: string,
  base: bigint,
  prices: DriftPrices,
): DriftState {
  if (buyer === seller) throw new NothingToDo("a trade with oneself");
  const size = wholeSteps(parameters, base, false);
  if (size <= 0n) throw new NothingToDo(`${base} base units are less than one step`);
  const value = baseValue(parameters, size, prices.oracle);
  const next: Record<string, DriftUser> = {};
  for (const [name, sign] of [
    [buyer, 1n],
    [seller, -1n],
  ] as const) {
    let user = settleFunding(parameters, state, userOf(state, name));
    if (user.bankrupt) throw new UserBankrupt(`${name} is bankrupt`);
    if (user.beingLiquidated) {
      if (!canExitLiquidation(parameters, user, prices)) throw new UserIsBeingLiquidated(`${name} may not trade`);
      user = exited(user);
    }
    next[name] = filled(parameters, state, user, sign * size, -sign * value);
    if (!meetsInitialMargin(parameters, next[name], prices)) throw new InsufficientCollateral(`${name} lacks margin`);
  }
  return withUsers(state, next);
}

/** Whether collateral reaches the initial margin; a positive unsettled profit does not count. */
export function meetsInitialMargin(parameters: DriftParameters, user: DriftUser, prices: DriftPrices): boolean {
  const margin = marginOf(parameters, user, prices, parameters.marginRatioInitial);
  const ofDeposit = marginOf(parameters, { ...user, base: 0n, quote: 0n }, prices).totalCollateral;
  return least(margin.totalCollateral, ofDeposit) >= margin.requirement;
}

/** What a liquidation of a position did. Quote units. */
export interface DriftLiquidation {
  readonly state: DriftState;
  /** `exited`: nothing was closed, the user had recovered. `waiting`: the share that is free now is used up. */
  readonly result: "exited" | "waiting" | "closed";
  /** Base units taken over by the liquidator, and their value at the oracle price. */
  readonly base: bigint;
  readonly value: bigint;
  /** Fee of the liquidator and fee to the insurance fund. */
  readonly liquidatorFee: bigint;
  readonly insuranceFee: bigint;
  /** Shortage before, share that was allowed (of 1e4), base units that would free it all. */
  readonly shortage: bigint;
  readonly share: bigint;
  readonly baseToCover: bigint | undefined;
  /** Shortage freed by this call. */
  readonly marginFreed: bigint;
  /** Change of quote claims by party; adds up to 0. */
  readonly moved: { readonly user: bigint; readonly liquidator: bigint; readonly fees: bigint };
}

const nothingClosed = {
  base: 0n,
  value: 0n,
  liquidatorFee: 0n,
  insuranceFee: 0n,
  marginFreed: 0n,
  moved: { user: 0n, liquidator: 0n, fees: 0n },
};

/** Marks a user as being liquidated from this slot on; one that is already keeps his slot. Source: User.enter_cross_margin_liquidation. */
function entered(user: DriftUser, slot: bigint): DriftUser {
  if (user.beingLiquidated) return user;
  return { ...user, beingLiquidated: true, marginFreed: 0n, lastActiveSlot: slot };
}

function exited(user: DriftUser): DriftUser {
  return { ...user, beingLiquidated: false, bankrupt: false, marginFreed: 0n };
}

/**
 * A liquidator takes over a part of a position at the oracle price less (a long) or plus (a short) his fee. It begins only below the maintenance margin
 * without buffer and goes on until the margin with buffer is met. The part is what frees the shortage, rounded up to steps, times the share that slots have
 * freed; everything where the position is worth at most 50 quote coins; at most what the liquidator offers.
 * Source: controller/liquidation.rs liquidate_perp (cross margin).
 * @throws UserBankrupt, SufficientCollateral, InvalidPerpPositionToLiquidate, InvalidBaseAssetAmountForLiquidatePerp, CantLiquidateSelf
 * @throws InsufficientCollateral where the liquidator would not meet the initial margin
 */
export function liquidatePerp(
  parameters: DriftParameters,
  state: DriftState,
  name: string,
  liquidatorName: string,
  maxBase: bigint,
  prices: DriftPrices,
  slot: bigint,
): DriftLiquidation {
  if (name === liquidatorName) throw new CantLiquidateSelf(`${name} liquidates himself`);
  if (userOf(state, name).bankrupt || userOf(state, liquidatorName).bankrupt) {
    throw new UserBankrupt(`${name} or ${liquidatorName} is bankrupt`);
  }
  let user = settleFunding(parameters, state, userOf(state, name));
  const liquidator = settleFunding(parameters, state, userOf(state, liquidatorName));
  const settled = (one: DriftUser, other = liquidator) => withUsers(state, { [name]: one, [liquidatorName]: other });
  const margin = marginOf(parameters, user, prices);
  const { shortage } = margin;
  const idle = { ...nothingClosed, shortage, share: 0n, baseToCover: undefined };
  if (!user.beingLiquidated && !isLiquidatable(parameters, user, prices)) {
    throw new SufficientCollateral(`${name} has ${margin.totalCollateral}, required ${margin.requirement}`);
  }
  if (user.beingLiquidated && canExitLiquidation(parameters, user, prices)) {
    return { ...idle, state: settled(exited(user)), result: "exited" };
  }
  if (user.base === 0n) throw new InvalidPerpPositionToLiquidate(`${name} has no position`);
  const offered = wholeSteps(parameters, maxBase, false);
  if (offered <= 0n) throw new InvalidBaseAssetAmountForLiquidatePerp(`${maxBase} is less than one step`);
  user = entered(user, slot);

  const size = most(user.base, -user.base);
  const elapsed = slot - user.lastActiveSlot;
  const ratio =
    marginRatio(parameters, parameters.marginRatioMaintenance, size) + parameters.liquidationMarginBufferRatio;
  const fee = liquidatorFeeAfter(parameters, elapsed);
  const toInsurance = insuranceFee(parameters, shortage, size, ratio, fee, prices);
  const exactly = baseToCoverShortage(parameters, shortage, ratio, fee, toInsurance, prices);
  const baseToCover = exactly === undefined ? undefined : wholeSteps(parameters, exactly, true);
  const share = maxShareToLiquidate(parameters, shortage, user.marginFreed, elapsed);
  const allowed = baseToCover === undefined ? (share === 0n ? 0n : size) : mulDivDown(baseToCover, share, SHARE_ONE);
  if (allowed === 0n) return { ...idle, share, baseToCover, state: settled(user), result: "waiting" };
  const small = baseValue(parameters, size, prices.oracle) <= 50n * parameters.quoteOne;
  const wanted = least(least(size, offered), most(allowed, small ? size : 0n));
  const base = wholeSteps(parameters, wanted, true);

  const value = baseValue(parameters, base, prices.oracle);
  const feeUnits = mulDivDown(value, fee, FEE_ONE);
  const insuranceUnits = mulDivDown(value, toInsurance, FEE_ONE);
  const sign = user.base > 0n ? 1n : -1n;
  const ofUser = sign * value - feeUnits - insuranceUnits;
  const ofLiquidator = feeUnits - sign * value;
  const after = filled(parameters, state, user, -sign * base, ofUser);
  const taker = filled(parameters, state, liquidator, sign * base, ofLiquidator);
  const marginFreed = most(shortage - marginOf(parameters, after, prices).shortage, 0n);
  let finished: DriftUser = { ...after, marginFreed: after.marginFreed + marginFreed };
  if (baseToCover !== undefined && base >= baseToCover) finished = exited(finished);
  else if (isBankrupt(finished)) finished = { ...finished, beingLiquidated: false, bankrupt: true };
  if (!meetsInitialMargin(parameters, taker, prices)) {
    throw new InsufficientCollateral(`${liquidatorName} cannot carry ${base} base units`);
  }
  const next = settled(finished, taker);
  return {
    state: { ...next, liquidationFees: next.liquidationFees + insuranceUnits },
    result: "closed",
    base,
    value,
    liquidatorFee: feeUnits,
    insuranceFee: insuranceUnits,
    shortage,
    share,
    baseToCover,
    marginFreed,
    moved: { user: ofUser, liquidator: ofLiquidator, fees: insuranceUnits },
  };
}

/**
 * Takes the deposit of a user whose position is closed against his loss: the liquidator gets the coins and the loss with them, one for one. A user left with
 * a loss and nothing else is bankrupt. Source: liquidate_perp_pnl_for_deposit with the quote coin, whose liquidation fee is 0.
 * @throws UserBankrupt, InvalidPerpPositionToLiquidate where the position is open or has no loss, SufficientCollateral, CantLiquidateSelf
 */
export function takeDepositForLoss(
  parameters: DriftParameters,
  state: DriftState,
  name: string,
  liquidatorName: string,
  prices: DriftPrices,
  slot: bigint,
): { state: DriftState; units: bigint } {
  if (name === liquidatorName) throw new CantLiquidateSelf(`${name} liquidates himself`);
  const user = userOf(state, name);
  const liquidator = userOf(state, liquidatorName);
  if (user.bankrupt || liquidator.bankrupt) throw new UserBankrupt(`${name} or ${liquidatorName} is bankrupt`);
  if (user.base !== 0n || user.quote >= 0n) {
    throw new InvalidPerpPositionToLiquidate(`${name} has ${user.base} base units and ${user.quote} quote units`);
  }
  if (!user.beingLiquidated && !isLiquidatable(parameters, user, prices)) {
    throw new SufficientCollateral(`${name} covers his loss`);
  }
  const units = least(user.deposit, -user.quote);
  let after = { ...entered(user, slot), deposit: user.deposit - units, quote: user.quote + units };
  if (isBankrupt(after)) after = { ...after, beingLiquidated: false, bankrupt: true };
  else if (canExitLiquidation(parameters, after, prices)) after = exited(after);
  const taker = { ...liquidator, deposit: liquidator.deposit + units, quote: liquidator.quote - units };
  return { state: withUsers(state, { [name]: after, [liquidatorName]: taker }), units };
}

/** How a bankruptcy was resolved. Quote units. */
export interface DriftBankruptcy {
  readonly state: DriftState;
  readonly loss: bigint;
  /** Paid by the insurance fund, by the market's fee pool, and spread over open positions. */
  readonly fromInsurance: bigint;
  readonly fromFeePool: bigint;
  readonly socialised: bigint;
  /** Rise of the cumulative funding rates. */
  readonly fundingRateDelta: bigint;
}

/**
 * Clears a bankrupt user's loss: the insurance fund pays as far as its vault (one unit always stays) and the market's limit reach, then the market's fee pool,
 * and the rest is spread over all open positions, long and short, by base units. Source: resolve_perp_bankruptcy.
 * @throws UserNotBankrupt
 * @throws CantResolvePerpBankruptcy where nobody has an open position (whatever is left to spread)
 */
export function resolveBankruptcy(parameters: DriftParameters, state: DriftState, name: string): DriftBankruptcy {
  const user = userOf(state, name);
  if (!isBankrupt(user)) throw new UserNotBankrupt(`${name} has ${user.deposit}, ${user.base}, ${user.quote}`);
  const loss = -user.quote;
  const limit = parameters.maxInsurance - state.insuranceSettled;
  const fromInsurance = most(least(least(loss, state.insurance - 1n), limit), 0n);
  const fromFeePool = least(loss - fromInsurance, state.feePool);
  const socialised = loss - fromInsurance - fromFeePool;
  const delta = socialLossRate(parameters, socialised, openBase(state));
  const next = withUsers(state, { [name]: exited({ ...user, quote: 0n }) });
  return {
    state: {
      ...next,
      insurance: state.insurance - fromInsurance,
      profitPool: state.profitPool + fromInsurance,
      insuranceSettled: state.insuranceSettled + fromInsurance,
      feePool: state.feePool - fromFeePool,
      feePoolUsed: state.feePoolUsed + fromFeePool,
      socialLoss: state.socialLoss + socialised,
      fundingRateLong: state.fundingRateLong + delta,
      fundingRateShort: state.fundingRateShort - delta,
    },
    loss,
    fromInsurance,
    fromFeePool,
    socialised,
    fundingRateDelta: delta,
  };
}
