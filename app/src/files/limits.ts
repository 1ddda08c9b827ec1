const mebibyte = 1024 * 1024;

/** What is read at most, by form; each limit is tested at the limit and one past it. */
export const fileLimits = {
  /** YAML is for people: scenarios and small books. */
  yamlBytes: 4 * mebibyte,
  /** Brackets, commas, colons and dashes of a YAML file; its parser needs about 10 microseconds for each. */
  yamlMarks: 40_000,
  /** Lines of a YAML file; its parser needs about 2 microseconds even for an empty one. */
  yamlLines: 150_000,
  /** JSON that is no book and no series: scenarios. */
  jsonBytes: 16 * mebibyte,
  /** Books and series as JSON; beyond, the columnar form. */
  jsonTableBytes: 128 * mebibyte,
  /** Lists and tables in a JSON file that is no book and no series. */
  jsonContainers: 1_000_000,
  /** Lists and tables in a book or series as JSON: a row is one. */
  jsonTableContainers: 2_500_000,
  /** Keys of one table of a JSON file. */
  jsonKeys: 100_000,
  /** A book in columnar form. */
  columnsBytes: 8 * 1024 * mebibyte,
  /** Nesting of a JSON file. */
  depth: 200,
  /** JSON files up to this size get line numbers for problems of their contents. */
  linedJsonBytes: 256 * 1024,
} as const;
