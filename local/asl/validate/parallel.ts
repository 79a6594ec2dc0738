import type { Json } from '../json';
import type { Fields } from './fields';
import type { Place } from './place';
import { objectTemplate, template } from './template';
import { listOf } from './values';

/** Checks a block of states, a Parallel's branch or a Map's processor; `more` are fields that it has besides. */
export type BlockCheck = (value: Json, place: Place, more?: Fields) => void;

export function parallelFields(block: BlockCheck): Fields {
  return {
    Branches: listOf((branch, place) => block(branch, place)),
    Parameters: template,
    Arguments: template,
    ResultSelector: objectTemplate,
  };
}
