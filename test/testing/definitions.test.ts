import { stateMachine, stateMachineOf } from '../../local/testing';
import { writeAssembly } from '../assembly/synthesize';

const pass = (Result: string) => ({ StartAt: 'Say', States: { Say: { Type: 'Pass', Result, End: true } } });

const machine = (definition: object, more: object = {}) => ({
  Type: 'AWS::StepFunctions::StateMachine',
  Properties: { RoleArn: 'arn:aws:iam::123456789012:role/r', DefinitionString: JSON.stringify(definition), ...more },
});

describe('a definition', () => {
  test('that AWS would refuse is refused, with the reason', async () => {
    const broken = stateMachine({ StartAt: 'Nowhere', States: { Say: { Type: 'Succeed' } } }, { name: 'broken' });

    await expect(broken.start()).rejects.toThrow(/^broken: Invalid State Machine Definition: '.*Nowhere/);
  });

  test('whose file is not there is refused', async () => {
    await expect(stateMachine('no/such.asl.json').start()).rejects.toThrow('ENOENT');
  });

  test('has its placeholders filled; those without a value stay', async () => {
    const greeting = stateMachine(pass('${Greeting}, ${Name}!'), { substitutions: { Greeting: 'Hello' } });

    expect((await greeting.start()).output).toBe('Hello, ${Name}!');
  });

  test('of an Express workflow ends within five minutes', async () => {
    const slow = { StartAt: 'Rest', States: { Rest: { Type: 'Wait', Seconds: 301, End: true } } };

    expect((await stateMachine(slow, { type: 'EXPRESS' }).run()).status).toBe('TIMED_OUT');
    expect((await stateMachine(slow).run()).status).toBe('SUCCEEDED');
  });
});

describe('a state machine of a synthesized stack', () => {
  const assembly = writeAssembly('Orders', {
    Desk: { Type: 'AWS::StepFunctions::Activity', Properties: { Name: 'desk' } },
    Charge: { Type: 'AWS::Lambda::Function', Properties: { Runtime: 'python3.13' } },
    BillingAB12: machine(
      {
        StartAt: 'Bill',
        States: {
          Bill: {
            Type: 'Task',
            Resource: 'arn:aws:states:::lambda:invoke',
            Parameters: { FunctionName: '${Charge}' },
            Next: 'Check',
          },
          Check: { Type: 'Task', Resource: '${Desk}', End: true },
        },
      },
      { DefinitionSubstitutions: { Charge: { 'Fn::GetAtt': ['Charge', 'Arn'] }, Desk: { Ref: 'Desk' } } },
    ),
    ShippingCD34: machine(pass('shipped'), { StateMachineType: 'EXPRESS' }),
  });

  test('is found by its logical id, with what the stack puts into it', async () => {
    const billing = stateMachineOf(assembly, 'Orders/Billing', { tasks: { Bill: { Payload: {} } } });
    const execution = await billing.start();

    expect(execution.calls('Bill')).toEqual([{ FunctionName: expect.stringMatching(/^arn:aws:lambda:.*Charge/) }]);
    await execution.task('Check').succeed('checked');
    expect(execution.output).toBe('checked');
  });

  test('is found by its stack, when it is the only one', async () => {
    const single = writeAssembly('Shipping', { Machine: machine(pass('shipped')) });

    expect((await stateMachineOf(single, 'Shipping').start()).output).toBe('shipped');
  });

  test.each([
    ['Orders', 2],
    ['Orders/Refund', 0],
    ['Order', 0],
  ])('that is not told apart or not there (%s) is refused, with those that are', async (path, count) => {
    await expect(stateMachineOf(assembly, path).start()).rejects.toThrow(
      `has ${count} state machines '${path}', not 1 of: Orders/BillingAB12, Orders/ShippingCD34`,
    );
  });
});
