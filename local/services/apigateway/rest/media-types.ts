/**
 * Owns which bodies are binary to a REST API, by its `binaryMediaTypes`
 * (docs.aws.amazon.com/apigateway/latest/developerguide/api-gateway-payload-encodings.html). Pure.
 *
 * @param header Content-Type or Accept; of several types the first counts, without its parameters. JSON, if there is none
 */
export function isBinary(header: string | undefined, binaryMediaTypes: readonly string[]): boolean {
  const type = mediaTypeOf(header);
  const [kind] = type.split('/');
  return binaryMediaTypes.some((binary) => [type, `${kind}/*`, '*/*'].includes(binary.toLowerCase()));
}

/** 'application/json', in lower case. */
export function mediaTypeOf(header = 'application/json'): string {
  return (header.split(/[,;]/)[0] as string).trim().toLowerCase();
}
