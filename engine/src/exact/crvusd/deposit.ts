import { divDown, mulDivDown } from "../rounding.js";
import { WAD } from "../scales.js";
import { AmountTooLow, BandNotEmpty, DepositBelowActiveBand, LoanAlreadyCreated, LoanDoesNotExist } from "./errors.js";
import { DEAD_SHARES, MAX_SKIP } from "./parameters.js";
import { type Band, bandAt, type Holdings, type Market } from "./state.js";

/**
 * Spreads `amount` of collateral (token units) evenly over the bands from first to last; the first takes what division leaves. Shares round down. Moves the active
 * band down over empty ones if the deposit asks for it. Throws AmountTooLow, DepositBelowActiveBand, BandNotEmpty. Source: AMM.vy `deposit_range`.
 */
export function deposit(market: Market, account: string, amount: bigint, firstBand: number, lastBand: number): Market {
  const total = amount * market.parameters.collateralPrecision;
  const count = BigInt(lastBand - firstBand + 1);
  const each = divDown(total, count);
  if (each <= 100n) throw new AmountTooLow(`${each} / 1e18 of collateral in a band; more than 100 is needed`);
  if (market.positions.has(account)) throw new LoanAlreadyCreated(`${account} has a position in the bands`);
  const activeBand = activeBandFor(market, firstBand);
  const bands = new Map(market.bands);
  const shares: bigint[] = [];
  for (let band = firstBand; band <= lastBand; band++) {
    const content = bandAt(market, band);
    if (content.stable !== 0n) throw new BandNotEmpty(`band ${band} holds stablecoin`);
    const added = band === firstBand ? total - each * (count - 1n) : each;
    const minted = divDown((content.shares + DEAD_SHARES) * added, content.collateral + 1n);
    if (minted === 0n) throw new AmountTooLow(`${added} / 1e18 of collateral buys no share of band ${band}`);
    shares.push(minted);
    bands.set(band, { stable: 0n, collateral: content.collateral + added, shares: content.shares + minted });
  }
  return {
    ...market,
    activeBand,
    bands,
    positions: new Map(market.positions).set(account, { firstBand, lastBand, shares }),
    lowestBand: Math.min(market.lowestBand, firstBand),
    highestBand: Math.max(market.highestBand, lastBand),
  };
}

function activeBandFor(market: Market, firstBand: number): number {
  let band = market.activeBand;
  for (let skipped = 0; firstBand <= band; skipped++, band--)
    if (bandAt(market, band).stable !== 0n || skipped >= MAX_SKIP)
      throw new DepositBelowActiveBand(`band ${firstBand} cannot be reached: band ${band} holds stablecoin`);
  return band;
}

/** A market after a withdrawal, and what was withdrawn, token units. */
export interface Withdrawal {
  readonly market: Market;
  readonly withdrawn: Holdings;
}

/**
 * Takes a fraction (wad) of a position out of its bands. What comes out rounds down in every band and again to token units; the fraction of shares rounds down. What
 * the last depositor leaves in a band is dust: it stays with the AMM, in v1 as admin fee. Throws LoanDoesNotExist. Source: AMM.vy `withdraw`.
 */
export function withdraw(market: Market, account: string, fraction: bigint): Withdrawal {
  const position = market.positions.get(account);
  if (position === undefined) throw new LoanDoesNotExist(`${account} has nothing in the bands`);
  const { firstBand, lastBand } = position;
  const { stablePrecision, collateralPrecision, rules } = market.parameters;
  const bands = new Map(market.bands);
  const sharesLeft: bigint[] = [];
  let { lowestBand } = market;
  let highestBand = firstBand - 1;
  let stable = 0n;
  let collateral = 0n;
  let dustStable = 0n;
  let dustCollateral = 0n;
  for (let band = firstBand; band <= lastBand; band++) {
    const content = bandAt(market, band);
    const owned = position.shares[band - firstBand];
    const burnt = mulDivDown(owned, fraction, WAD);
    sharesLeft.push(owned - burnt);
    const out = shareOf(content, burnt);
    stable += out.stable;
    collateral += out.collateral;
    let left: Band = {
      stable: content.stable - out.stable,
      collateral: content.collateral - out.collateral,
      shares: content.shares - burnt,
    };
    if (left.shares === 0n) {
      dustStable += divDown(left.stable, stablePrecision);
      dustCollateral += divDown(left.collateral, collateralPrecision);
      left = { stable: 0n, collateral: 0n, shares: 0n };
    }
    const empty = left.stable === 0n && left.collateral === 0n;
    if (band === lowestBand && empty) lowestBand += 1;
    if (!empty) highestBand = band;
    bands.set(band, left);
  }
  const positions = new Map(market.positions);
  if (fraction === WAD) positions.delete(account);
  else positions.set(account, { firstBand, lastBand, shares: sharesLeft });
  const adminFees =
    rules === "v1"
      ? {
          stable: market.adminFees.stable + dustStable,
          collateral: market.adminFees.collateral + dustCollateral,
        }
      : market.adminFees;
  return {
    market: {
      ...market,
      bands,
      positions,
      adminFees,
      lowestBand,
      highestBand: market.highestBand <= lastBand ? highestBand : market.highestBand,
    },
    withdrawn: { stable: divDown(stable, stablePrecision), collateral: divDown(collateral, collateralPrecision) },
  };
}

/** What `shares` of a band are worth in its coins, 18 decimals, rounded down; the dead shares own a part too. */
export function shareOf(content: Band, shares: bigint): Holdings {
  const total = content.shares + DEAD_SHARES;
  return {
    stable: mulDivDown(content.stable + 1n, shares, total),
    collateral: mulDivDown(content.collateral + 1n, shares, total),
  };
}

/** What an account owns in the bands, token units, rounded down; nothing where it has no position. Source: AMM.vy `get_sum_xy`. */
export function holdingsOf(market: Market, account: string): Holdings {
  const position = market.positions.get(account);
  if (position === undefined) return { stable: 0n, collateral: 0n };
  let stable = 0n;
  let collateral = 0n;
  position.shares.forEach((owned, index) => {
    const part = shareOf(bandAt(market, position.firstBand + index), owned);
    stable += part.stable;
    collateral += part.collateral;
  });
  const { stablePrecision, collateralPrecision } = market.parameters;
  return { stable: divDown(stable, stablePrecision), collateral: divDown(collateral, collateralPrecision) };
}
