import { AwsError, type AwsShape } from '../aws';

/** Amazon S3's errors, in its words (API reference, "Error responses"); `details` are further elements of the XML. */
const error = (code: string, status: number, message: string, details: AwsShape = {}) =>
  new AwsError(code, message, status, details);

export const noSuchBucket = (BucketName: string) =>
  error('NoSuchBucket', 404, 'The specified bucket does not exist', { BucketName });

export const noSuchKey = (Key: string) => error('NoSuchKey', 404, 'The specified key does not exist.', { Key });

export const noSuchUpload = (UploadId: string) =>
  error(
    'NoSuchUpload',
    404,
    'The specified upload does not exist. The upload ID may be invalid, or the upload may have been aborted or completed.',
    { UploadId },
  );

/** What HEAD requests answer, which have no body to name the reason in. */
export const notFound = () => error('NotFound', 404, 'Not Found');

export const invalidBucketName = (BucketName: string) =>
  error('InvalidBucketName', 400, 'The specified bucket is not valid.', { BucketName });

export const bucketAlreadyOwnedByYou = (BucketName: string) =>
  error(
    'BucketAlreadyOwnedByYou',
    409,
    'Your previous request to create the named bucket succeeded and you already own it.',
    { BucketName },
  );

export const bucketNotEmpty = (BucketName: string) =>
  error('BucketNotEmpty', 409, 'The bucket you tried to delete is not empty', { BucketName });

export const keyTooLong = (size: number) =>
  error('KeyTooLongError', 400, 'Your key is too long', { Size: size, MaxSizeAllowed: 1024 });

export const preconditionFailed = (Condition: string) =>
  error('PreconditionFailed', 412, 'At least one of the pre-conditions you specified did not hold', { Condition });

export const notModified = (etag: string) => error('NotModified', 304, 'Not Modified', { ETag: etag });

export const invalidRange = (RangeRequested: string, ActualObjectSize: number) =>
  error('InvalidRange', 416, 'The requested range is not satisfiable', { RangeRequested, ActualObjectSize });

export const invalidArgument = (message: string, ArgumentName: string, ArgumentValue: unknown) =>
  error('InvalidArgument', 400, message, { ArgumentName, ArgumentValue: String(ArgumentValue) });

export const invalidRequest = (message: string) => error('InvalidRequest', 400, message);

export const badDigest = (what: string) =>
  error('BadDigest', 400, `The ${what} you specified did not match the calculated checksum.`);

export const invalidDigest = () => error('InvalidDigest', 400, 'The Content-MD5 you specified was invalid.');

export const contentHashMismatch = () =>
  error(
    'XAmzContentSHA256Mismatch',
    400,
    "The provided 'x-amz-content-sha256' header does not match what was computed.",
  );

export const incompleteBody = () => error('IncompleteBody', 400, 'The request body terminated unexpectedly');

export const malformedXml = () =>
  error(
    'MalformedXML',
    400,
    'The XML you provided was not well-formed or did not validate against our published schema',
  );

export const invalidPart = () =>
  error(
    'InvalidPart',
    400,
    "One or more of the specified parts could not be found.  The part may not have been uploaded, or the specified entity tag may not match the part's entity tag.",
  );

export const invalidPartOrder = () =>
  error('InvalidPartOrder', 400, 'The list of parts was not in ascending order. Parts must be ordered by part number.');

export const entityTooSmall = () =>
  error('EntityTooSmall', 400, 'Your proposed upload is smaller than the minimum allowed size');

export const invalidUri = () => error('InvalidURI', 400, "Couldn't parse the specified URI.");

export const methodNotAllowed = () =>
  error('MethodNotAllowed', 405, 'The specified method is not allowed against this resource.');

export const notImplemented = (what: string) =>
  error('NotImplemented', 501, `A header you provided implies functionality that is not implemented: ${what}`);
