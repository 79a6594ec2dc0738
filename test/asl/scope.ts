import type { Json, JsonObject } from '../../local/asl/json';
import type { Scope } from '../../local/asl/scope';

/** A scope with a fixed "random" number and id. */
export function scopeOf(input: Json, variables: JsonObject = {}, context: JsonObject = {}): Scope {
  return { input, context, variables, random: () => 0.5, uuid: () => '11111111-2222-4333-8444-555555555555' };
}
