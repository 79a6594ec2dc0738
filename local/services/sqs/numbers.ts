import { AwsError } from '../aws';

/** A number of a request, or what holds without it. @throws AwsError InvalidParameterValue */
export function number(
  name: string,
  given: unknown,
  otherwise: number | undefined,
  least: number,
  most: number,
): number {
  const value = given === undefined || given === null ? otherwise : Number(given);
  if (value !== undefined && Number.isInteger(value) && value >= least && value <= most) return value;
  const range = `Must be >= ${least} and <= ${most}, if provided.`;
  throw new AwsError('InvalidParameterValue', `Value ${given} for parameter ${name} is invalid. Reason: ${range}`);
}
