/** Every field, path and parameter of the desk's API, with one text in it: what `library-loan-attacks.test.ts` tries. */
export interface DeskRequest {
  readonly method: string;
  readonly path: string;
  readonly body?: unknown;
  readonly headers?: Record<string, string>;
}

/** The loan that holds the text in its title and name; the requests below are about its item too. */
export function lendingOf(text: string, number: number): DeskRequest {
  const customer = { name: text, email: addresses(number).borrower };
  return { method: 'POST', path: '/loans', body: { itemId: `tried-${number}`, title: text, customer } };
}

/** Those whom the requests of one number name; nobody else may get a mail. */
export function addresses(number: number) {
  return { borrower: `tried-${number}@example.com`, next: `next-${number}@example.com` };
}

export function requestsWith(text: string, number: number): DeskRequest[] {
  const { next: email } = addresses(number);
  const customer = { name: 'N', email };
  const item = `/items/tried-${number}`;
  const loan = { itemId: `more-${number}`, title: 'T', customer };
  // Half a character, as some texts end with, has no place in a URL; bodies below have it. A signature knows '%20' alone for a space.
  const segment = encodeURIComponent(Buffer.from(text).toString());
  const query = (name: string) =>
    `/loans?${name === 'status' ? '' : 'status=onLoan&'}${name === text ? segment : name}=${segment}`;
  return [
    { method: 'PUT', path: item, body: { title: text } },
    { method: 'POST', path: `${item}/holds`, body: { customer: { ...customer, name: text } } },
    { method: 'POST', path: `${item}/holds`, body: { customer: { ...customer, email: text } } },
    { method: 'POST', path: '/loans', body: { ...loan, itemId: text } },
    { method: 'POST', path: '/loans', body: { ...loan, customer: { ...customer, email: text } } },
    { method: 'POST', path: '/loans', body: { ...loan, days: text } },
    { method: 'POST', path: '/loans', body: { ...loan, [text]: text } },
    { method: 'POST', path: '/loans', body: text },
    // The signer loses a parameter of that name.
    ...['status', 'limit', 'pageToken', ...(text === '__proto__' ? [] : [text])].map((name) => ({
      method: 'GET',
      path: query(name),
    })),
    ...(/^\.{1,2}$/.test(text)
      ? []
      : [
          { method: 'GET', path: `/loans/${segment}` },
          { method: 'POST', path: `/loans/${segment}/cancel` },
          { method: 'GET', path: `/items/${segment}` },
          { method: 'PUT', path: `/items/${segment}`, body: { title: 'T' } },
          { method: 'POST', path: `/items/${segment}/restore` },
          { method: 'POST', path: `/items/${segment}/holds`, body: { customer } },
          { method: 'GET', path: `/items/${segment}/holds` },
          { method: 'DELETE', path: `${item}/holds/${segment}` },
        ]),
    // Beyond these a client sends no header.
    ...(/^[\x21-\x7e]+$/.test(text)
      ? [{ method: 'POST', path: `${item}/holds`, body: { customer }, headers: { 'idempotency-key': text } }]
      : []),
  ];
}
