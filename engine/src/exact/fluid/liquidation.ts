import { least, mulDivDown } from "../rounding.js";
import { RAY, WAD } from "../scales.js";
import {
  BranchDebtTooLow,
  ExcessSlippageLiquidation,
  InvalidLiquidation,
  InvalidLiquidationAmount,
  LiquidationReverts,
  TopTickDoesNotExist,
} from "./errors.js";
import { debtToReach, type Limits, limitsAt } from "./limits.js";
import { EXCHANGE_PRICE } from "./operate.js";
import type { FluidParameters } from "./parameters.js";
import { RATIO_ONE, ratioOfLevel, tickAtRatio, WHOLE_PARTIALS } from "./ticks.js";
import { type FluidPrices, type Level, type Position, sortedLevels, totalDebt, type Vault } from "./vault.js";

const LEAST_AMOUNT = 10_000n;
const LEAST_LEFT = 100n;
const BILLION = 1_000_000_000n;

/** What a liquidation moves. */
export interface FluidLiquidation {
  readonly vault: Vault;
  /** Tokens paid by the liquidator. */
  readonly debtPaid: bigint;
  /** Tokens the liquidator gets. */
  readonly collateralTaken: bigint;
  /** Raw amounts behind them: off levels and off what was absorbed. */
  readonly rawDebt: bigint;
  readonly rawCollateral: bigint;
  /** Raw amounts that this call absorbed before. */
  readonly absorbed: { readonly collateral: bigint; readonly debt: bigint };
}

/**
 * Takes every level above the maximum tick whole: its debt and collateral leave its positions and wait in `absorbed`. Source: FluidVaultT1 `absorb`, which
 * derives the collateral from the debt; here the level's own collateral goes, so that nothing is lost between them.
 */
export function absorb(vault: Vault, maxTick: bigint) {
  const above = vault.levels.filter(({ tick }) => tick > maxTick);
  const taken = above.reduce(
    (sum, { collateral, debt }) => ({ collateral: sum.collateral + collateral, debt: sum.debt + debt }),
    { collateral: 0n, debt: 0n },
  );
  const absorbed = {
    collateral: vault.absorbed.collateral + taken.collateral,
    debt: vault.absorbed.debt + taken.debt,
  };
  return { vault: { ...vault, levels: vault.levels.filter(({ tick }) => tick <= maxTick), absorbed }, taken };
}

/**
 * Liquidates up to `amount` tokens of debt from the highest ratio down: debt of the top level is repaid until its ratio meets the next level's, both go on
 * together, and so on to the liquidation threshold. Everybody in a level loses in proportion. Levels above the maximum limit are absorbed first; with an
 * `amount` of 0 that is all. With `useAbsorbed` what was absorbed is sold first, at its own ratio. Throws TopTickDoesNotExist, InvalidOraclePrice,
 * InvalidLiquidationAmount, InvalidLiquidation, BranchDebtTooLow, LiquidationReverts, ExcessSlippageLiquidation. Source: FluidVaultT1 `liquidate`.
 */
export function liquidate(
  parameters: FluidParameters,
  prices: FluidPrices,
  vault: Vault,
  amount: bigint,
  leastCollateralPerDebt: bigint,
  useAbsorbed: boolean,
): FluidLiquidation {
  if (vault.levels.length === 0) throw new TopTickDoesNotExist();
  const limits = limitsAt(parameters, prices);
  const above = vault.levels[0].tick > limits.maxTick;
  const { vault: kept, taken } = absorb(vault, limits.maxTick);
  if (above && amount === 0n) {
    return { vault: kept, debtPaid: 0n, collateralTaken: 0n, rawDebt: 0n, rawCollateral: 0n, absorbed: taken };
  }
  const toRepay = mulDivDown(amount, EXCHANGE_PRICE, prices.borrowExchangePrice);
  requireAmount(amount, toRepay, totalDebt(vault) + vault.absorbed.debt);
  const first = useAbsorbed ? sellAbsorbed(kept, toRepay) : { vault: kept, debt: 0n, collateral: 0n };
  const second = liquidateLevels(first.vault, limits, toRepay - first.debt);
  return finish(prices, second.vault, first.debt + second.debt, first.collateral + second.collateral, taken, {
    amount,
    leastCollateralPerDebt,
  });
}

function requireAmount(amount: bigint, raw: bigint, debt: bigint): void {
  if (amount < LEAST_AMOUNT) throw new InvalidLiquidationAmount(amount, LEAST_AMOUNT);
  const least = mulDivDown(debt, 1n, BILLION);
  if (least > raw) throw new InvalidLiquidationAmount(amount, least);
}

function finish(
  prices: FluidPrices,
  vault: Vault,
  rawDebt: bigint,
  rawCollateral: bigint,
  absorbed: FluidLiquidation["absorbed"],
  asked: { readonly amount: bigint; readonly leastCollateralPerDebt: bigint },
): FluidLiquidation {
  const debtPaid = least(mulDivDown(rawDebt, prices.borrowExchangePrice, EXCHANGE_PRICE), asked.amount);
  const collateralTaken = mulDivDown(rawCollateral, prices.supplyExchangePrice, EXCHANGE_PRICE);
  if (debtPaid === 0n) throw new InvalidLiquidation();
  const obtained = mulDivDown(collateralTaken, WAD, debtPaid);
  if (obtained < asked.leastCollateralPerDebt) {
    throw new ExcessSlippageLiquidation(obtained, asked.leastCollateralPerDebt);
  }
  return { vault, debtPaid, collateralTaken, rawDebt, rawCollateral, absorbed };
}

/** Sells absorbed debt and collateral in proportion. */
function sellAbsorbed(vault: Vault, toRepay: bigint) {
  const { debt, collateral } = vault.absorbed;
  if (debt <= toRepay) return { vault: { ...vault, absorbed: { debt: 0n, collateral: 0n } }, debt, collateral };
  const sold = mulDivDown(collateral, toRepay, debt);
  const absorbed = { debt: debt - toRepay, collateral: collateral - sold };
  return { vault: { ...vault, absorbed }, debt: toRepay, collateral: sold };
}

/** What is being liquidated: levels merged so far. */
interface Active {
  readonly ratio: bigint;
  readonly debt: bigint;
  /** The levels' own collateral. */
  readonly collateral: bigint;
  /** Collateral as the vault derives it from debt and ratio, for the ratio where it ends. */
  readonly derived: bigint;
  readonly shares: bigint;
  readonly positions: Readonly<Record<string, Position>>;
}

/** Where the active levels stop next: another level, or the threshold. */
interface Reference {
  readonly tick: bigint;
  readonly ratio: bigint;
  readonly level: Level | null;
}

function liquidateLevels(vault: Vault, limits: Limits, toRepay: bigint) {
  const top = vault.levels[0];
  if (top === undefined || top.tick <= limits.liquidationTick || toRepay === 0n) {
    return { vault, debt: 0n, collateral: 0n };
  }
  if (top.partials === 1n && top.tick === limits.liquidationTick + 1n) throw new InvalidLiquidation();
  let left = toRepay;
  let sold = 0n;
  let active = join(null, top, vault, ratioOfLevel(top.tick, top.partials));
  for (let place = 1; ; place++) {
    const reference = referenceBelow(vault.levels[place], limits);
    const repaid = repaidUntil(active, reference, limits);
    if (repaid >= left || reference.level === null) {
      const last = least(repaid, left);
      const taken = mulDivDown(last, limits.collateralPerDebt, RAY);
      const rest = leftAfter(active, last, taken);
      const end = repaid >= left ? endBetween(rest, reference) : { tick: reference.tick + 1n, partials: 1n };
      return {
        vault: withLevel(vault, place, rest, end),
        debt: toRepay - left + last,
        collateral: sold + taken,
      };
    }
    const taken = mulDivDown(repaid, limits.collateralPerDebt, RAY);
    left -= repaid;
    sold += taken;
    active = join(leftAfter(active, repaid, taken), reference.level, vault, reference.ratio);
  }
}

function referenceBelow(next: Level | undefined, limits: Limits): Reference {
  if (next !== undefined && next.tick > limits.liquidationTick) {
    return { tick: next.tick, ratio: ratioOfLevel(next.tick, next.partials), level: next };
  }
  return { tick: limits.liquidationTick, ratio: ratioOfLevel(limits.liquidationTick, 0n), level: null };
}

/** Debt to repay until the reference, one unit short of all of it. */
function repaidUntil(active: Active, reference: Reference, limits: Limits): bigint {
  const repaid = debtToReach(active.debt, active.ratio, reference.ratio, limits.collateralPerDebt);
  return repaid === active.debt ? repaid - 1n : repaid;
}

function leftAfter(active: Active, debt: bigint, collateral: bigint): Active {
  return {
    ...active,
    debt: active.debt - debt,
    collateral: active.collateral - collateral,
    derived: active.derived - collateral,
  };
}

/** Merges a level into the active ones at a ratio: its positions' shares are rewritten in the active ones' unit. */
function join(active: Active | null, level: Level, vault: Vault, ratio: bigint): Active {
  const derived = mulDivDown(level.debt, RATIO_ONE, ratio);
  if (active === null) {
    const { debt, collateral, shares } = level;
    return { ratio, debt, collateral, derived, shares, positions: positionsOf(vault, level) };
  }
  const positions = { ...active.positions };
  let shares = active.shares;
  for (const [id, position] of Object.entries(positionsOf(vault, level))) {
    const rewritten = mulDivDown(position.shares * level.debt, active.shares, level.shares * active.debt);
    positions[id] = { ...position, shares: rewritten };
    shares += rewritten;
  }
  return {
    ratio,
    debt: active.debt + level.debt,
    collateral: active.collateral + level.collateral,
    derived: active.derived + derived,
    shares,
    positions,
  };
}

function positionsOf(vault: Vault, level: Level): Record<string, Position> {
  return Object.fromEntries(Object.entries(vault.positions).filter(([, position]) => position.level === level.id));
}

/** Tick and partials of where debt and collateral stand when the amount ends between two levels; never on a whole tick. */
function endBetween(rest: Active, reference: Reference) {
  const ratio = mulDivDown(rest.debt, RATIO_ONE, rest.derived);
  const { tick: below, perfectRatio } = tickAtRatio(ratio);
  const whole = reference.level === null || reference.level.partials === 0n;
  if (below < reference.tick && whole) return { tick: below + 2n, partials: 1n };
  const length = mulDivDown(perfectRatio, 10_015n, 10_000n) - perfectRatio;
  const part = mulDivDown(ratio - perfectRatio, WHOLE_PARTIALS, length);
  const partials = part === 0n ? 1n : part >= WHOLE_PARTIALS ? WHOLE_PARTIALS - 1n : part;
  const tick = below + 1n;
  if (!whole && tick === reference.tick && (reference.level?.partials ?? 0n) >= partials)
    throw new LiquidationReverts();
  return { tick, partials };
}

/** Puts the active levels back as one, in place of the first `merged` of the vault. */
function withLevel(vault: Vault, merged: number, active: Active, at: { tick: bigint; partials: bigint }): Vault {
  if (active.debt < LEAST_LEFT) throw new BranchDebtTooLow(active.debt);
  const { debt, collateral, shares } = active;
  const level: Level = { id: vault.nextLevel, ...at, debt, collateral, shares };
  const moved = Object.fromEntries(
    Object.entries(active.positions).map(([id, position]) => [id, { ...position, level: level.id }]),
  );
  return {
    ...vault,
    levels: sortedLevels([...vault.levels.slice(merged), level]),
    positions: { ...vault.positions, ...moved },
    nextLevel: vault.nextLevel + 1,
  };
}
