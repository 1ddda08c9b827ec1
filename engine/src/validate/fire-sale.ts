import { exp } from "../math/index.js";
import { check, type Expectation, type ValidationCase } from "./case.js";
import { rows } from "./rows.js";

/** Banks that must hold capital r against an asset they sell into a falling price. */
export interface FireSaleBank {
  /** e: units of the illiquid asset. */
  readonly illiquidUnits: number;
  /** c: cash and liquid assets. */
  readonly liquid: number;
  /** D: liabilities. */
  readonly liabilities: number;
  /** r: capital required per dollar of the illiquid asset. */
  readonly capitalRatio: number;
}

/** The price after the sales, and the units sold. */
export interface FireSaleOutcome {
  readonly price: number;
  readonly soldUnits: number;
}

/** What the capital rule forces the bank to sell at `price`: min(e, max(0, e - (p e + c - D) / (r p))). */
export function forcedSale(bank: FireSaleBank, price: number): number {
  const capital = price * bank.illiquidUnits + bank.liquid - bank.liabilities;
  const unconstrained = bank.illiquidUnits - capital / (bank.capitalRatio * price);
  return Math.min(bank.illiquidUnits, Math.max(0, unconstrained));
}

/**
 * The highest price that clears, p = e^(-alpha s(p)): sales from the undisturbed price 1 on, until they stand still.
 * Source: Cifuentes, Ferrucci and Shin, JEEA 3 (2005), with one bank.
 */
export function fireSale(bank: FireSaleBank, alpha: number): FireSaleOutcome {
  let price = 1;
  for (let round = 0; round < 100_000; round++) {
    const next = exp(-alpha * forcedSale(bank, price));
    // The map is monotone, so prices only fall; a rise or a standstill is the last bit's.
    if (!(next < price)) break;
    price = next;
  }
  return { price, soldUnits: forcedSale(bank, price) };
}

/** Section 2.7: e = 10, c = 0.5, D = 9.85, r = 7 %. */
export function fireSaleCases(): ValidationCase[] {
  const bank: FireSaleBank = { illiquidUnits: 10, liquid: 0.5, liabilities: 9.85, capitalRatio: 0.07 };
  const mild = fireSale(bank, 0.005);
  const about = (id: string, unit: string, expected: number, tolerance: number): Expectation => ({
    id: `fire-sale/${id}`,
    source: "Cifuentes, Ferrucci and Shin 2005",
    tag: "S2+D",
    unit,
    expected,
    tolerance,
    row: rows.fireSale,
  });
  return [
    check(about("price-alpha-0.005", "price", 0.989186931, 5e-10), mild.price),
    check(about("sold-alpha-0.005", "units", 2.174391, 5e-7), mild.soldUnits),
    check(about("price-alpha-0.01", "price", 0.904837, 5e-7), fireSale(bank, 0.01).price),
  ];
}
