import { AwsError, type AwsShape } from '../aws';
import { parseAddress, requireOneLine } from './addresses';

/** What a SendEmail request says, whichever of the three contents it has. */
export interface Message {
  from: string;
  /** Bare addresses. */
  to: string[];
  subject: string;
  text: string;
  html: string;
}

/** Reads `Content.Raw`: MIME, from which missing sender and recipients are taken. */
export async function readRaw(input: AwsShape): Promise<Message> {
  const data = input.Content.Raw.Data;
  if (typeof data !== 'string' && !(data instanceof Uint8Array)) throw bad('Raw message data is missing.');
  // Loaded with the first such mail: it is large, and most mails need none of it.
  const { simpleParser } = require('mailparser') as typeof import('mailparser');
  // Over the wire a blob is base64.
  const mail = await simpleParser(typeof data === 'string' ? Buffer.from(data, 'base64') : Buffer.from(data), {
    skipTextToHtml: true,
    skipImageLinks: true,
  });
  const addressed = [mail.to, mail.cc, mail.bcc].flatMap((list) => list ?? []).flatMap((list) => list.value);
  const from = input.FromEmailAddress ?? mail.from?.text;
  if (!from) throw bad("Missing required header 'From'.");
  const to = input.Destination ? recipients(input.Destination) : addressed.map(({ address }) => parseAddress(address));
  return { from, to, subject: mail.subject ?? '', text: mail.text ?? '', html: mail.html || '' };
}

/** Reads `Content.Simple`. */
export function readSimple(input: AwsShape): Message {
  const { Subject, Body } = input.Content.Simple;
  const text = Body?.Text?.Data;
  const html = Body?.Html?.Data;
  if (typeof Subject?.Data !== 'string') throw bad('Subject is missing.');
  if (text === undefined && html === undefined) throw bad('Body must have Text or Html.');
  return { ...envelope(input), subject: Subject.Data, text: String(text ?? ''), html: String(html ?? '') };
}

/** Renders `Content.Template`: `{{name}}` and `{{name.member}}`, escaped in the HTML part. */
export function readTemplate(input: AwsShape, template: AwsShape): Message {
  let data: unknown;
  try {
    data = JSON.parse(input.Content.Template.TemplateData ?? '{}');
  } catch {
    throw bad('TemplateData is not valid JSON.');
  }
  const render = (text: unknown, encode: (value: string) => string) =>
    String(text ?? '').replace(/\{\{\s*([\w.]+)\s*\}\}/g, (_, path: string) => {
      const value = path.split('.').reduce<unknown>((at, name) => (at as AwsShape | undefined)?.[name], data);
      if (value === undefined)
        throw new AwsError('MessageRejected', `Attribute '${path}' is not present in the rendering data.`);
      return encode(String(value));
    });
  const plain = (value: string) => value;
  return {
    ...envelope(input),
    subject: render(template.Subject, plain),
    text: render(template.Text, plain),
    html: render(template.Html, escapeHtml),
  };
}

/** All recipients of a request, as bare addresses. */
function recipients(destination: AwsShape | undefined): string[] {
  const { ToAddresses, CcAddresses, BccAddresses } = destination ?? {};
  return [...(ToAddresses ?? []), ...(CcAddresses ?? []), ...(BccAddresses ?? [])].map(parseAddress);
}

function envelope(input: AwsShape): { from: string; to: string[] } {
  requireOneLine(input.FromEmailAddress, 'FromEmailAddress');
  return { from: input.FromEmailAddress, to: recipients(input.Destination) };
}

function escapeHtml(text: string): string {
  return text.replace(/[&<>"']/g, (character) => `&#${character.charCodeAt(0)};`);
}

function bad(message: string): AwsError {
  return new AwsError('BadRequestException', message);
}
