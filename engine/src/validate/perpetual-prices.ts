import { check, type Expectation, type ValidationCase } from "./case.js";
import { rows } from "./rows.js";

/** 1 for a long, -1 for a short. */
export type Side = 1 | -1;

/** The price at which a linear position of `leverage` has lost its collateral: p (1 - side / l). */
export function linearBankruptcyPrice(entry: number, leverage: number, side: Side): number {
  return entry * (1 - side / leverage);
}

/** The price at which equity is the maintenance margin: (p - c / q) / (1 - mu) long, (p + c / q) / (1 + mu) short. */
export function linearLiquidationPrice(entry: number, leverage: number, maintenanceShare: number, side: Side): number {
  return linearBankruptcyPrice(entry, leverage, side) / (1 - side * maintenanceShare);
}

/** The bankruptcy price of a coin-margined long: e L / (L + 1). Its loss in coin grows as the price falls. */
export function inverseBankruptcyPrice(entry: number, leverage: number): number {
  return (entry * leverage) / (leverage + 1);
}

/** The liquidation price of a coin-margined long: e (1 + mmr) L / (L + 1). */
export function inverseLiquidationPrice(entry: number, leverage: number, maintenanceShare: number): number {
  return inverseBankruptcyPrice(entry, leverage) * (1 + maintenanceShare);
}

/** Row 19, the perpetual part: entry 50,000, leverage 10, maintenance 0.5 %. */
export function perpetualPriceCases(): ValidationCase[] {
  const about = (id: string, expected: number): Expectation => ({
    id: `inverse-perpetual/${id}`,
    source: "coin-margined perpetual, long: e L / (L + 1)",
    tag: "D",
    unit: "USD",
    expected,
    tolerance: 5e-3,
    row: rows.inversePerpetual,
  });
  return [
    check(about("bankruptcy-price", 45_454.55), inverseBankruptcyPrice(50_000, 10)),
    check(about("liquidation-price", 45_681.82), inverseLiquidationPrice(50_000, 10, 0.005)),
  ];
}
