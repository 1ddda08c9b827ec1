import { describe, expect, it } from "vitest";
import { refusals, runLenderCase, type WrittenCase } from "../../../../test/support/lender-case.js";
import { protocolActs, tapeKinds } from "../../run/tape.js";

const lender = { kind: "lending", threshold: { ETH: "85%" }, bonus: { ETH: "5%" } };
const governor = {
  name: "governor",
  protocol: "smart-ltv",
  lender: "lender",
  asset: "ETH",
  cap: "1000000 USD",
  bonus: "5%",
  volatility: "1%",
  every: "10 min",
  refresh: "10 min",
};

/** The small scenario with ETH 10 % down within an hour, with a governor or without. */
function run(terms: Record<string, unknown> | undefined, change: (scenario: WrittenCase) => void = () => {}) {
  return runLenderCase(lender, (scenario) => {
    scenario.prices.shock = { ...scenario.prices.shock, moves: { ETH: "-10%" } };
    if (terms !== undefined) scenario.guards = [{ ...governor, ...terms }];
    change(scenario);
  });
}
/** Thresholds that were set, basis points, in order. */
const set = ({ rows }: ReturnType<typeof run>) =>
  rows.filter(({ kind, z }) => kind === tapeKinds.protocol && z === protocolActs.govern).map(({ y }) => y);
/** Depth in shares of the scenario's. */
const depth = (share: number) => (scenario: WrittenCase) => {
  const market = scenario.book.venues.market as Record<string, [string, string][]>;
  for (const side of ["bids", "asks"])
    market[side] = market[side].map(([at, units]) => [at, `${Number.parseFloat(units) * share} ETH`]);
};
/** Accounts that hold as much and owe nothing that could be called. */
const withoutDebts = (scenario: WrittenCase) => {
  scenario.book.positions.lender.accounts = [{ account: "1", collateral: "300 ETH", debt: "1 USD" }];
};

describe("SmartLTV as a governor", () => {
  it("behavior: a fall that liquidates nobody liquidates where the threshold follows it: the documented downside", () => {
    const off = run(undefined);
    const on = run({});
    expect(off.measures.liquidatedAccounts).toBe(0);
    expect(on.measures.liquidatedAccounts).toBeGreaterThan(0);
    expect(on.measures.soldUsd).toBeGreaterThan(off.measures.soldUsd);
    expect(on.measures.lowestPriceShare).toBeLessThan(off.measures.lowestPriceShare);
  });

  it("behavior: it is procyclical: what its cuts sell takes the liquidity and moves the price from which it cuts again", () => {
    const lowest = (change: (scenario: WrittenCase) => void) => Math.min(...set(run({}, change)));
    expect(lowest(() => {})).toBeLessThan(lowest(withoutDebts));
  });

  it("behavior: never above the opening: while prices stand still it sets nothing, and the tape is as without it", () => {
    const still = (scenario: WrittenCase) => {
      scenario.prices.shock = { ...scenario.prices.shock, moves: { ETH: "0%" } };
    };
    const calm = run({ volatility: "0.01%" }, still);
    expect(set(calm)).toEqual([]);
    expect(calm.hash).toBe(run(undefined, still).hash);
  });

  it("behavior: as volatility fades the threshold rises again, to the opening and no further", () => {
    const thresholds = set(
      run({ halfLife: "5 min" }, (scenario) => {
        scenario.clock = { tick: "5 min", duration: "6 h" };
      }),
    );
    expect(Math.min(...thresholds)).toBeLessThan(7_000);
    expect(Math.max(...thresholds)).toBe(8_500);
    expect(thresholds.at(-1)).toBe(8_500);
  });

  it("behavior: less depth is a lower threshold, a higher cap as well, a higher risk level a higher one", () => {
    const lowest = (terms: Record<string, unknown>, change?: (scenario: WrittenCase) => void) =>
      Math.min(...set(run(terms, change)));
    const at = lowest({}, withoutDebts);
    expect(
      lowest({}, (scenario) => {
        withoutDebts(scenario);
        depth(0.5)(scenario);
      }),
    ).toBeLessThan(at);
    expect(lowest({ cap: "2000000 USD" }, withoutDebts)).toBeLessThan(at);
    expect(lowest({ riskLevel: 0.2 }, withoutDebts)).toBeGreaterThan(at);
    expect(lowest({ slippage: "20%" }, withoutDebts)).toBeGreaterThan(at);
  });

  it("behavior: on a ramp a cut takes time: fewer accounts are reached within the same hours", () => {
    const liquidated = (over: string) => run({ over }).measures.liquidatedAccounts;
    expect(liquidated("0 s")).toBeGreaterThan(liquidated("1 day"));
  });

  it("behavior: data that is too old is refused and the threshold stays; taken, it cuts", () => {
    // Measured after 5, 65 and 125 minutes, set after 5 and 95: by then the data is half an hour old.
    const terms = { refresh: "1 h", every: "90 min" };
    expect(set(run({ ...terms, maxAge: "1 day" })).length).toBeGreaterThan(0);
    expect(set(run({ ...terms, maxAge: "30 min" })).length).toBeGreaterThan(0);
    expect(set(run({ ...terms, maxAge: "29 min" }))).toEqual([]);
    // Refreshed more often it is young enough again.
    expect(set(run({ ...terms, refresh: "10 min", maxAge: "29 min" })).length).toBeGreaterThan(0);
  });

  it.each([
    ["aave-v3", { protocol: "aave-v3", threshold: { ETH: "85%" }, bonus: { ETH: "5%" } }],
    ["aave-v4", { protocol: "aave-v4", threshold: { ETH: "85%" }, bonus: { ETH: "5%" } }],
    ["euler-v2", { protocol: "euler-v2", threshold: { ETH: "85%" } }],
  ])("behavior: it governs %s too", (_, named) => {
    const liquidated = (guards: unknown[]) =>
      runLenderCase(named, (scenario) => {
        scenario.prices.shock = { ...scenario.prices.shock, moves: { ETH: "-10%" } };
        scenario.guards = guards;
      }).measures.liquidatedAccounts;
    expect(liquidated([])).toBe(0);
    expect(liquidated([governor])).toBeGreaterThan(0);
  });

  it("behavior: a second path begins with the threshold of the opening", () => {
    const { kernel, hash } = run({});
    expect(kernel.run(1, 0).tapeHash).toBe(hash);
  });

  it("error: everything wrong is said at once", () => {
    const refused = (terms: Record<string, unknown>, of: Record<string, unknown> = lender) =>
      refusals(of, (scenario) => {
        scenario.guards = [{ ...governor, ...terms }];
      });
    expect(refused({})).toEqual([]);
    expect(refused({ cap: "0 ETH", bonus: "0%" }, { protocol: "morpho-blue", lltv: "86%" })).toEqual([
      "not-governable guards[0].lender",
      "unit-wrong guards[0].cap",
      "zero-scale guards[0].cap",
      "zero-scale guards[0].slippage",
    ]);
    expect(refused({ asset: "USD" })).toEqual(["instrument-of-another-asset guards[0].instrument"]);
    expect(refused({ lender: "nobody", asset: "GOLD", oracle: "delphi" })).toEqual([
      "unknown-mechanism guards[0].lender",
      "unknown-asset guards[0].asset",
      "unknown-oracle guards[0].oracle",
    ]);
  });
});
