import { isObject, type Json } from '../../asl/json';

/**
 * Owns the input templates that EventBridge's rules and pipes share: text with `<variables>`, and the paths by which
 * values are taken out of an event.
 */

/** Whether a path is one that `selectPath` follows: `$`, `$.detail.a`, `$.detail.list[0]`, `$['detail-type']`. */
export function isPath(path: string): boolean {
  return /^\$(\.[\w-]+|\[\d+\]|\['[^']+'\])*$/.test(path);
}

/** What is at a path; undefined when there is nothing. */
export function selectPath(path: string, event: Json): Json | undefined {
  const steps = path.match(/[\w-]+|'[^']+'/g) ?? [];
  return steps.reduce<Json | undefined>((value, step) => {
    if (Array.isArray(value)) return value[Number(step)];
    const name = step.replace(/^'|'$/g, '');
    return isObject(value) && Object.hasOwn(value, name) ? value[name] : undefined;
  }, event);
}

/**
 * Fills in a template. Inside of JSON text values are inserted bare and escaped, elsewhere as JSON.
 * @param variable answers what stands for a name, without its angle brackets
 */
export function fillTemplate(template: string, variable: (name: string) => Json | undefined): string {
  let inText = false;
  return template.replace(/<([^<>\s"]+)>|\\.|"/gs, (token, name: string | undefined) => {
    if (token === '"') inText = !inText;
    if (name === undefined) return token;
    const value = variable(name);
    if (!inText) return JSON.stringify(value ?? '');
    const text = typeof value === 'string' ? value : value === undefined ? '' : JSON.stringify(value);
    return JSON.stringify(text).slice(1, -1);
  });
}
