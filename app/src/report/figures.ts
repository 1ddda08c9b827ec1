import {
  type Banded,
  type Basis,
  type Driver,
  type Figure,
  type Findings,
  type Fold,
  figure,
  type Landing,
  type MapLevel,
  type Plan,
  type ShockRow,
  sideBand,
  type Triggering,
} from "@firebreak/engine";
import { depthBasis, mapBasis, positionsBasis, runBasis } from "../figures/basis.js";

/** What each kind of figure of a report rests on. */
export interface Bases {
  readonly positions: Basis;
  readonly depth: Basis;
  /** The map and its fixed points: positions against depth. */
  readonly map: Basis;
  /** Whatever happens in time. */
  readonly run: Basis;
}

/** The bases of a plan's figures. */
export function basesOf(plan: Plan): Bases {
  return { positions: positionsBasis(plan), depth: depthBasis(plan), map: mapBasis(plan), run: runBasis(plan) };
}

/** A banded value as a figure; what is not finite is null. */
export function bandFigure(of: Banded, unit: string, basis: Basis): Figure {
  return figure(finite(of.value), unit, basis, [finite(of.low), finite(of.high)]);
}

/** JSON has no infinity: a gain that meets no depth is null. */
export function finite(value: number): number | null {
  return Number.isFinite(value) ? value : null;
}

/** Findings as `--json` prints them. */
export function findingsFigures(plan: Plan, found: Findings) {
  const bases = basesOf(plan);
  const { symbol, loop, map } = found;
  const coins = (units: number) => units / found.coinUnits;
  return {
    scenario: plan.name,
    asset: symbol,
    spot: figure(found.spotUsd, "USD", bases.positions),
    sentenceMove: found.sentenceMove,
    verdict: found.verdict,
    shocks: found.table.map((row) => shockFigures(row, symbol, bases)),
    gains: found.gains.map((gain) => ({
      horizon: figure(gain.horizonMs, "ms", "assumed"),
      atSpot: figure(finite(gain.atSpot), "x", bases.map),
      largest: figure(finite(gain.largest), "x", bases.map),
      largestAt: figure(gain.largestAtUsd, "USD", bases.map),
      tooSlow: gain.tooSlow,
    })),
    drivers: found.tornado.drivers.map((driver) => driverFigures(driver, symbol, bases)),
    fold: { down: foldFigures(map.foldDown, bases), up: foldFigures(map.foldUp, bases) },
    landing: {
      shallowest: landingFigures(map.shallowest, found, bases),
      deepest: landingFigures(map.deepest, found, bases),
      nonMonotone: map.nonMonotone,
    },
    dealers: map.dealers,
    levels: [...map.down.entries(), ...map.up.entries()].map(([place, level]) => ({
      direction: level.direction < 0 ? "down" : "up",
      from: figure(level.fromUsd, "USD", bases.positions),
      price: figure(level.priceUsd, "USD", bases.positions),
      forced: figure(coins(level.forcedUnits), symbol, bases.positions),
      forcedUsd: figure(level.forcedUsd, "USD", bases.positions),
      depthUsd: figure(level.depthUsd, "USD", bases.depth),
      gain: gainFigure(level, place, map, bases),
      byMechanism: Object.fromEntries(
        map.mechanisms.map((name, index) => [name, figure(level.byMechanismUsd[index], "USD", bases.positions)]),
      ),
    })),
    triggering: found.triggering === null ? null : triggeringFigures(found.triggering, bases),
    top: found.top.map((one) => ({
      mechanism: one.mechanism,
      account: one.description.account,
      trigger: figure(one.triggerUsd, "USD", bases.positions),
      forcedUsd: figure(one.forcedUsd, "USD", bases.map),
      share: figure(one.share, "share", bases.map),
      badDebtUsd: figure(one.badDebtUsd, "USD", bases.map),
      badDebtWithoutUsd: figure(one.badDebtWithoutUsd, "USD", bases.map),
    })),
    recordGaps: found.gaps,
    seed: found.seed,
    tapeHash: loop.tapeHash,
  };
}

/** A band's gain; where dealers' side is a convention with what the four of them give. */
function gainFigure(level: MapLevel, place: number, { bySide }: Findings["map"], bases: Bases): Figure {
  if (bySide === null) return figure(finite(level.gain), "x", bases.map);
  const [low, high] = sideBand(bySide, level.direction, place, (one) => one.gain, level.gain);
  return figure(finite(level.gain), "x", bases.map, [finite(low), finite(high)]);
}

/** Findings as JSON. */
export type FindingsFigures = ReturnType<typeof findingsFigures>;

function shockFigures(row: ShockRow, symbol: string, bases: Bases) {
  return {
    move: row.move,
    price: figure(row.priceUsd, "USD", bases.positions),
    liquidatable: {
      accounts: figure(row.liquidatable.accounts, "accounts", bases.positions),
      coins: figure(row.liquidatable.coins, symbol, bases.positions),
      usd: figure(row.liquidatable.usd, "USD", bases.positions),
    },
    soldTenMinutes: bandFigure(row.soldSoon, symbol, bases.run),
    soldDay: bandFigure(row.soldDay, symbol, bases.run),
    liquidated: bandFigure(row.liquidated, "accounts", bases.run),
    depth: bandFigure(row.depthCoins, symbol, bases.depth),
    depthUsd: figure(row.depthUsd, "USD", bases.depth),
    slippage: row.slippageBps === null ? null : bandFigure(row.slippageBps, "bps", bases.run),
    badDebtUsd: bandFigure(row.badDebtUsd, "USD", bases.run),
    keeperProfitUsd: bandFigure(row.keeperProfitUsd, "USD", bases.run),
    gain: bandFigure(row.gain, "x", bases.map),
    decides: {
      soldDay: { low: row.soldDay.lowEnd, high: row.soldDay.highEnd },
      gain: { low: row.gain.lowEnd, high: row.gain.highEnd },
    },
  };
}

function driverFigures(driver: Driver, symbol: string, bases: Bases) {
  const side = ({ words, soldDay, gain }: Driver["low"]) => ({
    words,
    soldDay: figure(soldDay, symbol, bases.run),
    gain: figure(finite(gain), "x", bases.map),
  });
  return { name: driver.name, low: side(driver.low), high: side(driver.high) };
}

function foldFigures(fold: Fold | null, bases: Bases) {
  if (fold === null) return null;
  return { shock: figure(fold.shock, "share", bases.map), saleUsd: figure(fold.saleUsd, "USD", bases.map) };
}

function landingFigures(landing: Landing, found: Findings, bases: Bases) {
  return {
    price: figure(landing.pricesUsd[found.asset], "USD", bases.map),
    forcedUsd: figure(landing.forcedUsd, "USD", bases.map),
    badDebtUsd: figure(landing.badDebtUsd, "USD", bases.map),
    liquidated: landing.liquidated,
    waves: landing.waves,
    depthExhausted: landing.depthExhausted,
  };
}

/** Who triggers whom: `added[a][b]` is what b forces less without a. */
function triggeringFigures({ pushers, addedUsd, links, leftOut }: Triggering, bases: Bases) {
  const usd = (value: number) => figure(value, "USD", bases.run);
  return {
    pushers: pushers.map((one) => ({
      mechanism: one.mechanism,
      kind: one.kind,
      forced: usd(one.forcedUsd),
      alone: usd(one.aloneUsd),
      accounts: one.accounts,
      aloneAccounts: one.aloneAccounts,
      first: one.first,
    })),
    added: addedUsd.map((row) => row.map(usd)),
    links: links.map((one) => ({ from: one.from, to: one.to, added: usd(one.usd), share: one.share })),
    leftOut,
  };
}
