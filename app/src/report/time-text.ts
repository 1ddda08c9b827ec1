import { formatMoment } from "@firebreak/engine";
import { durationText } from "../cli/text/numbers.js";

/** `19 May 07:03`: a moment in UTC, for tables. */
export function momentText(ms: number): string {
  const text = formatMoment(ms);
  const month = months[Number(text.slice(5, 7)) - 1];
  return `${Number(text.slice(8, 10))} ${month} ${text.slice(11, 16)}`;
}

const months = ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"];

/** `5 days`, `1 day`, `36 h`: how long a window is. */
export function spanText(ms: number): string {
  const text = durationText(ms);
  return text.endsWith(" day") && text !== "1 day" ? `${text}s` : text;
}
