import { Markup, markup } from "./markup.js";
import { style } from "./style.js";

/** One part of a page. */
export interface Section {
  readonly id: string;
  readonly title: string;
  readonly content: Markup;
}

/** A page of ours: what it is called, what stands above and below its parts. */
export interface PageDocument {
  readonly title: string;
  /** The `header` element. */
  readonly header: Markup;
  readonly sections: readonly Section[];
  /** What the footer says after the command that makes the page again. */
  readonly footer?: Markup;
  readonly again: string;
  readonly version: string;
}

/** One file that needs nothing else: no script, no request, its charts and style within. */
export function documentOf({ title, header, sections, footer, again, version }: PageDocument): string {
  return markup`<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="generator" content="Firebreak ${version}">
<title>${title}</title>
<style>${new Markup(style)}</style>
</head>
<body>
${header}
<main>
${sections.map(({ id, title: head, content }) => markup`<section id="${id}" aria-labelledby="${id}-head"><h2 id="${id}-head">${head}</h2>${content}</section>\n`)}
</main>
<footer><p>Made by Firebreak ${version} with <code>${again}</code>.${footer === undefined ? null : markup` ${footer}`}</p></footer>
</body>
</html>
`.text;
}

/** Links to the parts of a page. */
export function contentsOf(sections: readonly Section[]): Markup {
  return markup`<nav aria-label="Contents"><ul>${sections.map(({ id, title }) => markup`<li><a href="#${id}">${title}</a></li>`)}</ul></nav>`;
}
