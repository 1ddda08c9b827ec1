import type { Kernel } from "../../engine/src/index.js";

/**
 * An independent set of books: it hears every transfer and keeps balances in bigint. It shares no arithmetic with the engine's ledger, and recounts what the
 * mechanisms say they hold.
 */
export class Auditor {
  private balances = new Map<string, bigint>();
  transfers = 0;
  /** Rounds after which the books were compared. */
  comparisons = 0;

  constructor(private readonly kernel: Kernel) {
    const { ledger } = kernel;
    const transfer = ledger.transfer.bind(ledger);
    ledger.transfer = (from, to, asset, units) => {
      transfer(from, to, asset, units);
      this.post(from, asset, -BigInt(units));
      this.post(to, asset, BigInt(units));
      this.transfers++;
    };
    const reset = ledger.reset.bind(ledger);
    ledger.reset = () => {
      reset();
      this.balances.clear();
    };
    const check = ledger.check.bind(ledger);
    ledger.check = () => {
      check();
      this.compare();
    };
  }

  private post(account: number, asset: number, units: bigint): void {
    const key = `${account}/${asset}`;
    this.balances.set(key, (this.balances.get(key) ?? 0n) + units);
  }

  /** What is wrong now: sums that are not 0, balances that differ, negatives that are not allowed, rows that do not add up. */
  readonly findings: string[] = [];

  private compare(): void {
    this.comparisons++;
    const { ledger, opened } = this.kernel;
    const sums = new Map<number, bigint>();
    for (const [key, units] of this.balances) {
      const [account, asset] = key.split("/").map(Number);
      sums.set(asset, (sums.get(asset) ?? 0n) + units);
      if (BigInt(ledger.balance(account, asset)) !== units)
        this.findings.push(`${ledger.accounts[account].name} holds ${ledger.balance(account, asset)}, not ${units}`);
      const { name, role } = ledger.accounts[account];
      if (units < 0n && !["issuer", "outside", "outside-keeper", "rest-of-market"].includes(role))
        this.findings.push(`${name} owes ${units}`);
    }
    for (const [asset, sum] of sums) if (sum !== 0n) this.findings.push(`asset ${asset} sums to ${sum}`);
    opened.mechanisms.forEach((mechanism, index) => {
      this.compareStrategy(mechanism.name, opened.rows[index] as Partial<StrategyRows>);
      const rows = opened.rows[index] as { readonly collateral?: readonly Float64Array[]; readonly positions?: number };
      // Lenders keep a column per asset; who keeps one column for all (a pool of perpetual positions) is held against its exact twin in P04.
      if (!Array.isArray(rows.collateral) || rows.positions === undefined) return;
      const { positions } = rows;
      rows.collateral.forEach((column, asset) => {
        let sum = 0n;
        for (const units of column) {
          if (units < 0 || !Number.isInteger(units))
            this.findings.push(`${mechanism.name} has a row of ${units} units`);
          sum += BigInt(units);
        }
        const held = this.balances.get(`${positions}/${asset}`) ?? 0n;
        // Cash that an owner's own sale brought is on its way to the lenders within the round; collateral columns must match.
        if (column.length > 0 && sum !== held)
          this.findings.push(`${mechanism.name}'s rows hold ${sum} of asset ${asset}, its account ${held}`);
      });
    });
  }

  /** Accounts that follow a rule: what they hold of the asset (or keep of it, beside futures), and their cash above 0, are what their ledger account holds. */
  private compareStrategy(name: string, rows: Partial<StrategyRows>): void {
    const { risky, openingRisky, cash, positions, asset, quote, contract } = rows;
    if (risky === undefined || openingRisky === undefined || cash === undefined || contract === undefined) return;
    const sum = (column: Float64Array) => column.reduce((total, units) => total + BigInt(Math.max(0, units)), 0n);
    const kept = sum(contract < 0 ? risky : openingRisky);
    for (const [held, counted] of [
      [asset, kept],
      [quote, sum(cash)],
    ] as const) {
      const balance = this.balances.get(`${positions}/${held}`) ?? 0n;
      if (balance !== counted)
        this.findings.push(`${name}'s rows hold ${counted} of asset ${held}, its account ${balance}`);
    }
    for (const units of risky)
      if (units < 0 || !Number.isInteger(units)) this.findings.push(`${name} has a row of ${units} units`);
  }
}

/** The rows of a strategy's accounts, as far as they are recounted. */
interface StrategyRows {
  readonly risky: Float64Array;
  readonly openingRisky: Float64Array;
  readonly cash: Float64Array;
  readonly positions: number;
  readonly asset: number;
  readonly quote: number;
  readonly contract: number;
}
