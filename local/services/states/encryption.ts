import type { JsonObject } from '../../asl/json';
import { failures, type Input } from './errors';

/**
 * Reads an EncryptionConfiguration with AWS's defaults. It is kept and told, and nothing more: the local cloud has no
 * keys, and its data is as safe as the folder that it is in.
 */
export function readEncryption(given: Input | undefined | null): JsonObject {
  const { type, kmsKeyId, kmsDataKeyReusePeriodSeconds } = given ?? { type: 'AWS_OWNED_KEY' };
  if (type === 'AWS_OWNED_KEY') {
    if (kmsKeyId ?? kmsDataKeyReusePeriodSeconds ?? undefined) {
      throw failures.invalidEncryption('A KMS key and its reuse period apply to CUSTOMER_MANAGED_KMS_KEY only');
    }
    return { type };
  }
  if (!kmsKeyId) throw failures.invalidEncryption('kmsKeyId must be specified for CUSTOMER_MANAGED_KMS_KEY');
  return {
    kmsKeyId,
    kmsDataKeyReusePeriodSeconds: kmsDataKeyReusePeriodSeconds ?? DEFAULT_REUSE_PERIOD,
    type,
  };
}

/** In seconds. */
const DEFAULT_REUSE_PERIOD = 300;
