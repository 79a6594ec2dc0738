/**
 * Writes `<service>.jsonl` beside this file: what the operations of a service answer, from AWS's own models as botocore
 * ships them (Apache-2.0). Run it by hand when a service gets new operations:
 *
 *   node local/services/states/api-models/generate.mjs \
 *     "$(python3 -c 'import botocore, os; print(os.path.dirname(botocore.__file__))')"
 */
import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { gunzipSync } from 'node:zlib';

/** Names of the models' folders by the services' ids in `arn:aws:states:::aws-sdk:<id>:…`. */
const SERVICES = {
  batch: 'batch',
  cloudwatch: 'cloudwatch',
  cloudwatchlogs: 'logs',
  dynamodb: 'dynamodb',
  ecs: 'ecs',
  eventbridge: 'events',
  kms: 'kms',
  lambda: 'lambda',
  pipes: 'pipes',
  s3: 's3',
  scheduler: 'scheduler',
  secretsmanager: 'secretsmanager',
  sesv2: 'sesv2',
  sfn: 'stepfunctions',
  sns: 'sns',
  sqs: 'sqs',
  ssm: 'ssm',
  sts: 'sts',
};

/** Where TestState was seen to check against an older model than botocore's, by service and shape. */
const AS_RECORDED = {
  // December 2025, before Lambda's larger functions.
  lambda: { MemorySize: { max: 10240 } },
};

const botocore = process.argv[2];
if (!botocore) throw new Error('Usage: generate.mjs <folder of the botocore package>');

for (const [id, folder] of Object.entries(SERVICES)) {
  const model = read(join(botocore, 'data', folder));
  for (const [shape, recorded] of Object.entries(AS_RECORDED[id] ?? {})) Object.assign(model.shapes[shape], recorded);
  const lines = linesOf(model);
  writeFileSync(join(dirname(fileURLToPath(import.meta.url)), `${id}.jsonl`), `${lines.join('\n')}\n`);
}

/** The newest version of a service's model. */
function read(folder) {
  const version = readdirSync(folder).sort().at(-1);
  return JSON.parse(gunzipSync(readFileSync(join(folder, version, 'service-2.json.gz'))).toString());
}

/** One line for each operation that answers something, and for each shape that its answer has. */
function linesOf({ operations, shapes }) {
  const used = new Map();
  const lines = Object.entries(operations)
    .filter(([, { output }]) => output)
    .map(([operation, { output }]) => JSON.stringify({ operation, output: use(output.shape) }));
  return [...lines, ...[...used].sort(([a], [b]) => (a < b ? -1 : 1)).map(([, line]) => line)];

  /** How a member refers to its shape: by its type if that is all there is to say of it. */
  function use(name) {
    const shape = describe(name, shapes[name]);
    return typeof shape === 'string' ? shape : name;
  }

  function describe(name, shape) {
    if (shape.document || shape.eventstream || shape.jsonvalue) return 'any';
    const { type, min, max, enum: values } = shape;
    if (!['structure', 'list', 'map'].includes(type)) {
      if (min === undefined && max === undefined && values === undefined) return type;
      used.set(name, JSON.stringify({ shape: name, type, min, max, enum: values }));
    } else if (!used.has(name)) {
      used.set(name, ''); // Shapes may contain themselves.
      used.set(name, JSON.stringify({ shape: name, type, min, max, ...contents(shape) }));
    }
    return shape;
  }

  function contents({ type, members, required, member, value }) {
    if (type === 'list') return { of: use(member.shape) };
    if (type === 'map') return { of: use(value.shape) };
    const named = Object.entries(members).map(([name, { shape }]) => [name, use(shape)]);
    return { members: Object.fromEntries(named), required: required?.length ? required : undefined };
  }
}
