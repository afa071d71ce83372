// The words of the page, in the page's language, and its dates and times.

const root = document.documentElement;
export const language = root.lang;
const texts = await fetch(`${root.dataset.assets}${language}.json`).then((answer) => answer.json());

/** One text, its `{name}` places filled. */
export function t(key, values = {}) {
  const text = texts[key];
  if (text === undefined) throw new Error(`no text for ${key}`);
  return text.replace(/\{(\w+)\}/g, (_, name) => values[name] ?? "");
}

const clockFormat = new Intl.DateTimeFormat(language, { hour: "2-digit", minute: "2-digit", hourCycle: "h23" });
const dayFormat = new Intl.DateTimeFormat(language, { month: "numeric", day: "numeric", weekday: "short" });
const yearFormat = new Intl.DateTimeFormat(language, { year: "numeric", month: "numeric", day: "numeric", weekday: "short" });
const shortFormat = new Intl.DateTimeFormat(language, { month: "numeric", day: "numeric" });

/** 09:41 */
export const clockTime = (at) => clockFormat.format(at);

/** Today, yesterday, 11/21 (Sat), or with the year when it is another one. */
export function dayName(at, now) {
  const days = daysBetween(at, now);
  if (days === 0) return t("day.today");
  if (days === 1) return t("day.yesterday");
  return new Date(at).getFullYear() === new Date(now).getFullYear() ? dayFormat.format(at) : yearFormat.format(at);
}

/** What a row of the chat list shows: the time today, else the day. */
export function rowTime(at, now) {
  const days = daysBetween(at, now);
  if (days === 0) return clockTime(at);
  return days === 1 ? t("day.yesterday") : shortFormat.format(at);
}

/** Whole calendar days from `at` to `now`. */
export function daysBetween(at, now) {
  const midnight = (moment) => new Date(moment).setHours(0, 0, 0, 0);
  return Math.round((midnight(now) - midnight(at)) / 86_400_000);
}

/** 1:05, for sound and film. */
export function length(milliseconds) {
  const seconds = Math.round(milliseconds / 1000);
  return `${Math.floor(seconds / 60)}:${String(seconds % 60).padStart(2, "0")}`;
}

/** 1.4 MB */
export function size(bytes) {
  const units = ["B", "KB", "MB", "GB"];
  const power = Math.min(Math.floor(Math.log10(Math.max(bytes, 1)) / 3), 3);
  return `${(bytes / 1000 ** power).toFixed(power > 1 ? 1 : 0)} ${units[power]}`;
}
