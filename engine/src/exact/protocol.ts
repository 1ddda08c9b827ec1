/** Which side of the market a protocol is on; decides which mechanism of the engine runs it. */
export type ProtocolFamily = "lending" | "perpetuals" | "guard";

/** What a user must know before trusting an engine: what it is a model of, as of when, and what it leaves out. */
export interface ProtocolCard {
  /** As scenarios write it: `protocol: aave-v3`. */
  readonly id: string;
  /** As its makers call it. */
  readonly name: string;
  /** Version of the contracts or of the rules. */
  readonly version: string;
  readonly family: ProtocolFamily;
  /** Repository and commit, or documentation page, of the rules, with contract and function names. */
  readonly source: string;
  /** Day (ISO date) as of which the rules were read; the presets carry their own dates. */
  readonly rulesAsOf: string;
  /** Whether an account exactly at the limit is liquidatable, and by which comparison in which function. */
  readonly atEquality: { readonly liquidatable: boolean; readonly by: string };
  /** What the exact engine does, one clause each. */
  readonly modelled: readonly string[];
  /** What it does not, one clause each: never empty. */
  readonly notModelled: readonly string[];
}

/** Something wrong with a protocol's parameters: never repaired, always refused with the reason. */
export interface ParameterFault {
  /** Stable name, kebab-case: `bonus-below-par`, `threshold-above-one`, `threshold-times-bonus`, `tiers-overlap`, `auction-without-end` and the like. */
  readonly code: string;
  /** Key of the parameter, dots into nested ones. */
  readonly key: string;
  /** What it is and what it may be. */
  readonly message: string;
  /** What to do. */
  readonly hint: string;
}

/** Parameters as they stood somewhere on a day. */
export interface Preset<Parameters> {
  /** Kebab-case: `ethereum-core`, `mainnet-usdc`, `eth-a`. */
  readonly name: string;
  /** ISO date of the parameters. */
  readonly asOf: string;
  /** Where they were read: file or document, with its own origin. */
  readonly source: string;
  readonly parameters: Parameters;
}
