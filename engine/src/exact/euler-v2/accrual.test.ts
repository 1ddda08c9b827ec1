import { describe, expect, it } from "vitest";
import {
  accountOf,
  accrued,
  borrow,
  currentOwed,
  deposit,
  enableCollateral,
  later,
  MAX_ALLOWED_INTEREST_RATE,
  openVault,
  receiveCollateral,
  repay,
  setLtv,
  sharesToAssetsDown,
  toAssetsUp,
  toOwed,
  totalAssets,
  transferBorrow,
  type Vault,
  type VaultParameters,
  withoutSpread,
} from "./index.js";

const USDC = 10n ** 6n;
const RAY = 10n ** 27n;
const YEAR = 31_536_000n;
const FULL = (1n << 32n) - 1n;
/** 5 % a year, compounded by the second: Maker's published fee. */
const FIVE_PERCENT = 1_547_125_957_863_212_448n;

const parameters: VaultParameters = {
  maxLiquidationDiscount: 1500n,
  liquidationCoolOffTime: 0n,
  socializeDebt: true,
  minSocializationLiabilityValue: 10n ** 6n,
  interestFee: 1000n,
  interestRateModel: { baseRate: FIVE_PERCENT, slope1: 0n, slope2: 0n, kink: FULL },
};

/** 1,000 USDC of which Alice borrows 600. */
function lent(change: Partial<VaultParameters> = {}): Vault {
  let vault = openVault("eUSDC", { ...parameters, ...change }, 1_000n, withoutSpread(10n ** 8n, USDC), {
    weth: withoutSpread(2000n * 10n ** 8n, 10n ** 7n),
  });
  vault = setLtv(vault, "weth", 8000n, 8300n, 0n);
  vault = deposit(vault, "sue", 1_000n * USDC).vault;
  vault = receiveCollateral(vault, "alice", "weth", 10n ** 7n).vault;
  vault = enableCollateral(vault, "alice", "weth").vault;
  return borrow(vault, "alice", 600n * USDC).vault;
}

describe("interest", () => {
  it("golden: 5 % a year on 600 USDC is 30, of which a tenth becomes fee shares", () => {
    const year = accrued(later(lent(), YEAR));
    expect(toAssetsUp(currentOwed(year, "alice"))).toBe(630n * USDC);
    // one unit short of it, because the published fee is right to 16 digits only, and fees round down
    expect(year.interestAccumulator - (RAY * 105n) / 100n).toBeLessThan(10n ** 11n);
    const fees = sharesToAssetsDown(year, year.accumulatedFees);
    expect(fees).toBeGreaterThan(3n * USDC - 5_000n);
    expect(fees).toBeLessThanOrEqual(3n * USDC);
    expect(sharesToAssetsDown(year, accountOf(year, "sue").shares)).toBeGreaterThan(1_026n * USDC);
  });

  it("behavior: without a fee all goes to the suppliers; without a model nothing is charged", () => {
    const free = accrued(later(lent({ interestFee: 0n }), YEAR));
    expect(free.accumulatedFees).toBe(0n);
    expect(accrued(later(lent(), YEAR)).accumulatedFees).toBeGreaterThan(0n);
    const idle = accrued(later(lent({ interestRateModel: null }), YEAR));
    expect(toAssetsUp(currentOwed(idle, "alice"))).toBe(600n * USDC);
  });

  it("behavior: the rate follows utilisation at the end of every call, capped at 1,000,000 % APY", () => {
    const steep = { baseRate: 0n, slope1: 10n ** 12n, slope2: 10n ** 12n, kink: FULL };
    const vault = lent({ interestRateModel: steep });
    expect(vault.interestRate).toBe(MAX_ALLOWED_INTEREST_RATE);
    const mild = lent({ interestRateModel: { ...steep, slope1: 10n ** 9n } });
    // floor(600 x (2^32 - 1) / 1000) steps
    expect(mild.interestRate).toBe(2_576_980_377n * 10n ** 9n);
    expect(repay(mild, "alice", "alice", 600n * USDC).vault.interestRate).toBe(0n);
  });

  it("limit: where the accumulator would overflow the old one stands", () => {
    const vault = { ...lent(), interestRate: MAX_ALLOWED_INTEREST_RATE };
    const ages = accrued(later(vault, 100n * YEAR));
    expect(ages.interestAccumulator).toBe(vault.interestAccumulator);
    expect(ages.lastAccrual).toBe(ages.now);
  });

  it("limit: debt beyond 2^112 units is not accrued, and time does not count as accrued", () => {
    const vault = { ...lent(), interestRate: MAX_ALLOWED_INTEREST_RATE, totalBorrows: toOwed((1n << 112n) - 1n) };
    expect(accrued(later(vault, 10n))).toEqual(later(vault, 10n));
  });

  it("limit: a debt is rounded up to whole units, and a repayment of all leaves none", () => {
    const vault = later(lent(), 1n);
    const owed = currentOwed(accrued(vault), "alice");
    expect(toAssetsUp(owed)).toBe(600n * USDC + 1n);
    expect(owed < toOwed(600n * USDC + 1n)).toBe(true);
    const outcome = repay(vault, "alice", "alice", "all");
    expect(outcome.vault.cash).toBe(1_000n * USDC + 1n);
    expect(accountOf(outcome.vault, "alice").owed).toBe(0n);
    expect(outcome.vault.totalBorrows).toBe(0n);
    expect(totalAssets(outcome.vault)).toBe(1_000n * USDC + 1n);
  });

  it("equality: debt less than one unit from what is to move goes along; a whole unit does not", () => {
    const vault = lent();
    const debtOf = (owed: bigint) => ({
      ...vault,
      accounts: { ...vault.accounts, alice: { ...accountOf(vault, "alice"), owed } },
    });
    const unit = 1n << 31n;
    expect(transferBorrow(debtOf(10n * unit + unit - 1n), "alice", "larry", 10n).moved).toBe(11n * unit - 1n);
    expect(transferBorrow(debtOf(11n * unit), "alice", "larry", 10n).moved).toBe(10n * unit);
    expect(transferBorrow(debtOf(9n * unit + 1n), "alice", "larry", 10n).moved).toBe(9n * unit + 1n);
    expect(() => transferBorrow(debtOf(9n * unit), "alice", "larry", 10n)).toThrow("10 units of debt");
  });
});
