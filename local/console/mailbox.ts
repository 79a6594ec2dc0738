import type { StoredMail } from '../services/ses/mails';
import { type Html, html } from './html';
import { page, time } from './page';

/** The list of mails, the newest first; it reloads itself, since there is no script. */
export function mailboxPage(mails: readonly StoredMail[]): string {
  const rows = mails.toReversed().map(
    (mail) => html`<li><a href="/mail/${encodeURIComponent(mail.id)}">
      <strong>${subjectOf(mail)}</strong>
      <span>${mail.to.join(', ')}</span>
      ${time(Date.parse(mail.at))}</a></li>`,
  );
  const list = rows.length > 0 ? html`<ul class="rows">${rows}</ul>` : html`<p class="empty">No mail yet.</p>`;
  return page('Mailbox', html`<h1>Mailbox</h1><p class="note"><a href="/mail">Reload</a></p>${list}`, {
    refresh: true,
  });
}

/** One mail. Its HTML is shown in a frame without scripts, forms or origin; its links open in a tab of their own. */
export function mailPage(mail: StoredMail): string {
  // The frame takes over this page's content security policy.
  const frame = `<!doctype html><base target="_blank">${mail.html}`;
  return page(
    subjectOf(mail),
    html`<p class="note"><a href="/mail">All mails</a></p>
    <h1>${subjectOf(mail)}</h1>
    <dl><dt>From</dt><dd>${mail.from}</dd><dt>To</dt><dd>${mail.to.join(', ')}</dd>
    <dt>Sent</dt><dd>${time(Date.parse(mail.at))}</dd></dl>
    ${
      mail.html === ''
        ? []
        : html`<iframe title="The mail as HTML" sandbox="allow-popups allow-popups-to-escape-sandbox" srcdoc="${frame}"></iframe>`
    }
    ${mail.text === '' ? [] : html`<h2>Text</h2><pre>${linked(mail.text)}</pre>`}`,
  );
}

function subjectOf({ subject }: StoredMail): string {
  return subject === '' ? '(no subject)' : subject;
}

/** Text with its web addresses as links. */
function linked(text: string): Html[] {
  return text
    .split(/(https?:\/\/[^\s<>"]*[^\s<>".,;:!?)\]'])/)
    .map((part, index) =>
      index % 2 === 0 ? html`${part}` : html`<a href="${part}" target="_blank" rel="noopener noreferrer">${part}</a>`,
    );
}
