import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import * as fc from 'fast-check';
import * as v from 'valibot';
import { checkOutBody, holdBody, id, itemBody, itemId } from '../../lambda/library-loan/desk/bodies';
import { shown } from '../../lambda/library-loan/desk/shown';
import { loanStatuses } from '../../lambda/library-loan/loan';
import { readConfig } from '../../lib/config';
import { anyText } from '../any-text';
import { policy } from '../lambda/library-loan/loan';
import { template } from './assembly';

/** The OpenAPI document says what is deployed and what the handlers accept, no more and no less. */
interface Schema {
  readonly $ref?: string;
  readonly type?: string;
  readonly const?: unknown;
  readonly enum?: readonly unknown[];
  readonly pattern?: string;
  readonly minLength?: number;
  readonly maxLength?: number;
  readonly minimum?: number;
  readonly maximum?: number;
  readonly required?: readonly string[];
  readonly properties?: Readonly<Record<string, Schema>>;
  readonly additionalProperties?: boolean;
  readonly items?: Schema;
}

const text = readFileSync(join(__dirname, '..', '..', 'docs', 'library-api.openapi.json'), 'utf8');
const document = JSON.parse(text);
const schemas: Record<string, Schema> = document.components.schemas;

/** Whether a value fits a schema, of the keywords that this document uses for bodies. */
function fits(schema: Schema, value: unknown): boolean {
  if (schema.$ref) return fits(schemas[schema.$ref.split('/').at(-1) as string] as Schema, value);
  if (schema.enum && !schema.enum.includes(value)) return false;
  if (schema.type === 'string') {
    if (typeof value !== 'string') return false;
    const { length } = value;
    if (length < (schema.minLength ?? 0) || length > (schema.maxLength ?? Number.POSITIVE_INFINITY)) return false;
    return !schema.pattern || new RegExp(schema.pattern, 'u').test(value);
  }
  if (schema.type === 'integer') {
    return (
      Number.isInteger(value) &&
      (value as number) >= (schema.minimum ?? 0) &&
      (value as number) <= (schema.maximum ?? 1e9)
    );
  }
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return false;
  const fields = Object.entries(value);
  if (schema.required?.some((name) => !Object.hasOwn(value, name))) return false;
  return fields.every(([name, field]) => {
    const known = schema.properties?.[name];
    return known && Object.hasOwn(schema.properties ?? {}, name)
      ? fits(known, field)
      : schema.additionalProperties !== false;
  });
}

test('its paths and methods are the routes that are deployed for the desk', () => {
  const described = Object.entries<Record<string, unknown>>(document.paths).flatMap(([path, methods]) =>
    Object.keys(methods)
      .filter((method) => method !== 'parameters')
      .map((method) => `${method.toUpperCase()} ${path}`),
  );
  const routes = Object.values(template('StepwrightLibraryLoan').Resources)
    .filter(({ Type, Properties }) => Type === 'AWS::ApiGatewayV2::Route' && Properties.AuthorizationType === 'AWS_IAM')
    .map(({ Properties }) => Properties.RouteKey);
  expect(described.sort()).toEqual(routes.sort());
});

test('every reference leads somewhere', () => {
  const references = [...text.matchAll(/"\$ref": "#\/([^"]+)"/g)].map(([, path = '']) => path);
  expect(references.length).toBeGreaterThan(20);
  for (const reference of references) {
    const found = reference.split('/').reduce((at, key) => at?.[key], document);
    expect({ reference, found: found !== undefined }).toEqual({ reference, found: true });
  }
});

test('it names the statuses, the fields and the limits that there are', () => {
  expect(schemas.LoanStatus?.enum).toEqual(loanStatuses);
  expect(Object.keys(schemas.Loan?.properties ?? {})).toEqual([...shown, 'mailStopped', 'mailRefused']);
  expect(schemas.CheckOut?.properties?.days?.maximum).toBe(readConfig(() => undefined).library.loan.maxDays);
});

const bodies = [
  ['CheckOut', checkOutBody(policy)],
  ['ItemTitle', itemBody],
  ['HoldRequest', holdBody],
] as const;

/** Values that are good, or nearly so. */
const line = fc.oneof(
  fc.constantFrom(
    'Momo',
    ' Momo ',
    '',
    '   ',
    'a\nb',
    'a\u2028b',
    '\ud83d',
    'Ünïcödé 📚',
    'x'.repeat(100),
    'x'.repeat(101),
    'x'.repeat(201),
  ),
  anyText({ maxLength: 12 }),
  fc.integer(),
);
const address = fc.oneof(
  fc.constantFrom(
    'a@example.com',
    'A.b+c@x.example',
    'a@b',
    'a@@b.example',
    '.a@b.example',
    'a@xn--p1ai.example',
    'ä@b.example',
    'a@b.example\n',
  ),
  fc.emailAddress(),
);
const customer = fc.record({ name: line, email: address, more: line }, { requiredKeys: [] });
const anyBody = fc.oneof(
  fc.record(
    {
      itemId: fc.constantFrom('book-1', '', '-a', 'a/b', 'x'.repeat(64), 'x'.repeat(65), 7),
      title: line,
      customer: fc.oneof(customer, fc.constantFrom(null, 'x', [])),
      days: fc.constantFrom(1, 0, 60, 61, 1.5, '7'),
      more: line,
    },
    { requiredKeys: [] },
  ),
  fc.record({ itemId: fc.constant('book-1'), title: line, customer: fc.record({ name: line, email: address }) }),
  fc.record({ customer: fc.record({ name: line, email: address }) }),
  fc.record({ title: line }),
);

test.each(bodies)('a body fits %s exactly when the desk takes it', (name, schema) => {
  let taken = 0;
  fc.assert(
    fc.property(anyBody, (body) => {
      const parsed: unknown = JSON.parse(JSON.stringify(body));
      const accepted = v.safeParse(schema, parsed).success;
      taken += Number(accepted);
      expect({ body: parsed, fits: fits(schemas[name] as Schema, parsed) }).toEqual({ body: parsed, fits: accepted });
    }),
    { numRuns: 600, seed: 7 },
  );
  expect(taken).toBeGreaterThan(5);
});

test.each([
  ['Id', id],
  ['ItemId', itemId],
] as const)('%s is what the desk takes in a path', (name, schema) => {
  for (const value of ['a', 'A-1', '', 'a/b', 'a.b:c_d', '-a', 'x'.repeat(64), 'x'.repeat(65), 'ü']) {
    expect({ value, fits: fits(schemas[name] as Schema, value) }).toEqual({
      value,
      fits: v.safeParse(schema, value).success,
    });
  }
});
