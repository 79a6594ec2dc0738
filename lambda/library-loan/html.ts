/** Text as HTML content or as a quoted attribute's value. */
export function escapeHtml(text: string): string {
  return text.replace(/[&<>"'`]/g, (char) => `&#${char.charCodeAt(0)};`);
}

/** '12 March', or '12 March 2027' when that is not the year of `now`. */
export function formatDay(iso: string, now: number): string {
  const date = new Date(iso);
  const otherYear = date.getUTCFullYear() !== new Date(now).getUTCFullYear();
  return new Intl.DateTimeFormat('en-GB', {
    day: 'numeric',
    month: 'long',
    timeZone: 'UTC',
    ...(otherYear && { year: 'numeric' }),
  }).format(date);
}
