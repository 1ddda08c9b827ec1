import { type ParameterChange, parametersAt } from "./maker-parameters.js";

/** Total debt of the collateral type as the protocol itself counted it, accrued fees included. */
export interface ProtocolTotal {
  readonly timeMs: number;
  readonly block: number;
  readonly debtDai: number;
}

/**
 * The protocol's own count of all debt of the collateral type, read from its automatic debt ceiling: when it is renewed, the ceiling becomes
 * min(debt + gap, maximum) (DssAutoLine, `exec`), so wherever it lies below the maximum, debt = ceiling - gap, accrued fees included.
 */
export function protocolTotals(changes: readonly ParameterChange[], fromMs: number, toMs: number): ProtocolTotal[] {
  const totals: ProtocolTotal[] = [];
  for (const change of changes) {
    if (change.parameter !== "VAT.ilks.line" || change.timeMs < fromMs || change.timeMs >= toMs) continue;
    const values = parametersAt(changes, change.timeMs);
    const gap = values.get("DC-IAM.ilks.gap");
    const most = values.get("DC-IAM.ilks.line");
    if (gap === undefined || most === undefined || change.to >= most) continue;
    totals.push({ timeMs: change.timeMs, block: change.block, debtDai: change.to - gap });
  }
  return totals.sort((a, b) => a.block - b.block);
}
