import type { ProtocolCard } from "../protocol.js";

/** What the Maker engine is a model of. */
export const card: ProtocolCard = {
  id: "maker",
  name: "Maker (Sky) vaults",
  version: "Liquidations 2.0",
  family: "lending",
  source:
    "makerdao/dss fa4f6630: vat.sol, jug.sol, spot.sol, dog.sol, clip.sol, abaci.sol, vow.sol; makerdao/osm e36c874b: osm.sol; makerdao/clipper-mom 1473b448: ClipperMom.sol",
  rulesAsOf: "2022-05-18",
  atEquality: {
    liquidatable: false,
    by: "Dog.bark requires spot > 0 and ink x spot < art x rate: a vault exactly at the limit is safe",
  },
  modelled: [
    "vaults with normalised debt, debt ceiling and dust (frob); fees by rpow into rate (drip, fold)",
    "oracle delayed by one hop, and the safety price (OSM poke, Spotter poke)",
    "bark with Hole, hole and dust, penalty, tip and chip; partial liquidation; the whole vault where dust would be left",
    "Dutch auctions on three price curves with half-up rpow, reset by time or price, purchases with every trimming rule and the exchange before payment",
    "debt at auction (Dirt, dirt), the Vow's DAI and debt, heal",
    "breaker levels 0 to 3, tripBreaker with tolerance and lock",
  ],
  notModelled: [
    "uint256 overflow, access rights, global settlement (cage) and yank",
    "several collateral types at once: one state is one of them; Dirt of the others enters as globalDebtAtAuction",
    "the global debt ceiling (Vat Line) and the automatic one (DssAutoLine)",
    "the Vow's queue of sin, surplus and debt auctions (flog, flap, flop)",
    "a chost that governance changed without upchost: chost follows dust and chop at once",
    "fork, vaults moved between owners, English auctions of Liquidations 1.2 (Cat, Flipper)",
  ],
};
