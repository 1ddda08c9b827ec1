const pattern = /^(\d{4})-(\d{2})-(\d{2})[ T](\d{1,2}):(\d{2}):(\d{2})(?:\.(\d{1,9}))?Z?$/;

/** Milliseconds since 1970 of a UTC time written `2021-05-19 07:03:59.000`, `2021-05-19 7:03:59` or ISO with Z; null when it is none. */
export function parseUtc(text: string): number | null {
  const match = pattern.exec(text.trim());
  if (match === null) return null;
  const [, year, month, day, hour, minute, second, fraction] = match;
  const milliseconds = Math.floor(Number(`0.${fraction ?? "0"}`) * 1000);
  const time = Date.UTC(+year, +month - 1, +day, +hour, +minute, +second, milliseconds);
  const back = new Date(time);
  const exists =
    back.getUTCMonth() === +month - 1 && back.getUTCDate() === +day && +hour < 24 && +minute < 60 && +second < 60;
  return exists ? time : null;
}

/** ISO UTC, without milliseconds where there are none: `2021-05-19T07:03:59Z`. */
export function utcText(timeMs: number): string {
  return new Date(timeMs).toISOString().replace(".000Z", "Z");
}
