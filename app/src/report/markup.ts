/** Text that is already markup: everything else that goes into a page is escaped. */
export class Markup {
  constructor(readonly text: string) {}
  toString(): string {
    return this.text;
  }
}

/** What may stand in a template: words and numbers are escaped, markup is not, lists are joined, null and false leave nothing. */
export type Part = Markup | string | number | null | false | undefined | readonly Part[];

/** Builds markup; every word and number that is put in is escaped, so account names cannot say anything to a browser. */
export function markup(strings: TemplateStringsArray, ...parts: readonly Part[]): Markup {
  let text = strings[0];
  parts.forEach((part, index) => {
    text += written(part) + strings[index + 1];
  });
  return new Markup(text);
}

function written(part: Part): string {
  if (part === null || part === undefined || part === false) return "";
  if (part instanceof Markup) return part.text;
  if (typeof part === "string") return escaped(part);
  if (typeof part === "number") return escaped(String(part));
  return part.map(written).join("");
}

const entities: Readonly<Record<string, string>> = {
  "&": "&amp;",
  "<": "&lt;",
  ">": "&gt;",
  '"': "&quot;",
  "'": "&#39;",
};

/** A text with the five characters that mean something to a browser written as entities. */
export function escaped(text: string): string {
  return text.replace(/[&<>"']/g, (character) => entities[character]);
}
