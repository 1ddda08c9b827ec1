import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { measureAccruedFees } from "./accrued-fees.js";
import { importHourlyPrices, priceNearest } from "./hourly-prices.js";
import { readMakerDay } from "./maker-day.js";
import { importMakerEvents, type MakerEventTexts } from "./maker-events.js";
import { importMakerParameters, makerTermsAt, parametersAt } from "./maker-parameters.js";
import { checkLiquidations, replayVaults } from "./maker-replay.js";
import { protocolTotals } from "./maker-totals.js";
import { importMakerVaults } from "./maker-vaults.js";
import { importRaw } from "./raw-import.js";
import { scoreStaticRule } from "./static-rule.js";

const vaultsText = `vault,collateral_eth,debt_dai_ex_interest,liq_price_at_130pct
11,10.12345678,10000.00,1284.15
7,5.000000,2000.00,520.00
9,3.000000,3000.00,1300.00
`;
const head = "BLOCK_NUMBER,BLOCK_TIMESTAMP,";
const texts: MakerEventTexts = {
  creations: `${head}VAULT_NUMBER,ILK,URN_ADDRESS\n100,2021-05-19 01:00:00.000,20,ETH-B,0x0\n`,
  deposits: `${head}URN_ADDRESS,ILK,VAULT_NUMBER,DEPOSIT_AMOUNT_ADJ\n101,2021-05-19 02:00:00.000,0x0,ETH-B,11,1.5\n`,
  repayments: `${head}VAULT_NUMBER,DAI_REPAYED\n102,2021-05-19 03:00:00.000,7,2020\n`,
  borrows: `${head}VAULT_NUMBER,DAI_MINTED\n103,2021-05-18 23:59:59.000,11,5\n104,2021-05-19 04:00:00.000,11,100\n`,
  withdrawals: `${head}URN_ADDRESS,ILK,VAULT_NUMBER,WITHDRAWN_AMOUNT_ADJ\n102,2021-05-19 03:00:00.000,0x0,ETH-B,7,-5\n`,
  liquidations: `${head}VAULT_NUMBER,COLLATERAL_LIQUIDATED_AMOUNT,DAI_REPAYED_AMOUNT\n105,2021-05-19 05:00:00.000,9,3,3030\n`,
};
const dayMs = 86_400_000;
const fromMs = Date.UTC(2021, 4, 19);
const parametersText = `BLOCK,TIMESTAMP,TX_HASH,SOURCE,PARAMETER,ILK,FROM_VALUE,TO_VALUE,SOURCE_TYPE
1,2020-10-19 14:00:52,0x,0x,SPOTTER.ilks.mat,ETH-B,0,1.3,DssSpell
1,2020-10-19 14:00:52,0x,0x,CAT.ilks.chop,ETH-B,0,0.13,DssSpell
1,2020-10-19 14:00:52,0x,0x,CAT.ilks.dunk,ETH-B,0,50000,DssSpell
1,2020-10-19 14:00:52,0x,0x,JUG.ilks.duty,ETH-B,0,0.06,DssSpell
1,2020-10-19 14:00:52,0x,0x,DC-IAM.ilks.gap,ETH-B,0,500,DssSpell
1,2020-10-19 14:00:52,0x,0x,DC-IAM.ilks.line,ETH-B,0,50000,DssSpell
9,2021-05-06 9:45:10,0x,0x,DOG.ilks.chop,ETH-B,0,0.13,DssSpell
9,2021-05-06 9:45:10,0x,0x,CLIPPER.buf,ETH-B,1,1.3,DssSpell
9,2021-05-06 9:45:10,0x,0x,CLIPPER.buf,ETH-B,0,1,DssSpell
50,2021-05-07 9:45:10,0x,0x,VAT.ilks.line,ETH-B,40000,50000,DssAutoLine
103,2021-05-19 3:30:00,0x,0x,VAT.ilks.line,ETH-B,50000,13700,DssAutoLine
`;
const pricesText = `timestamp_ms,price_usd
${fromMs - 60_000},1500.123456789
${fromMs + 3_600_000},1250
${fromMs + 7_200_000},1290.5
`;

const vaults = () => importMakerVaults(vaultsText).rows;
const events = () => importMakerEvents(texts, fromMs, fromMs + 5 * dayMs).rows;

describe("maker vaults", () => {
  it("default", () => {
    const { rows, refused } = importMakerVaults(vaultsText);
    expect(refused).toEqual([]);
    expect(rows[0]).toEqual({ account: "11", collateralEth: "10.1234567", debtDai: "10000" });
  });
  it("error: rows are refused with the line and the reason", () => {
    const bad = `${vaultsText}7,5,2000,520\n12,-1,100,1\nx,1,1,1.3\n13,1,NaN,1\n14,1,1000,1500\n15,1\n16,1e400,1,1\n`;
    const { rows, refused } = importMakerVaults(bad);
    expect(rows).toHaveLength(3);
    const reasons = new Map(refused.map((row) => [row.rowNumber, row.reason]));
    expect(reasons.get(5)).toBe("vault 7 stands twice");
    expect(reasons.get(6)).toContain("negative");
    expect(reasons.get(7)).toContain("no whole number");
    expect(reasons.get(8)).toContain("not a plain number");
    expect(reasons.get(9)).toContain("is not 1.3 x debt / collateral = 1300.00");
    expect(reasons.get(10)).toContain("2 cells where the header has 4");
    expect(reasons.get(11)).toContain("too large");
  });
  it("error: a file without header or columns is refused whole", () => {
    expect(importMakerVaults("").refused[0].reason).toContain("no header");
    expect(importMakerVaults("a,b\n1,2\n").refused[0].reason).toContain("header lacks vault");
  });
});

describe("maker events", () => {
  it("behavior: the window is kept, sorted by block; withdrawals turn positive; a liquidation is two rows", () => {
    expect(
      events().map((event) => `${event.block} ${event.account} ${event.kind} ${event.amount} ${event.asset}`),
    ).toEqual([
      "100 20 open 0 ETH",
      "101 11 deposit 1.5 ETH",
      "102 7 repay 2020 DAI",
      "102 7 withdraw 5 ETH",
      "104 11 borrow 100 DAI",
      "105 9 liquidate 3 ETH",
      "105 9 liquidate 3030 DAI",
    ]);
  });
  it("error: a wrong sign, time or collateral type is refused with its file", () => {
    const bad = {
      ...texts,
      withdrawals: `${texts.withdrawals}103,2021-05-19 03:00:00.000,0x0,ETH-B,7,5\n103,2021-05-19 03:00:00.000,0x0,ETH-A,7,-5\n`,
      borrows: `${texts.borrows}104,2021-13-19 04:00:00.000,11,100\n`,
    };
    const refused = importMakerEvents(bad, fromMs, fromMs + dayMs).refused;
    expect(refused.map((row) => `${row.file} ${row.rowNumber} ${row.reason.split(":")[0]}`)).toEqual([
      "borrows 4 BLOCK_TIMESTAMP is no time",
      "withdrawals 3 WITHDRAWN_AMOUNT_ADJ has the wrong sign",
      "withdrawals 4 another collateral type",
    ]);
  });
});

describe("maker parameters", () => {
  const changes = importMakerParameters(parametersText).rows;
  it("behavior: changes of one block are chained by their values, not by their order", () => {
    expect(parametersAt(changes, fromMs).get("CLIPPER.buf")).toBe(1.3);
  });
  it("behavior: before the Clipper the terms are those of liquidations 1.2", () => {
    const before = makerTermsAt(changes, Date.UTC(2021, 3, 22));
    expect(before.liquidations).toBe("1.2 (Cat and Flipper)");
    expect(before.auctionSizeDai).toBe(50000);
    expect(before.startPriceFactor).toBeNull();
    const after = makerTermsAt(changes, fromMs);
    expect(after.liquidations).toBe("2.0 (Dog and Clipper)");
    expect(after.auctionSizeDai).toBeNull();
    expect([after.collateralRatio, after.penaltyShare, after.stabilityFeeShareYear]).toEqual([1.3, 0.13, 0.06]);
  });
  it("behavior: the protocol's total is the ceiling less the gap, and unknown at the maximum", () => {
    expect(protocolTotals(changes, 0, fromMs + dayMs).map((total) => total.debtDai)).toEqual([13200]);
  });
});

describe("maker replay", () => {
  it("behavior: events move the vaults up to the block", () => {
    const state = replayVaults(vaults(), events(), 104);
    expect(state.get("11")?.collateralEth).toBeCloseTo(11.6234567, 9);
    expect(state.get("11")?.debtDai).toBe(10100);
    expect(state.get("7")).toEqual({ collateralEth: 0, debtDai: -20 });
    expect(state.get("9")?.collateralEth).toBe(3);
  });
  it("behavior: accrued fees show on liquidated and on closed vaults", () => {
    const [check] = checkLiquidations(vaults(), events());
    expect(check).toMatchObject({ account: "9", inBook: true, replayedEth: 3, seizedEth: 3 });
    expect(check.feeShare).toBeCloseTo(0.01, 12);
    const fees = measureAccruedFees(vaults(), events());
    expect(fees?.samples.map((sample) => sample.account).sort()).toEqual(["7", "9"]);
    expect(fees?.medianShare).toBeCloseTo(0.01, 12);
  });
  it("behavior: the static rule flags what is under water at the lowest price", () => {
    const prices = importHourlyPrices(pricesText).rows;
    const score = scoreStaticRule(vaults(), events(), prices, 1.3);
    expect(score).toMatchObject({ lowUsd: 1250, flagged: ["11", "9"], liquidated: ["9"], missed: [] });
  });
});

describe("hourly prices", () => {
  it("default", () => {
    const { rows } = importHourlyPrices(pricesText);
    expect(rows[0].priceUsd).toBe("1500.12345678");
    expect(priceNearest(rows, fromMs)?.timeMs).toBe(fromMs - 60_000);
  });
  it("error: times that do not rise and prices that are none are refused", () => {
    const { refused } = importHourlyPrices(`${pricesText}${fromMs},1\n${fromMs + 9e6},0\n${fromMs + 9e6},x\n1,1\n`);
    expect(refused.map((row) => row.rowNumber)).toEqual([5, 6, 7, 8]);
  });
});

describe("maker day", () => {
  it("default: a folder becomes a book and a series", () => {
    const folder = mkdtempSync(join(tmpdir(), "maker-"));
    try {
      const files = { ...texts, positions: vaultsText };
      for (const [name, text] of Object.entries(files)) {
        writeFileSync(join(folder, name === "positions" ? "positions_2021-05-19.csv" : `events_${name}.csv`), text);
      }
      writeFileSync(join(folder, "parameter_changes.csv"), parametersText);
      writeFileSync(join(folder, "eth_usd_hourly.csv"), pricesText);
      const { day, refused } = readMakerDay(folder, null, "2021-05-19");
      expect(refused).toEqual([]);
      expect(day.vaults.map((vault) => vault.account)).toEqual(["7", "9", "11"]);
      expect(day.total?.bookDai).toBe(13000);
      const book = importRaw("maker-vaults", [join(folder, "positions_2021-05-19.csv")]).file;
      expect(book).toMatchObject({ kind: "book", name: "maker-eth-b-2021-05-19", at: "2021-05-19T00:00:00Z" });
      const series = importRaw("maker-events", [join(folder, "positions_2021-05-19.csv")]).file;
      expect(series.kind === "series" ? series.tables.events.rows[1] : null).toEqual([
        "2021-05-19T02:00:00Z",
        101,
        "11",
        "deposit",
        1.5,
        "ETH",
      ]);
    } finally {
      rmSync(folder, { recursive: true });
    }
  });
});
