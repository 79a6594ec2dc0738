import { AssemblyError } from '../errors';
import { shortHash } from '../names';
import { Properties } from '../properties';
import type { Identify, NamingContext, ResourceContext, ResourceProvider } from '../resource';

export const secret: ResourceProvider = {
  type: 'AWS::SecretsManager::Secret',
  honoured: ['Name', 'Description', 'SecretString', 'GenerateSecretString'],
  inert: ['KmsKeyId', 'Tags', 'ReplicaRegions'],
  async deploy(values, context) {
    const properties = new Properties(values);
    const name = secretName(properties, context);
    const existing = await find(name, context);
    const stated = properties.text('SecretString');
    if (existing !== undefined) {
      // A generated value is made once; only one that the template states can change.
      if (stated !== undefined)
        await context.call('secretsmanager', 'PutSecretValue', { SecretId: name, SecretString: stated });
      return answer(existing);
    }
    const { ARN } = await context.call('secretsmanager', 'CreateSecret', {
      Name: name,
      Description: properties.text('Description'),
      SecretString: stated ?? (await generate(properties.object('GenerateSecretString'), context)),
    });
    return answer(ARN);
  },
};

/** Secrets Manager ends an ARN with six letters that it draws; these are always the same. */
export const secretIdentity: Identify = (values, context) => {
  const name = secretName(new Properties(values), context);
  return answer(context.arn('secretsmanager', `secret:${name}-${shortHash(name).slice(0, 6)}`));
};

function secretName(properties: Properties, context: NamingContext): string {
  return context.name(properties.text('Name'), { longest: 512 });
}

function answer(arn: string) {
  return { ref: arn, attributes: { Id: arn } };
}

async function find(name: string, { call }: ResourceContext): Promise<string | undefined> {
  const { SecretList } = await call('secretsmanager', 'ListSecrets', {});
  return SecretList.find((known: { Name: string }) => known.Name === name)?.ARN;
}

/** As CloudFormation: a password, alone or as one more member of `SecretStringTemplate`. */
async function generate(rules: Properties | undefined, { call }: ResourceContext): Promise<string> {
  const { RandomPassword } = await call('secretsmanager', 'GetRandomPassword', {
    ...rules?.pick('ExcludeCharacters'),
    PasswordLength: rules?.number('PasswordLength'),
    ...Object.fromEntries(RULES.map((rule) => [rule, rules?.flag(rule)])),
  });
  const template = rules?.text('SecretStringTemplate');
  if (template === undefined) return RandomPassword;
  try {
    const key = rules?.requiredText('GenerateStringKey') as string;
    return JSON.stringify({ ...JSON.parse(template), [key]: RandomPassword });
  } catch (error) {
    throw new AssemblyError(`The property GenerateSecretString cannot be used: ${(error as Error).message}`);
  }
}

const RULES = [
  'ExcludeLowercase',
  'ExcludeUppercase',
  'ExcludeNumbers',
  'ExcludePunctuation',
  'IncludeSpace',
  'RequireEachIncludedType',
];
