/** Text that is HTML already. */
export class Html {
  constructor(readonly markup: string) {}
}

/** A template whose values are escaped, for content and quoted attributes alike, unless they are `Html` or lists of it. */
export function html(strings: TemplateStringsArray, ...values: Array<string | Html | readonly Html[]>): Html {
  const render = (value: string | Html | readonly Html[]): string => {
    if (typeof value === 'string') return escapeHtml(value);
    return value instanceof Html ? value.markup : value.map(({ markup }) => markup).join('');
  };
  return new Html(strings.map((text, index) => (index === 0 ? text : render(values[index - 1] ?? '') + text)).join(''));
}

function escapeHtml(text: string): string {
  return text.replace(/[&<>"'`]/g, (character) => `&#${character.charCodeAt(0)};`);
}
