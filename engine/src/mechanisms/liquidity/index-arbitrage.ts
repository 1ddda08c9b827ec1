import type { Mechanism } from "../../run/index.js";
import { amountFaults } from "../amounts.js";
import { type CheckContext, define, type Fault } from "../definition.js";
import { oneAccountFalls } from "../demonstrations.js";
import { type IndexArbitrageParams, indexArbitrageSchema } from "./index-arbitrage-schema.js";
import { linkInstruments } from "./linked-instruments.js";

function indexArbitrage(name: string, params: IndexArbitrageParams): Mechanism {
  const { cash, futures, cost, speed, capital, carry, expiryMs, reads, untilMs, late, cashDelayMs } = params;
  return linkInstruments(name, {
    instruments: [cash, futures],
    cost,
    speed,
    capital,
    futures: {
      carry,
      expiryMs,
      ...(reads === undefined ? {} : { reads }),
      untilMs: untilMs ?? Number.POSITIVE_INFINITY,
      lateShare: late,
      cashDelayMs,
    },
  }) as Mechanism;
}

function check(params: IndexArbitrageParams, { book, tickMs }: CheckContext): readonly Fault[] {
  const faults: Fault[] = [];
  const say = (code: string, key: string, message: string, hint: string) => faults.push({ code, key, message, hint });
  const cash = book.instruments.find((one) => one.id === params.cash);
  const futures = book.instruments.find((one) => one.id === params.futures);
  if (cash?.market !== "spot")
    say("choice-wrong", "cash", `${params.cash} is no spot instrument`, "name the instrument of the basket itself");
  if (futures?.market !== "perpetual") {
    const hint = "name an instrument with market: perpetual, which is a contract without funding";
    say("choice-wrong", "futures", `${params.futures} is no contract`, hint);
  }
  if (cash?.asset !== futures?.asset || cash?.quote !== futures?.quote) {
    const message = `${params.cash} and ${params.futures} are not two instruments of one asset in one quote asset`;
    say("choice-wrong", "futures", message, "name a contract on the asset of `cash`, in its quote asset");
  }
  const capital = book.assets.find((asset) => asset.symbol === params.capital.asset);
  const quote = cash === undefined ? undefined : book.assets[cash.quote];
  if (capital !== undefined && capital !== quote) {
    const message = `${capital.symbol} is not what ${params.cash} is quoted in`;
    say("choice-wrong", "capital", message, `write an amount of ${quote?.symbol}`);
  } else if (capital !== undefined) faults.push(...amountFaults(params.capital, capital, "capital"));
  if (params.carry !== 0 && params.expiryMs === 0) {
    say("value-missing", "expiry", "a carry without an expiry says nothing", 'write it like "60 day"');
  }
  if (params.late > 0 !== params.cashDelayMs > 0) {
    const message = "`late` and `cashDelay` only say something together";
    say("value-missing", params.late > 0 ? "cashDelay" : "late", message, "write both, or neither");
  }
  for (const [key, ms] of [
    ["until", params.untilMs ?? 0],
    ["cashDelay", params.cashDelayMs],
  ] as const) {
    if (ms % tickMs === 0) continue;
    const message = `${ms} ms is no whole number of ticks of ${tickMs} ms`;
    say("duration-no-multiple", key, message, "write a multiple of clock.tick");
  }
  return faults;
}

export const indexArbitrageDefinition = define<IndexArbitrageParams>({
  kind: "index-arbitrage",
  part: "liquidity",
  summary:
    "Arbitrages cash against futures around the cost of carry, on a price that may be stale, with late cash legs.",
  source:
    "Hull, Options, futures and other derivatives, section 5 (cash and carry); MacKinlay and Ramaswamy 1988 (band of costs); docs/model.md",
  schema: indexArbitrageSchema,
  create: indexArbitrage,
  references: (params) => [
    { key: "cash", kind: "instrument", name: params.cash },
    { key: "futures", kind: "instrument", name: params.futures },
    { key: "capital", kind: "asset", name: params.capital.asset },
    ...(params.reads === undefined ? [] : [{ key: "reads", kind: "oracle" as const, name: params.reads }]),
  ],
  check,
  // The futures' depth takes a share of the cash sales, so cash falls less.
  demonstration: {
    scenario: oneAccountFalls({
      instruments: { "ETH/USD-FUT": { asset: "ETH", quote: "USD", market: "perpetual" } },
      venues: {
        futures: {
          kind: "order-book",
          instrument: "ETH/USD-FUT",
          layer: "made",
          bids: [["-50%", "8000 ETH"]],
          asks: [["50%", "8000 ETH"]],
        },
      },
      liquidity: {
        programme: {
          kind: "index-arbitrage",
          cash: "ETH/USD",
          futures: "ETH/USD-FUT",
          cost: "50 bps",
          capital: "2000000 USD",
        },
      },
    }),
    subject: "programme",
    measure: "lowestPriceShare",
    off: "falls",
  },
});
