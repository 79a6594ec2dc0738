import { isObject, type Json, type JsonObject } from '../json';
import { checkFields, checkOneOf, type Fields } from './fields';
import { isExpression } from './jsonata';
import { itemBatcher, itemReader, resultWriter } from './map-data';
import type { BlockCheck } from './parallel';
import type { Place } from './place';
import { objectTemplate, template } from './template';
import { decimal, integer, itemsPath, oneOf, orExpression, type Rule, referencePath } from './values';

const MAX_LABEL_LENGTH = 40;

/** Fields that have a meaning only where every item runs in an execution of its own. */
const DISTRIBUTED_ONLY = ['ItemReader', 'ItemBatcher', 'ResultWriter', 'Label'];

function processor(block: BlockCheck): Rule {
  return (value, place) => {
    const config = isObject(value) && isObject(value.ProcessorConfig) ? value.ProcessorConfig : {};
    const type =
      config.Mode !== 'DISTRIBUTED' ? place.type : config.ExecutionType === 'EXPRESS' ? 'EXPRESS' : 'STANDARD';
    block(value, place.with({ type }), { ProcessorConfig: processorConfig(place) });
  };
}

function processorConfig(outside: Place): Rule {
  return (value, place) => {
    const config = checkFields(value, place, {
      Mode: oneOf('INLINE', 'DISTRIBUTED'),
      ExecutionType: oneOf('STANDARD', 'EXPRESS'),
    });
    if (config?.Mode === 'DISTRIBUTED') {
      if (config.ExecutionType === undefined) place.error('These fields are required: [ExecutionType]');
      if (outside.type === 'EXPRESS') {
        place
          .field('Mode')
          .error("The field 'Mode' with value 'DISTRIBUTED' is not supported inside 'EXPRESS' state machines");
      }
    } else if (config?.ExecutionType !== undefined) {
      place.error("Field 'ExecutionType' is not supported");
    }
  };
}

const items: Rule = (value, place) => {
  // An object's fields become items, too.
  if (!Array.isArray(value) && !isObject(value) && !isExpression(value)) place.error('Expected value of type Array');
  template(value, place);
};

const label: Rule = (value, place) => {
  if (typeof value !== 'string') place.error('Expected value of type String');
  else if (value === '' || value.length > MAX_LABEL_LENGTH || /[\s<>{}[\]?*"#%\\^|~`$&,;:/\p{Cc}]/u.test(value)) {
    place.error(`Invalid label name: ${value}`, 'INVALID_LABEL_NAME');
  }
};

const fields: Fields = {
  ItemsPath: itemsPath,
  Items: items,
  ItemSelector: orExpression(objectTemplate),
  Parameters: template,
  ResultSelector: objectTemplate,
  MaxConcurrency: orExpression(integer(0)),
  MaxConcurrencyPath: referencePath,
  ItemReader: itemReader,
  ItemBatcher: itemBatcher,
  ResultWriter: resultWriter,
  Label: label,
  ToleratedFailurePercentage: orExpression(decimal(0, 100)),
  ToleratedFailurePercentagePath: referencePath,
  ToleratedFailureCount: orExpression(integer(0)),
  ToleratedFailureCountPath: referencePath,
};

export function mapFields(block: BlockCheck): Fields {
  return { ...fields, ItemProcessor: processor(block), Iterator: processor(block) };
}

export function checkMap(state: JsonObject, place: Place): void {
  checkOneOf(state, place, ['ItemProcessor', 'Iterator'], true);
  checkOneOf(state, place, ['ItemSelector', 'Parameters']);
  checkOneOf(state, place, ['MaxConcurrency', 'MaxConcurrencyPath']);
  checkOneOf(state, place, ['ToleratedFailurePercentage', 'ToleratedFailurePercentagePath']);
  checkOneOf(state, place, ['ToleratedFailureCount', 'ToleratedFailureCountPath']);
  if (modeOf(state.ItemProcessor ?? state.Iterator) === 'DISTRIBUTED') return;
  for (const name of DISTRIBUTED_ONLY) {
    if (state[name] !== undefined) place.error(`Field '${name}' is not supported`);
  }
}

function modeOf(block: Json | undefined): Json | undefined {
  return isObject(block) && isObject(block.ProcessorConfig) ? block.ProcessorConfig.Mode : undefined;
}
