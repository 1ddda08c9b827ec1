import type { ImportedCrvusd } from "./crvusd.js";
import type { BookFile, LayerFile, OrderBookFile, PositionsFile } from "./our-format.js";
import type { DepthFile } from "./ship-depth.js";
import { utcText } from "./utc-time.js";

/** All borrowers of the given crvUSD markets as one book. `depths` by collateral symbol; a market without one has no venue. */
export function crvusdBook(markets: readonly ImportedCrvusd[], depths: Readonly<Record<string, DepthFile>>): BookFile {
  const known = markets.flatMap(({ market, rows }) => (market === null ? [] : [{ market, rows }]));
  const at = utcText(Math.max(...known.map(({ market }) => market.timeMs)));
  const layers: Record<string, LayerFile> = {};
  const positions: Record<string, PositionsFile> = {};
  const venues: Record<string, OrderBookFile> = {};
  for (const { market, rows } of known) {
    const protocol = `crvusd-${market.symbol.toLowerCase()}`;
    const debt = rows.reduce((sum, row) => sum + Number(row.debt), 0);
    layers[protocol] = {
      source:
        "xenophonlabs/crvUSDrisk, commit 7d17fa798e908e1032e4ee432ff14667f284febe, MIT: market metadata of block 19122585",
      asOf: utcText(market.timeMs),
      coverage: `all ${rows.length} borrowers of the crvUSD market ${market.symbol} (${market.address}); their debts sum to ${debt.toFixed(0)} of the market's ${Number(market.totalDebt).toFixed(0)} crvUSD. Terms: A ${market.amplification}, base price ${market.basePriceUsd} USD, active band ${market.activeBand}, liquidation discount ${market.liquidationDiscount}, loan discount ${market.loanDiscount}. Price of ${market.symbol}: the market's own oracle. crvUSD among the collateral is what the market has already swapped. Health as the controller stated it. Amounts cut to the asset's decimals`,
      coverageShare: Math.min(1, Number((debt / Number(market.totalDebt)).toFixed(4))),
      basis: "measured",
    };
    positions[protocol] = {
      layer: protocol,
      columns: [
        "account",
        `collateral ${market.symbol}`,
        "collateral crvUSD",
        "debt crvUSD",
        "firstBand x",
        "lastBand x",
        "health x",
      ],
      rows: [...rows]
        .sort((a, b) => (a.account < b.account ? -1 : 1))
        .map((row) => [
          row.account,
          Number(row.collateral),
          Number(row.stablecoin),
          Number(row.debt),
          row.firstBand,
          row.lastBand,
          Number(row.health.toFixed(6)),
        ]),
    };
    const depth = depths[market.symbol];
    if (depth === undefined) continue;
    layers[`${market.symbol.toLowerCase()}-market`] = {
      ...depth.layer,
      coverage: `${depth.layer.coverage}. Routes of WETH, wstETH and sfrxETH share pools: their depths must not be added up`,
    };
    venues[`${market.symbol.toLowerCase()}-market`] = {
      kind: "order-book",
      instrument: `${market.symbol}/crvUSD`,
      layer: `${market.symbol.toLowerCase()}-market`,
      ...depth.curve,
    };
  }
  layers["price-crvusd"] = {
    source: "assumption",
    asOf: at,
    coverage: "price of crvUSD: 1 USD",
    coverageShare: null,
    basis: "assumed",
  };
  return {
    version: 1,
    kind: "book",
    name: "crvusd-2024-01-30",
    at,
    assets: {
      crvUSD: { unitDecimals: 6, price: "1 USD" },
      ...Object.fromEntries(
        known.map(({ market }) => [
          market.symbol,
          { unitDecimals: market.unitDecimals, price: `${market.oraclePriceUsd} USD` },
        ]),
      ),
    },
    instruments: Object.fromEntries(
      known.map(({ market }) => [
        `${market.symbol}/crvUSD`,
        { asset: market.symbol, quote: "crvUSD", market: "spot", chain: "ethereum" },
      ]),
    ),
    layers,
    positions,
    venues,
  };
}
