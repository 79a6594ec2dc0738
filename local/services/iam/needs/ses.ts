import type { AwsShape } from '../../aws';
import { arnOf, each, isArn, type Need, type NeedsOfService, type Place, textOf } from './need';

/**
 * SES (…/list_amazonsimpleemailservicev2.html): who sends needs the identity that he sends from, the address itself or a domain of
 * it, and the configuration set if he names one. Mails that are made already, and templates, may be granted by the actions that they
 * had before version 2 of the API.
 */
function sends(
  { FromEmailAddress, FromEmailAddressIdentityArn, ConfigurationSetName, Content = {}, Destination = {} }: AwsShape,
  place: Place,
): Need[] {
  const from = addressIn(FromEmailAddress);
  if (from === undefined) return [];
  const labels = from.slice(from.lastIndexOf('@') + 1).split('.');
  const identities = [from, ...labels.map((_, index) => labels.slice(index).join('.'))];
  const actions = [
    'ses:SendEmail',
    ...(Content.Raw ? ['ses:SendRawEmail'] : []),
    ...(Content.Template ? TEMPLATED : []),
  ];
  const recipients = ['ToAddresses', 'CcAddresses', 'BccAddresses'].flatMap((name) => Destination[name] ?? []);
  const keys = {
    'ses:FromAddress': from,
    'ses:FromDisplayName': /^\s*"?(.*?)"?\s*</.exec(textOf(FromEmailAddress))?.[1],
    ...(recipients.length > 0 && { 'ses:Recipients': recipients.map((address) => addressIn(address) ?? '') }),
  };
  const need = (resources: readonly string[]): Need => {
    const [first, ...or] = actions.flatMap((action) => resources.map((resource) => ({ action, resource })));
    return { ...(first as Need), or, keys };
  };
  // Who sends for somebody else says whose identity it is.
  const owned = [FromEmailAddressIdentityArn].filter(isArn);
  const set = textOf(ConfigurationSetName);
  return [
    need(owned.length > 0 ? owned : identities.map((identity) => arnOf(place, 'ses', `identity/${identity}`))),
    ...(set === '' ? [] : [need([arnOf(place, 'ses', `configuration-set/${set}`)])]),
  ];
}

const TEMPLATED = ['ses:SendTemplatedEmail', 'ses:SendBulkTemplatedEmail'];

/** Of 'Name <local@domain>'; the domain in lower case. */
function addressIn(text: unknown): string | undefined {
  const address = /<([^<>]*)>\s*$/.exec(textOf(text))?.[1] ?? textOf(text).trim();
  const at = address.lastIndexOf('@');
  return at < 0 ? undefined : `${address.slice(0, at)}@${address.slice(at + 1).toLowerCase()}`;
}

const identity = (action: string, { EmailIdentity }: AwsShape, place: Place) => [
  { action, resource: arnOf(place, 'ses', `identity/${textOf(EmailIdentity)}`) },
];

export const SES_NEEDS: NeedsOfService = {
  SendEmail: sends,
  ...each(['GetEmailIdentity', 'CreateEmailIdentity', 'DeleteEmailIdentity'], identity, 'ses'),
  ...each(
    ['GetAccount', 'ListEmailIdentities', 'ListConfigurationSets'],
    (action) => [{ action, resource: '*' }],
    'ses',
  ),
};
