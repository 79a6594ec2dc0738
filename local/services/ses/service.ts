import { randomUUID } from 'node:crypto';
import { AwsError, type AwsService, type AwsShape, type Caller, type WireProtocol } from '../aws';
import { checkMembers } from '../members';
import type { Parts } from '../parts';
import { type RestRoute, restJson } from '../wire/rest';
import { parseAddress, requireOneLine } from './addresses';
import { EventDestinations } from './event-destinations';
import { EventPublisher } from './event-publisher';
import { Mails, type StoredMail } from './mails';
import { readRaw, readSimple, readTemplate } from './message';
import { Registry } from './registry';

const OPERATIONS = new Set([
  'CreateConfigurationSet',
  'CreateConfigurationSetEventDestination',
  'CreateEmailIdentity',
  'CreateEmailTemplate',
  'DeleteConfigurationSet',
  'DeleteConfigurationSetEventDestination',
  'DeleteEmailIdentity',
  'DeleteEmailTemplate',
  'GetAccount',
  'GetConfigurationSet',
  'GetConfigurationSetEventDestinations',
  'GetEmailIdentity',
  'GetEmailTemplate',
  'ListConfigurationSets',
  'ListEmailIdentities',
  'SendEmail',
  'UpdateConfigurationSetEventDestination',
  'UpdateEmailTemplate',
]);

/**
 * Owns e-mail: the SES v2 API in front of a mailbox that keeps every mail and delivers none.
 *
 * M1  A mail that was answered with a MessageId is stored durably, with the virtual time of sending.
 * M2  A sender must be a verified identity (an address, or its domain or a parent of it); creating one verifies it,
 *     since there is nobody here to click. Mails that SNS sends (`via: 'sns'`) come from Amazon and are exempt.
 * M3  What becomes of a mail is told to the event destinations of its configuration set; the addresses of SES's mailbox
 *     simulator bounce and complain, all others are reached.
 */
export class SesService implements AwsService {
  readonly id = 'sesv2';
  readonly signingName = 'ses';
  readonly operations = OPERATIONS;
  readonly protocol: WireProtocol;
  readonly #mails: Mails;
  readonly #identities: Registry;
  readonly #configurationSets: Registry;
  readonly #templates: Registry;
  readonly #destinations: EventDestinations;
  readonly #publisher: EventPublisher;

  constructor(private readonly parts: Parts) {
    this.protocol = restJson(parts, this.id, ROUTES);
    this.#mails = new Mails(parts.store);
    this.#identities = new Registry(parts.store.collection('ses_identities'), 'Email identity');
    this.#configurationSets = new Registry(parts.store.collection('ses_configuration_sets'), 'Configuration set');
    this.#templates = new Registry(parts.store.collection('ses_templates'), 'Template');
    this.#destinations = new EventDestinations(parts.store.collection('ses_event_destinations'));
    this.#publisher = new EventPublisher(parts, this.#destinations);
  }

  async start(): Promise<void> {
    this.#publisher.start();
  }

  async stop(): Promise<void> {
    this.#publisher.stop();
  }

  /** Every mail that was sent, the newest last. */
  mails(): StoredMail[] {
    return this.#mails.list();
  }

  async call(operation: string, input: AwsShape, caller: Caller): Promise<AwsShape> {
    checkMembers(this.id, operation, input);
    switch (operation) {
      case 'SendEmail':
        return this.#send(input, caller);
      case 'CreateEmailIdentity':
        await this.#identities.create(identityName(input.EmailIdentity), { Tags: input.Tags ?? [] }, caller);
        return { IdentityType: identityType(input.EmailIdentity), VerifiedForSendingStatus: true };
      case 'GetEmailIdentity': {
        const { Tags } = this.#identities.get(identityName(input.EmailIdentity));
        const verified = { VerifiedForSendingStatus: true, VerificationStatus: 'SUCCESS' };
        return { IdentityType: identityType(input.EmailIdentity), ...verified, Tags };
      }
      case 'DeleteEmailIdentity':
        await this.#identities.delete(identityName(input.EmailIdentity));
        return {};
      case 'ListEmailIdentities':
        return {
          EmailIdentities: this.#identities
            .names()
            .map((name) => ({ IdentityName: name, IdentityType: identityType(name), SendingEnabled: true })),
        };
      case 'CreateConfigurationSet':
        await this.#configurationSets.create(input.ConfigurationSetName, input, caller);
        return {};
      case 'GetConfigurationSet':
        return this.#configurationSets.get(input.ConfigurationSetName);
      case 'DeleteConfigurationSet':
        await this.#configurationSets.delete(input.ConfigurationSetName);
        await this.#destinations.deleteAll(input.ConfigurationSetName);
        return {};
      case 'ListConfigurationSets':
        return { ConfigurationSets: this.#configurationSets.names() };
      case 'CreateConfigurationSetEventDestination':
        await this.#destinations.create(this.#requireSet(input), input, caller);
        return {};
      case 'GetConfigurationSetEventDestinations':
        return { EventDestinations: this.#destinations.list(this.#requireSet(input)) };
      case 'UpdateConfigurationSetEventDestination':
        await this.#destinations.update(this.#requireSet(input), input);
        return {};
      case 'DeleteConfigurationSetEventDestination':
        await this.#destinations.delete(this.#requireSet(input), input.EventDestinationName);
        return {};
      case 'CreateEmailTemplate':
        await this.#templates.create(input.TemplateName, input, caller);
        return {};
      case 'GetEmailTemplate':
        return this.#templates.get(input.TemplateName);
      case 'UpdateEmailTemplate':
        await this.#templates.update(input.TemplateName, input);
        return {};
      case 'DeleteEmailTemplate':
        await this.#templates.delete(input.TemplateName);
        return {};
      case 'GetAccount':
        return { SendingEnabled: true, ProductionAccessEnabled: true, EnforcementStatus: 'HEALTHY' };
      default:
        throw new AwsError('UnknownOperationException', `The local cloud does not run ses:${operation}.`);
    }
  }

  async #send(input: AwsShape, caller: Caller): Promise<AwsShape> {
    const message = await this.#read(input);
    const { from, to, subject, text, html } = message;
    requireOneLine(from, 'FromEmailAddress');
    requireOneLine(subject, 'Subject');
    const sender = parseAddress(from);
    for (const address of input.ReplyToAddresses ?? []) parseAddress(address);
    if (to.length === 0) throw new AwsError('BadRequestException', 'Destination must have at least one recipient.');
    if (to.length > MOST_RECIPIENTS) throw new AwsError('BadRequestException', 'Recipient count exceeds 50.');
    const size = Buffer.byteLength(text) + Buffer.byteLength(html);
    if (size > LARGEST_MESSAGE) {
      throw new AwsError('MessageRejected', `Message length is more than ${LARGEST_MESSAGE} bytes long: '${size}'.`);
    }
    const identity = this.#identityOf(sender);
    if (caller.via !== 'sns' && identity === undefined) {
      const region = this.parts.identity.region.toUpperCase();
      throw new AwsError(
        'MessageRejected',
        `Email address is not verified. The following identities failed the check in region ${region}: ${from}`,
      );
    }
    const configurationSet = input.ConfigurationSetName === undefined ? undefined : this.#requireSet(input);
    const id = randomUUID();
    const at = this.parts.clock.now();
    const stored = this.#mails.add({ id, at: new Date(at).toISOString(), from, to, subject, text, html });
    if (configurationSet !== undefined && identity !== undefined) {
      const tags = Object.fromEntries((input.EmailTags ?? []).map(({ Name, Value }: AwsShape) => [Name, Value]));
      this.#publisher.publish({ messageId: id, at, source: from, identity, to, subject, configurationSet, tags });
    }
    await stored;
    return { MessageId: id };
  }

  /** The configuration set that a request names. Throws NotFoundException. */
  #requireSet({ ConfigurationSetName: name }: AwsShape): string {
    this.#configurationSets.get(name);
    return name;
  }

  #read(input: AwsShape) {
    const { Simple, Raw, Template } = input.Content ?? {};
    if (Simple) return readSimple(input);
    if (Raw) return readRaw(input);
    if (!Template) throw new AwsError('BadRequestException', 'Content must have Simple, Raw or Template.');
    const name = Template.TemplateName ?? String(Template.TemplateArn ?? '').split('/')[1] ?? '';
    return readTemplate(input, Template.TemplateContent ?? this.#templates.get(name).TemplateContent);
  }

  /** The verified identity by which `sender` may send: the address itself, its domain, or a parent of that. */
  #identityOf(sender: string): string | undefined {
    const labels = sender.slice(sender.lastIndexOf('@') + 1).split('.');
    const candidates = [sender, ...labels.map((_, index) => labels.slice(index).join('.'))];
    return candidates.find((candidate) => this.#identities.has(candidate));
  }
}

/** SES's quotas: docs.aws.amazon.com/ses/latest/dg/quotas.html */
const MOST_RECIPIENTS = 50;
const LARGEST_MESSAGE = 40 * 1024 * 1024;

const SET = '/v2/email/configuration-sets/{ConfigurationSetName}';

const ROUTES: readonly RestRoute[] = [
  ['POST', '/v2/email/outbound-emails', 'SendEmail'],
  ['POST', '/v2/email/identities', 'CreateEmailIdentity'],
  ['GET', '/v2/email/identities', 'ListEmailIdentities'],
  ['POST', '/v2/email/list-identities', 'ListEmailIdentities'],
  ['GET', '/v2/email/identities/{EmailIdentity}', 'GetEmailIdentity'],
  ['DELETE', '/v2/email/identities/{EmailIdentity}', 'DeleteEmailIdentity'],
  ['POST', '/v2/email/configuration-sets', 'CreateConfigurationSet'],
  ['GET', '/v2/email/configuration-sets', 'ListConfigurationSets'],
  ['GET', SET, 'GetConfigurationSet'],
  ['DELETE', SET, 'DeleteConfigurationSet'],
  ['POST', `${SET}/event-destinations`, 'CreateConfigurationSetEventDestination'],
  ['GET', `${SET}/event-destinations`, 'GetConfigurationSetEventDestinations'],
  ['PUT', `${SET}/event-destinations/{EventDestinationName}`, 'UpdateConfigurationSetEventDestination'],
  ['DELETE', `${SET}/event-destinations/{EventDestinationName}`, 'DeleteConfigurationSetEventDestination'],
  ['POST', '/v2/email/templates', 'CreateEmailTemplate'],
  ['GET', '/v2/email/templates/{TemplateName}', 'GetEmailTemplate'],
  ['PUT', '/v2/email/templates/{TemplateName}', 'UpdateEmailTemplate'],
  ['DELETE', '/v2/email/templates/{TemplateName}', 'DeleteEmailTemplate'],
  ['GET', '/v2/email/account', 'GetAccount'],
];

/** An address with its domain in lower case, or a domain in lower case. */
function identityName(identity: unknown): string {
  const text = String(identity ?? '');
  return text.includes('@') ? parseAddress(text) : text.toLowerCase();
}

function identityType(identity: string): string {
  return identity.includes('@') ? 'EMAIL_ADDRESS' : 'DOMAIN';
}
