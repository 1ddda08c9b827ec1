import { noClose } from "../../../rules/coin-contract.js";
import {
  contractsUntilMet,
  type DeribitPosition,
  deribitStep,
  lossShare,
  type RisingMargin,
  risingMaintenance,
} from "../../../rules/deribit.js";
import { perpetualBreaches } from "../../../rules/perpetual.js";
import type { Settle } from "../../../run/index.js";
import { protocolActs, tapeKinds } from "../../../run/tape.js";
import { touchRow } from "../positions/table.js";
import type { CoinMarginedPolicy, CoinMarginedRows } from "./rows.js";
import { bookClose, changeMargin, recordBadDebt } from "./settle.js";

/** Deribit's rules beside what all coin-margined exchanges have. */
export interface DeribitRules {
  readonly margin: RisingMargin;
  readonly contractsPerStep: number;
  readonly stepsPerSecond: number;
}

interface Budgets {
  /** By row: steps that its liquidation took in this tick. */
  used: Float64Array;
  readonly rowsUsed: number[];
  perTick: number;
}

/**
 * Small steps of every liquidatable account go to the market until its maintenance margin is met, so many a second. Once nothing is open the fund covers a negative
 * balance, and what it does not is shared among the winners in proportion to their profits.
 */
export function deribitPolicy({ margin, contractsPerStep, stepsPerSecond }: DeribitRules): CoinMarginedPolicy {
  const budgets: Budgets = { used: new Float64Array(0), rowsUsed: [], perTick: 0 };
  const close = noClose();
  const forget = (rows: CoinMarginedRows) => {
    if (budgets.used.length !== rows.table.count) budgets.used = new Float64Array(rows.table.count);
    for (const row of budgets.rowsUsed) budgets.used[row] = 0;
    budgets.rowsUsed.length = 0;
  };
  return {
    maintenance: (decimals) => risingMaintenance(margin, decimals),
    reset: forget,
    tick(rows, tickMs) {
      forget(rows);
      budgets.perTick = Math.max(1, Math.floor((stepsPerSecond * tickMs) / 1000));
    },
    plan(rows, breaching, side, at) {
      const { table, contract, maintenance, mark, terms } = rows;
      const wanted = breaching.map((row) => {
        const position = { contracts: table.size[row], entry: table.entry[row], balance: table.margin[row] };
        const until = contractsUntilMet(contract, maintenance, position, contractsPerStep, mark, terms.feeRate);
        return Math.min(until, (budgets.perTick - budgets.used[row]) * contractsPerStep, Math.abs(table.size[row]));
      });
      let left = at.capacity(side);
      breaching.forEach((row, place) => {
        const sent = Math.min(left, wanted[place]);
        at.toMarket(row, sent);
        left -= sent;
      });
    },
    close(rows, at, row, count, priceSteps) {
      const { table, contract, terms, rule, mark } = rows;
      const position: DeribitPosition = { contracts: 0, entry: 0, balance: 0 };
      let closed = 0;
      if (budgets.used[row] === 0) budgets.rowsUsed.push(row);
      while (closed < count && perpetualBreaches(rule, table.size[row], table.entry[row], table.margin[row], mark)) {
        position.contracts = table.size[row];
        position.entry = table.entry[row];
        position.balance = table.margin[row];
        const step = Math.min(contractsPerStep, count - closed);
        const fund = at.balance(rows.fund, rows.coin);
        deribitStep(contract, position, step, priceSteps, terms.feeRate, fund, close);
        bookClose(rows, at, row, close);
        closed += step;
        budgets.used[row]++;
      }
      return closed;
    },
    takeOver: (rows, at) => share(rows, at),
    forced(rows, row, mark) {
      const { openingSize, openingEntry, openingMargin } = rows.table;
      const size = openingSize[row];
      if (!perpetualBreaches(rows.rule, size, openingEntry[row], openingMargin[row], mark)) return 0;
      const position = { contracts: size, entry: openingEntry[row], balance: openingMargin[row] };
      const { contract, maintenance, terms } = rows;
      return contractsUntilMet(contract, maintenance, position, contractsPerStep, mark, terms.feeRate);
    },
  };
}

/** Shares uncovered losses among all who have a profit at the mark; nobody pays more than he won, and what is left is bad debt. */
function share(rows: CoinMarginedRows, at: Settle): void {
  const { table, contract, mark } = rows;
  if (rows.uncovered === 0) return;
  const winners: number[] = [];
  const profits: number[] = [];
  let all = 0;
  for (let row = 0; row < table.count; row++) {
    if (table.size[row] === 0) continue;
    const profit = contract.equity(table.size[row], table.entry[row], 0, mark);
    if (profit <= 0) continue;
    winners.push(row);
    profits.push(profit);
    all += profit;
  }
  const loss = Math.min(rows.uncovered, all);
  let before = 0;
  winners.forEach((row, place) => {
    const pays = lossShare(loss, before, profits[place], all);
    before += profits[place];
    if (pays === 0) return;
    touchRow(table, row);
    changeMargin(rows, at, row, -pays);
    at.record(tapeKinds.protocol, at.mechanismIndex, row, 0, pays, protocolActs.socialise);
  });
  if (rows.uncovered > loss) recordBadDebt(rows, at, rows.uncoveredRow, rows.uncovered - loss);
  rows.uncovered = 0;
  rows.restless = true;
}
