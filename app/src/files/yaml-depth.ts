import { Lexer } from "yaml";

/** Blanks before a line; a block can be nested at most about twice as deep. */
const deepestIndent = 160;
/** Dashes, question marks, colons, anchors, tags and aliases in a row without anything else between. */
const longestRun = 50;
/** Brackets and braces open at once. */
const deepestFlow = 64;

/**
 * True where a text might nest so deep that the YAML parser, which recurses, comes near the end of its stack. There it would not only throw:
 * V8 ends the whole process when a regular expression has no stack left to be compiled on. So depth is bounded before parsing, by what
 * makes depth: indentation, indicators in a row on one line, and open brackets.
 */
export function mayNestTooDeep(text: string): boolean {
  return hasDeepLine(text) || (countOpenings(text) > deepestFlow && flowIsDeep(text));
}

/** Looks at each line's indentation and at runs of words that begin with an indicator. */
function hasDeepLine(text: string): boolean {
  let indent = 0;
  let isLineStart = true;
  let isWordStart = true;
  let run = 0;
  for (let place = 0; place < text.length; place++) {
    const unit = text.charCodeAt(place);
    if (unit === newline || unit === carriageReturn) {
      isLineStart = true;
      isWordStart = true;
      indent = 0;
    } else if (unit === blank || unit === tab) {
      if (isLineStart) indent++;
      isWordStart = true;
    } else {
      if (isLineStart && indent > deepestIndent) return true;
      if (isWordStart) run = isIndicator(unit) ? run + 1 : 0;
      if (run > longestRun) return true;
      isLineStart = false;
      isWordStart = false;
    }
  }
  return false;
}

const newline = 0x0a;
const carriageReturn = 0x0d;
const blank = 0x20;
const tab = 0x09;

/** One of `- ? : & ! *`. */
function isIndicator(unit: number): boolean {
  return unit === 0x2d || unit === 0x3f || unit === 0x3a || unit === 0x26 || unit === 0x21 || unit === 0x2a;
}

function countOpenings(text: string): number {
  let openings = 0;
  for (let place = 0; place < text.length; place++) {
    const unit = text.charCodeAt(place);
    if (unit === 0x5b || unit === 0x7b) openings++;
  }
  return openings;
}

/** Counts open brackets as the parser's own lexer sees them, so that brackets inside texts do not count. The lexer does not recurse. */
function flowIsDeep(text: string): boolean {
  let depth = 0;
  for (const token of new Lexer().lex(text)) {
    if (token === "[" || token === "{") depth++;
    else if (token === "]" || token === "}") depth--;
    if (depth > deepestFlow) return true;
  }
  return false;
}
