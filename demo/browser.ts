import { type HTMLElement, parse } from 'node-html-parser';

/**
 * A reader's browser, reduced to what matters here: it follows a link from a mail, shows the page, and submits the
 * page's form when a button is pressed, with the headers and the encoding that a browser sends.
 */
export interface Page {
  readonly url: string;
  readonly status: number;
  readonly heading: string;
  /** What the page says below its heading. */
  readonly message: string;
  readonly forms: readonly Form[];
}

export interface Form {
  readonly action: string;
  readonly fields: ReadonlyArray<readonly [name: string, value: string]>;
  readonly buttons: ReadonlyArray<Omit<Button, 'form'>>;
  /** What a browser says of where the form came from; `null` when the page asks for no referrer. */
  readonly origin: string;
}

export interface Button {
  readonly label: string;
  readonly name?: string | undefined;
  readonly value?: string | undefined;
  readonly form: Form;
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

/** Presses a button of the page and answers the page that comes back. */
export async function press({ form, name, value }: Button): Promise<Page> {
  const body = new URLSearchParams(form.fields.map(([field, content]): [string, string] => [field, content]));
  if (name) body.append(name, value ?? '');
  const response = await fetch(form.action, {
    method: 'POST',
    headers: { ...HEADERS, 'content-type': 'application/x-www-form-urlencoded', origin: form.origin },
    body: body.toString(),
  });
  return read(response);
}

/** The button whose label contains `words`, in any case. */
export function buttonOf(page: Page, words: string): Button {
  const buttons = page.forms.flatMap((form) => form.buttons.map((button) => ({ ...button, form })));
  const found = buttons.find(({ label }) => label.toLowerCase().includes(words.toLowerCase()));
  if (found) return found;
  const labels = buttons.map(({ label }) => `'${label}'`).join(', ');
  throw new Error(`${page.url} has no button '${words}', but ${labels || 'none at all'}.`);
}

async function read(response: Response): Promise<Page> {
  const document = parse(await response.text());
  const withoutReferrer = response.headers.get('referrer-policy') === 'no-referrer';
  return {
    url: response.url,
    status: response.status,
    heading: document.querySelector('h1')?.text.trim() ?? '',
    message: document.querySelector('h1 ~ p, main p')?.text.trim() ?? '',
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
      name: button.getAttribute('name'),
      value: button.getAttribute('value'),
    })),
    origin: withoutReferrer ? 'null' : new URL(pageUrl).origin,
  };
}
