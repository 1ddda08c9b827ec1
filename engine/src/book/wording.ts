/** Longest excerpt of an input that a message repeats. */
const longestExcerpt = 60;

/** A value as a message shows it: short, on one line, without control characters; never the whole of a large input. */
export function quote(value: unknown): string {
  if (typeof value === "string") return JSON.stringify(clean(value));
  if (typeof value === "number" || typeof value === "boolean") return String(value);
  if (typeof value === "bigint") return clean(String(value));
  if (value === null) return "null (nothing)";
  if (value === undefined) return "nothing";
  if (Array.isArray(value)) return `a list of ${value.length}`;
  if (typeof value === "object") return "a table of keys";
  return `a ${typeof value}`;
}

/** Text cut to an excerpt; control characters, lone surrogates and direction marks are shown as `?`. */
export function clean(text: string): string {
  const excerpt = text.length > longestExcerpt ? `${text.slice(0, longestExcerpt)}…` : text;
  return excerpt.replace(/[\p{Cc}\p{Cf}\p{Cs}\p{Zl}\p{Zp}]/gu, "?");
}

/** The name out of `names` that the given one was probably meant to be, or null. */
export function closest(name: string, names: Iterable<string>): string | null {
  if (name.length > longestExcerpt) return null;
  let best: string | null = null;
  let least = Math.floor(name.length / 3) + 1;
  for (const candidate of names) {
    if (candidate.toLowerCase() === name.toLowerCase()) return candidate;
    if (Math.abs(candidate.length - name.length) >= least) continue;
    const distance = editDistance(name.toLowerCase(), candidate.toLowerCase());
    if (distance < least) {
      least = distance;
      best = candidate;
    }
  }
  return best;
}

/** `did you mean "x"? `, or nothing; then the names that there are, the first of them. */
export function suggestion(name: string, names: Iterable<string>): string {
  const all = [...names];
  const near = closest(name, all);
  if (near !== null) return `did you mean ${quote(near)}?`;
  if (all.length === 0) return "there are none";
  const shown = all.slice(0, 12).map(clean).join(", ");
  return `there are: ${shown}${all.length > 12 ? ` and ${all.length - 12} more` : ""}`;
}

/** Edits between two short texts, where swapped neighbours are one edit (optimal string alignment). */
function editDistance(left: string, right: string): number {
  let before: readonly number[] = [];
  let row: readonly number[] = Array.from({ length: right.length + 1 }, (_, column) => column);
  for (let i = 1; i <= left.length; i++) {
    const next = [i];
    for (let j = 1; j <= right.length; j++) {
      const replaced = row[j - 1] + (left[i - 1] === right[j - 1] ? 0 : 1);
      const swapped = i > 1 && j > 1 && left[i - 1] === right[j - 2] && left[i - 2] === right[j - 1];
      const best = Math.min(replaced, row[j] + 1, next[j - 1] + 1);
      next.push(swapped ? Math.min(best, before[j - 2] + 1) : best);
    }
    before = row;
    row = next;
  }
  return row[right.length];
}

/** Joins a path: `positions` + `maker` is `positions.maker`, + 3 is `positions.maker[3]`. */
export function under(path: string, step: string | number | symbol): string {
  if (typeof step === "number") return `${path}[${step}]`;
  const key = clean(String(step));
  return path === "" ? key : `${path}.${key}`;
}

/** How a problem's path names the whole input. */
export const wholeInput = "(whole input)";
