import type { AwsShape } from '../aws';
import { Deliveries } from '../delivery/deliveries';
import type { Parts } from '../parts';
import type { EventDestination, EventDestinations, EventType } from './event-destinations';
import { eventsOf, type SentMail } from './sending-events';

interface Publication {
  readonly type: EventType;
  readonly record: AwsShape;
  readonly destination: EventDestination;
  readonly configurationSet: string;
}

/** What EventBridge calls the events. */
const DETAIL_TYPES: Partial<Record<EventType, string>> = {
  SEND: 'Email Sent',
  DELIVERY: 'Email Delivered',
  BOUNCE: 'Email Bounced',
  COMPLAINT: 'Email Complaint Received',
};

const RETRIES = { attempts: 5, ageSeconds: 3600 };

/**
 * Owns the way of sending events to the destinations of their configuration set.
 *
 * V1  An event is durable with its mail, and reaches each destination that wants it at least once, or is reported on
 *     stderr when the destination refuses it.
 */
export class EventPublisher {
  readonly #deliveries: Deliveries<Publication>;

  constructor(
    private readonly parts: Parts,
    private readonly destinations: EventDestinations,
  ) {
    this.#deliveries = new Deliveries(parts, {
      collection: 'ses_event_deliveries',
      send: (publication) => this.#send(publication),
      giveUp: async () => {},
    });
  }

  /** Goes on with events of an earlier process; call it when topics and buses exist. */
  start(): void {
    this.#deliveries.start();
  }

  stop(): void {
    this.#deliveries.stop();
  }

  /** Takes the events of a mail; durable when the store says so next. */
  publish(mail: SentMail): void {
    const enabled = this.destinations.list(mail.configurationSet).filter(({ Enabled }) => Enabled);
    if (enabled.length === 0) return;
    for (const [index, { type, record }] of eventsOf(mail, this.parts.identity).entries()) {
      for (const destination of enabled.filter(({ MatchingEventTypes }) => MatchingEventTypes.includes(type))) {
        const what = { type, record, destination, configurationSet: mail.configurationSet };
        this.#deliveries.add(`${mail.messageId}/${index}/${destination.Name}`, what, RETRIES);
      }
    }
  }

  async #send({ type, record, destination, configurationSet }: Publication): Promise<void> {
    const { aws, identity } = this.parts;
    const via = 'ses';
    if (destination.SnsDestination) {
      const { TopicArn } = destination.SnsDestination;
      const Subject = 'Amazon SES Email Event Notification';
      await aws.call('sns', 'Publish', { TopicArn, Subject, Message: JSON.stringify(record) }, { via });
      return;
    }
    const entry = {
      Source: 'aws.ses',
      DetailType: DETAIL_TYPES[type],
      Resources: [`arn:aws:ses:${identity.region}:${identity.accountId}:configuration-set/${configurationSet}`],
      Detail: JSON.stringify(record),
    };
    await aws.call('eventbridge', 'PutEvents', { Entries: [entry] }, { via });
  }
}
