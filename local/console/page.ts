import { Html, html } from './html';

/** A whole page. `refresh`: it reloads itself every 5 s, since there is no script. */
export function page(title: string, body: Html, options: { refresh?: boolean } = {}): string {
  const refresh = options.refresh === true ? html`<meta http-equiv="refresh" content="5">` : [];
  return html`<!doctype html>
<html lang="en"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width, initial-scale=1">
${refresh}<title>${title} &#183; Stepwright</title><style>${new Html(STYLE)}</style></head><body>
<nav aria-label="Pages"><a href="/">State machines</a> <a href="/mail">Mailbox</a></nav><main>${body}</main></body></html>
`.markup;
}

/** A page with nothing but a sentence. */
export function messagePage(title: string, sentence: string): string {
  return page(title, html`<h1>${title}</h1><p>${sentence}</p>`);
}

/** '2026-01-31 09:00:00.000 UTC' to the second, or to the ms. */
export function time(at: number, precision: 'seconds' | 'milliseconds' = 'seconds'): Html {
  const iso = new Date(at).toISOString();
  return html`<time datetime="${iso}">${`${iso.slice(0, 10)} ${iso.slice(11, precision === 'seconds' ? 19 : 23)} UTC`}</time>`;
}

const STYLE = `
:root { color-scheme: light dark; font: 16px/1.5 system-ui, sans-serif; }
body { margin: 0; } nav, main { max-width: 72rem; margin: 0 auto; padding: 1rem; }
nav { padding-bottom: 0; } nav a { display: inline-block; margin-right: 1rem; padding: .25rem 0; }
h1 { font-size: 1.4rem; overflow-wrap: anywhere; } h2 { font-size: 1.1rem; }
.rows { list-style: none; padding: 0; } .rows a { display: block; padding: .75rem .25rem; border-bottom: 1px solid #8886; color: inherit; text-decoration: none; }
.rows strong, .rows span { display: block; overflow-wrap: anywhere; } .rows span, time, .note, .empty { opacity: .85; }
.note a { display: inline-block; margin-right: .5rem; padding: .25rem .25rem; } .note [aria-current] { font-weight: 600; text-decoration: none; }
dl { display: grid; grid-template-columns: max-content 1fr; gap: .1rem 1rem; } dt { opacity: .85; } dd { margin: 0; overflow-wrap: anywhere; }
iframe { width: 100%; height: 60vh; border: 1px solid #8886; background: #fff; color-scheme: light; }
pre { white-space: pre-wrap; overflow-wrap: anywhere; margin: .25rem 0; font-size: .85rem; }
.status { display: inline-block; padding: 0 .5rem; border-radius: .5rem; border: 1px solid currentColor; font-size: .85rem; font-weight: 600; }
/* A wide picture fits the page, but stays readable. */
@media (max-width: 40rem) { .graph { max-height: 80vh; } }
.graph svg { max-width: max(100%, 48rem); height: auto; } .graph { overflow: auto; border: 1px solid #8886; border-radius: .5rem; padding: .5rem; }
.legend b { padding: 0 .4rem; border-radius: .3rem; border: 2px solid; font-weight: 400; color: #1f2937; }
.legend .succeeded { background: #dcfce7; border-color: #15803d; } .legend .running { background: #dbeafe; border-color: #1d4ed8; }
.legend .caught { background: #fef3c7; border-color: #b45309; } .legend .failed { background: #fee2e2; border-color: #b91c1c; }
.legend .stopped { background: #e5e7eb; border-color: #4b5563; }
.events { list-style: none; padding: 0; } .events > li { border-bottom: 1px solid #8886; padding: .4rem 0; overflow-wrap: anywhere; }
.events summary { cursor: pointer; } .events pre { margin-left: 1rem; }
`;
