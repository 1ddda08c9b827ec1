import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { measureAccruedFees } from "./accrued-fees.js";
import { importTenMinuteCandles } from "./candles.js";
import { importGas } from "./gas.js";
import { importHourlyPrices, priceNearest } from "./hourly-prices.js";
import { importMakerEvents, type MakerEvent } from "./maker-events.js";
import { importMakerParameters, makerTermsAt, type ParameterChange } from "./maker-parameters.js";
import { replayVaults } from "./maker-replay.js";
import { protocolTotals } from "./maker-totals.js";
import { importMakerVaults, type MakerVault } from "./maker-vaults.js";
import type { Imported, RefusedRow } from "./refused-row.js";
import { importReserves, pacificMidnight } from "./reserves.js";
import { hourlyPriceLayer, type MakerDay, openPriceLayer } from "./ship-maker.js";

const dayMs = 86_400_000;

/** A refused row with the file it stood in. */
export interface RefusedInFile extends RefusedRow {
  readonly file: string;
}

/**
 * Reads one Maker day from the raw folder of vaults (positions, events, parameters, hourly prices) and, where `intradayFolder` holds that day, its
 * ten-minute candles, gas and pool reserves. Throws where a file is missing or no price is near.
 */
export function readMakerDay(
  vaultFolder: string,
  intradayFolder: string | null,
  day: string,
): { readonly day: MakerDay; readonly refused: readonly RefusedInFile[] } {
  const refused: RefusedInFile[] = [];
  const take = <Row>(file: string, imported: Imported<Row>): readonly Row[] => {
    for (const row of imported.refused) refused.push({ ...row, file });
    return imported.rows;
  };
  const maker = (name: string) => readFileSync(join(vaultFolder, `${name}.csv`), "utf8");
  const atMs = Date.parse(`${day}T00:00:00Z`);
  const vaults = take(`positions_${day}.csv`, importMakerVaults(maker(`positions_${day}`)));
  const events = take("events_*.csv", importMakerEvents(eventTexts(maker), atMs, atMs + 5 * dayMs));
  const changes = take("parameter_changes.csv", importMakerParameters(maker("parameter_changes")));
  const prices = take("eth_usd_hourly.csv", importHourlyPrices(maker("eth_usd_hourly")));
  const intraday = intradayFolder === null ? null : readIntraday(intradayFolder, day, atMs, take);
  const nearest = priceNearest(prices, atMs);
  if (nearest === undefined || Math.abs(nearest.timeMs - atMs) > 7_200_000)
    throw new Error(`no hourly price near ${day}`);
  return {
    day: {
      day,
      atMs,
      vaults: [...vaults].sort((a, b) => Number(a.account) - Number(b.account)),
      events,
      terms: makerTermsAt(changes, atMs),
      hourly: prices.filter((point) => point.timeMs >= atMs - 7_200_000 && point.timeMs < atMs + 5 * dayMs),
      priceUsd: intraday?.candles[0].open ?? nearest.priceUsd,
      priceSource: intraday === null ? hourlyPriceLayer(nearest) : openPriceLayer(intraday.candles[0]),
      fees: measureAccruedFees(vaults, events),
      total: nearestTotal(changes, vaults, events, atMs),
      intraday,
    },
    refused,
  };
}

function eventTexts(maker: (name: string) => string) {
  return {
    creations: maker("events_creations"),
    deposits: maker("events_deposits"),
    repayments: maker("events_repayments"),
    borrows: maker("events_borrows"),
    withdrawals: maker("events_withdrawals"),
    liquidations: maker("events_liquidations"),
  };
}

/** The protocol's own total nearest to the book: the first one of the window, else the last one of the day before. */
function nearestTotal(
  changes: readonly ParameterChange[],
  vaults: readonly MakerVault[],
  events: readonly MakerEvent[],
  atMs: number,
): MakerDay["total"] {
  const within = protocolTotals(changes, atMs, atMs + 5 * dayMs)[0];
  const total = within ?? protocolTotals(changes, atMs - dayMs, atMs).at(-1);
  if (total === undefined) return null;
  const states = replayVaults(vaults, events, within === undefined ? 0 : total.block);
  const bookDai = [...states.values()].reduce((sum, state) => sum + Math.max(0, state.debtDai), 0);
  return { ...total, bookDai };
}

function readIntraday(
  folder: string,
  day: string,
  atMs: number,
  take: <Row>(file: string, imported: Imported<Row>) => readonly Row[],
): MakerDay["intraday"] {
  const [year, month, date] = day.split("-");
  const name = `${month}-${date}-${year}.json`;
  if (!existsSync(join(folder, "eth", name))) return null;
  const text = (kind: string) => readFileSync(join(folder, kind, name), "utf8");
  return {
    candles: take(`eth/${name}`, importTenMinuteCandles(text("eth"))),
    gas: take(`gas/${name}`, importGas(text("gas"))),
    reserves: take(`eth_dai_liquidity/${name}`, importReserves(text("eth_dai_liquidity"), pacificMidnight(atMs))),
  };
}
