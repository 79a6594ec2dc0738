/**
 * Writes `requests.bin` beside this file: what the operations of AWS's services are asked with, from AWS's own models
 * as botocore ships them (Apache-2.0). Run it by hand to bring it up to date:
 *
 *   node local/asl/integrations/generate.mjs \
 *     "$(python3 -c 'import botocore, os; print(os.path.dirname(botocore.__file__))')"
 *
 * The file begins with a line of JSON, `{"<service>": [first byte, bytes]}` counted from the line's end, with null for
 * services that Step Functions documents and that have no model any more. Each service is a text in brotli, with a line
 * for each operation and its shape, an empty line, and a line for each shape and its members:
 *
 *   SendMessage SendMessageRequest
 *
 *   SendMessageRequest QueueUrl!string,MessageBody!string,DelaySeconds:integer,MessageAttributes:{MessageAttributeValue
 *
 * `!` stands before the type of a member that is required, `[` before the type of a list's elements, `{` before that of a
 * map's values.
 */
import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { brotliCompressSync, gunzipSync, constants as zlib } from 'node:zlib';

/** By service, what docs.aws.amazon.com/step-functions/latest/dg/supported-services-awssdk.html calls unsupported. */
const UNSUPPORTED = {
  applicationdiscovery: ['DescribeExportConfigurations', 'ExportConfigurations'],
  codedeploy: [
    'BatchGetDeploymentInstances',
    'GetDeploymentInstance',
    'ListDeploymentInstances',
    'SkipWaitTimeForInstanceTermination',
  ],
  comprehendmedical: ['DetectEntities'],
  dataexchange: ['SendApiAsset'],
  directconnect: [
    'AllocateConnectionOnInterconnect',
    'DescribeConnectionLoa',
    'DescribeConnectionsOnInterconnect',
    'DescribeInterconnectLoa',
  ],
  efs: ['CreateTags'],
  emr: ['DescribeJobFlows'],
  iot: ['AttachPrincipalPolicy', 'DetachPrincipalPolicy', 'ListPolicyPrincipals', 'ListPrincipalPolicies'],
  iotdeviceadvisor: ['ListTestCases'],
  lambda: ['InvokeAsync'],
  mediapackage: ['RotateChannelCredentials'],
  rdsdata: ['ExecuteSql'],
  shield: ['DeleteSubscription'],
  sts: ['AssumeRole', 'AssumeRoleWithSAML', 'AssumeRoleWithWebIdentity'],
};

/** Documented as well, but retired: botocore has no model of them any more. */
const WITHOUT_MODEL =
  'apptest elasticinference elastictranscoder evidently honeycode iotanalytics iotfleethub lookoutmetrics lookoutvision opsworks opsworkscm privatenetworks qldb qldbsession robomaker sms';

const botocore = process.argv[2];
if (!botocore) throw new Error('Usage: generate.mjs <folder of the botocore package>');

const models = readdirSync(join(botocore, 'data'), { withFileTypes: true })
  .filter((entry) => entry.isDirectory())
  .map(({ name }) => read(join(botocore, 'data', name)))
  .filter(Boolean)
  .map((model) => [idOf(model.metadata.serviceId), model])
  .sort(([a], [b]) => (a < b ? -1 : 1));
const index = Object.fromEntries(WITHOUT_MODEL.split(' ').map((id) => [id, null]));
const sections = [];
let end = 0;
for (const [id, model] of models) {
  const section = brotliCompressSync(Buffer.from(requestsOf(id, model)), {
    params: { [zlib.BROTLI_PARAM_QUALITY]: 11, [zlib.BROTLI_PARAM_LGWIN]: 22 },
  });
  index[id] = [end, section.length];
  end += section.length;
  sections.push(section);
}
const file = join(dirname(fileURLToPath(import.meta.url)), 'requests.bin');
writeFileSync(file, Buffer.concat([Buffer.from(`${JSON.stringify(index)}\n`), ...sections]));

/** The newest version of a service's model, if the folder holds one. */
function read(folder) {
  const version = readdirSync(folder).sort().at(-1);
  try {
    return JSON.parse(gunzipSync(readFileSync(join(folder, version, 'service-2.json.gz'))).toString());
  } catch (error) {
    if (error.code === 'ENOENT' || error.code === 'ENOTDIR') return undefined;
    throw error;
  }
}

/** As the SDK for Java 2, and so Step Functions, calls a service: 'Amazon Cognito Sync' is 'cognitosync'. */
function idOf(serviceId) {
  return serviceId
    .replace(/^(Amazon|AWS)\s*/, '')
    .replace(/\s*Service$/, '')
    .toLowerCase()
    .replace(/[^a-z0-9]/g, '');
}

function requestsOf(id, { operations, shapes }) {
  const lines = new Map();
  const kept = Object.entries(operations).filter(
    ([name, operation]) => !UNSUPPORTED[id]?.includes(name) && !streamsEvents(operation, shapes),
  );
  const requests = kept.map(([name, { input }]) => (input ? `${name} ${typeOf(input.shape)}` : name));
  return [...requests, '', ...[...lines].map(([name, members]) => `${name} ${members}`)].join('\n');

  function typeOf(name) {
    const shape = shapes[name];
    if (shape.document || shape.jsonvalue) return 'any';
    if (shape.type === 'list') return `[${typeOf(shape.member.shape)}`;
    if (shape.type === 'map') return `{${typeOf(shape.value.shape)}`;
    if (shape.type === 'structure' && !lines.has(name)) {
      lines.set(name, ''); // Shapes may contain themselves.
      lines.set(name, membersOf(shape));
    }
    return shape.type === 'structure' ? name : shape.type;
  }

  function membersOf({ members, required = [], payload }) {
    // The SDK for Java takes a body that is streamed as an argument of its own, which must be there.
    const streams = payload && (members[payload].streaming || shapes[members[payload].shape].streaming);
    const needed = new Set(streams ? [...required, payload] : required);
    return Object.entries(members)
      .map(
        ([name, { shape, jsonvalue }]) => `${name}${needed.has(name) ? '!' : ':'}${jsonvalue ? 'any' : typeOf(shape)}`,
      )
      .join(',');
  }
}

/** Step Functions cannot call operations that send or answer a stream of events. */
function streamsEvents({ input, output }, shapes) {
  return [input, output].some(
    (side) => side && Object.values(shapes[side.shape].members).some(({ shape }) => shapes[shape].eventstream),
  );
}
