/** Where text goes: standard output and error, or a test's own. */
export interface TextStream {
  write(text: string): unknown;
  readonly isTTY?: boolean;
  readonly columns?: number;
}

/** What the command reads and writes beside files: given by the launcher, or by a test. */
export interface Streams {
  readonly stdout: TextStream;
  readonly stderr: TextStream;
  readonly env: Readonly<Record<string, string | undefined>>;
  /** Folder that relative paths start from. */
  cwd(): string;
  /** Aborted by Ctrl-C. */
  readonly signal: AbortSignal;
}
