/** A column of a printed table. */
export interface TableColumn {
  readonly head: string;
  readonly align: "left" | "right";
}

/** A table with right-aligned numbers; cells may hold colour codes, which take no room. */
export function tableText(columns: readonly TableColumn[], rows: readonly (readonly string[])[]): string {
  const all = [columns.map((column) => column.head), ...rows];
  const widths = columns.map((_, place) => Math.max(...all.map((row) => width(row[place] ?? ""))));
  const lines = all.map((row) =>
    columns
      .map(({ align }, place) => {
        const cell = row[place] ?? "";
        const blanks = " ".repeat(widths[place] - width(cell));
        return align === "right" ? blanks + cell : cell + blanks;
      })
      .join("  ")
      .trimEnd(),
  );
  return lines.map((line) => `  ${line}`).join("\n");
}

/** Characters that a text takes on the screen, colour codes apart. */
export function width(text: string): number {
  // biome-ignore lint/suspicious/noControlCharactersInRegex: colour codes begin with the escape character
  return [...text.replace(/\u001b\[[0-9;]*m/g, "")].length;
}

/** Breaks a paragraph to 80 columns, indented by two. */
export function paragraph(text: string, indent = 2, most = 80): string {
  const lines: string[] = [];
  let line = "";
  for (const word of text.split(/\s+/)) {
    if (line !== "" && width(line) + 1 + width(word) > most - indent) {
      lines.push(line);
      line = word;
    } else line = line === "" ? word : `${line} ${word}`;
  }
  lines.push(line);
  return lines.map((one) => " ".repeat(indent) + one).join("\n");
}
