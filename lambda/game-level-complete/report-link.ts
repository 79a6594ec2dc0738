import { GetCommand } from '@aws-sdk/lib-dynamodb';
import { requireEnv } from '../shared/env';
import { Problem } from '../shared/http';
import { presign, signerFromEnvironment } from '../shared/presign';
import { tables } from './tables';

const env = requireEnv('COMPLETIONS_TABLE', 'REPORT_BUCKET');

const minutes15 = 15 * 60;

/**
 * Links to a completion's report, as JSON and as a page, which anybody may follow for a quarter of an hour (or until the
 * role's credentials expire).
 *
 * @throws Problem 404 when there is no such completion, or no report of it yet; Error when S3 cannot be asked
 */
export async function reportLinks(completionId: string) {
  const { Item } = await tables.send(
    new GetCommand({
      TableName: env.COMPLETIONS_TABLE,
      Key: { completionId },
      ProjectionExpression: 'reportKey',
    }),
  );
  if (typeof Item?.reportKey !== 'string') throw new Problem(404, 'Unknown completion', 'There is no such completion.');
  const now = Date.now();
  const link = (method: 'GET' | 'HEAD', ending: string) =>
    presign(
      { method, bucket: env.REPORT_BUCKET, key: `${Item.reportKey}.${ending}`, expiresInSeconds: minutes15 },
      signerFromEnvironment(),
      now,
    );
  // The page is written last: where it is, the report is whole. Who may not list a bucket is told 403 of what is not there.
  const { status } = await fetch(link('HEAD', 'html'), { method: 'HEAD', signal: AbortSignal.timeout(3000) });
  if (status === 404 || status === 403) {
    throw new Problem(404, 'No report yet', 'The report of this completion is not there yet. It will be made up for.');
  }
  if (status !== 200) throw new Error(`S3 answers ${status}`);
  return {
    completionId,
    json: link('GET', 'json'),
    html: link('GET', 'html'),
    expiresAt: new Date(now + minutes15 * 1000).toISOString(),
  };
}
