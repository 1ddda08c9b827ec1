/** A perpetual position as a plain object: signed whole units, its whole liquidation price, and its cash in 1e-6 USD. */
export interface ReferencePerpetual {
  readonly size: number;
  readonly breachSteps: number;
  readonly cash: number;
}

/** Longs sold and shorts bought at a held mark price, and what the bankrupt ones lack (1e-6 USD, exact). */
export function referencePerpetuals(positions: readonly ReferencePerpetual[], steps: number, unitDecimals: number) {
  let sold = 0;
  let bought = 0;
  let accounts = 0;
  const scale = 10n ** BigInt(unitDecimals + 2);
  let bankruptLong = 0n;
  let bankruptShort = 0n;
  for (const { size, breachSteps, cash } of positions) {
    if (size === 0 || breachSteps < 0) continue;
    const units = BigInt(Math.abs(size));
    if (size > 0 && steps <= breachSteps) {
      sold += size;
      accounts++;
      if ((units * BigInt(steps)) / scale < BigInt(cash)) bankruptLong += BigInt(cash) * scale - units * BigInt(steps);
    }
    if (size < 0 && steps >= breachSteps) {
      bought -= size;
      accounts++;
      if ((units * BigInt(steps) + scale - 1n) / scale > BigInt(cash))
        bankruptShort += units * BigInt(steps) - BigInt(cash) * scale;
    }
  }
  const most = (a: bigint) => (a > 0n ? Number(a) / Number(scale) / 1e6 : 0);
  return { sold, bought, accounts, badDebtUsd: most(bankruptLong) + most(bankruptShort) };
}
