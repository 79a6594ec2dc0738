/** Text as HTML content or as a quoted attribute's value. */
export function escapeHtml(text: string): string {
  return text.replace(/[&<>"'`]/g, (char) => `&#${char.charCodeAt(0)};`);
}

/** '12 March', or '12 March 2027' when that is not the year of `now`; of an instant, as the zone's calendars show it. */
export function formatDay(iso: string, now: number, timeZone = 'UTC'): string {
  const date = new Date(iso);
  const year = (of: Date | number) => new Intl.DateTimeFormat('en-GB', { year: 'numeric', timeZone }).format(of);
  const otherYear = year(date) !== year(now);
  return new Intl.DateTimeFormat('en-GB', {
    day: 'numeric',
    month: 'long',
    timeZone,
    ...(otherYear && { year: 'numeric' }),
  }).format(date);
}
