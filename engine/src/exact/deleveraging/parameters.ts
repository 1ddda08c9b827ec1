import type { ParameterFault } from "../protocol.js";
import { BASIS_POINTS } from "../scales.js";
import type { PooledFundParameters } from "./pooled-fund.js";

/** How positions are chosen and in what amounts. */
export type PolicyName =
  | "binance-queue"
  | "hyperliquid-queue"
  | "bybit-queue"
  | "dydx-order"
  | "pro-rata-contracts"
  | "pro-rata-profit"
  | "capped-pro-rata";

/** How an insurance fund answers a deficit larger than itself: it gives what it has, or nothing at all. */
export type FundRule = "partial" | "all-or-nothing";

/** A venue's last lines of defence. */
export interface DeleveragingParameters {
  readonly policy: PolicyName;
  /** Whether an account without an unrealised profit at the mark is spared. */
  readonly onlyProfitable: boolean;
  /** `capped-pro-rata`: largest part of a position that may be closed, in basis points. */
  readonly capBasisPoints?: bigint;
  /** `dydx-order`: most accounts looked at. */
  readonly mostAccounts?: bigint;
  readonly fundRule: FundRule;
  /** A fund shared by several symbols, with a drawdown trigger; one plain fund where left out. */
  readonly pool?: PooledFundParameters;
}

const POLICIES: readonly string[] = [
  "binance-queue",
  "hyperliquid-queue",
  "bybit-queue",
  "dydx-order",
  "pro-rata-contracts",
  "pro-rata-profit",
  "capped-pro-rata",
];

/** All that is wrong with the parameters. */
export function faults(parameters: DeleveragingParameters): ParameterFault[] {
  const { policy, capBasisPoints, mostAccounts, pool } = parameters;
  const found: ParameterFault[] = [];
  if (!POLICIES.includes(policy)) {
    found.push({
      code: "unknown-policy",
      key: "policy",
      message: `${policy} is no policy; there are ${POLICIES.join(", ")}`,
      hint: "name one of them",
    });
  }
  if (policy === "capped-pro-rata" && (capBasisPoints === undefined || capBasisPoints <= 0n)) {
    found.push({
      code: "cap-missing",
      key: "capBasisPoints",
      message: `is ${capBasisPoints ?? "not there"}; capped pro rata needs more than 0 and at most 10000`,
      hint: "state the largest part of a position that may be closed, in basis points",
    });
  }
  if (capBasisPoints !== undefined && capBasisPoints > BASIS_POINTS) {
    found.push({
      code: "cap-above-one",
      key: "capBasisPoints",
      message: `is ${capBasisPoints}; at most 10000, the whole position`,
      hint: "10000 means no cap",
    });
  }
  if (mostAccounts !== undefined && mostAccounts <= 0n) {
    found.push({
      code: "nobody-looked-at",
      key: "mostAccounts",
      message: `is ${mostAccounts}; at least 1`,
      hint: "leave it out to look at all accounts",
    });
  }
  return pool === undefined ? found : [...found, ...poolFaults(pool)];
}

function poolFaults(pool: PooledFundParameters): ParameterFault[] {
  const found: ParameterFault[] = [];
  const { triggerBasisPoints, stopBasisPoints, triggerBalance, windowSeconds } = pool;
  if (triggerBasisPoints <= 0n || triggerBasisPoints > BASIS_POINTS) {
    found.push({
      code: "trigger-out-of-range",
      key: "pool.triggerBasisPoints",
      message: `is ${triggerBasisPoints}; more than 0 and at most 10000 of the pool's highest balance`,
      hint: "3000 stops paying after a drawdown of 30 %",
    });
  }
  if (stopBasisPoints < 0n || stopBasisPoints > triggerBasisPoints) {
    found.push({
      code: "stop-beyond-trigger",
      key: "pool.stopBasisPoints",
      message: `is ${stopBasisPoints}; from 0 to the trigger, ${triggerBasisPoints}`,
      hint: "deleveraging stops at a smaller drawdown than it starts at",
    });
  }
  if (triggerBalance < 0n) {
    found.push({
      code: "negative-balance",
      key: "pool.triggerBalance",
      message: `is ${triggerBalance}; at least 0`,
      hint: "0 lets the drawdown rule hold whatever the balance",
    });
  }
  if (windowSeconds <= 0n) {
    found.push({
      code: "window-without-length",
      key: "pool.windowSeconds",
      message: `is ${windowSeconds}; more than 0 seconds`,
      hint: "28800 is eight hours",
    });
  }
  return found;
}
