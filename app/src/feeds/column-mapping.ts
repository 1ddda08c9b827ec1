/** What a column of a user's CSV holds. */
export interface MappedColumn {
  /** `account`, `collateral`, `debt`, `margin`, `cash`, `size`, `entry`; for depth `side`, `price`, `move`, `amount`, `cumulative`. */
  readonly role: string;
  /** Asset or unit (`ETH`, `USD`); empty for roles without one. */
  readonly asset: string;
  /** The header's name of the column. */
  readonly header: string;
}

/** Columns understood, and the header's names that nobody asked for. */
export interface ColumnMapping {
  readonly columns: readonly MappedColumn[];
  readonly ignored: readonly string[];
  /** Whether the mapping was guessed from the names and not given. */
  readonly guessed: boolean;
}

const rolePattern = /^[a-z][A-Za-z0-9]{0,63}$/;
const assetPattern = /^[A-Za-z0-9][A-Za-z0-9._-]{0,31}$/;
const forbidden = new Set(["__proto__", "constructor", "prototype"]);

/** Reads `account=Vault,collateral.ETH=Coll,debt.DAI=Debt`; all that is wrong with it as sentences. */
export function parseMapping(
  text: string,
): { readonly columns: readonly MappedColumn[] } | { readonly problems: readonly string[] } {
  const columns: MappedColumn[] = [];
  const problems: string[] = [];
  for (const part of text.split(",")) {
    const equals = part.indexOf("=");
    const target = part.slice(0, Math.max(0, equals)).trim();
    const header = part.slice(equals + 1).trim();
    const dot = target.indexOf(".");
    const role = dot < 0 ? target : target.slice(0, dot);
    const asset = dot < 0 ? "" : target.slice(dot + 1);
    if (equals < 0 || header === "")
      problems.push(`${JSON.stringify(part.trim())} is not role=Header or role.ASSET=Header`);
    else if (!rolePattern.test(role) || forbidden.has(role))
      problems.push(`${JSON.stringify(role)} is no role: write account, collateral, debt, ...`);
    else if (dot >= 0 && !assetPattern.test(asset)) problems.push(`${JSON.stringify(asset)} is no asset`);
    else columns.push({ role, asset, header });
  }
  return problems.length > 0 ? { problems } : { columns };
}

/** Checks a given mapping against the header of the file; all that is wrong as sentences. */
export function applyMapping(
  columns: readonly MappedColumn[],
  header: readonly string[],
): ColumnMapping | { readonly problems: readonly string[] } {
  const problems: string[] = [];
  const targets = new Set<string>();
  for (const { role, asset, header: name } of columns) {
    const count = header.filter((other) => other === name).length;
    if (count === 0)
      problems.push(
        `the file has no column ${JSON.stringify(name)}; it has ${header.map((other) => JSON.stringify(other)).join(", ")}`,
      );
    if (count > 1) problems.push(`the file has ${count} columns ${JSON.stringify(name)}`);
    const target = asset === "" ? role : `${role} ${asset}`;
    if (targets.has(target)) problems.push(`${target} is mapped twice`);
    targets.add(target);
  }
  if (problems.length > 0) return { problems };
  return {
    columns,
    ignored: header.filter((name) => !columns.some((column) => column.header === name)),
    guessed: false,
  };
}

const accountWords = [
  "account",
  "vault",
  "address",
  "user",
  "owner",
  "borrower",
  "wallet",
  "trader",
  "cdp",
  "urn",
  "position",
  "id",
];
const amountWords: readonly (readonly [role: string, words: readonly string[]])[] = [
  ["collateral", ["collateral", "coll", "supplied", "supply", "deposit", "deposited", "ink"]],
  ["debt", ["debt", "borrow", "borrowed", "owed", "loan", "art"]],
  ["margin", ["margin"]],
  ["size", ["size", "qty", "contracts"]],
  ["entry", ["entry", "entryprice"]],
];
const symbols =
  "ETH WETH stETH wstETH rETH sfrxETH cbETH BTC WBTC tBTC cbBTC DAI USDC USDT crvUSD USDS USDe GHO LUSD FRAX SOL BNB ARB OP LINK AAVE MKR UNI CRV USD".split(
    " ",
  );

/** Words of a header: `collateral_eth`, `debtDai`, `Debt (DAI)` all split at what is no letter or digit and at a capital after a small letter. */
function wordsOf(header: string): string[] {
  const split = header.split(/[^A-Za-z0-9]+/);
  return [...split, ...split.flatMap((word) => word.split(/(?<=[a-z])(?=[A-Z])/))].filter((word) => word !== "");
}

/** The asset that a header names, or empty: the longest symbol among its words and pairs of neighbouring words, so that `WstEth` is no ETH. */
function assetIn(header: string): string {
  const words = header.split(/[^A-Za-z0-9]+|(?<=[a-z])(?=[A-Z])/).filter((word) => word !== "");
  const pairs = words.slice(1).map((word, index) => words[index] + word);
  const named = new Set([...wordsOf(header), ...pairs].map((word) => word.toLowerCase()));
  const found = symbols.filter((symbol) => named.has(symbol.toLowerCase()));
  return found.reduce((longest, symbol) => (symbol.length > longest.length ? symbol : longest), "");
}

/**
 * Guesses the mapping of a table of positions from its header's names: an account column, and amounts whose name holds both a role and
 * an asset. A name that holds a role but no asset is a problem, never a guess.
 */
export function guessMapping(header: readonly string[]): ColumnMapping | { readonly problems: readonly string[] } {
  const problems: string[] = [];
  const columns: MappedColumn[] = [];
  const accounts = accountWords.flatMap((word) =>
    header.filter((name) => wordsOf(name).some((other) => other.toLowerCase() === word)),
  );
  if (accounts.length === 0)
    problems.push(
      `no column names the account; say it with account=HEADER (the file has ${header.map((name) => JSON.stringify(name)).join(", ")})`,
    );
  else columns.push({ role: "account", asset: "", header: accounts[0] });
  for (const name of header) {
    if (name === accounts[0]) continue;
    const words = wordsOf(name).map((word) => word.toLowerCase());
    const role = amountWords.find(([, names]) => names.some((word) => words.includes(word)))?.[0];
    if (role === undefined) continue;
    const asset = role === "entry" ? "USD" : assetIn(name);
    if (asset === "")
      problems.push(
        `the column ${JSON.stringify(name)} looks like ${role} but names no asset; say it with ${role}.ASSET=${name}`,
      );
    else if (columns.some((column) => column.role === role && column.asset === asset))
      problems.push(`two columns look like ${role} ${asset}; say which with ${role}.${asset}=HEADER`);
    else columns.push({ role, asset, header: name });
  }
  if (problems.length === 0 && columns.length === 1)
    problems.push("no column names an amount; say it with collateral.ASSET=HEADER,debt.ASSET=HEADER");
  if (problems.length > 0) return { problems };
  return {
    columns,
    ignored: header.filter((name) => !columns.some((column) => column.header === name)),
    guessed: true,
  };
}
