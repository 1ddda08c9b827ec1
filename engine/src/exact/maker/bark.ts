import { divDown, least, mulDivDown } from "../rounding.js";
import { WAD } from "../scales.js";
import { startAuction } from "./auction.js";
import { DustyAuction, LiquidationLimitHit, NotUnsafe, NullAuction } from "./errors.js";
import { CLIPPER, ISSUER, settle, type Transfer, VOW, vaultAccount } from "./ledger.js";
import type { MakerParameters } from "./parameters.js";
import { type MakerState, type Vault, vaultOf, withVault } from "./state.js";
import { isUnsafe } from "./vault.js";

/** How much of a vault goes to auction. */
export interface BarkSize {
  /** Normalised debt taken over (dss: dart). */
  readonly normalisedDebt: bigint;
  /** Collateral put up for sale, units, rounded down (dss: dink). */
  readonly collateral: bigint;
  /** Rad of debt that the Vow takes over (dss: due). */
  readonly debt: bigint;
  /** Rad that the auction has to raise: debt with penalty, rounded down (dss: tab). */
  readonly tab: bigint;
}

/** What `bark` did. */
export interface Barked extends BarkSize {
  readonly state: MakerState;
  /** Number of the new auction. */
  readonly auction: bigint;
  /** Ray at which it starts. */
  readonly startPrice: bigint;
  /** Rad paid to the keeper. */
  readonly incentive: bigint;
  readonly transfers: readonly Transfer[];
}

/**
 * Size of a liquidation of a vault at `rate` (ray) with `room` rad left under the limits. Where less than dust would be left, the whole vault goes, even
 * above the room (by less than dust with penalty). Throws DustyAuction, NullAuction. Source: Dog `bark`.
 */
export function barkSize(parameters: MakerParameters, vault: Vault, rate: bigint, room: bigint): BarkSize {
  const penalty = parameters.liquidationPenalty;
  const fitting = least(vault.normalisedDebt, divDown(mulDivDown(room, WAD, rate), penalty));
  const leavesDust = (vault.normalisedDebt - fitting) * rate < parameters.dust;
  const normalisedDebt = leavesDust ? vault.normalisedDebt : fitting;
  const debt = normalisedDebt * rate;
  if (normalisedDebt < vault.normalisedDebt && debt < parameters.dust)
    throw new DustyAuction(`the room of ${room} rad takes a debt of ${debt}; it may take ${parameters.dust} or more`);
  const collateral = mulDivDown(vault.collateral, normalisedDebt, vault.normalisedDebt);
  if (collateral <= 0n) throw new NullAuction("no unit of collateral would be sold");
  return { normalisedDebt, collateral, debt, tab: mulDivDown(debt, penalty, WAD) };
}

/** Rad left under both limits. Throws LiquidationLimitHit where there is none. Source: Dog `bark`. */
export function auctionRoom(parameters: MakerParameters, state: MakerState): bigint {
  const global = parameters.globalAuctionLimit - state.globalDebtAtAuction;
  const own = parameters.auctionLimit - state.debtAtAuction;
  if (global <= 0n || own <= 0n)
    throw new LiquidationLimitHit(
      `room is ${global} rad over all and ${own} for this collateral; both must be above 0`,
    );
  return least(global, own);
}

/**
 * Liquidates an unsafe vault: collateral to the Clipper, debt to the Vow, an auction begins, the keeper is paid.
 * Throws NotUnsafe, LiquidationLimitHit, DustyAuction, NullAuction, StoppedIncorrect, InvalidPrice, ZeroStartPrice.
 * Source: Dog `bark`, Vat `grab`, Vow `fess`, Clipper `kick`.
 */
export function bark(parameters: MakerParameters, state: MakerState, vault: string, keeper: string): Barked {
  const before = vaultOf(state, vault);
  if (!isUnsafe(state, before))
    throw new NotUnsafe(
      `${vault} owes ${before.normalisedDebt * state.rate} rad against ${before.collateral * state.safetyPrice}; it must owe more`,
    );
  const size = barkSize(parameters, before, state.rate, auctionRoom(parameters, state));
  const seized: Transfer[] = [
    { asset: "collateral", from: vaultAccount(vault), to: CLIPPER, units: size.collateral },
    { asset: "sin", from: ISSUER, to: VOW, units: size.debt },
  ];
  const started = startAuction(
    parameters,
    {
      ...state,
      ...settle(state, seized),
      vaults: withVault(state, vault, {
        collateral: before.collateral - size.collateral,
        normalisedDebt: before.normalisedDebt - size.normalisedDebt,
      }),
      normalisedDebt: state.normalisedDebt - size.normalisedDebt,
      vowDebt: state.vowDebt + size.debt,
      globalDebtAtAuction: state.globalDebtAtAuction + size.tab,
      debtAtAuction: state.debtAtAuction + size.tab,
    },
    { vault, tab: size.tab, lot: size.collateral, keeper },
  );
  return { ...size, ...started, transfers: [...seized, ...started.transfers] };
}
