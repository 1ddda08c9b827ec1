import type { Fault } from "../../definition.js";

/**
 * A fault of an exact protocol as the author of a scenario reads it: its own names in place of the contract's, and shares in place of fixed-point numbers, whose
 * scale is 1e27 for the keys in `rays` and by their size for others.
 */
export function asWritten(
  fault: Fault,
  names: Readonly<Record<string, string>>,
  rays: ReadonlySet<string> = new Set(),
): Fault {
  const scaleOf = (digits: string) => (rays.has(fault.key) || digits.length > 24 ? 1e27 : 1e18);
  const share = (part: number) => `${Number((100 * part).toPrecision(12))}%`;
  const plain = (text: string) =>
    Object.entries(names)
      .reduce((named, [exact, written]) => named.replaceAll(exact, written), text)
      .replace(/\b(\d+(?:\.\d+)?)e(16|18|27)\b(?: \(100 %\))?/g, (_, mantissa: string, places: string) =>
        share(Number(`${mantissa}e${places === "27" ? 0 : Number(places) - 18}`)),
      )
      .replace(/\b\d{13,}\b/g, (digits) => share(Number(digits) / scaleOf(digits)));
  return { ...fault, key: names[fault.key] ?? fault.key, message: plain(fault.message), hint: plain(fault.hint) };
}
