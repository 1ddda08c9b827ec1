import { powerOfTen } from "../rounding.js";
import { NotEnoughBoldBalance } from "./errors.js";

/** 1e36: the product of a pool that never paid. Source: StabilityPool `P_PRECISION`. */
export const P_PRECISION = powerOfTen(36);
/** 1e9: what the product is multiplied by when it falls below 1e27. Source: StabilityPool `SCALE_FACTOR`. */
export const SCALE_FACTOR = powerOfTen(9);
/** Scale changes after a deposit over which it still gains collateral. Source: StabilityPool `SCALE_SPAN`. */
export const SCALE_SPAN = 2;
/** Scale changes after which a deposit counts as nothing. Source: StabilityPool `MAX_SCALE_FACTOR_EXPONENT`. */
export const MAX_SCALE_FACTOR_EXPONENT = 8;

/** A borrower's position, without what redistributions have added since it was last touched. */
export interface Trove {
  /** Party that holds it. */
  readonly owner: string;
  /** Units. */
  readonly collateral: bigint;
  /** Units of BOLD. */
  readonly debt: bigint;
  /** Weight in redistributions: collateral as of the last liquidation's snapshots. */
  readonly stake: bigint;
  /** L_coll when last touched, wad. */
  readonly collateralSnapshot: bigint;
  /** L_boldDebt when last touched, wad. */
  readonly debtSnapshot: bigint;
}

/** A deposit in the stability pool. */
export interface Deposit {
  /** Units of BOLD when last touched; 0 where only stashed gains are left. */
  readonly initialValue: bigint;
  /** P when last touched. */
  readonly product: bigint;
  /** S of its scale when last touched. */
  readonly sum: bigint;
  /** Count of scale changes when last touched. */
  readonly scale: number;
  /** Units of collateral gained and neither sent nor counted anew. */
  readonly stashedCollateral: bigint;
}

/** The stability pool. */
export interface StabilityPool {
  /** Units of BOLD. */
  readonly totalDeposits: bigint;
  /** Units of collateral gained and not yet sent. */
  readonly collateral: bigint;
  /** P: what is left of one unit deposited at the beginning of this scale, 1e36. */
  readonly product: bigint;
  /** Count of scale changes. */
  readonly scale: number;
  /** S by scale: collateral gained by one unit deposited, times P. */
  readonly sums: ReadonlyMap<number, bigint>;
  readonly deposits: ReadonlyMap<string, Deposit>;
}

/** One collateral branch. */
export interface BranchState {
  readonly troves: ReadonlyMap<string, Trove>;
  /** Units with the active pool: of all troves, without what waits in the default pool. */
  readonly activeCollateral: bigint;
  /** Units of BOLD owed by all troves, without what waits in the default pool. */
  readonly activeDebt: bigint;
  /** Units redistributed and not yet applied to troves. */
  readonly defaultCollateral: bigint;
  /** Units of BOLD redistributed and not yet applied to troves. */
  readonly defaultDebt: bigint;
  readonly totalStakes: bigint;
  /** totalStakes after the last liquidation. */
  readonly totalStakesSnapshot: bigint;
  /** Units in active and default pool after the last liquidation. */
  readonly totalCollateralSnapshot: bigint;
  /** L_coll, wad: collateral that one unit of stake has received. */
  readonly collateralPerStake: bigint;
  /** L_boldDebt, wad: debt that one unit of stake has received. */
  readonly debtPerStake: bigint;
  /** Remainder of the last redistribution of collateral, units x 1e18, carried into the next. */
  readonly collateralError: bigint;
  /** Remainder of the last redistribution of debt, units x 1e18, carried into the next. */
  readonly debtError: bigint;
  readonly pool: StabilityPool;
  /** Units of collateral that owners of liquidated troves may claim. */
  readonly surplus: ReadonlyMap<string, bigint>;
  /** Units of WETH held for liquidators. */
  readonly gasPool: bigint;
  readonly shutDown: boolean;
  /** Units of BOLD in everybody's wallet. */
  readonly bold: ReadonlyMap<string, bigint>;
}

/** A branch without troves and deposits. */
export const emptyBranch: BranchState = {
  troves: new Map(),
  activeCollateral: 0n,
  activeDebt: 0n,
  defaultCollateral: 0n,
  defaultDebt: 0n,
  totalStakes: 0n,
  totalStakesSnapshot: 0n,
  totalCollateralSnapshot: 0n,
  collateralPerStake: 0n,
  debtPerStake: 0n,
  collateralError: 0n,
  debtError: 0n,
  pool: {
    totalDeposits: 0n,
    collateral: 0n,
    product: P_PRECISION,
    scale: 0,
    sums: new Map(),
    deposits: new Map(),
  },
  surplus: new Map(),
  gasPool: 0n,
  shutDown: false,
  bold: new Map(),
};

/** What moves: collateral, WETH for gas, BOLD, or debt between the pools that keep count of it. */
export type Asset = "collateral" | "weth" | "bold" | "debt";

/** One movement, units of its asset. Parties are the branch's own accounts below, else people. */
export interface Transfer {
  readonly asset: Asset;
  readonly from: string;
  readonly to: string;
  readonly units: bigint;
}

/** The branch's own accounts. The issuer makes and burns BOLD and debt, and may be negative. */
export const ACCOUNTS = {
  activePool: "active pool",
  defaultPool: "default pool",
  stabilityPool: "stability pool",
  surplusPool: "surplus pool",
  gasPool: "gas pool",
  issuer: "issuer",
} as const;

/** A state with all that moved on the way to it. */
export interface Moved {
  readonly state: BranchState;
  readonly transfers: readonly Transfer[];
}

/** Wallets after `party` received `units` of BOLD (negative: gave). Throws NotEnoughBoldBalance. */
export function changeBold(state: BranchState, party: string, units: bigint): ReadonlyMap<string, bigint> {
  const held = state.bold.get(party) ?? 0n;
  if (held + units < 0n) throw new NotEnoughBoldBalance(`${party} has ${held} units of BOLD and needs ${-units}`);
  return new Map(state.bold).set(party, held + units);
}

/** BOLD passes from one wallet to another. Throws NotEnoughBoldBalance. Source: BoldToken `transfer`. */
export function moveBold(state: BranchState, from: string, to: string, units: bigint): Moved {
  if (units < 0n) throw new RangeError("a movement of less than nothing");
  const given = { ...state, bold: changeBold(state, from, -units) };
  return {
    state: { ...given, bold: changeBold(given, to, units) },
    transfers: [{ asset: "bold", from, to, units }],
  };
}
