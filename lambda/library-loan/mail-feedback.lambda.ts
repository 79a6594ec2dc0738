import type { SNSEvent } from 'aws-lambda';
import * as v from 'valibot';
import { log, maskAddress } from '../shared/log';
import { type StopReason, stopMail } from './mail/stops';

/** As SES publishes it to a topic, as far as it matters here; everything else is left alone. */
const feedback = v.object({
  eventType: v.string(),
  mail: v.object({ destination: v.array(v.string()) }),
  bounce: v.optional(v.object({ bounceType: v.string(), timestamp: v.string() })),
  complaint: v.optional(v.object({ complaintFeedbackType: v.nullish(v.string()), timestamp: v.string() })),
});
type Feedback = v.InferOutput<typeof feedback>;

/**
 * Hears from SES what became of the library's mails. An address that does not exist, and a reader who complains, get no
 * further mail. A full mailbox or a post office that does not answer is no reason: the next mail may arrive.
 *
 * The mail says whom it was sent to: what a bounce names may be where that address was forwarded to.
 *
 * @throws LoansBusy: Lambda then calls again
 */
export async function handler(event: SNSEvent): Promise<void> {
  for (const { Sns } of event.Records) {
    const told = read(Sns.Message);
    const stop = told && stopOf(told);
    if (!told || !stop) {
      log.info('mail feedback without consequence', {
        eventType: told?.eventType,
        bounceType: told?.bounce?.bounceType,
      });
      continue;
    }
    for (const address of told.mail.destination) {
      await stopMail(address, stop);
      log.warn('no further mail to this address', { to: maskAddress(address), reason: stop.reason });
    }
  }
}

/** Undefined for what is no feedback: when a topic becomes a destination, SES greets it with a sentence. */
function read(message: string): Feedback | undefined {
  try {
    const result = v.safeParse(feedback, JSON.parse(message));
    return result.success ? result.output : undefined;
  } catch {
    return undefined;
  }
}

function stopOf({ bounce, complaint }: Feedback): { reason: StopReason; since: string } | undefined {
  if (bounce?.bounceType === 'Permanent') return { reason: 'bounce', since: bounce.timestamp };
  // 'not-spam' is a reader who found the mail among the spam, and took it out.
  if (complaint && complaint.complaintFeedbackType !== 'not-spam') {
    return { reason: 'complaint', since: complaint.timestamp };
  }
  return undefined;
}
