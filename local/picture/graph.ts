import { isObject, type JsonObject } from '../asl/json';
import type { Block, State, StateMachine } from '../asl/model';

/** What a picture shows of a block of states: its nodes and the ways between them. */
export interface BlockGraph {
  readonly nodes: readonly GraphNode[];
  readonly edges: readonly GraphEdge[];
}

export interface GraphNode {
  readonly id: string;
  readonly kind: 'start' | 'end' | State['Type'];
  /** Under the name: 'Lambda', 'Activity', 'waits for the task token', 'Wait', … */
  readonly caption: string;
  /** What a Parallel or Map holds, side by side. */
  readonly inner: readonly BlockGraph[];
}

export interface GraphEdge {
  readonly from: string;
  readonly to: string;
  readonly kind: 'next' | 'choice' | 'default' | 'catch';
  readonly label: string;
}

const START = '(start)';
const END = '(end)';

export function graphOf(machine: StateMachine): BlockGraph {
  return blockGraph(machine, true);
}

function blockGraph(block: Block, outermost: boolean): BlockGraph {
  const nodes: GraphNode[] = Object.entries(block.States).map(([id, state]) => ({
    id,
    kind: state.Type,
    caption: captionOf(state),
    inner: innerBlocks(state).map((inner) => blockGraph(inner, false)),
  }));
  const edges = Object.entries(block.States).flatMap(([id, state]) => edgesOf(id, state));
  if (!outermost) return { nodes, edges: edges.filter((edge) => edge.to !== END) };
  const marks: GraphNode[] = [START, END].map((id) => ({
    id,
    kind: id === START ? 'start' : 'end',
    caption: '',
    inner: [],
  }));
  return {
    nodes: [...marks, ...nodes],
    edges: [{ from: START, to: block.StartAt, kind: 'next', label: '' }, ...edges],
  };
}

function innerBlocks(state: State): Block[] {
  if (state.Type === 'Parallel') return state.Branches;
  if (state.Type !== 'Map') return [];
  const processor = state.ItemProcessor ?? state.Iterator;
  return processor ? [processor] : [];
}

function edgesOf(from: string, state: State): GraphEdge[] {
  const edges: GraphEdge[] = [];
  if (state.Type === 'Choice') {
    for (const rule of state.Choices) edges.push({ from, to: rule.Next, kind: 'choice', label: ruleLabel(rule) });
    if (state.Default) edges.push({ from, to: state.Default, kind: 'default', label: 'otherwise' });
  } else if ('Next' in state && state.Next) {
    edges.push({ from, to: state.Next, kind: 'next', label: '' });
  } else {
    edges.push({ from, to: END, kind: 'next', label: '' });
  }
  if ('Catch' in state) {
    for (const catcher of state.Catch ?? []) {
      // A catcher that goes where the state goes anyway says "go on regardless": a second line would say less.
      if (catcher.Next === state.Next) continue;
      edges.push({ from, to: catcher.Next, kind: 'catch', label: catcher.ErrorEquals.map(errorLabel).join(', ') });
    }
  }
  return edges;
}

function errorLabel(error: string): string {
  return error === 'States.ALL' ? 'any error' : error;
}

/** A rule's Comment says best what it means; else its condition, shortened. */
function ruleLabel(rule: JsonObject): string {
  const text = typeof rule.Comment === 'string' ? rule.Comment : conditionText(rule);
  return text.length > 34 ? `${text.slice(0, 33)}…` : text;
}

function conditionText(rule: JsonObject): string {
  if (typeof rule.Condition === 'string') {
    return rule.Condition.replace(/^\{%\s*|\s*%\}$/g, '').replace(/\$states\.(input|result)\./g, '');
  }
  for (const [operator, operand] of Object.entries(rule)) {
    if (operator === 'Not' && isObject(operand)) return `not (${conditionText(operand)})`;
    if ((operator === 'And' || operator === 'Or') && Array.isArray(operand)) {
      return operand
        .map((part) => (isObject(part) ? conditionText(part) : ''))
        .join(operator === 'And' ? ' and ' : ' or ');
    }
    if (operator !== 'Variable' && operator !== 'Next')
      return `${rule.Variable} ${operator} ${JSON.stringify(operand)}`;
  }
  return '';
}

function captionOf(state: State): string {
  if (state.Type !== 'Task') return state.Type;
  const service = serviceOf(state.Resource);
  return state.Resource.includes('waitForTaskToken') ? `${service} · waits for an answer` : service;
}

const SERVICE_NAMES: Record<string, string> = {
  lambda: 'Lambda',
  dynamodb: 'DynamoDB',
  s3: 'S3',
  sns: 'SNS',
  sqs: 'SQS',
  sesv2: 'SES',
  events: 'EventBridge',
  states: 'Step Functions',
  http: 'HTTP',
};

function serviceOf(resource: string): string {
  if (/:activity:|Activity/.test(resource)) return 'Activity';
  const integration = resource.match(/:states:[^:]*:[^:]*:(?:aws-sdk:)?([a-z0-9]+):([A-Za-z0-9]+)/);
  if (!integration) return 'Lambda';
  const [, service = '', action = ''] = integration;
  const name = SERVICE_NAMES[service] ?? service;
  return action === 'invoke' ? name : `${name} · ${action}`;
}
