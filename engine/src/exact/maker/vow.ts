import { mulDivDown } from "../rounding.js";
import { WAD } from "../scales.js";
import { InsufficientDebt, InsufficientSurplus } from "./errors.js";
import { ISSUER, settle, type Transfer, VOW } from "./ledger.js";
import type { MakerParameters } from "./parameters.js";
import type { MakerState } from "./state.js";
import type { Moved } from "./vault.js";

/** Rad that the Vow pays for starting or resetting an auction of `tab` rad: tip + wmul(tab, chip), rounded down. Source: Clipper `kick`, `redo`. */
export function incentive(parameters: MakerParameters, tab: bigint): bigint {
  return parameters.incentiveFlat + mulDivDown(tab, parameters.incentiveShare, WAD);
}

/** The Vow goes `rad` deeper into debt and `party` receives DAI made for it. Source: Vat `suck`. */
export function payFromVow(state: MakerState, party: string, rad: bigint): Moved {
  const transfers: Transfer[] = [
    { asset: "dai", from: ISSUER, to: party, units: rad },
    { asset: "sin", from: ISSUER, to: VOW, units: rad },
  ];
  return {
    state: {
      ...state,
      ...settle(state, transfers),
      vowDebt: state.vowDebt + rad,
      daiSupply: state.daiSupply + rad,
    },
    transfers,
  };
}

/** The Vow cancels `rad` of its debt with its DAI. Throws InsufficientSurplus, InsufficientDebt. Source: Vow `heal`, Vat `heal`. */
export function heal(state: MakerState, rad: bigint): Moved {
  const surplus = state.dai.get(VOW) ?? 0n;
  if (rad > surplus) throw new InsufficientSurplus(`the Vow holds ${surplus} rad and would cancel ${rad}`);
  if (rad > state.vowDebt) throw new InsufficientDebt(`the Vow owes ${state.vowDebt} rad and would cancel ${rad}`);
  const transfers: Transfer[] = [
    { asset: "dai", from: VOW, to: ISSUER, units: rad },
    { asset: "sin", from: VOW, to: ISSUER, units: rad },
  ];
  return {
    state: {
      ...state,
      ...settle(state, transfers),
      vowDebt: state.vowDebt - rad,
      daiSupply: state.daiSupply - rad,
    },
    transfers,
  };
}
