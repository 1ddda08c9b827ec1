import { longsAndShorts } from "../perpetuals/demonstration.js";

/** What a test may change of the small scenario with a hedged book. */
export interface HedgedVariant {
  readonly exchange?: Readonly<Record<string, unknown>>;
  readonly exchangeRows?: readonly (readonly (string | number)[])[];
  readonly columns?: readonly string[];
  readonly rows?: readonly unknown[];
  readonly rowColumns?: readonly string[];
  readonly move?: string;
  readonly over?: string;
  readonly bids?: readonly unknown[];
  readonly clock?: Readonly<Record<string, unknown>>;
}

const longs = [
  ["long-10x", 400, 2000, 80000],
  ["long-5x", 300, 2000, 120000],
] as const;

/**
 * The small exchange without a lender, its book thin and its fund empty: longs fall due that nobody buys, and are closed against the short of a hedged book `dollar`
 * with 500 coins.
 */
export function syntheticDollar(entry: Readonly<Record<string, unknown>> = {}, variant: HedgedVariant = {}): unknown {
  const scenario = longsAndShorts({
    exchange: {
      insuranceFund: "0 USD",
      fee: 0,
      oracle: "spot",
      ...variant.exchange,
    },
    columns: variant.columns ?? ["account", "size ETH", "entry USD", "margin USD"],
    rows: variant.exchangeRows ?? [...longs, ["book", -500, 2000, 400000]],
    levels: {
      bids: variant.bids ?? [["-5%", "20 ETH"]],
      asks: variant.bids === undefined ? [["5%", "20 ETH"]] : [["900%", "1000000 ETH"]],
      refill: "0 /h",
    },
    small: {
      clock: { tick: "5 min", duration: "3 h", ...variant.clock },
      prices: {
        shock: { kind: "line", moves: { ETH: variant.move ?? "-15%" }, over: variant.over ?? "1 h" },
        spot: { kind: "spot-oracle", venues: { market: 1 } },
      },
      positions: {
        dollar: {
          layer: "made",
          columns: variant.rowColumns ?? ["account", "risky ETH"],
          rows: variant.rows ?? [["book", 500]],
        },
      },
      pressure: {
        dollar: { kind: "delta-neutral", exchange: "exchange", instrument: "ETH/USD", over: "30 min", ...entry },
      },
    },
  }) as Record<string, Record<string, unknown>>;
  delete scenario.pressure.lender;
  return scenario;
}

/** The small scenario with an insurer whose coins are its margin on a coin-margined exchange: 300 free, 100 posted, 200,000 dollars short. */
export function hedgedInsurer(entry: Readonly<Record<string, unknown>> = {}, variant: HedgedVariant = {}): unknown {
  const scenario = syntheticDollar(
    {},
    {
      columns: ["account", "size USD", "entry USD", "margin ETH"],
      exchangeRows: [
        ["long-10x", 800000, 2000, 40],
        ["long-5x", 600000, 2000, 60],
        ["fund", -200000, 2000, 100],
      ],
      rowColumns: ["account", "risky ETH", "cash USD"],
      rows: [["fund", 300, 0]],
      bids: [["-90%", "100000 ETH"]],
      ...variant,
      exchange: {
        ...(variant.exchange?.kind === undefined ? { protocol: "inverse-perpetual" } : {}),
        tiers: [{ maintenance: "1%" }],
        ...variant.exchange,
      },
    },
  ) as {
    book: { positions: Record<string, unknown> };
    pressure: Record<string, Record<string, unknown>>;
  };
  scenario.book.positions.insurer = scenario.book.positions.dollar;
  scenario.pressure.insurer = {
    kind: "perpetual-hedge",
    exchange: "exchange",
    instrument: "ETH/USD",
    hedge: "25%",
    floor: "80%",
    ...entry,
  };
  delete scenario.book.positions.dollar;
  delete scenario.pressure.dollar;
  return scenario;
}
