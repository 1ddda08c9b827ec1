/** Fixed-point scales that several protocols share. */

/** 1e4: one in basis points. */
export const BASIS_POINTS = 10_000n;
/** 1e8: one dollar in the prices of Aave, Compound III and most Chainlink feeds. */
export const PRICE_8 = 100_000_000n;
/** 1e18: one in a wad. */
export const WAD = 1_000_000_000_000_000_000n;
/** 1e27: one in a ray. */
export const RAY = 1_000_000_000_000_000_000_000_000_000n;
/** 1e45: one in a rad (Maker: wad x ray). */
export const RAD = 1_000_000_000_000_000_000_000_000_000_000_000_000_000_000_000n;
/** 1e36: Morpho's price of one collateral unit in debt units, before the difference of decimals. */
export const SCALE_36 = 1_000_000_000_000_000_000_000_000_000_000_000_000n;
/** 2^256 - 1, what contracts take for "all" and for "infinite". */
export const MAX_UINT256 = (1n << 256n) - 1n;
/** Seconds of a year as contracts count it: 365 days. */
export const SECONDS_PER_YEAR = 31_536_000n;
