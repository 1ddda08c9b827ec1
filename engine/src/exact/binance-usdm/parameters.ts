import type { ParameterFault } from "../protocol.js";

/** 1e6: one in the rates of this exchange (0.4 % is 4,000). */
export const MILLIONTHS = 1_000_000n;

/** Decimals of a mark price: whole steps of 1e-8 quote coins a coin. */
export const PRICE_DECIMALS = 8;

/** One bracket of the leverage and margin table: it holds for notionals from `floor` (inclusive) to `cap` (exclusive), in quote units. */
export interface MarginTier {
  readonly floor: bigint;
  readonly cap: bigint;
  /** Maintenance margin rate in millionths of notional. */
  readonly maintenanceRate: bigint;
  /** Largest leverage at opening. */
  readonly maxLeverage: bigint;
  /** The exchange's own cumulative maintenance amount in quote units, where known: checked against the one that follows from the rates. */
  readonly statedCumulative?: bigint;
}

/** A linear contract. Sizes are whole units of the asset (10^assetDecimals a coin), money whole units of the quote asset. */
export interface ContractParameters {
  readonly assetDecimals: number;
  readonly quoteDecimals: number;
  /** Rising from 0 without gap or overlap; the last one also holds above its cap. */
  readonly tiers: readonly MarginTier[];
  /** Liquidation (insurance clearance) fee in millionths of the amount liquidated. */
  readonly liquidationFee: bigint;
}

/**
 * Cumulative maintenance amount of each tier, in millionths of quote units so that nothing is rounded:
 * cum_n = cum_(n-1) + floor_n x (rate_n - rate_(n-1)). Source: Binance, leverage and margin of USD-M futures, "maintenance amount".
 */
export function cumulativeAmounts(tiers: readonly MarginTier[]): bigint[] {
  const amounts: bigint[] = [];
  tiers.forEach((tier, n) => {
    amounts.push(n === 0 ? 0n : amounts[n - 1] + tier.floor * (tier.maintenanceRate - tiers[n - 1].maintenanceRate));
  });
  return amounts;
}

function fault(code: string, key: string, message: string, hint: string): ParameterFault {
  return { code, key, message, hint };
}

function decimalFaults({ assetDecimals, quoteDecimals }: ContractParameters): ParameterFault[] {
  const whole = (decimals: number) => Number.isInteger(decimals) && decimals >= 0 && decimals <= 36;
  if (whole(assetDecimals) && whole(quoteDecimals) && quoteDecimals <= assetDecimals + PRICE_DECIMALS) return [];
  return [
    fault(
      "decimals-out-of-range",
      "assetDecimals",
      `assetDecimals is ${assetDecimals}, quoteDecimals ${quoteDecimals}; whole numbers from 0 to 36, quoteDecimals at most assetDecimals + 8`,
      "give the asset at least as many decimals as the quote asset has, less eight",
    ),
  ];
}

function feeFaults({ liquidationFee }: ContractParameters): ParameterFault[] {
  if (liquidationFee >= 0n && liquidationFee <= MILLIONTHS) return [];
  return [
    fault(
      "fee-out-of-range",
      "liquidationFee",
      `liquidationFee is ${liquidationFee}; 0 to 1,000,000 millionths`,
      "1.25 % is 12,500",
    ),
  ];
}

/** What is wrong within tier `n`, its neighbours apart. */
function ownTierFaults(tier: MarginTier, n: number): ParameterFault[] {
  const key = `tiers.${n}`;
  const found: ParameterFault[] = [];
  const { floor, cap, maintenanceRate, maxLeverage } = tier;
  if (floor < 0n || cap <= floor) {
    found.push(
      fault(
        "tier-empty",
        `${key}.cap`,
        `the tier reaches from ${floor} to ${cap}; 0 or more, the cap above the floor`,
        "drop the tier or raise its cap",
      ),
    );
  }
  if (maintenanceRate <= 0n || maintenanceRate > MILLIONTHS) {
    found.push(
      fault(
        "rate-out-of-range",
        `${key}.maintenanceRate`,
        `maintenanceRate is ${maintenanceRate}; 1 to 1,000,000 millionths`,
        "0.4 % is 4,000",
      ),
    );
  }
  if (maxLeverage < 1n) {
    found.push(
      fault(
        "leverage-below-one",
        `${key}.maxLeverage`,
        `maxLeverage is ${maxLeverage}; 1 or more`,
        "give the leverage as a whole number",
      ),
    );
  } else if (maxLeverage * maintenanceRate > MILLIONTHS) {
    found.push(
      fault(
        "leverage-above-maintenance",
        `${key}.maxLeverage`,
        `at ${maxLeverage}x a position opens with less than its maintenance margin of ${maintenanceRate} millionths`,
        "maxLeverage x maintenanceRate is at most one",
      ),
    );
  }
  return found;
}

/** What is wrong between tier `n` and the one before it. */
function joinFaults(before: MarginTier, tier: MarginTier, n: number): ParameterFault[] {
  const key = `tiers.${n}`;
  const found: ParameterFault[] = [];
  if (tier.floor < before.cap) {
    found.push(
      fault(
        "tiers-overlap",
        `${key}.floor`,
        `the tier begins at ${tier.floor}, the one before ends at ${before.cap}`,
        "let it begin where the one before ends",
      ),
    );
  }
  if (tier.floor > before.cap) {
    found.push(
      fault(
        "tiers-gap",
        `${key}.floor`,
        `the tier begins at ${tier.floor}, the one before ends at ${before.cap}`,
        "let it begin where the one before ends",
      ),
    );
  }
  if (tier.maintenanceRate < before.maintenanceRate) {
    found.push(
      fault(
        "rate-falls",
        `${key}.maintenanceRate`,
        `maintenanceRate falls from ${before.maintenanceRate} to ${tier.maintenanceRate}; it may not fall with notional`,
        "order the tiers by notional",
      ),
    );
  }
  return found;
}

function cumulativeFaults(tiers: readonly MarginTier[]): ParameterFault[] {
  const amounts = cumulativeAmounts(tiers);
  return tiers.flatMap(({ statedCumulative }, n) =>
    statedCumulative === undefined || statedCumulative * MILLIONTHS === amounts[n]
      ? []
      : [
          fault(
            "cumulative-mismatch",
            `tiers.${n}.statedCumulative`,
            `the stated amount is ${statedCumulative} quote units, the rates give ${amounts[n]} millionths of one`,
            "the amount makes the margin continuous in notional: check floors and rates against the exchange's table",
          ),
        ],
  );
}

function tierFaults({ tiers }: ContractParameters): ParameterFault[] {
  if (tiers.length === 0)
    return [fault("tiers-missing", "tiers", "there is no tier; at least one", "add a tier from 0")];
  const first =
    tiers[0].floor === 0n
      ? []
      : [
          fault(
            "first-floor-not-zero",
            "tiers.0.floor",
            `the first tier begins at ${tiers[0].floor}; 0`,
            "let it begin at 0",
          ),
        ];
  return [
    ...first,
    ...tiers.flatMap(ownTierFaults),
    ...tiers.slice(1).flatMap((tier, n) => joinFaults(tiers[n], tier, n + 1)),
    ...cumulativeFaults(tiers),
  ];
}

/** Everything that is wrong with a contract's parameters, all at once; nothing where they can be used. */
export function faults(parameters: ContractParameters): ParameterFault[] {
  return [...decimalFaults(parameters), ...feeFaults(parameters), ...tierFaults(parameters)];
}
