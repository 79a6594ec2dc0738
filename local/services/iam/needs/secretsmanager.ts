import { each, type NeedsOfService, onAnyOf } from './need';

/** Secrets Manager (…/list_awssecretsmanager.html). A secret's ARN ends in characters that no name has. */
export const SECRETS_NEEDS: NeedsOfService = {
  ...each(
    ['GetSecretValue', 'PutSecretValue', 'DescribeSecret', 'DeleteSecret'],
    (action, _input, _place, resourcesOf) => onAnyOf(action, resourcesOf()),
    'secretsmanager',
  ),
  ...each(['ListSecrets', 'GetRandomPassword'], (action) => [{ action, resource: '*' }], 'secretsmanager'),
};
