import { integrationOf } from '../integrations/integration';
import { type TemplateLanguage, templateMistakes } from '../integrations/parameters';
import type { JsonObject } from '../json';
import { isExpression } from './jsonata';
import type { Place } from './place';

const LANGUAGES: Record<'JSONPath' | 'JSONata', TemplateLanguage> = {
  JSONPath: { isDynamicField: (name) => name.endsWith('.$'), isDynamicValue: () => false },
  JSONata: { isDynamicField: () => false, isDynamicValue: isExpression },
};

/** What a Task asks its integration for: it must be there, and what is known of it must fit. */
export function checkParameters({ Resource: arn, ...state }: JsonObject, place: Place): void {
  const integration = typeof arn === 'string' ? integrationOf(arn) : undefined;
  if (!integration) return;
  const [field, foreign] = place.language === 'JSONata' ? ['Arguments', 'Parameters'] : ['Parameters', 'Arguments'];
  const template = state[field];
  if (template === undefined) {
    // That one is of the other language has been said.
    if (state[foreign] !== undefined) return;
    place.field('Resource').error(`${field} field is required for resource ARN: ${arn}`);
    return;
  }
  const at = place.field(field);
  for (const { message, later } of templateMistakes(integration, template, LANGUAGES[place.language])) {
    if (later) at.warn(message, 'UNSUPPORTED_PARAMETER');
    else at.error(message);
  }
}
