/** What a Spoke and its Hub keep, in units of the assets. */
import { PriceUnavailable, ReserveNotListed } from "./errors.js";
import type { AaveV4Parameters, ReserveParameters } from "./parameters.js";

/** The Hub's side of a reserve. */
export interface ReserveState {
  /** Underlying the Hub holds. */
  readonly availableUnits: bigint;
  /** Debt written off and reported. */
  readonly deficitUnits: bigint;
}

/** An account: units by asset, and the assets it uses as collateral (the choice outlives the balance). */
export interface AccountState {
  readonly supplied: Readonly<Record<string, bigint>>;
  readonly owed: Readonly<Record<string, bigint>>;
  readonly collateral: readonly string[];
}

/** A Spoke with its Hub. */
export interface SpokeState {
  readonly reserves: Readonly<Record<string, ReserveState>>;
  readonly accounts: Readonly<Record<string, AccountState>>;
}

/** Price of one whole token by asset, dollars x 1e8. */
export type Prices = Readonly<Record<string, bigint>>;

/** One movement of value. Claims and debts that come into being come from "issue", those that end go to it. */
export interface Transfer {
  readonly asset: string;
  readonly of: "underlying" | "supply" | "debt";
  readonly from: string;
  readonly to: string;
  readonly units: bigint;
}

/** What every transition returns: the state after it and who gave what to whom. */
export interface Outcome {
  readonly state: SpokeState;
  readonly transfers: readonly Transfer[];
}

/** The party of `Transfer` that holds the underlying. */
export const HUB = "hub";
/** The party of `Transfer` that claims and debts come from and go to. */
export const ISSUE = "issue";
/** The account that receives the protocol's share of bonuses (`Hub.payFeeShares`). */
export const FEE_RECEIVER = "fee-receiver";

const emptyAccount: AccountState = { supplied: {}, owed: {}, collateral: [] };

/** A Spoke whose reserves are empty. */
export function openSpoke(parameters: AaveV4Parameters): SpokeState {
  const reserves = parameters.reserves.map(({ asset }) => [asset, { availableUnits: 0n, deficitUnits: 0n }]);
  return { reserves: Object.fromEntries(reserves), accounts: {} };
}

/** The account, empty if it was never seen. */
export function accountOf(state: SpokeState, account: string): AccountState {
  return state.accounts[account] ?? emptyAccount;
}

/** The reserve's state. Throws `ReserveNotListed`. */
export function reserveOf(state: SpokeState, asset: string): ReserveState {
  const reserve = state.reserves[asset];
  if (reserve === undefined) throw new ReserveNotListed(`${asset} is no reserve of this Spoke`);
  return reserve;
}

/** The reserve's parameters. Throws `ReserveNotListed`. */
export function parametersOf(parameters: AaveV4Parameters, asset: string): ReserveParameters {
  const reserve = parameters.reserves.find((one) => one.asset === asset);
  if (reserve === undefined) throw new ReserveNotListed(`${asset} is no reserve of this Spoke`);
  return reserve;
}

/** The asset's price. Throws `PriceUnavailable` if it is missing or not above 0. */
export function priceOf(prices: Prices, asset: string): bigint {
  const price = prices[asset];
  if (price === undefined || price <= 0n) throw new PriceUnavailable(`no price above 0 for ${asset}`);
  return price;
}

/** The state with one account exchanged. */
export function withAccount(state: SpokeState, account: string, changed: AccountState): SpokeState {
  return { ...state, accounts: { ...state.accounts, [account]: changed } };
}

/** The state with one reserve exchanged. */
export function withReserve(state: SpokeState, asset: string, changed: ReserveState): SpokeState {
  return { ...state, reserves: { ...state.reserves, [asset]: changed } };
}

/** Amounts after `units` came in (or, negative, went out); an asset without an amount has no entry. */
function shifted(amounts: Readonly<Record<string, bigint>>, asset: string, units: bigint): Record<string, bigint> {
  const { [asset]: before = 0n, ...others } = amounts;
  const after = before + units;
  return after === 0n ? others : { ...others, [asset]: after };
}

function booked(state: SpokeState, party: string, { asset, of }: Transfer, units: bigint): SpokeState {
  if (of === "underlying") {
    if (party !== HUB) return state;
    const reserve = reserveOf(state, asset);
    return withReserve(state, asset, { ...reserve, availableUnits: reserve.availableUnits + units });
  }
  if (party === ISSUE) return state;
  const account = accountOf(state, party);
  const kind = of === "supply" ? "supplied" : "owed";
  return withAccount(state, party, { ...account, [kind]: shifted(account[kind], asset, units) });
}

/** The outcome with one more transfer; a transfer of nothing is none. */
export function moved(outcome: Outcome, transfer: Transfer): Outcome {
  if (transfer.units === 0n) return outcome;
  const given = booked(outcome.state, transfer.from, transfer, -transfer.units);
  return { state: booked(given, transfer.to, transfer, transfer.units), transfers: [...outcome.transfers, transfer] };
}
