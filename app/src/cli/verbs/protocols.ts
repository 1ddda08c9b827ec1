import { type Definition, definitions, ProblemsError, type ProtocolCard, suggestion } from "@firebreak/engine";
import type { Answer, Workplace } from "../answer.js";
import type { Paint } from "../paint.js";
import { paragraph, tableText } from "../text/table.js";

/** A definition that is a named protocol. */
type Named = Definition & { readonly protocol: ProtocolCard };

/** Lenders first, then exchanges, then what guards them. */
const families = ["lending", "perpetuals", "guard"];

/** `firebreak protocols`: every named protocol with its source and date; with a name, that one alone and its markets. */
export async function runProtocols({ call }: Workplace): Promise<Answer> {
  const all = definitions
    .filter((one): one is Named => one.protocol !== undefined)
    .sort(
      (a, b) => families.indexOf(a.protocol.family) - families.indexOf(b.protocol.family) || (a.kind < b.kind ? -1 : 1),
    );
  const [asked] = call.operands;
  if (asked === undefined) return { json: all.map(described), text: (paint) => listText(all, paint) };
  const one = all.find(({ kind }) => kind === asked);
  if (one === undefined) {
    throw new ProblemsError([
      {
        code: "protocol-unknown",
        path: "PROTOCOL",
        message: `there is no protocol ${JSON.stringify(asked.slice(0, 60))}`,
        hint: suggestion(
          asked,
          all.map(({ kind }) => kind),
        ),
      },
    ]);
  }
  return { json: [described(one)], text: (paint) => oneText(one, paint) };
}

/** A protocol for programs. */
function described({ protocol, part, markets = [] }: Named) {
  return { ...protocol, part, parametersAsOf: latest(markets.map(({ asOf }) => asOf)), markets };
}

/** A version in at most 24 characters: all of it stands on the protocol's own page. */
function shortened(version: string): string {
  return version.length <= 24 ? version : `${version.slice(0, 23).trimEnd()}…`;
}

function latest(dates: readonly string[]): string | null {
  return dates.length === 0 ? null : dates.reduce((a, b) => (a > b ? a : b));
}

function listText(all: readonly Named[], paint: Paint): string {
  const rows = all.map(({ protocol, markets = [] }) => [
    protocol.id,
    shortened(protocol.version),
    protocol.rulesAsOf,
    markets.length === 0 ? "" : String(markets.length),
    latest(markets.map(({ asOf }) => asOf)) ?? "",
  ]);
  const columns = [
    { head: "protocol", align: "left" as const },
    { head: "version", align: "left" as const },
    { head: "rules as of", align: "left" as const },
    { head: "markets", align: "right" as const },
    { head: "parameters", align: "left" as const },
  ];
  return [
    paint.bold(`${all.length} protocols, each as it decides and rounds on its own chain or exchange.`),
    "",
    tableText(columns, rows),
    "",
    "  A scenario names one under pressure (or guards): protocol: aave-v3.",
    "  Source, what is modelled and what is not: firebreak protocols aave-v3",
    "",
  ].join("\n");
}

function oneText({ protocol, markets = [] }: Named, paint: Paint): string {
  const list = (title: string, entries: readonly string[]) => [
    `  ${title}`,
    ...entries.flatMap((entry) => {
      const [first, ...rest] = paragraph(entry, 6).split("\n");
      return [`    - ${first.trimStart()}`, ...rest];
    }),
    "",
  ];
  const lines = [
    paint.bold(protocol.name),
    "",
    paragraph(`Version: ${protocol.version}.`),
    paragraph(`Source: ${protocol.source}, read ${protocol.rulesAsOf}.`),
    paragraph(
      `Exactly at the limit an account is ${protocol.atEquality.liquidatable ? "" : "not "}liquidatable: ${protocol.atEquality.by}.`,
    ),
    "",
    ...list("Modelled", protocol.modelled),
    ...list("Not modelled", protocol.notModelled),
  ];
  if (markets.length > 0) {
    const columns = [
      { head: "market", align: "left" as const },
      { head: "as of", align: "left" as const },
    ];
    const sources = [...new Set(markets.map(({ source }) => source))];
    lines.push(
      tableText(
        columns,
        markets.map(({ name, asOf }) => [name, asOf]),
      ),
      "",
      ...list("Sources of the parameters", sources),
    );
  }
  return lines.join("\n");
}
