import type { GivenUp } from '../delivery/deliveries';
import { sendDeadLetter, sendMessage } from '../delivery/targets';
import type { Parts } from '../parts';
import { idsFor } from './fifo-topics';
import { type Notification, type NotificationDelivery, notificationBody } from './model';

const via = 'sns';

/** Delivers one notification to one subscriber. Rejects as the subscriber's service does. */
export async function deliver(parts: Parts, { notification, endpoint }: NotificationDelivery): Promise<void> {
  switch (endpoint.protocol) {
    case 'sqs': {
      const body = endpoint.raw ? notification.message : JSON.stringify(notificationBody(notification));
      const message = {
        MessageBody: body,
        ...(endpoint.raw ? { MessageAttributes: notification.attributes } : {}),
        ...idsFor(endpoint.endpoint, notification.ids ?? {}),
      };
      return sendMessage(parts, endpoint.endpoint, message, via);
    }
    case 'lambda': {
      const Payload = new TextEncoder().encode(JSON.stringify(lambdaEvent(notification, endpoint.arn)));
      await parts.aws.call(
        'lambda',
        'Invoke',
        { FunctionName: endpoint.endpoint, InvocationType: 'Event', Payload },
        { via },
      );
      return;
    }
    case 'email':
      return mail(parts, endpoint.endpoint, notification, notification.message);
    case 'email-json':
      return mail(parts, endpoint.endpoint, notification, JSON.stringify(notificationBody(notification), null, 2));
  }
}

/** Sends what could not be delivered to the subscription's dead-letter queue, if it has one. */
export async function giveUp(
  parts: Parts,
  { notification, endpoint }: NotificationDelivery,
  failure: GivenUp,
): Promise<void> {
  if (!endpoint.deadLetterArn) return;
  const attributes = { ERROR_CODE: failure.code, ERROR_MESSAGE: failure.message, SUBSCRIPTION_ARN: endpoint.arn };
  const body = endpoint.raw ? notification.message : JSON.stringify(notificationBody(notification));
  const ids = idsFor(endpoint.deadLetterArn, notification.ids ?? {});
  await sendDeadLetter(parts, endpoint.deadLetterArn, body, attributes, via, ids);
}

async function mail(parts: Parts, to: string, { subject, topicArn }: Notification, text: string): Promise<void> {
  const name = topicArn.split(':')[5];
  const input = {
    FromEmailAddress: `${name} <no-reply@sns.amazonaws.com>`,
    Destination: { ToAddresses: [to] },
    Content: { Simple: { Subject: { Data: subject ?? 'AWS Notification Message' }, Body: { Text: { Data: text } } } },
  };
  await parts.aws.call('sesv2', 'SendEmail', input, { via });
}

function lambdaEvent(notification: Notification, subscriptionArn: string) {
  const { MessageAttributes = {}, ...body } = notificationBody(notification);
  return {
    Records: [
      {
        EventSource: 'aws:sns',
        EventVersion: '1.0',
        EventSubscriptionArn: subscriptionArn,
        Sns: { ...body, Subject: notification.subject ?? null, MessageAttributes },
      },
    ],
  };
}
