import type { Basis } from "@firebreak/engine";
import { type Markup, markup, type Part } from "./markup.js";

/** A column of a report's table: what it is called, in which unit, on what it rests. */
export interface Column {
  readonly head: string;
  readonly unit?: string;
  readonly basis?: Basis;
  readonly text?: boolean;
}

/** A row; the first cell is its head. */
export interface Row {
  readonly cells: readonly Part[];
  readonly marked?: boolean;
}

/** A table that scrolls within its own box where it is too wide, and becomes cards on a telephone. */
export function tableOf(caption: Part, columns: readonly Column[], rows: readonly Row[], name: string): Markup {
  const heads = columns.map(
    ({ head, unit, basis, text }) =>
      markup`<th scope="col" class="${text === true ? "text" : ""}">${head}${unit === undefined ? null : markup`<span class="unit">${unit}</span>`}${basis === undefined ? null : basisTag(basis)}</th>`,
  );
  const body = rows.map(({ cells, marked }) => {
    const written = cells.map((cell, place) => {
      const { head, unit, text } = columns[place];
      const kind = text === true ? "text" : "";
      if (place === 0) return markup`<th scope="row" class="${kind}">${cell}</th>`;
      if (cell === "") return markup`<td class="${kind}" data-empty=""></td>`;
      return markup`<td class="${kind}" data-head="${unit === undefined ? head : `${head}, ${unit}`}"><span>${cell}</span></td>`;
    });
    return markup`<tr class="${marked === true ? "sentence" : ""}">${written}</tr>`;
  });
  return markup`<p class="caption">${caption}</p><div class="scroll" tabindex="0" role="region" aria-label="${name}"><table class="cards"><thead><tr>${heads}</tr></thead><tbody>${body}</tbody></table></div>`;
}

/** What a figure rests on, in the ink of its kind. */
export function basisTag(basis: Basis): Markup {
  return markup`<span class="basis ${basis}">${basis}</span>`;
}

/** A value with its band below. */
export function cell(value: string, band: string | null): Markup {
  return markup`${value}${band === null ? null : markup`<span class="band">${band}</span>`}`;
}
