import type { Problem } from "@firebreak/engine";

/**
 * Problems as lines of text: place and code, what it was, what to do; `file` heads them. Exit code 2 is the caller's.
 */
export function printProblems(problems: readonly Problem[], file?: string): string {
  const count = `${problems.length} problem${problems.length === 1 ? "" : "s"}`;
  const head = file === undefined ? count : `${count} in ${printable(file)}`;
  const blocks = problems.map(
    ({ code, path, message, hint }) =>
      `  ${printable(path)}  [${code}]\n    ${printable(message)}\n    -> ${printable(hint)}`,
  );
  return `${[head, ...blocks].join("\n")}\n`;
}

/** Without characters that could move the cursor, colour the terminal or turn the direction of writing. */
function printable(text: string): string {
  return text.replace(/[\p{Cc}\p{Cf}\p{Cs}\p{Zl}\p{Zp}]/gu, "?");
}
