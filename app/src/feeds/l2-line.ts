import { isMembers } from "./numbers-as-text.js";

/** A price level of an order book: price in steps of 1e-8 of the quote asset, size in coins; size 0 removes the level. */
export type L2Level = readonly [priceSteps: number, size: number];

/** A message of the Binance USD-M feed. Update ids are numbers below 2^53. */
export type L2Message =
  | {
      readonly kind: "snapshot";
      readonly lastUpdateId: number;
      readonly timeMs: number;
      readonly bids: readonly L2Level[];
      readonly asks: readonly L2Level[];
    }
  | {
      readonly kind: "depth";
      /** First and last update id of the event, and the last id of the event before. */
      readonly first: number;
      readonly last: number;
      readonly previous: number;
      readonly timeMs: number;
      readonly bids: readonly L2Level[];
      readonly asks: readonly L2Level[];
    }
  | { readonly kind: "best"; readonly updateId: number; readonly bid: L2Level; readonly ask: L2Level }
  | {
      readonly kind: "trade";
      readonly timeMs: number;
      readonly priceSteps: number;
      readonly size: number;
      /** The aggressor sold into the bids. */
      readonly sold: boolean;
    };

/** Price steps in one unit of the quote asset. */
export const stepsPerUnit = 1e8;

class Refusal extends Error {}

/** Reads one line `<local ns> <json>`; a sentence says why it is refused. Times are the exchange's transaction times, never the local clock. */
export function parseL2Line(line: string): L2Message | string {
  const space = line.indexOf(" ");
  if (space < 0 || !/^\d{16,20}$/.test(line.slice(0, space))) return "no local time in nanoseconds before the message";
  let parsed: unknown;
  try {
    parsed = JSON.parse(line.slice(space + 1));
  } catch {
    return "the message is no JSON";
  }
  if (!isMembers(parsed)) return "the message is no object";
  try {
    return toMessage(parsed);
  } catch (error) {
    if (error instanceof Refusal) return error.message;
    throw error;
  }
}

function toMessage(parsed: Readonly<Record<string, unknown>>): L2Message {
  if (parsed.lastUpdateId !== undefined) {
    const lastUpdateId = whole(parsed, "lastUpdateId");
    return {
      kind: "snapshot",
      lastUpdateId,
      timeMs: whole(parsed, "T"),
      bids: levels(parsed, "bids"),
      asks: levels(parsed, "asks"),
    };
  }
  const event = parsed.data;
  if (!isMembers(event)) throw new Refusal("neither a snapshot nor a stream message");
  switch (event.e) {
    case "depthUpdate":
      return {
        kind: "depth",
        first: whole(event, "U"),
        last: whole(event, "u"),
        previous: whole(event, "pu"),
        timeMs: whole(event, "T"),
        bids: levels(event, "b"),
        asks: levels(event, "a"),
      };
    case "bookTicker":
      return {
        kind: "best",
        updateId: whole(event, "u"),
        bid: level([event.b, event.B]),
        ask: level([event.a, event.A]),
      };
    case "trade": {
      const [priceSteps, size] = level([event.p, event.q]);
      if (typeof event.m !== "boolean") throw new Refusal("m is no true or false");
      return { kind: "trade", timeMs: whole(event, "T"), priceSteps, size, sold: event.m };
    }
    default:
      throw new Refusal(`unknown event ${JSON.stringify(event.e)}`);
  }
}

function whole(members: Readonly<Record<string, unknown>>, name: string): number {
  const value = members[name];
  if (typeof value !== "number" || !Number.isSafeInteger(value) || value < 0)
    throw new Refusal(`${name} is no whole number`);
  return value;
}

function levels(members: Readonly<Record<string, unknown>>, name: string): L2Level[] {
  const list = members[name];
  if (!Array.isArray(list)) throw new Refusal(`${name} is no list`);
  return list.map((pair: unknown) => level(pair));
}

function level(pair: unknown): L2Level {
  if (!Array.isArray(pair) || pair.length !== 2) throw new Refusal("a level is no pair of price and size");
  const [price, size] = pair as readonly unknown[];
  if (typeof price !== "string" || !/^\d{1,7}(\.\d{1,8})?$/.test(price))
    throw new Refusal(`price is no plain decimal: ${JSON.stringify(price)}`);
  if (typeof size !== "string" || !/^\d{1,12}(\.\d{1,8})?$/.test(size))
    throw new Refusal(`size is no plain decimal: ${JSON.stringify(size)}`);
  return [Math.round(Number(price) * stepsPerUnit), Number(size)];
}
