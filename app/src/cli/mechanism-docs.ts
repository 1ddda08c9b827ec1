import { type Definition, definitions, type JsonSchema, type Part, writtenSchema } from "@firebreak/engine";

/** Where the generated part of a mechanism's page begins and ends. */
const begin = "<!-- Generated: `npm run docs` renews what follows. -->";
const end = "<!-- End of what is generated. -->";

const partWords: Readonly<Record<Part, readonly [string, string]>> = {
  prices: ["Prices inform", "How the world outside moves, and who publishes it."],
  liquidity: ["Liquidity absorbs", "What stands against a forced order, and what links one market to another."],
  pressure: ["Pressure pushes", "Who must trade when prices move."],
  guards: ["Guards slow", "What holds, caps or refuses a liquidation."],
};

/** The headings of a kind's page, in this order; a named protocol also draws its state; the parameters, which are generated, come last. */
export function pageHeadings({ protocol }: Definition): readonly string[] {
  const state = protocol === undefined ? [] : ["The state"];
  return ["The rule", ...state, "Formulas", "Source", "Not modelled", "Try it", "Parameters"];
}

/** `docs/mechanisms/README.md`: every registered kind by part. */
export function mechanismIndex(): string {
  const parts = (Object.keys(partWords) as Part[]).flatMap((part) => {
    const [title, summary] = partWords[part];
    const table = (word: string, found: readonly Definition[]) =>
      found.length === 0
        ? []
        : [
            "",
            `| ${word} | what it does |`,
            "|---|---|",
            ...found.map((one) => `| [${one.kind}](${one.kind}.md) | ${cell(one.summary)} |`),
          ];
    const within = definitions.filter((one) => one.part === part);
    return [
      "",
      `## ${title}`,
      "",
      summary,
      ...table(
        "kind",
        within.filter((one) => one.protocol === undefined),
      ),
      ...table(
        "protocol",
        within.filter((one) => one.protocol !== undefined),
      ),
    ];
  });
  return [
    "# Mechanisms",
    "",
    begin,
    "",
    "One page per kind: the rule in plain words, formulas, where they come from, what is left out, a scenario to run, and every",
    "parameter; for a named protocol also the states that an account goes through. A scenario names a mechanism under its part",
    "and says its `kind`, or for a named protocol its `protocol`. The scenarios on the pages stand on [one small",
    "book](small-book.yaml), carry a book of their own, or take a shipped day. With positions of your own begin at",
    "[your own book](../guide/own-book.md) or, for a protocol by name, at [your protocol in a cascade](../guide/protocol-team.md).",
    ...parts,
    "",
    end,
    "",
  ].join("\n");
}

/** A kind's page with its generated part renewed; `page` is the page as it stands. Returns undefined where the page has no place for it. */
export function renewedPage(definition: Definition, page: string): string | undefined {
  const [before, rest] = page.split(begin);
  const after = rest?.split(end)[1];
  if (after === undefined) return undefined;
  return `${before}${begin}\n\n${parameterTable(definition)}\n\n${end}${after}`;
}

function parameterTable(definition: Definition): string {
  const schema = writtenSchema(definition);
  const rows = rowsOf(schema, "").filter(
    ({ name }) => name !== (definition.protocol === undefined ? "kind" : "protocol"),
  );
  return [
    "| parameter | type | unit | default | what it is |",
    "|---|---|---|---|---|",
    ...rows.map(
      ({ name, type, unit, standard, description }) =>
        `| \`${name}\` | ${type} | ${unit} | ${standard} | ${cell(description)} |`,
    ),
  ].join("\n");
}

interface ParameterRow {
  readonly name: string;
  readonly type: string;
  readonly unit: string;
  readonly standard: string;
  readonly description: string;
}

/** One row per key, with the keys of tables and lists within behind their own. */
function rowsOf(schema: JsonSchema, prefix: string): ParameterRow[] {
  const properties = (schema.properties ?? {}) as Readonly<Record<string, JsonSchema>>;
  const required = (schema.required ?? []) as readonly string[];
  return Object.entries(properties).flatMap(([key, of]) => [
    rowOf(`${prefix}${key}`, of, required.includes(key)),
    ...nestedRows(`${prefix}${key}`, of),
  ]);
}

function nestedRows(name: string, schema: JsonSchema): ParameterRow[] {
  const forms = (schema.oneOf ?? schema.anyOf) as readonly JsonSchema[] | undefined;
  if (forms !== undefined) {
    // Forms of a table share their first key, which says which of them it is: the row above lists its values.
    const rows = forms.flatMap((form) => formRows(form, `${name}.`));
    return rows.filter((row, index) => rows.findIndex((one) => one.name === row.name) === index);
  }
  const within = (schema.additionalProperties || schema.items) as JsonSchema | undefined;
  if (within !== undefined && typeof within === "object" && within.properties !== undefined)
    return rowsOf(within, schema.type === "array" ? `${name}[].` : `${name}.<NAME>.`);
  return schema.properties === undefined ? [] : rowsOf(schema, `${name}.`);
}

/** Rows of one form of a table; what it requires, it requires only where this form is chosen. */
function formRows(form: JsonSchema, prefix: string): ParameterRow[] {
  const [first] = Object.values((form.properties ?? {}) as Readonly<Record<string, JsonSchema>>);
  return rowsOf(form, prefix)
    .filter(({ type }) => type !== "")
    .map((row) =>
      row.standard === mustBeThere ? { ...row, standard: `${row.standard} by \`${String(first.const)}\`` } : row,
    );
}

const mustBeThere = "**required**";

function rowOf(name: string, schema: JsonSchema, required: boolean): ParameterRow {
  const [type, unit] = typeOf(schema);
  const standard = schema.default === undefined ? (required ? mustBeThere : "") : code(schema.default);
  return { name, type, unit, standard, description: String(schema.description ?? "") };
}

/** Types of quantities by the units in their pattern. */
const quantityTypes: readonly (readonly [string, string, string])[] = [
  ["(?:%|bps)", "share", "%, bps"],
  ["(?:ms|s|min|h|day)", "duration", "ms, s, min, h, day"],
  ["(?:/s|/min|/h|/day)", "rate", "/s, /min, /h, /day"],
  ["(?:USD)", "dollars", "USD"],
  ["(?:gwei)", "gas price", "gwei"],
  ["(?:[A-Za-z0-9]", "amount", "an asset"],
];

function typeOf(schema: JsonSchema): readonly [type: string, unit: string] {
  if (schema.const !== undefined) return ["", ""];
  if (Array.isArray(schema.enum)) return [schema.enum.map((one) => `\`${one}\``).join(", "), ""];
  const forms = (schema.oneOf ?? schema.anyOf) as readonly JsonSchema[] | undefined;
  if (forms !== undefined) return formsType(forms);
  if (typeof schema.pattern === "string") return patternType(schema.pattern, Array.isArray(schema.type));
  if (schema.type === "array") {
    const items = (schema.items ?? (schema.prefixItems as readonly JsonSchema[])[0]) as JsonSchema;
    return listed("list", items);
  }
  if (schema.type === "object") {
    return typeof schema.additionalProperties === "object"
      ? listed("by name", schema.additionalProperties as JsonSchema)
      : ["table", ""];
  }
  return [schema.type === "boolean" ? "true, false" : "text", ""];
}

function formsType(forms: readonly JsonSchema[]): readonly [string, string] {
  const values = forms.map((form) => {
    const [first] = Object.entries((form.properties ?? {}) as Readonly<Record<string, JsonSchema>>);
    if (first !== undefined) return [`\`${first[0]}: ${String(first[1].const)}\``, ""] as const;
    return form.const === undefined ? typeOf(form) : ([`\`${String(form.const)}\``, ""] as const);
  });
  return [values.map(([type]) => type).join(", "), values.flatMap(([, unit]) => unit || []).join(", ")];
}

function listed(kind: string, of: JsonSchema): readonly [string, string] {
  const [type, unit] = typeOf(of);
  return [`${kind}: ${type}`, unit];
}

function patternType(pattern: string, bare: boolean): readonly [string, string] {
  const [, type, unit] = quantityTypes.find(([units]) => pattern.includes(units)) ?? ["", "number", ""];
  return [type, bare && unit !== "" ? `${unit}, or a fraction` : unit];
}

function code(value: unknown): string {
  return `\`${typeof value === "string" ? value : JSON.stringify(value)}\``;
}

/** A text that may stand in a cell. */
function cell(text: string): string {
  return text.replaceAll("|", "\\|");
}
