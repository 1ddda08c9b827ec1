import { cutDecimal, parseDecimal, toNumber } from "./decimal.js";
import { isMembers, parseWithNumbersAsText } from "./numbers-as-text.js";
import { type Imported, type RefusedRow, refusedRow } from "./refused-row.js";

/** One borrower of a market. Amounts are plain decimals as text, cut to the asset's decimals. */
export interface CrvusdBorrower {
  /** Address, lower case. */
  readonly account: string;
  readonly collateral: string;
  /** crvUSD that the market has already swapped the collateral into. */
  readonly stablecoin: string;
  readonly debt: string;
  /** Bands from `firstBand` (highest price) to `lastBand`, both included. */
  readonly firstBand: number;
  readonly lastBand: number;
  /** As the controller stated it, below 0 liquidatable; a fraction. */
  readonly health: number;
}

/** The terms of a market and its totals. */
export interface CrvusdMarket {
  readonly symbol: string;
  readonly address: string;
  readonly unitDecimals: number;
  readonly timeMs: number;
  readonly block: number;
  readonly oraclePriceUsd: string;
  readonly basePriceUsd: string;
  /** Band width: a band spans a fraction 1/A of price. */
  readonly amplification: number;
  readonly liquidationDiscount: number;
  readonly loanDiscount: number;
  readonly activeBand: number;
  readonly totalDebt: string;
}

/** A market with its borrowers and the refused rows (place in `userStates`; 1 with no market where the file is not understood). */
export interface ImportedCrvusd extends Imported<CrvusdBorrower> {
  readonly market: CrvusdMarket | null;
}

const stablecoinDecimals = 6;

/** Decimals in which amounts of a collateral are counted: 8 for bitcoins, 7 for ethers. */
export function collateralDecimals(symbol: string): number {
  return symbol.endsWith("BTC") ? 8 : 7;
}

/**
 * Reads `pool_metadata_<market>.json`. Numbers are read as text: debts and bands are integers of up to 27 digits. Refuses an account that is
 * no address or stands twice, an amount that is no number or negative, and bands out of order.
 */
export function importCrvusd(json: string): ImportedCrvusd {
  let parsed: unknown;
  try {
    parsed = parseWithNumbersAsText(json);
  } catch (error) {
    return {
      market: null,
      rows: [],
      refused: [refusedRow(1, `not readable as JSON: ${(error as Error).message}`, json)],
    };
  }
  const market = readMarket(parsed);
  if (typeof market === "string") return { market: null, rows: [], refused: [refusedRow(1, market, json)] };
  const states = isMembers(parsed) ? parsed.userStates : undefined;
  if (!Array.isArray(states)) return { market, rows: [], refused: [refusedRow(1, "no list under userStates", json)] };
  const rows: CrvusdBorrower[] = [];
  const refused: RefusedRow[] = [];
  const seen = new Set<string>();
  states.forEach((state: unknown, index) => {
    const borrower = readBorrower(state, market.unitDecimals);
    if (typeof borrower === "string") refused.push(refusedRow(index + 1, borrower, JSON.stringify(state) ?? ""));
    else if (seen.has(borrower.account))
      refused.push(refusedRow(index + 1, `borrower ${borrower.account} stands twice`, JSON.stringify(state)));
    else {
      seen.add(borrower.account);
      rows.push(borrower);
    }
  });
  return { market, rows, refused };
}

class Refusal extends Error {}

function refusing<Value>(read: () => Value): Value | string {
  try {
    return read();
  } catch (error) {
    if (error instanceof Refusal) return error.message;
    throw error;
  }
}

function readMarket(parsed: unknown): CrvusdMarket | string {
  return refusing(() => {
    const llamma = members(parsed, "llamma_params");
    const controller = members(parsed, "controller_params");
    const symbol = text(llamma, "collateral_symbol");
    const first = isMembers(parsed) && Array.isArray(parsed.userStates) ? parsed.userStates[0] : undefined;
    return {
      symbol,
      address: text(llamma, "address").toLowerCase(),
      unitDecimals: collateralDecimals(symbol),
      timeMs: isMembers(first) ? whole(first, "timestamp") * 1000 : whole(parsed, "timestamp") * 1000,
      block: whole(parsed, "blockNumber"),
      oraclePriceUsd: amount(llamma, "oracle_price", 8),
      basePriceUsd: amount(llamma, "BASE_PRICE", 18),
      amplification: whole(llamma, "A"),
      liquidationDiscount: share(controller, "liquidation_discount"),
      loanDiscount: share(controller, "loan_discount"),
      activeBand: whole(llamma, "active_band"),
      totalDebt: amount(parsed, "totalDebt", stablecoinDecimals),
    };
  });
}

function readBorrower(state: unknown, unitDecimals: number): CrvusdBorrower | string {
  return refusing(() => {
    const account = text(members(state, "user"), "id").toLowerCase();
    if (!/^0x[0-9a-f]{40}$/.test(account))
      throw new Refusal(`user is no address: ${JSON.stringify(account.slice(0, 50))}`);
    const firstBand = whole(state, "n1");
    const lastBand = whole(state, "n2");
    if (firstBand > lastBand) throw new Refusal(`first band ${firstBand} lies above the last band ${lastBand}`);
    return {
      account,
      collateral: amount(state, "collateral", unitDecimals),
      stablecoin: amount(state, "stablecoin", stablecoinDecimals),
      debt: amount(state, "debt", stablecoinDecimals),
      firstBand,
      lastBand,
      health: share(state, "health"),
    };
  });
}

function members(value: unknown, name: string): Readonly<Record<string, unknown>> {
  const member = isMembers(value) ? value[name] : undefined;
  if (!isMembers(member)) throw new Refusal(`lacks ${name}`);
  return member;
}

function text(value: unknown, name: string): string {
  const member = isMembers(value) ? value[name] : undefined;
  if (typeof member !== "string") throw new Refusal(`lacks ${name}`);
  return member;
}

function whole(value: unknown, name: string): number {
  const found = text(value, name);
  if (!/^-?\d{1,15}$/.test(found)) throw new Refusal(`${name} is no whole number: ${JSON.stringify(found)}`);
  return Number(found);
}

function share(value: unknown, name: string): number {
  const decimal = parseDecimal(text(value, name));
  if (typeof decimal === "string") throw new Refusal(`${name}: ${decimal}`);
  return toNumber(decimal);
}

function amount(value: unknown, name: string, decimals: number): string {
  const cut = cutDecimal(text(value, name), decimals);
  if (typeof cut === "string") throw new Refusal(`${name}: ${cut}`);
  if (cut.text.startsWith("-")) throw new Refusal(`${name} is negative: ${cut.text}`);
  return cut.text;
}
