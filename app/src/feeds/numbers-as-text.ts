const token = /"(?:[^"\\]|\\.)*"|-?\d+(?:\.\d+)?(?:[eE][+-]?\d+)?/g;

/**
 * Parses JSON with every number kept as the text that stood there, so that an integer of 10^25 loses no digit. Throws SyntaxError as JSON.parse does.
 */
export function parseWithNumbersAsText(json: string): unknown {
  return JSON.parse(json.replace(token, (found) => (found.startsWith('"') ? found : `"${found}"`)));
}

/** Whether a parsed value is an object with named members. */
export function isMembers(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}
