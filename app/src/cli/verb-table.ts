/** What an option's value must be; it is checked before the verb runs. */
export type OptionKind = "flag" | "text" | "count" | "seed" | "list";

/** One option of a verb, as `--help` shows it and as the command line is read. */
export interface VerbOption {
  /** Long name without dashes: `shock`. */
  readonly name: string;
  readonly kind: OptionKind;
  /** How the value is written, with an example's look; empty for flags. */
  readonly value: string;
  readonly summary: string;
  /** Largest whole number, where it is not the kind's own. */
  readonly most?: number;
}

/** What stands on the command line by its place. */
export interface VerbOperand {
  readonly name: string;
  readonly required: boolean;
  /** The last operand may take all that is left. */
  readonly repeated: boolean;
  readonly summary: string;
  /** It names a file that must be there. */
  readonly isFile?: boolean;
}

/** One verb of the command. Plain values only, so that `--help` needs nothing else. */
export interface Verb {
  readonly name: string;
  readonly summary: string;
  readonly operands: readonly VerbOperand[];
  readonly options: readonly VerbOption[];
  readonly example: string;
}

const scenario: VerbOperand = {
  name: "SCENARIO",
  required: true,
  repeated: false,
  summary: "a scenario's file, YAML or JSON",
  isFile: true,
};
const seed: VerbOption = { name: "seed", kind: "seed", value: "N", summary: "seed of the random draws (1)" };
const paths: VerbOption = { name: "paths", kind: "count", value: "P", summary: "how many paths" };
const workers: VerbOption = {
  name: "workers",
  kind: "count",
  value: "W",
  summary: "threads; 1 stays in one (as many as there are cores)",
  most: 256,
};
const chunk: VerbOption = { name: "chunk", kind: "count", value: "C", summary: "paths handed to a worker at a time" };
const horizon: VerbOption = {
  name: "horizon",
  kind: "text",
  value: "10min",
  summary: "reaction time that counts in the gain (10 min, or longer where nobody reacts so soon)",
};
const move: VerbOption = {
  name: "move",
  kind: "text",
  value: "1%",
  summary: "move over which the gain is taken (1 %)",
};

/** Options that every verb has. */
export const commonOptions: readonly VerbOption[] = [
  { name: "json", kind: "flag", value: "", summary: "print only JSON" },
  { name: "out", kind: "text", value: "FILE", summary: "write there instead of printing" },
  { name: "help", kind: "flag", value: "", summary: "show this" },
];

/** Every verb, in the order in which a newcomer meets them. */
export const verbTable: readonly Verb[] = [
  {
    name: "map",
    summary: "where forced selling waits, against how much depth, and the gain at each price",
    operands: [scenario],
    options: [move, horizon],
    example: "firebreak map scenarios/2021-05-19.yaml",
  },
  {
    name: "solve",
    summary: "what a shock or a sale ends in: prices, forced dollars, bad debt, gain, fold",
    operands: [scenario],
    options: [
      { name: "shock", kind: "list", value: "ETH=-30%", summary: "move of fair value; repeat it or list with commas" },
      { name: "sale", kind: "text", value: '"5000 ETH"', summary: "a sale that walks depth" },
      horizon,
      move,
    ],
    example: "firebreak solve scenarios/2021-05-19.yaml --shock ETH=-30%",
  },
  {
    name: "gamma",
    summary: "what dealers of options must trade at each price, under a stated side: gamma, vanna, charm, flips",
    operands: [
      {
        name: "BOOK",
        required: true,
        repeated: false,
        summary: "a book with options (import makes one of a chain), or a scenario with dealers",
        isFile: true,
      },
    ],
    options: [
      {
        name: "sign",
        kind: "text",
        value: "short-all",
        summary:
          "the dealers' side of open interest, an assumption: short-all, long-all, long-calls-short-puts, short-calls-long-puts (the scenario's, else short-all)",
      },
      { name: "range", kind: "text", value: "40%", summary: "how far from spot, to both sides (40 %)" },
      { name: "levels", kind: "count", value: "N", summary: "how many prices, an odd number (81)", most: 4001 },
      { name: "expiry", kind: "list", value: "2024-03-29", summary: "only what expires then (UTC); repeat it" },
      {
        name: "smile",
        kind: "text",
        value: "sticky-strike",
        summary: "volatility as the price moves: sticky-strike (default), sticky-delta or local",
      },
      { name: "asset", kind: "text", value: "ETH", summary: "options on which asset, where the book holds several" },
    ],
    example: "firebreak gamma books/eth-winter-2024.json --sign short-all --out gamma.html",
  },
  {
    name: "run",
    summary: "the scenario in time, over many paths: measures with their bands, and the tape's hash",
    operands: [scenario],
    options: [seed, { ...paths, summary: "how many paths (1)" }, workers, chunk],
    example: "firebreak run scenarios/2021-05-19.yaml --seed 7 --paths 8",
  },
  {
    name: "compare",
    summary: "two scenarios on the same seeds: paired differences with their intervals",
    operands: [
      { name: "A", required: true, repeated: false, summary: "a scenario's file", isFile: true },
      { name: "B", required: true, repeated: false, summary: "the other scenario's file", isFile: true },
    ],
    options: [seed, { ...paths, summary: "how many paths (100)" }, workers, chunk],
    example: "firebreak compare scenarios/small.yaml mine.yaml --paths 200",
  },
  {
    name: "replay",
    summary: "a shipped day: what the model says would be liquidated beside what really was",
    operands: [
      { name: "DAY", required: true, repeated: false, summary: "2021-05-19, 1987-10-19, or a scenario's file" },
    ],
    options: [seed, { ...paths, summary: "how many paths (the day's own default)" }, workers],
    example: "firebreak replay 2021-05-19 --out out/2021-05-19",
  },
  {
    name: "insure",
    summary: "ways to keep a floor: cost, breaks, forced sales; alone, and with everyone else doing the same",
    operands: [
      {
        name: "SCENARIO",
        required: false,
        repeated: false,
        summary: "a scenario's file or a book's, for its market (a shipped book of ether)",
        isFile: true,
      },
    ],
    options: [
      { name: "asset", kind: "text", value: "ETH", summary: "what is insured (ETH)" },
      { name: "floor", kind: "text", value: "90%", summary: "what must be left at the end, of the sum (90 %)" },
      { name: "horizon", kind: "text", value: "90day", summary: "for how long (90 days)" },
      { name: "sum", kind: "text", value: '"1000000 USD"', summary: "what one account insures (1 million USD)" },
      {
        name: "crowd",
        kind: "text",
        value: '"100% of depth"',
        summary: "what everyone else who does the same insures: USD, coins, or of the depth within -10 % (100 %)",
      },
      { name: "only", kind: "list", value: "cppi,tipp", summary: "these strategies alone" },
      { name: "multiplier", kind: "text", value: "4", summary: "exposure over what is above the floor (4)" },
      { name: "leverage", kind: "text", value: "1", summary: "largest exposure over wealth (1)" },
      {
        name: "every",
        kind: "text",
        value: '"1 day"',
        summary: "strategies trade this often (whenever the price moves)",
      },
      { name: "volatility", kind: "text", value: "70%", summary: "of the price, per year, jumps left out (70 %)" },
      {
        name: "jumps",
        kind: "list",
        value: "6,-6%,8%",
        summary: "jumps a year, their mean and deviation in log price; 0 for none (6, -6 %, 8 %)",
      },
      { name: "drift", kind: "text", value: "0%", summary: "growth of the expected price, per year (0 %)" },
      { name: "lasting", kind: "text", value: "50%", summary: "share of a sale's impact that stays (50 %)" },
      {
        name: "tick",
        kind: "text",
        value: '"6 h"',
        summary: "one step of time (as the horizon needs: 6 h for 90 days)",
      },
      seed,
      { ...paths, summary: "how many paths (400)" },
      workers,
    ],
    example: "firebreak insure --floor 85% --horizon 30day --only stop-loss,cppi --paths 50",
  },
  {
    name: "explain",
    summary: "every parameter with its default and source; or why one account was liquidated",
    operands: [scenario],
    options: [
      { name: "account", kind: "text", value: "ID", summary: "tell this account's story" },
      { name: "protocol", kind: "text", value: "P", summary: "whose account, where several have one of that name" },
      seed,
      { name: "path", kind: "seed", value: "N", summary: "which path the story is of (0)", most: 99_999_999 },
    ],
    example: "firebreak explain scenarios/2021-05-19.yaml --account 19172",
  },
  {
    name: "import",
    summary: "raw files to a book, a series or a layer; refused rows with their reasons",
    operands: [
      {
        name: "KIND",
        required: true,
        repeated: false,
        summary:
          "csv or depth-csv (your own tables), or a raw set: maker-vaults, maker-events, crvusd, dex-quotes, binance-l2, candles-10m, candles-15m, prices-hourly, gas, reserves, deribit-chain, cboe-chain",
      },
      { name: "PATH", required: true, repeated: true, summary: "the files" },
    ],
    options: [
      { name: "protocol", kind: "text", value: "NAME", summary: "csv: the protocol that the rows belong to" },
      {
        name: "map",
        kind: "text",
        value: '"account=Id,collateral.ETH=Coll,debt.USD=Debt"',
        summary: "which column is what; guessed from the header without it",
      },
      {
        name: "asset",
        kind: "list",
        value: "ETH=3375.69",
        summary: "price of an asset in US dollars, repeat it; for candles, prices and chains the asset alone",
      },
      {
        name: "depth",
        kind: "text",
        value: "FILE",
        summary: "csv: a table of depth to sell into (side, price, amount)",
      },
      {
        name: "at",
        kind: "text",
        value: "MOMENT",
        summary: "csv and chains: moment of the rows in UTC (the file's own)",
      },
      { name: "strict", kind: "flag", value: "", summary: "a bad row refuses the whole file" },
      {
        name: "preview",
        kind: "flag",
        value: "",
        summary: "csv: show how the first rows are understood; write nothing",
      },
    ],
    example: "firebreak import csv loans.csv --protocol mine --asset ETH=3375.69 --asset USD=1 --out mine.json",
  },
  {
    name: "new",
    summary: "write a commented scenario to begin with",
    operands: [{ name: "NAME", required: false, repeated: false, summary: "its name (scenario)" }],
    options: [{ name: "book", kind: "text", value: "FILE", summary: "around this book instead of an invented one" }],
    example: "firebreak new mine",
  },
  {
    name: "report",
    summary: "one HTML file with everything, which opens from disk",
    operands: [scenario],
    options: [
      seed,
      { ...paths, summary: "how many paths (the report's own default)" },
      workers,
      { name: "picture", kind: "text", value: "FILE", summary: "write the map alone too, as an SVG picture" },
    ],
    example: "firebreak report scenarios/2021-05-19.yaml --out out/2021-05-19",
  },
  {
    name: "protocols",
    summary: "every named protocol: version, source, date, what is modelled and what is not",
    operands: [{ name: "PROTOCOL", required: false, repeated: false, summary: "only this one, with its markets" }],
    options: [],
    example: "firebreak protocols aave-v3",
  },
  {
    name: "volatility",
    summary: "volatility of a file of prices by every estimator, its GARCH fit, and an upper bound of self-excitation",
    operands: [
      {
        name: "FILE",
        required: true,
        repeated: false,
        summary: "a CSV with date and open, high, low, close (or price, or return), or a series of ours",
        isFile: true,
      },
    ],
    options: [
      {
        name: "year",
        kind: "text",
        value: "252",
        summary: "intervals in a year (252 for days without weekends, else by the calendar)",
      },
      { name: "last", kind: "count", value: "N", summary: "only the last N rows" },
      { name: "table", kind: "text", value: "ID", summary: "a series' table (its candles, else its prices)" },
      { name: "event", kind: "text", value: "2", summary: "deviations from which a move counts as an event (2)" },
      { name: "window", kind: "count", value: "N", summary: "intervals per window of counts (20)" },
      { name: "skip", kind: "flag", value: "", summary: "leave out rows that are not understood, and say which" },
    ],
    example: "firebreak volatility books/us-equity-1987-10-19.series.json",
  },
  {
    name: "validate",
    summary: "the numbers of the literature beside ours; exit 1 if one fails",
    operands: [],
    options: [
      { name: "write", kind: "flag", value: "", summary: "renew VALIDATION.md of the project you are in" },
      {
        name: "closed",
        kind: "flag",
        value: "",
        summary: "only the closed forms, in a second; the rest takes minutes",
      },
    ],
    example: "firebreak validate --json",
  },
];

/** The verb of that name, or undefined. */
export function verbOf(name: string): Verb | undefined {
  return verbTable.find((verb) => verb.name === name);
}
