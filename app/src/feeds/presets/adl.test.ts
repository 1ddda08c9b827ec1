import { mkdir, mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { deleveragingWaves } from "./adl.js";

let folder = "";
const policies =
  "wave,deficit_usd,budget_needed,budget_prod,budget_pr,budget_contract_pr,budget_vector,budget_fixed_point_ilp_integer,total_cap,max_pct_pr";

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "waves-"));
  await mkdir(join(folder, "adl-2025-10-10"));
});
afterAll(() => rm(folder, { recursive: true }));

async function write(policyRows: string, loserRows: string): Promise<void> {
  await writeFile(join(folder, "adl-2025-10-10", "policy_per_wave_metrics.csv"), `${policies}\n${policyRows}\n`);
  await writeFile(
    join(folder, "adl-2025-10-10", "bad_debt_loser_waves.csv"),
    `wave,t_start_ms,n_rows,unique_losers\n${loserRows}\n`,
  );
}

describe("deleveragingWaves", () => {
  it("default: money becomes millionths, cut; the losers' columns join by wave", async () => {
    await write("7,10.1234567,2.5,3,2.5,2,2.25,2.6e0,100,0.025\n9,1,1,1,1,1,1,1,1,1", "9,5,6,7\n7,1760131095631,21,8");
    const text = await deleveragingWaves(folder);
    expect(text).toContain(
      "\n7 1760131095631 21 8 10123456 2500000 3000000 2500000 2000000 2250000 2600000 100000000 0.025\n9 5 6 7 ",
    );
    expect(text).toContain("2 waves");
  });

  it("error: a wave of one file that the other lacks, a wave twice, a cell that is no number", async () => {
    await write("7,1,1,1,1,1,1,1,1,1", "8,1,1,1");
    await expect(deleveragingWaves(folder)).rejects.toThrow("wave 7 has no losers");
    await write("7,1,1,1,1,1,1,1,1,1", "7,1,1,1\n8,1,1,1");
    await expect(deleveragingWaves(folder)).rejects.toThrow("1 waves of policies, 2 of losers");
    await write("7,1,1,1,1,1,1,1,1,1", "7,1,1,1\n7,1,1,1");
    await expect(deleveragingWaves(folder)).rejects.toThrow("stands twice");
    await write("7,none,1,1,1,1,1,1,1,1", "7,1,1,1");
    await expect(deleveragingWaves(folder)).rejects.toThrow("not a plain number");
    await write("7,1", "7,1,1,1");
    await expect(deleveragingWaves(folder)).rejects.toThrow("policy_per_wave_metrics.csv, row 2");
  });
});
