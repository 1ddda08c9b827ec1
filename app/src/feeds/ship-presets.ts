import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { aaveV3Presets } from "./presets/aave-v3.js";
import { deleveragingWaves } from "./presets/adl.js";
import { binanceUsdmPresets } from "./presets/binance-usdm.js";
import { compoundV3Presets } from "./presets/compound-v3.js";
import { crvusdPresets, crvusdRecord } from "./presets/crvusd.js";
import { dem2gbpReturns } from "./presets/dem2gbp.js";
import { dydxV4Presets } from "./presets/dydx-v4.js";
import { makerPresets } from "./presets/maker.js";

/** What each generated file of the engine is made of: its path below `engine/src`, and the text from the raw data sets. */
const generated: readonly (readonly [path: string, text: (rawFolder: string) => Promise<string>])[] = [
  ["exact/aave-v3/presets.ts", aaveV3Presets],
  ["exact/binance-usdm/presets.ts", binanceUsdmPresets],
  ["exact/compound-v3/presets.ts", (raw) => compoundV3Presets(join(raw, "compound-v3-configs"))],
  ["exact/crvusd/presets.ts", crvusdPresets],
  ["exact/dydx-v4/presets.ts", dydxV4Presets],
  ["exact/maker/presets.ts", makerPresets],
  ["validate/crvusd-record.ts", crvusdRecord],
  ["validate/deleveraging-waves.ts", deleveragingWaves],
  ["validate/dem2gbp-returns.ts", dem2gbpReturns],
];

/**
 * Writes the protocols' shipped parameters and the records that `validate` rests on into `engineFolder` (`engine/src`) from the raw sets in `rawFolder`, and returns the paths. The same raw sets give the
 * same bytes.
 */
export async function shipPresets(rawFolder: string, engineFolder: string): Promise<readonly string[]> {
  for (const [path, text] of generated) writeFileSync(join(engineFolder, path), await text(rawFolder));
  return generated.map(([path]) => path);
}

if (process.argv[1] !== undefined && import.meta.url === pathToFileURL(process.argv[1]).href) {
  const [, , from, to] = process.argv;
  if (from === undefined || to === undefined) {
    process.stderr.write("usage: npx tsx app/src/feeds/ship-presets.ts RAW_FOLDER ENGINE_FOLDER\n");
    process.exitCode = 2;
  } else {
    for (const path of await shipPresets(from, to)) process.stdout.write(`${path}\n`);
  }
}
