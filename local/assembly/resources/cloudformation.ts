import { NESTED_STACK } from '../nesting';
import { Properties } from '../properties';
import type { ResourceProvider } from '../resource';

/** A stack in a stack: its own resources go by its own name, which follows from those above it. */
export const nestedStack: ResourceProvider = {
  type: NESTED_STACK,
  honoured: ['TemplateURL', 'Parameters'],
  inert: ['Tags', 'NotificationARNs', 'TimeoutInMinutes'],
  deploy: (values, context) =>
    context.nest(context.name(undefined, { longest: 128 }), new Properties(values).texts('Parameters')),
  remove: ({ ref }, { removeStack }) => removeStack(ref),
};
