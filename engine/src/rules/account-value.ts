import { refuseTooLarge } from "../book/problem.js";
import { mulDivDown, mulDivUp } from "../math/index.js";

/** Published prices are whole steps of 1e-8 US dollars (docs/model.md). */
export const stepsPerUsd = 1e8;
/** Values are whole millionths of a US dollar. */
export const valuesPerUsd = 1e6;
/** Thresholds, bonuses and fees are whole basis points. */
export const basisPoints = 10_000;

/** 10^n for whole n from 0 to 22, exactly. */
export const powersOfTen: readonly number[] = [
  1, 1e1, 1e2, 1e3, 1e4, 1e5, 1e6, 1e7, 1e8, 1e9, 1e10, 1e11, 1e12, 1e13, 1e14, 1e15, 1e16, 1e17, 1e18, 1e19, 1e20,
  1e21, 1e22,
];

/** What one whole value (1e-6 USD) divides out of units x steps, for an asset of `unitDecimals`. */
export function valueScale(unitDecimals: number): number {
  return powersOfTen[unitDecimals + 2];
}

/** Values stay below this: 2^53 millionths, about nine billion dollars. */
export const valueLimit: number = 2 ** 53 - 1024;

/** An account that is worth more than whole millionths can count is an input this arithmetic cannot serve, not a bug. */
function refuse(units: number, steps: number, unitDecimals: number): never {
  const coins = units / powersOfTen[unitDecimals];
  const priceUsd = steps / stepsPerUsd;
  refuseTooLarge(
    `${coins} coins at ${priceUsd} USD are worth ${coins * priceUsd} USD; one account may be worth 9.0e9 USD, so split it into several`,
  );
}

/** Value of `units` at `steps` in whole millionths of a dollar, rounded down (collateral). Throws `ProblemsError` beyond nine billion dollars. */
export function valueDown(units: number, steps: number, unitDecimals: number): number {
  if (units * (steps / valueScale(unitDecimals)) > valueLimit) refuse(units, steps, unitDecimals);
  return mulDivDown(units, steps, valueScale(unitDecimals));
}

/** Value of `units` at `steps` in whole millionths of a dollar, rounded up (debt). Throws `ProblemsError` beyond nine billion dollars. */
export function valueUp(units: number, steps: number, unitDecimals: number): number {
  if (units * (steps / valueScale(unitDecimals)) > valueLimit) refuse(units, steps, unitDecimals);
  return mulDivUp(units, steps, valueScale(unitDecimals));
}

/** Units that `value` buys at `steps`, rounded down. Zero price: nothing. */
export function unitsDown(value: number, steps: number, unitDecimals: number): number {
  return steps === 0 ? 0 : mulDivDown(value, valueScale(unitDecimals), steps);
}
