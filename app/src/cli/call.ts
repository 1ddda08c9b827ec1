import { existsSync } from "node:fs";
import { resolve } from "node:path";
import { type Problem, ProblemsError, suggestion } from "@firebreak/engine";
import { Command } from "commander";
import { commonOptions, type Verb, type VerbOption } from "./verb-table.js";

/** One call of a verb, read and checked. */
export interface Call {
  readonly verb: Verb;
  /** What stood on the line by its place, at least as many as the verb requires. */
  readonly operands: readonly string[];
  /** The text of an option, or undefined where it was not given. */
  text(name: string): string | undefined;
  /** The whole number of an option, or `fallback`. */
  whole(name: string, fallback: number): number;
  /** Every value of an option that may be repeated or listed with commas. */
  list(name: string): readonly string[];
  flag(name: string): boolean;
}

const wholeNumber = /^(?:0|[1-9][0-9]{0,15})$/;
const mostCount = 100_000_000;

/** Reads a verb's words; throws `ProblemsError` with everything that is wrong with them, missing files included. */
export function readCall(verb: Verb, words: readonly string[], cwd: string): Call {
  const options = [...verb.options, ...commonOptions];
  const given = new Map<string, (string | null)[]>();
  const command = new Command(verb.name).helpOption(false);
  for (const option of options) {
    // Values are optional for commander, so that a missing one is reported together with all that is wrong.
    command.option(option.kind === "flag" ? `--${option.name}` : `--${option.name} [value]`);
    command.on(`option:${option.name}`, (value: string | null | undefined) => {
      given.set(option.name, [...(given.get(option.name) ?? []), value ?? null]);
    });
  }
  const { operands, unknown } = command.parseOptions(withNegatives(words, options));
  const problems: Problem[] = [];
  const strange = unknown.filter((word) => word.startsWith("-") && word !== "--");
  const placed = [...operands, ...unknown.filter((word) => !word.startsWith("-"))];
  for (const word of strange) problems.push(unknownOption(word, options));
  checkOperands(verb, placed, strange.length > 0, problems);
  for (const option of options) checkValues(option, given.get(option.name), problems);
  if (problems.length > 0) throw new ProblemsError([...problems, ...missingFiles(verb, placed, cwd)]);
  const first = (name: string): string | undefined => given.get(name)?.[0] ?? undefined;
  return {
    verb,
    operands: placed,
    text: first,
    whole: (name, fallback) => Number(first(name) ?? fallback),
    list: (name) =>
      (given.get(name) ?? []).flatMap((value) => (value ?? "").split(",").flatMap((part) => part.trim() || [])),
    flag: (name) => given.has(name),
  };
}

/** `--drift -5%` as `--drift=-5%`: no option begins with a digit, so what looks like a number below 0 is one. */
function withNegatives(words: readonly string[], options: readonly VerbOption[]): string[] {
  const takes = new Set(options.flatMap(({ name, kind }) => (kind === "flag" ? [] : [`--${name}`])));
  const joined: string[] = [];
  for (const word of words) {
    const last = joined.at(-1);
    if (last !== undefined && takes.has(last) && /^-[\d.]/.test(word)) joined[joined.length - 1] = `${last}=${word}`;
    else joined.push(word);
  }
  return joined;
}

function unknownOption(word: string, options: readonly VerbOption[]): Problem {
  const [name] = word.split("=");
  const known = options.map((option) => `--${option.name}`);
  return {
    code: "option-unknown",
    path: name,
    message: `there is no option ${name}`,
    hint: suggestion(name, known),
  };
}

function checkOperands(verb: Verb, placed: readonly string[], doubtful: boolean, problems: Problem[]): void {
  verb.operands.forEach(({ name, required, summary }, place) => {
    if (!required || placed[place] !== undefined) return;
    problems.push({
      code: "value-missing",
      path: name,
      message: `${name} is missing: ${summary}`,
      hint: `write it like: ${verb.example}`,
    });
  });
  const last = verb.operands[verb.operands.length - 1];
  // A word after an unknown option is probably that option's value.
  if (last?.repeated === true || doubtful) return;
  for (const word of placed.slice(verb.operands.length)) {
    problems.push({
      code: "word-unexpected",
      path: word,
      message: `${verb.name} takes ${verb.operands.length === 0 ? "no names" : verb.operands.map((one) => one.name).join(" and ")}, and this is one more`,
      hint: "leave it out, or put quotes around a value with blanks",
    });
  }
}

/** Files that are not there: told together with what else is wrong; alone, reading them tells more. */
function missingFiles(verb: Verb, placed: readonly string[], cwd: string): Problem[] {
  return verb.operands.flatMap(({ isFile }, place) => {
    const path = placed[place];
    if (isFile !== true || path === undefined || existsSync(resolve(cwd, path))) return [];
    return [{ code: "file-missing", path, message: "there is no such file", hint: "check the path" }];
  });
}

function checkValues(option: VerbOption, values: readonly (string | null)[] | undefined, problems: Problem[]): void {
  if (values === undefined || option.kind === "flag") return;
  const path = `--${option.name}`;
  const whole = option.kind === "count" || option.kind === "seed";
  const hint = `write it like ${path} ${whole ? "8" : option.value}`;
  if (values.length > 1 && option.kind !== "list") {
    problems.push({ code: "option-twice", path, message: `it is given ${values.length} times`, hint: "give it once" });
  }
  for (const value of values) {
    if (value === null || value.trim() === "") {
      problems.push({ code: "value-missing", path, message: "its value is missing", hint });
      continue;
    }
    if (!whole) continue;
    const least = option.kind === "count" ? 1 : 0;
    const most = option.most ?? (option.kind === "count" ? mostCount : Number.MAX_SAFE_INTEGER);
    if (!wholeNumber.test(value)) {
      problems.push({
        code: "number-malformed",
        path,
        message: `${JSON.stringify(value.slice(0, 60))} is no whole number`,
        hint,
      });
    } else if (Number(value) < least || Number(value) > most) {
      problems.push({
        code: "number-out-of-range",
        path,
        message: `${value} is not between ${least} and ${most}`,
        hint,
      });
    }
  }
}
