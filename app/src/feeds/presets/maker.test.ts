import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { feePerSecond, makerPresets } from "./maker.js";

const header = "BLOCK,TIMESTAMP,TX_HASH,SOURCE,PARAMETER,ILK,FROM_VALUE,TO_VALUE,SOURCE_TYPE\n";
const row = (block: number, time: string, parameter: string, from: number, to: number) =>
  `${block},${time},0x,0x,${parameter},ETH-B,${from},${to},DssSpell\n`;
/** The shape of the file's rows; numbers of this test where it needs them to differ. */
const before = [
  row(1, "2020-10-19 14:00:52", "JUG.ilks.duty", 0, 0.1),
  row(1, "2020-10-19 14:00:52", "SPOTTER.ilks.mat", 0, 1.3),
  row(1, "2020-10-19 14:00:52", "CAT.ilks.chop", 0, 0.13),
  row(1, "2020-10-19 14:00:52", "VAT.ilks.dust", 0, 15_000),
  row(1, "2020-10-19 14:00:52", "VAT.ilks.line", 0, 49963354.15),
].join("");
const clipper = [
  row(2, "2021-05-06 15:45:10", "DOG.ilks.chop", 0, 0.13),
  row(2, "2021-05-06 15:45:10", "CLIPPER.cusp", 0, 0.4),
  row(2, "2021-05-06 15:45:10", "CLIPPER.tail", 0, 8400),
  row(2, "2021-05-06 15:45:10", "CLIPPER.buf", 1, 1.3),
  row(2, "2021-05-06 15:45:10", "CLIPPER.chip", 0, 0.001),
  row(2, "2021-05-06 15:45:10", "DOG.ilks.hole", 0, 8_000_000),
  row(2, "2021-05-06 15:45:10", "CLIPPER.buf", 0, 1),
  row(3, "2021-05-19 00:00:00", "DOG.ilks.hole", 8_000_000, 9_000_000),
  row(4, "2021-06-02 14:00:57", "CLIPPER.tip", 0, 300),
].join("");

async function generated(text: string): Promise<string> {
  const folder = mkdtempSync(join(tmpdir(), "maker-presets-"));
  try {
    mkdirSync(join(folder, "maker-ethb-vaults"));
    writeFileSync(join(folder, "maker-ethb-vaults", "parameter_changes.csv"), header + text);
    return await makerPresets(folder);
  } finally {
    rmSync(folder, { recursive: true });
  }
}

describe("Maker presets from parameter changes", () => {
  it("behavior: takes what stood before midnight, the last of several changes in one block, and no tip before it was filed", async () => {
    const text = await generated(before + clipper);
    const [, first, second] = text.split('name: "eth-b-');
    expect(first).toContain("startPriceBps: 13_000n");
    expect(first).toContain("debtCeilingCents: 4_996_335_415n");
    expect(first).toContain("auctionLimitDai: 8_000_000n");
    expect(first).toContain("incentiveDai: 0n");
    expect(first).toContain("stepSeconds: 90n");
    expect(second).toContain("auctionLimitDai: 9_000_000n");
    expect(second).toContain("incentiveDai: 300n");
    expect(second).toContain("stepSeconds: 60n");
  });

  it("error: refuses a day on which Cat and Flipper still ran, a missing parameter and a broken row", async () => {
    await expect(generated(before)).rejects.toThrow(/Liquidations 1.2/);
    await expect(generated(clipper)).rejects.toThrow(/has no SPOTTER.ilks.mat/);
    await expect(generated(before + row(9, "not a time", "X", 0, 1))).rejects.toThrow(/TIMESTAMP/);
  });

  it("golden: rates of a second are those of Maker's table (makerdao/spells-mainnet 64ebd0aa, archive)", () => {
    const table: readonly (readonly [bigint, bigint])[] = [
      [50n, 1000000000158153903837946257n],
      [100n, 1000000000315522921573372069n],
      [200n, 1000000000627937192491029810n],
      [300n, 1000000000937303470807876289n],
      [500n, 1000000001547125957863212448n],
      [600n, 1000000001847694957439350562n],
      [650n, 1000000001996917783620820123n],
      [800n, 1000000002440418608258400030n],
      [1000n, 1000000003022265980097387650n],
      [1100n, 1000000003309234382829738808n],
      [2000n, 1000000005781378656804591712n],
    ];
    expect(table.map(([bps]) => feePerSecond(bps))).toEqual(table.map(([, rate]) => rate));
  });
});
