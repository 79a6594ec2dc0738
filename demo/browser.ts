import { type HTMLElement, parse } from 'node-html-parser';

/**
 * A reader's browser, reduced to what matters here: it follows a link from a mail, shows the page, and submits the
 * page's form when a button is pressed, with the headers and the encoding that a browser sends.
 */
export interface Page {
  readonly url: string;
  readonly status: number;
  readonly heading: string;
  readonly text: string;
  readonly forms: readonly Form[];
}

export interface Form {
  readonly action: string;
  readonly fields: ReadonlyArray<readonly [name: string, value: string]>;
  readonly buttons: ReadonlyArray<{ label: string; name?: string; value?: string }>;
  /** What a browser says of where the form came from; `null` when the page asks for no referrer. */
  readonly origin: string;
}

const HEADERS = {
  'user-agent': 'Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/140.0.0.0 Safari/537.36',
  accept: 'text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8',
  'accept-language': 'en-GB,en;q=0.9',
  'sec-fetch-dest': 'document',
  'sec-fetch-mode': 'navigate',
};

/** Opens a link: a GET, redirects followed. */
export async function open(url: string): Promise<Page> {
  return read(await fetch(url, { headers: HEADERS }));
}

/** Presses the button whose label contains `label` (any case) and answers the page that comes back. */
export async function press(page: Page, label: string): Promise<Page> {
  for (const form of page.forms) {
    const button = form.buttons.find((candidate) => candidate.label.toLowerCase().includes(label.toLowerCase()));
    if (!button) continue;
    const body = new URLSearchParams(form.fields.map(([name, value]): [string, string] => [name, value]));
    if (button.name) body.append(button.name, button.value ?? '');
    const response = await fetch(form.action, {
      method: 'POST',
      headers: { ...HEADERS, 'content-type': 'application/x-www-form-urlencoded', origin: form.origin },
      body: body.toString(),
    });
    return read(response);
  }
  const labels = page.forms.flatMap((form) => form.buttons.map((button) => `'${button.label}'`));
  throw new Error(`${page.url} has no button '${label}', but ${labels.join(', ') || 'none at all'}.`);
}

async function read(response: Response): Promise<Page> {
  const document = parse(await response.text());
  const withoutReferrer = response.headers.get('referrer-policy') === 'no-referrer';
  return {
    url: response.url,
    status: response.status,
    heading: document.querySelector('h1')?.text.trim() ?? '',
    text: (document.querySelector('body') ?? document).structuredText.trim(),
    forms: document.querySelectorAll('form').map((form) => readForm(form, response.url, withoutReferrer)),
  };
}

function readForm(form: HTMLElement, pageUrl: string, withoutReferrer: boolean): Form {
  return {
    action: new URL(form.getAttribute('action') ?? '', pageUrl).href,
    fields: form
      .querySelectorAll('input')
      .map((input) => [input.getAttribute('name') ?? '', input.getAttribute('value') ?? ''] as const)
      .filter(([name]) => name !== ''),
    buttons: form.querySelectorAll('button').map((button) => ({
      label: button.text.trim(),
      ...(button.getAttribute('name') && { name: button.getAttribute('name') }),
      ...(button.getAttribute('value') && { value: button.getAttribute('value') }),
    })),
    origin: withoutReferrer ? 'null' : new URL(pageUrl).origin,
  };
}
