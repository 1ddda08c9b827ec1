import { amountFaults } from "../amounts.js";
import { type CheckContext, define, type Fault } from "../definition.js";
import { oneAccountFalls } from "../demonstrations.js";
import { type BasisArbitrageParams, basisArbitrageSchema } from "./basis-arbitrage-schema.js";
import { linkInstruments } from "./linked-instruments.js";

function check(params: BasisArbitrageParams, { book: of }: CheckContext): readonly Fault[] {
  const [first, second] = params.instruments.map((id) => of.instruments.find((one) => one.id === id));
  const faults: Fault[] = [];
  if (first === second || first?.asset !== second?.asset) {
    faults.push({
      code: "choice-wrong",
      key: "instruments",
      message: `${params.instruments.join(" and ")} are not two instruments of one asset`,
      hint: "name two instruments that trade the same asset",
    });
  }
  const capital = of.assets.find((asset) => asset.symbol === params.capital?.asset);
  if (params.capital !== undefined && capital !== undefined)
    faults.push(...amountFaults(params.capital, capital, "capital"));
  return faults;
}

export const basisArbitrageDefinition = define<BasisArbitrageParams>({
  kind: "basis-arbitrage",
  part: "liquidity",
  summary: "Links two instruments of one asset: sells the dear and buys the cheap while the gap exceeds its cost.",
  source: "Hull, Options, futures and other derivatives, section 5 (cash and carry bounds); docs/model.md",
  schema: basisArbitrageSchema,
  create: (name, params) => linkInstruments(name, params),
  references: (params) => [
    ...params.instruments.map((name, index) => ({
      key: `instruments[${index}]`,
      kind: "instrument" as const,
      name,
    })),
    ...(params.capital === undefined ? [] : [{ key: "capital", kind: "asset" as const, name: params.capital.asset }]),
  ],
  check,
  // The perpetual's depth takes a share of the spot sales, so spot falls less.
  demonstration: {
    scenario: oneAccountFalls({
      instruments: { "ETH/USD-PERP": { asset: "ETH", quote: "USD", market: "perpetual" } },
      venues: {
        perpetual: {
          kind: "order-book",
          instrument: "ETH/USD-PERP",
          layer: "made",
          bids: [["-50%", "8000 ETH"]],
          asks: [["50%", "8000 ETH"]],
        },
      },
      liquidity: {
        basis: {
          kind: "basis-arbitrage",
          instruments: ["ETH/USD", "ETH/USD-PERP"],
          cost: "5 bps",
          capital: "2000000 USD",
        },
      },
      prices: { shock: { kind: "line", moves: { ETH: "-30%" }, over: "1 h" } },
    }),
    subject: "basis",
    measure: "lowestPriceShare",
    off: "falls",
  },
});
