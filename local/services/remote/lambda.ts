import type { AwsShape } from '../aws';
import { readJsonError } from './json';
import { type ClientProtocol, given, unknownOperation } from './protocol';

const FUNCTIONS = '/2015-03-31/functions';

/** Lambda's REST API from the client's side, as far as a state machine calls it: Invoke. */
export const lambdaProtocol: ClientProtocol = {
  write(operation, input) {
    if (operation !== 'Invoke') throw unknownOperation('Lambda', operation);
    const { FunctionName, Qualifier, InvocationType, LogType, ClientContext, Payload = '' } = input;
    const query = Qualifier === undefined ? '' : `?Qualifier=${encodeURIComponent(Qualifier)}`;
    return {
      method: 'POST',
      target: `${FUNCTIONS}/${encodeURIComponent(FunctionName)}/invocations${query}`,
      headers: given({
        'content-type': 'application/json',
        'x-amz-invocation-type': InvocationType,
        'x-amz-log-type': LogType,
        'x-amz-client-context': ClientContext,
      }),
      body: Buffer.from(Payload),
    };
  },

  read(_operation, { status, headers, body }): AwsShape {
    return given<unknown>({
      StatusCode: status,
      ExecutedVersion: headers['x-amz-executed-version'],
      FunctionError: headers['x-amz-function-error'],
      LogResult: headers['x-amz-log-result'],
      Payload: body,
    });
  },

  readError: readJsonError,
};
