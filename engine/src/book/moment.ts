import type { Problem } from "./problem.js";
import { quote } from "./wording.js";

const written = /^(\d{4})-(\d\d)-(\d\d)(?:T(\d\d):(\d\d)(?::(\d\d)(?:\.(\d{1,3}))?)?Z)?$/;
const millisecondsPerDay = 86_400_000;

/** Bare numbers below this (5 March 1973) are taken for seconds given by mistake. */
const leastBareMs = 1e11;
const mostMs = 253_402_300_799_999;

/**
 * A moment in UTC as milliseconds since 1970: `2021-05-19T00:00:00Z`, `2021-05-19T00:00Z`, `2021-05-19`, or bare whole milliseconds.
 * Problems: `time-malformed`.
 */
export function parseMoment(value: unknown, path: string): number | Problem {
  if (typeof value === "number") {
    if (Number.isInteger(value) && value >= leastBareMs && value <= mostMs) return value;
    return malformed(path, `${value} is no number of milliseconds between 1973 and 9999`);
  }
  if (typeof value !== "string") return malformed(path, `${quote(value)} is no moment`);
  const match = written.exec(value);
  if (match === null) return malformed(path, `${quote(value)} is no moment in UTC`);
  const [year, month, day, hour, minute, second] = match.slice(1, 7).map((digits) => Number(digits ?? 0));
  const exists =
    month >= 1 && month <= 12 && day >= 1 && day <= daysIn(year, month) && hour < 24 && minute < 60 && second < 60;
  if (!exists) return malformed(path, `${quote(value)} is not in the calendar`);
  const milliseconds = Number((match[7] ?? "").padEnd(3, "0"));
  return dayNumber(year, month, day) * millisecondsPerDay + ((hour * 60 + minute) * 60 + second) * 1000 + milliseconds;
}

/** The moment as text, `2021-05-19T00:00:00Z`, with milliseconds only where there are any; `parseMoment` reads it back. */
export function formatMoment(ms: number): string {
  const days = Math.floor(ms / millisecondsPerDay);
  const [year, month, day] = civil(days);
  const rest = ms - days * millisecondsPerDay;
  const seconds = Math.floor(rest / 1000);
  const fraction = rest % 1000 === 0 ? "" : `.${pad(rest % 1000, 3)}`;
  const clock = `${pad(Math.floor(seconds / 3600), 2)}:${pad(Math.floor(seconds / 60) % 60, 2)}:${pad(seconds % 60, 2)}`;
  return `${pad(year, 4)}-${pad(month, 2)}-${pad(day, 2)}T${clock}${fraction}Z`;
}

function malformed(path: string, message: string): Problem {
  return {
    code: "time-malformed",
    path,
    message,
    hint: 'write it in UTC, like "2021-05-19T00:00:00Z", or as milliseconds since 1970',
  };
}

function pad(value: number, width: number): string {
  return String(value).padStart(width, "0");
}

/** Days of a month (1 to 12) of a year of the Gregorian calendar. */
export function daysIn(year: number, month: number): number {
  if (month === 2) return year % 4 === 0 && (year % 100 !== 0 || year % 400 === 0) ? 29 : 28;
  return month === 4 || month === 6 || month === 9 || month === 11 ? 30 : 31;
}

/** Days since 1970-01-01 of a date that exists (month and day from 1); Howard Hinnant, "chrono-compatible low-level date algorithms", days_from_civil. */
export function dayNumber(year: number, month: number, day: number): number {
  const shifted = month <= 2 ? year - 1 : year;
  const era = Math.floor(shifted / 400);
  const yearOfEra = shifted - era * 400;
  const dayOfYear = Math.floor((153 * (month > 2 ? month - 3 : month + 9) + 2) / 5) + day - 1;
  const dayOfEra = yearOfEra * 365 + Math.floor(yearOfEra / 4) - Math.floor(yearOfEra / 100) + dayOfYear;
  return era * 146_097 + dayOfEra - 719_468;
}

/** The inverse of `dayNumber`: year, month, day (civil_from_days of the same source). */
export function civil(days: number): readonly [number, number, number] {
  const shifted = days + 719_468;
  const era = Math.floor(shifted / 146_097);
  const dayOfEra = shifted - era * 146_097;
  const yearOfEra = Math.floor(
    (dayOfEra - Math.floor(dayOfEra / 1460) + Math.floor(dayOfEra / 36_524) - Math.floor(dayOfEra / 146_096)) / 365,
  );
  const dayOfYear = dayOfEra - (365 * yearOfEra + Math.floor(yearOfEra / 4) - Math.floor(yearOfEra / 100));
  const monthIndex = Math.floor((5 * dayOfYear + 2) / 153);
  const day = dayOfYear - Math.floor((153 * monthIndex + 2) / 5) + 1;
  const month = monthIndex < 10 ? monthIndex + 3 : monthIndex - 9;
  return [yearOfEra + era * 400 + (month <= 2 ? 1 : 0), month, day];
}
