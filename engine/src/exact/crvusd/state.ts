import { ProtocolError } from "../errors.js";
import { WAD } from "../scales.js";
import { type BandGrid, bandGrid, type CrvusdParameters, faults } from "./parameters.js";

/** What one band holds, both at 18 decimals, and how many shares its depositors own. */
export interface Band {
  /** Stablecoin, 18 decimals. */
  readonly stable: bigint;
  /** Collateral, 18 decimals. */
  readonly collateral: bigint;
  readonly shares: bigint;
}

/** A borrower's place in the AMM: shares of every band from the first (highest price) to the last, both included. */
export interface Position {
  readonly firstBand: number;
  readonly lastBand: number;
  /** One entry for each band, first band first. */
  readonly shares: readonly bigint[];
}

/** A debt as it stood when the rate multiplier had the value kept with it. */
export interface Loan {
  /** Stablecoin units. */
  readonly debt: bigint;
  /** Wad. */
  readonly rateMultiplier: bigint;
}

/** A borrower's debt with the liquidation discount (wad) that was in force when the borrower last acted. */
export interface BorrowerLoan extends Loan {
  readonly liquidationDiscount: bigint;
}

/** The smoothed oracle as the last trade left it. */
export interface OracleMemory {
  /** Wad. */
  readonly price: bigint;
  /** Fee for the jump, wad. */
  readonly fee: bigint;
  /** Seconds. */
  readonly time: bigint;
}

/** One market: its AMM, its controller and what both hold. Never changed in place. */
export interface Market {
  readonly parameters: CrvusdParameters;
  readonly grid: BandGrid;
  /** Seconds, as a block's timestamp. */
  readonly time: bigint;
  /** What the external oracle says, wad. */
  readonly externalPrice: bigint;
  readonly oracle: OracleMemory;
  /** Interest a second, wad. */
  readonly rate: bigint;
  /** 1 + interest until `rateTime`, wad. */
  readonly rateMultiplier: bigint;
  /** Seconds. */
  readonly rateTime: bigint;
  /** The band that trades: those of higher number hold collateral only, those of lower number stablecoin only. */
  readonly activeBand: number;
  /** Bands below it are empty. */
  readonly lowestBand: number;
  /** Bands above it are empty. */
  readonly highestBand: number;
  readonly bands: ReadonlyMap<number, Band>;
  readonly positions: ReadonlyMap<string, Position>;
  readonly loans: ReadonlyMap<string, BorrowerLoan>;
  readonly totalDebt: Loan;
  /** Admin fees of the rules v1: stablecoin and collateral, token units. */
  readonly adminFees: Holdings;
  /** Tokens of the AMM, token units. */
  readonly ammHoldings: Holdings;
  /** Stablecoin that the controller can still lend, units. */
  readonly controllerStable: bigint;
}

/** Stablecoin and collateral, token units each. */
export interface Holdings {
  readonly stable: bigint;
  readonly collateral: bigint;
}

/** Names of the two contracts as parties of a transfer; no account may be called so. */
export const AMM = "amm";
/** The controller as a party of a transfer: what it lends, and what is repaid to it. */
export const CONTROLLER = "controller";

/** Tokens that go from one party to another, token units. */
export interface Transfer {
  readonly from: string;
  readonly to: string;
  readonly coin: "stable" | "collateral";
  readonly amount: bigint;
}

/** A market after a call, with every token that moved. */
export interface Outcome {
  readonly market: Market;
  readonly transfers: readonly Transfer[];
}

/** The parameters have faults; the message lists them. */
export class InvalidParameters extends ProtocolError {}

/**
 * A market without loans whose oracle stands at `externalPrice` (wad) at `time` (seconds); `ceiling` stablecoin units lie with the controller to be lent.
 * Throws InvalidParameters. Source: AMM.vy and controller.vy constructors.
 */
export function openMarket(parameters: CrvusdParameters, externalPrice: bigint, time: bigint, ceiling: bigint): Market {
  const found = faults(parameters);
  if (found.length > 0) throw new InvalidParameters(found.map((one) => one.message).join("; "));
  return {
    parameters,
    grid: bandGrid(parameters),
    time,
    externalPrice,
    oracle: { price: externalPrice, fee: 0n, time },
    rate: 0n,
    rateMultiplier: WAD,
    rateTime: time,
    activeBand: 0,
    lowestBand: 0,
    highestBand: 0,
    bands: new Map(),
    positions: new Map(),
    loans: new Map(),
    totalDebt: { debt: 0n, rateMultiplier: WAD },
    adminFees: { stable: 0n, collateral: 0n },
    ammHoldings: { stable: 0n, collateral: 0n },
    controllerStable: ceiling,
  };
}

const emptyBand: Band = { stable: 0n, collateral: 0n, shares: 0n };

/** A band's content; a band that nobody ever used is empty. */
export function bandAt(market: Market, band: number): Band {
  return market.bands.get(band) ?? emptyBand;
}

/** The market at a later second with another word of the external oracle (wad). The smoothed oracle remembers nothing of it until somebody trades. */
export function observe(market: Market, time: bigint, externalPrice: bigint): Market {
  if (time < market.time) throw new RangeError(`time runs backwards: ${market.time} to ${time}`);
  return { ...market, time, externalPrice };
}

/** Takes the transfers into the holdings of AMM and controller. */
export function settle(market: Market, transfers: readonly Transfer[]): Outcome {
  let { stable, collateral } = market.ammHoldings;
  let { controllerStable } = market;
  for (const { from, to, coin, amount } of transfers) {
    const intoAmm = (to === AMM ? amount : 0n) - (from === AMM ? amount : 0n);
    if (coin === "stable") stable += intoAmm;
    else collateral += intoAmm;
    controllerStable += (to === CONTROLLER ? amount : 0n) - (from === CONTROLLER ? amount : 0n);
  }
  const moved = transfers.filter((one) => one.amount > 0n);
  return { market: { ...market, ammHoldings: { stable, collateral }, controllerStable }, transfers: moved };
}
