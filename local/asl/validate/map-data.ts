import { checkFields, checkOneOf } from './fields';
import type { Place } from './place';
import { objectTemplate, template } from './template';
import { integer, listOf, oneOf, orExpression, type Rule, referencePath, text } from './values';

/** Where a distributed Map gets its items, how it groups them, and where its results go. */

const MAX_ITEMS = 100_000_000;
const MAX_BATCH_BYTES = 262_144;

const readable: Rule = (value, place) => {
  if (typeof value !== 'string' || !/^arn:[a-z-]+:states:::s3:(getObject|listObjectsV2)$/.test(value)) {
    refuseResource(place, 'arn:<partition>:states:::s3:getObject, arn:<partition>:states:::s3:listObjectsV2');
  } else place.checkRuns(value);
};

const writable: Rule = (value, place) => {
  if (typeof value !== 'string' || !/^arn:[a-z-]+:states:::s3:putObject$/.test(value)) {
    refuseResource(place, 'arn:<partition>:states:::s3:putObject');
  } else place.checkRuns(value);
};

function refuseResource(place: Place, examples: string): void {
  place.error(`The field 'Resource' does not match any of the allowed values. Examples: [${examples}]`);
}

const readerConfig: Rule = (value, place) => {
  const config = checkFields(value, place, {
    InputType: oneOf('CSV', 'JSON', 'JSONL', 'PARQUET', 'MANIFEST'),
    ManifestType: oneOf('ATHENA_DATA', 'S3_INVENTORY'),
    Transformation: oneOf('NONE', 'LOAD_AND_FLATTEN'),
    CSVDelimiter: oneOf('COMMA', 'PIPE', 'SEMICOLON', 'SPACE', 'TAB'),
    CSVHeaderLocation: oneOf('FIRST_ROW', 'GIVEN'),
    CSVHeaders: listOf(text),
    ItemsPointer: text,
    MaxItems: orExpression(integer(0, MAX_ITEMS)),
    MaxItemsPath: referencePath,
  });
  if (!config) return;
  checkOneOf(config, place, ['MaxItems', 'MaxItemsPath']);
  if (config.InputType === 'CSV' && config.CSVHeaderLocation === undefined) {
    place.error("The field 'CSVHeaderLocation' is required but was missing");
  }
  if (config.InputType === 'JSON' && config.CSVHeaderLocation !== undefined) {
    place.error("Field 'CSVHeaderLocation' is not supported");
  }
  if (config.CSVHeaderLocation === 'GIVEN' && config.CSVHeaders === undefined) {
    place.error('These fields are required: [CSVHeaders]');
  }
};

export const itemReader: Rule = (value, place) => {
  const fields = { Resource: readable, ReaderConfig: readerConfig, Parameters: template, Arguments: template };
  checkFields(value, place, fields, ['Resource']);
};

export const itemBatcher: Rule = (value, place) => {
  const batcher = checkFields(value, place, {
    BatchInput: orExpression(objectTemplate),
    MaxItemsPerBatch: orExpression(integer(0)),
    MaxItemsPerBatchPath: referencePath,
    MaxInputBytesPerBatch: orExpression(integer(0, MAX_BATCH_BYTES)),
    MaxInputBytesPerBatchPath: referencePath,
  });
  if (!batcher) return;
  checkOneOf(batcher, place, ['MaxItemsPerBatch', 'MaxItemsPerBatchPath']);
  checkOneOf(batcher, place, ['MaxInputBytesPerBatch', 'MaxInputBytesPerBatchPath']);
};

const writerConfig: Rule = (value, place) => {
  const fields = { Transformation: oneOf('NONE', 'COMPACT', 'FLATTEN'), OutputType: oneOf('JSON', 'JSONL') };
  checkFields(value, place, fields, ['Transformation', 'OutputType']);
};

export const resultWriter: Rule = (value, place) => {
  const fields = { Resource: writable, WriterConfig: writerConfig, Parameters: template, Arguments: template };
  checkFields(value, place, fields);
};
