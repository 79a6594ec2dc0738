import type { AwsShape } from '../aws';
import type { Identity } from '../identity';
import type { EventType } from './event-destinations';

/** A mail on its way out, as its events tell of it. */
export interface SentMail {
  readonly messageId: string;
  /** Virtual ms. */
  readonly at: number;
  readonly source: string;
  /** The identity that may send as `source`: an address or a domain. */
  readonly identity: string;
  readonly to: readonly string[];
  readonly subject: string;
  readonly configurationSet: string;
  /** `EmailTags` by name. */
  readonly tags: Readonly<Record<string, string>>;
}

export interface SendingEvent {
  readonly type: EventType;
  /** The record as SES publishes it. */
  readonly record: AwsShape;
}

/**
 * What becomes of a mail, in the order in which SES would say so (docs.aws.amazon.com/ses/latest/dg, event publishing).
 * Here every mail arrives, except at the addresses of SES's mailbox simulator, with a label (`bounce+a@`) or without.
 */
export function eventsOf(mail: SentMail, identity: Identity): SendingEvent[] {
  const about = describeMail(mail, identity);
  const event = (type: EventType, eventType: string, member: string, content: AwsShape): SendingEvent => ({
    type,
    record: { eventType, mail: about, [member]: content },
  });
  const timestamp = new Date(mail.at).toISOString();
  const feedbackId = `${mail.messageId}-000000`;
  return [
    event('SEND', 'Send', 'send', {}),
    ...mail.to.flatMap((address) => {
      const fate = fateOf(address);
      const bounce = (bounceType: string, recipient: AwsShape) =>
        event('BOUNCE', 'Bounce', 'bounce', {
          bounceType,
          bounceSubType: 'General',
          bouncedRecipients: [{ emailAddress: address, ...recipient }],
          timestamp,
          feedbackId,
          reportingMTA: `dns; ${MTA}`,
        });
      const delivery = event('DELIVERY', 'Delivery', 'delivery', {
        timestamp,
        processingTimeMillis: 0,
        recipients: [address],
        smtpResponse: '250 2.6.0 Message received',
        reportingMTA: MTA,
      });
      switch (fate) {
        case 'bounce':
        case 'suppressionlist':
          return [bounce('Permanent', { action: 'failed', status: '5.1.1', diagnosticCode: DIAGNOSIS[fate] })];
        case 'ooto':
          return [delivery, bounce('Transient', {})];
        case 'complaint':
          return [
            delivery,
            event('COMPLAINT', 'Complaint', 'complaint', {
              complainedRecipients: [{ emailAddress: address }],
              timestamp,
              feedbackId,
              complaintSubType: null,
              userAgent: 'Amazon SES Mailbox Simulator',
              complaintFeedbackType: 'abuse',
              arrivalDate: timestamp,
            }),
          ];
        default:
          return [delivery];
      }
    }),
  ];
}

const MTA = 'local.smtp-out.amazonses.com';

const DIAGNOSIS = {
  bounce: 'smtp; 550 5.1.1 user unknown',
  suppressionlist: 'Amazon SES has suppressed sending to this address because it has a recent history of bouncing.',
} as const;

/** What the simulator does with an address: the name before its label; undefined for any other address. */
function fateOf(address: string): string | undefined {
  return /^(\w+)(?:\+[^@]*)?@simulator\.amazonses\.com$/i.exec(address)?.[1]?.toLowerCase();
}

function describeMail(mail: SentMail, { accountId, region }: Identity): AwsShape {
  const { messageId, at, source, to, subject } = mail;
  const lists = Object.entries(mail.tags).map(([name, value]) => [name, [value]]);
  return {
    timestamp: new Date(at).toISOString(),
    source,
    sourceArn: `arn:aws:ses:${region}:${accountId}:identity/${mail.identity}`,
    sendingAccountId: accountId,
    messageId,
    destination: to,
    headersTruncated: false,
    headers: [
      { name: 'From', value: source },
      { name: 'To', value: to.join(', ') },
      { name: 'Subject', value: subject },
    ],
    commonHeaders: { from: [source], to, messageId, subject },
    tags: {
      'ses:operation': ['SendEmail'],
      'ses:configuration-set': [mail.configurationSet],
      'ses:from-domain': [mail.identity.slice(mail.identity.lastIndexOf('@') + 1)],
      ...Object.fromEntries(lists),
    },
  };
}
