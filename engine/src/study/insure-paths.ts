import { exp } from "../math/index.js";
import { powersOfTen } from "../rules/account-value.js";
import { optionDelta } from "../rules/option-delta.js";
import { type TapeRow, tapeKinds } from "../run/index.js";
import type { Plan } from "../scenario/plan.js";
import { insuredName, insuredRow } from "./insure-plans.js";
import type { InsuredPuts } from "./insure-puts.js";
import { type InsuranceQuestion, insuranceYearMs } from "./insure-question.js";
import { openRun } from "./paths.js";

/** What became of the account on paths, by path. */
export interface InsuredPaths {
  /** Wealth at the end in dollars, at the market's last price. */
  readonly wealthUsd: Float64Array;
  /** Last price of the asset in the market, dollars a coin. */
  readonly priceUsd: Float64Array;
  /**
   * Dollars that the account's holdings and its puts, by their delta, gained by moves of the quiet price (as it would be if nobody's sales moved it) beyond the expected ones: a martingale, so
   * its mean is 0 whatever the strategy. What it explains of wealth is luck; the rest is cost.
   */
  readonly luckUsd: Float64Array;
  /** Dollars (at opening prices) of the most that found no buyer in one round; 0: depth was enough. */
  readonly unfilledUsd: Float64Array;
}

/** What is known of the account beside the plan. */
export interface InsuredAccount extends Pick<InsuranceQuestion, "sumUsd" | "drift"> {
  /** Puts that it holds on every coin. */
  readonly puts?: InsuredPuts | undefined;
  /** Share of its coins that is short at the start, margin included. */
  readonly shorted?: number | undefined;
}

/** Columns for `count` paths. */
export function emptyInsuredPaths(count: number): InsuredPaths {
  const column = () => new Float64Array(count);
  return { wealthUsd: column(), priceUsd: column(), luckUsd: column(), unfilledUsd: column() };
}

/** Runs paths [from, to) of a plan of `insurancePlan`; `progress` is called after each. Where nobody is insured, `sumUsd` is held in the asset. */
export function runInsured(
  plan: Plan,
  instrument: number,
  { sumUsd, drift, puts, shorted }: InsuredAccount,
  seed: number,
  from: number,
  to: number,
  progress: () => void = () => {},
): InsuredPaths {
  const found = emptyInsuredPaths(to - from);
  const { book } = plan;
  const { asset, quote } = book.instruments[instrument];
  const mechanism = plan.mechanisms.findIndex((one) => one.name === insuredName);
  const columns = book.positions.find((one) => one.protocol === insuredName)?.columns ?? [];
  const openingOf = (role: string) => columns.find((one) => one.role === role)?.values[insuredRow] ?? 0;
  const [openingRisky, openingCash] = [openingOf("risky"), openingOf("cash")];
  const unit = (index: number) => powersOfTen[book.assets[index].unitDecimals];
  const quoteUsd = book.assets[quote].priceUsd;
  const opening = book.assets[asset].priceUsd;
  // Coins that move with the price without being held here: margin less the short.
  const elsewhere = shorted === undefined ? 0 : ((1 - shorted) * sumUsd * unit(asset)) / opening - openingRisky;
  const growth = exp((drift * plan.tickMs) / insuranceYearMs);
  // Holdings now and at the end of the tick before, in whole units; a holder's are no accounts.
  const openingUnits = mechanism < 0 ? (sumUsd * unit(asset)) / opening : openingRisky + elsewhere;
  let risky = 0;
  let before = 0;
  let cash = 0;
  let price = 0;
  let quiet = 0;
  let impact = 0;
  let luck = 0;
  let delta = 0;
  let bought = opening;
  const putDelta = ({ tenorMs, strike, volatility }: InsuredPuts, timeMs: number) => {
    if (timeMs % tenorMs === 0) bought = quiet;
    return optionDelta(false, quiet, strike * bought, volatility, tenorMs - (timeMs % tenorMs));
  };
  /** Wealth as the mechanism itself says it at the end, with what is not coins or cash (puts). */
  let said = Number.NaN;
  const open = openRun(plan, (row: TapeRow) => {
    if (row.kind === tapeKinds.price && row.a === asset) {
      price = row.y;
      const next = row.x * exp(-impact);
      luck += (before / unit(asset)) * (1 + delta) * (next - quiet * growth);
      quiet = next;
      if (puts !== undefined) delta = putDelta(puts, (row.tick + 1) * plan.tickMs);
      before = risky;
    } else if (row.kind === tapeKinds.floor && row.a === mechanism && row.b === insuredRow) {
      said = row.x;
    } else if (row.kind === tapeKinds.lasting && row.a === asset) {
      impact += row.y;
    } else if (row.kind === tapeKinds.trade && row.a === mechanism && row.b === insuredRow) {
      risky -= row.x;
      cash += row.x > 0 ? row.y : -row.y;
    }
  });
  for (let path = from; path < to; path++) {
    risky = openingUnits;
    before = openingUnits;
    cash = openingCash;
    price = opening;
    quiet = opening;
    impact = 0;
    luck = 0;
    bought = opening;
    delta = puts === undefined ? 0 : putDelta(puts, 0);
    said = Number.NaN;
    const { measures } = open.run(seed, path);
    const at = path - from;
    const counted = (risky / unit(asset)) * price + (cash / unit(quote)) * quoteUsd;
    found.wealthUsd[at] = Number.isNaN(said) ? counted : said;
    found.luckUsd[at] = luck;
    found.priceUsd[at] = price;
    found.unfilledUsd[at] = measures.unfilledUsd;
    progress();
  }
  return found;
}
