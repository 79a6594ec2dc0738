import type { StoredMail } from '../services/ses/mails';
import { Html, html } from './html';

/** The list of mails, the newest first; it reloads itself, since there is no script. */
export function mailboxPage(mails: readonly StoredMail[]): string {
  const rows = mails.toReversed().map(
    (mail) => html`<li><a href="/mail/${encodeURIComponent(mail.id)}">
      <strong>${subjectOf(mail)}</strong>
      <span>${mail.to.join(', ')}</span>
      <time datetime="${mail.at}">${readable(mail.at)}</time></a></li>`,
  );
  const list = rows.length > 0 ? html`<ul class="mails">${rows}</ul>` : html`<p class="empty">No mail yet.</p>`;
  const refresh = html`<meta http-equiv="refresh" content="5">`;
  return page('Mailbox', html`<h1>Mailbox</h1><p class="note"><a href="/mail">Reload</a></p>${list}`, refresh);
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
    <dt>Sent</dt><dd><time datetime="${mail.at}">${readable(mail.at)}</time></dd></dl>
    ${
      mail.html === ''
        ? []
        : html`<iframe title="The mail as HTML" sandbox="allow-popups allow-popups-to-escape-sandbox" srcdoc="${frame}"></iframe>`
    }
    ${mail.text === '' ? [] : html`<h2>Text</h2><pre>${linked(mail.text)}</pre>`}`,
  );
}

/** A page with nothing but a sentence. */
export function messagePage(title: string, sentence: string): string {
  return page(title, html`<h1>${title}</h1><p>${sentence}</p><p><a href="/mail">Mailbox</a></p>`);
}

function page(title: string, body: Html, head: Html = new Html('')): string {
  return html`<!doctype html>
<html lang="en"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width, initial-scale=1">
${head}<title>${title} · Stepwright</title><style>${new Html(STYLE)}</style></head><body><main>${body}</main></body></html>
`.markup;
}

function subjectOf({ subject }: StoredMail): string {
  return subject === '' ? '(no subject)' : subject;
}

/** '2026-01-31 09:00 UTC' */
function readable(at: string): string {
  return `${at.slice(0, 10)} ${at.slice(11, 16)} UTC`;
}

/** Text with its web addresses as links. */
function linked(text: string): Html[] {
  return text
    .split(/(https?:\/\/[^\s<>"]*[^\s<>".,;:!?)\]'])/)
    .map((part, index) =>
      index % 2 === 0 ? html`${part}` : html`<a href="${part}" target="_blank" rel="noopener noreferrer">${part}</a>`,
    );
}

const STYLE = `
:root { color-scheme: light dark; font: 16px/1.5 system-ui, sans-serif; }
body { margin: 0; } main { max-width: 46rem; margin: 0 auto; padding: 1rem; }
h1 { font-size: 1.4rem; overflow-wrap: anywhere; } h2 { font-size: 1.1rem; }
.mails { list-style: none; padding: 0; } .mails a { display: block; padding: .75rem .25rem; border-bottom: 1px solid #8886; color: inherit; text-decoration: none; }
.mails strong, .mails span { display: block; overflow-wrap: anywhere; } .mails span, time, .note, .empty { opacity: .8; }
dl { display: grid; grid-template-columns: max-content 1fr; gap: .1rem 1rem; } dt { opacity: .8; } dd { margin: 0; overflow-wrap: anywhere; }
iframe { width: 100%; height: 60vh; border: 1px solid #8886; background: #fff; color-scheme: light; }
pre { white-space: pre-wrap; overflow-wrap: anywhere; }`;
