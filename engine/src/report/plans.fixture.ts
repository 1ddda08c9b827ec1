import { readScenario } from "../scenario/parse.js";
import type { Plan } from "../scenario/plan.js";

const made = {
  source: "made for the test",
  asOf: "2024-01-01T00:00:00Z",
  coverage: "everything",
  coverageShare: 1,
  basis: "measured",
};

/** What a test changes about the plan. */
export interface PlanChange {
  readonly pressure?: Readonly<Record<string, unknown>>;
  readonly lender?: Readonly<Record<string, unknown>>;
  readonly prices?: Readonly<Record<string, unknown>>;
  readonly guards?: readonly unknown[];
  readonly refill?: string;
  readonly coverageShare?: number | null;
  readonly accounts?: readonly unknown[];
}

/** Three borrowers and one order book; nobody keeps, nothing refills unless a test says so. */
export function threeBorrowers(change: PlanChange = {}): Plan {
  const scenario = {
    version: 1,
    name: "three",
    summary: "Three borrowers",
    book: {
      name: "three",
      at: "2024-01-01T00:00:00Z",
      assets: { ETH: { price: "2000 USD" }, USDC: { price: "1 USD" } },
      instruments: { "ETH/USDC": { asset: "ETH", quote: "USDC" } },
      layers: { made: { ...made, coverageShare: change.coverageShare === undefined ? 1 : change.coverageShare } },
      positions: {
        lender: {
          layer: "made",
          accounts: change.accounts ?? [
            { account: "careful", collateral: "400 ETH", debt: "300000 USDC" },
            { account: "bold", collateral: "800 ETH", debt: "1150000 USDC" },
            { account: "reckless", collateral: "500 ETH", debt: "800000 USDC" },
          ],
        },
      },
      venues: {
        market: {
          kind: "order-book",
          instrument: "ETH/USDC",
          layer: "made",
          bids: [
            ["-1%", "300 ETH"],
            ["-10%", "2000 ETH"],
            ["-40%", "6000 ETH"],
          ],
          asks: [
            ["1%", "300 ETH"],
            ["10%", "2000 ETH"],
            ["40%", "6000 ETH"],
          ],
          refill: change.refill ?? "0 /h",
        },
      },
    },
    clock: { tick: "5 min", duration: "2 h" },
    prices: change.prices ?? {
      shock: { kind: "line", moves: { ETH: "-20%" }, over: "1 h", gas: "0 gwei" },
      spot: { kind: "spot-oracle" },
    },
    pressure: {
      lender: {
        kind: "lending",
        threshold: { ETH: "85%" },
        bonus: { ETH: "5%" },
        size: { rule: "all-collateral" },
        ...change.lender,
      },
      ...change.pressure,
    },
    guards: change.guards ?? [],
  };
  return readScenario(scenario, () => ({ value: undefined }));
}
