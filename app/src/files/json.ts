import { type Problem, ProblemList, quote } from "@firebreak/engine";

/** Bounds of a JSON text. */
export interface JsonBounds {
  readonly depth: number;
  /** Lists and tables, each counted once. */
  readonly containers: number;
  /** Keys of one table. */
  readonly keys: number;
}

/** A value, or what is wrong with the text. */
export type ParsedJson = { readonly value: unknown } | { readonly problems: readonly Problem[] };

/**
 * Parses JSON from UTF-8 bytes (RFC 8259) without recursion, so no nesting can overflow, and stricter than `JSON.parse`: a key that stands
 * twice in one table is a problem. Problems name line and column: `json-syntax`, `duplicate-key`, `too-deep`, `too-many-values`,
 * `encoding-wrong`. Numbers beyond Float64 come out infinite, for the reader of the value to refuse at their place.
 */
export function parseJsonBytes(bytes: Uint8Array, bounds: JsonBounds): ParsedJson {
  const problems = new ProblemList();
  const value = new JsonReader(bytes, bounds, problems).read();
  return problems.count === 0 ? { value } : { problems: problems.list() };
}

/** Where a byte stands, as people count: `line 3, column 7`. */
export function placeOf(bytes: Uint8Array, offset: number): string {
  let line = 1;
  let lineStart = 0;
  for (let place = bytes.indexOf(newline); place >= 0 && place < offset; place = bytes.indexOf(newline, place + 1)) {
    line++;
    lineStart = place + 1;
  }
  return `line ${line}, column ${offset - lineStart + 1}`;
}

const newline = 0x0a;
const quoteMark = 0x22;
const backslash = 0x5c;
const comma = 0x2c;
const colon = 0x3a;
const openList = 0x5b;
const closeList = 0x5d;
const openTable = 0x7b;
const closeTable = 0x7d;
const minus = 0x2d;
const point = 0x2e;
const zero = 0x30;

/** Thrown inside the reader to stop at the first syntax error, after which nothing can be told apart. */
class Stop extends Error {}

type Table = Record<string, unknown>;

class JsonReader {
  private place = 0;
  private containers = 0;
  /** Keys read so far of the tables that are open, by depth. */
  private readonly keyCounts: number[] = [];

  constructor(
    private readonly bytes: Uint8Array,
    private readonly bounds: JsonBounds,
    private readonly problems: ProblemList,
  ) {}

  read(): unknown {
    try {
      const value = this.readValue();
      this.skipBlanks();
      if (this.place < this.bytes.length) this.stop(`${this.found()} after the end`, "a file holds one JSON value");
      return value;
    } catch (error) {
      if (error instanceof Stop) return undefined;
      throw error;
    }
  }

  /** Reads the whole value, keeping the lists and tables that are open on a stack of its own. */
  private readValue(): unknown {
    const { bytes } = this;
    const open: (unknown[] | Table)[] = [];
    const keys: string[] = [];
    let root: unknown;
    for (;;) {
      this.skipBlanks();
      const byte = bytes[this.place];
      let value: unknown;
      if (byte === openList || byte === openTable) {
        this.countContainer(open.length);
        this.place++;
        this.skipBlanks();
        const container: unknown[] | Table = byte === openList ? [] : {};
        if (bytes[this.place] !== (byte === openList ? closeList : closeTable)) {
          open.push(container);
          this.keyCounts.push(0);
          keys.push(byte === openTable ? this.readKey(container as Table) : "");
          continue;
        }
        this.place++;
        value = container;
      } else value = this.readScalar(byte);
      // The value belongs to the innermost open list or table; then that may close, and belongs to the next one out.
      for (;;) {
        const parent = open[open.length - 1];
        if (parent === undefined) {
          root = value;
          return root;
        }
        if (Array.isArray(parent)) parent.push(value);
        else setKey(parent, keys[keys.length - 1], value);
        this.skipBlanks();
        const next = bytes[this.place];
        if (next === comma) {
          this.place++;
          if (!Array.isArray(parent)) {
            this.skipBlanks();
            keys[keys.length - 1] = this.readKey(parent);
          }
          break;
        }
        if (next !== (Array.isArray(parent) ? closeList : closeTable)) {
          this.stop(
            `${this.found()} where "," or "${Array.isArray(parent) ? "]" : "}"}" belongs`,
            "correct it there or just before",
          );
        }
        this.place++;
        value = open.pop();
        keys.pop();
        this.keyCounts.pop();
      }
    }
  }

  private readKey(table: Table): string {
    const start = this.place;
    if (this.bytes[start] !== quoteMark)
      this.stop(`${this.found()} where a key in quotes belongs`, "keys stand in double quotes");
    const key = this.readText();
    if (this.problems.isHopeless) throw new Stop();
    if (++this.keyCounts[this.keyCounts.length - 1] > this.bounds.keys) {
      this.stop(`more than ${this.bounds.keys} keys in one table`, "write rows instead of keys", "too-many-values");
    }
    if (Object.hasOwn(table, key) && this.problems.isFull) this.problems.countOne();
    else if (Object.hasOwn(table, key)) {
      const message = `the key ${quote(key)} stands twice in one table`;
      this.problems.say("duplicate-key", placeOf(this.bytes, start), message, "leave one of them out");
    }
    this.skipBlanks();
    if (this.bytes[this.place] !== colon)
      this.stop(`${this.found()} where ":" belongs`, "a key is followed by a colon");
    this.place++;
    return key;
  }

  private readScalar(byte: number): unknown {
    if (byte === quoteMark) return this.readText();
    if (byte === minus || (byte >= zero && byte <= 0x39)) return this.readNumber();
    if (this.readWord("true")) return true;
    if (this.readWord("false")) return false;
    if (this.readWord("null")) return null;
    return this.stop(`${this.found()} where a value belongs`, "write a value; text stands in double quotes");
  }

  private readWord(word: string): boolean {
    for (let index = 0; index < word.length; index++) {
      if (this.bytes[this.place + index] !== word.charCodeAt(index)) return false;
    }
    this.place += word.length;
    return true;
  }

  /** Numbers of up to fifteen digits by exact integer arithmetic and one rounding, as `Number` would; the others by `Number`. */
  private readNumber(): number {
    const { bytes } = this;
    const start = this.place;
    let place = start;
    if (bytes[place] === minus) place++;
    const wholeStart = place;
    let digits = 0;
    while (isDigit(bytes[place])) digits = digits * 10 + (bytes[place++] - zero);
    const wholeLength = place - wholeStart;
    let fractionLength = 0;
    let wellFormed = wholeLength === 1 || (wholeLength > 1 && bytes[wholeStart] !== zero);
    if (bytes[place] === point) {
      const fractionStart = ++place;
      while (isDigit(bytes[place])) digits = digits * 10 + (bytes[place++] - zero);
      fractionLength = place - fractionStart;
      wellFormed &&= fractionLength > 0;
    }
    const isPlain = bytes[place] !== 0x65 && bytes[place] !== 0x45;
    if (!isPlain) {
      place++;
      if (bytes[place] === minus || bytes[place] === 0x2b) place++;
      wellFormed &&= isDigit(bytes[place]);
      while (isDigit(bytes[place])) place++;
    }
    if (!wellFormed) this.stop("a malformed number", "write numbers like 10, -0.5 or 1.5e3");
    this.place = place;
    if (isPlain && wholeLength + fractionLength <= 15) {
      const size = fractionLength === 0 ? digits : digits / powersOfTen[fractionLength];
      return bytes[start] === minus ? -size : size;
    }
    return Number(latin1(bytes, start, place));
  }

  private readText(): string {
    const { bytes } = this;
    const start = ++this.place;
    let place = start;
    let isAscii = true;
    let isEscaped = false;
    for (let byte = bytes[place]; byte !== quoteMark; byte = bytes[place]) {
      if (byte === undefined) {
        this.place = start - 1;
        this.stop("a text that does not end", "close it with a double quote");
      }
      if (byte < 0x20) {
        this.place = place;
        this.stop("a line break or control character inside a text", "write \\n, or close the text before it");
      }
      if (byte === backslash) {
        isEscaped = true;
        place++;
      } else if (byte > 0x7f) isAscii = false;
      place++;
    }
    this.place = place + 1;
    if (isAscii && !isEscaped) return latin1(bytes, start, place);
    return this.decode(start, place, isEscaped);
  }

  /** The slow way, for texts with escapes or beyond ASCII. */
  private decode(start: number, end: number, isEscaped: boolean): string {
    let text: string;
    try {
      text = strictDecoder.decode(this.bytes.subarray(start, end));
    } catch {
      this.place = start;
      return this.stop("a text that is not UTF-8", "save the file as UTF-8", "encoding-wrong");
    }
    if (!isEscaped) return text;
    try {
      return String(JSON.parse(`"${text}"`));
    } catch {
      this.place = start;
      return this.stop("a malformed escape in a text", 'escapes are \\" \\\\ \\/ \\b \\f \\n \\r \\t and \\u0000');
    }
  }

  private countContainer(depth: number): void {
    if (depth >= this.bounds.depth) {
      this.stop(`nesting of more than ${this.bounds.depth}`, "flatten it; no file of ours nests so deep", "too-deep");
    }
    if (++this.containers <= this.bounds.containers) return;
    const hint = "split the file, or write the book in its columnar form";
    this.stop(`more than ${this.bounds.containers} lists and tables`, hint, "too-many-values");
  }

  private skipBlanks(): void {
    const { bytes } = this;
    let byte = bytes[this.place];
    while (byte === 0x20 || byte === newline || byte === 0x0d || byte === 0x09) byte = bytes[++this.place];
  }

  /** The byte at the place, in words. */
  private found(): string {
    const byte = this.bytes[this.place];
    if (byte === undefined) return "the end of the file";
    if (byte === 0) return "a NUL byte";
    return byte > 0x20 && byte < 0x7f ? quote(String.fromCharCode(byte)) : `the byte 0x${byte.toString(16)}`;
  }

  private stop(message: string, hint: string, code = "json-syntax"): never {
    this.problems.say(code, placeOf(this.bytes, this.place), message, hint);
    throw new Stop();
  }
}

const strictDecoder = new TextDecoder("utf-8", { fatal: true, ignoreBOM: true });

/** Powers of ten that Float64 holds exactly and fifteen digits may need. */
const powersOfTen = Float64Array.from({ length: 16 }, (_, exponent) => Number(`1e${exponent}`));

function isDigit(byte: number): boolean {
  return byte >= zero && byte <= 0x39;
}

/** ASCII bytes as text; short ones quicker by hand than through a decoder. */
function latin1(bytes: Uint8Array, start: number, end: number): string {
  if (end - start > 24) return Buffer.from(bytes.buffer, bytes.byteOffset + start, end - start).toString("latin1");
  let text = "";
  for (let place = start; place < end; place++) text += String.fromCharCode(bytes[place]);
  return text;
}

/** As an own property whatever the key is called: plain assignment to `__proto__` would change the object itself. */
function setKey(table: Table, key: string, value: unknown): void {
  if (key === "__proto__")
    Object.defineProperty(table, key, { value, enumerable: true, configurable: true, writable: true });
  else table[key] = value;
}
