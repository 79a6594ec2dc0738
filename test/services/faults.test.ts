import { Faults } from '../../local/services/faults';
import { testParts } from './wire/parts';

const error = { code: 'SlowDown', message: 'Please reduce your request rate.', status: 503 };

function setup() {
  const { aws } = testParts();
  const faults = new Faults();
  aws.register({
    id: 's3',
    signingName: 's3',
    protocol: { kind: 'http', handle: () => Promise.reject(new Error('not used')) },
    call: async () => ({ ok: true }),
  });
  aws.intercept(faults.intercept);
  const put = (input: object) => aws.call('s3', 'PutObject', input, { via: 'states' });
  return { aws, faults, put };
}

test('fails the calls that match, as often as told, then lets them pass', async () => {
  const { faults, put } = setup();
  faults.add({ service: 's3', operation: 'PutObject', where: { Bucket: 'reports', Tag: { a: 1 } }, error, times: 2 });
  const matching = { Bucket: 'reports', Key: 'k', Tag: { a: 1, b: 2 } };
  await expect(put({ Bucket: 'other', Tag: { a: 1 } })).resolves.toEqual({ ok: true });
  await expect(put({ Bucket: 'reports' })).resolves.toEqual({ ok: true });
  await expect(put(matching)).rejects.toMatchObject(error);
  await expect(put(matching)).rejects.toMatchObject(error);
  await expect(put(matching)).resolves.toEqual({ ok: true });
});

test('without operation and times fails everything of the service until it is taken away', async () => {
  const { aws, faults, put } = setup();
  const end = faults.add({ service: 's3', error });
  for (let i = 0; i < 3; i++) await expect(put({})).rejects.toMatchObject(error);
  await expect(aws.call('s3', 'GetObject', {}, { via: 'wire' })).rejects.toMatchObject({ code: 'SlowDown' });
  end();
  await expect(put({})).resolves.toEqual({ ok: true });
});
