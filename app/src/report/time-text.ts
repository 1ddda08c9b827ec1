import { formatMoment } from "@firebreak/engine";

/** `19 May 07:03`: a moment in UTC, for tables. */
export function momentText(ms: number): string {
  const text = formatMoment(ms);
  const month = months[Number(text.slice(5, 7)) - 1];
  return `${Number(text.slice(8, 10))} ${month} ${text.slice(11, 16)}`;
}

const months = ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"];
