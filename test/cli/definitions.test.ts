import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import { localCommands } from '../../local/cli/commands';
import { fillPlaceholders } from '../../local/cli/definition-file';
import { main } from '../../local/cli/main';
import { temporaryDirectory } from '../assembly/synthesize';
import { capture } from './capture';

const directory = temporaryDirectory();
const cli = (...argv: string[]) => capture(() => main(argv, localCommands));

function file(name: string, text: string): string {
  const path = join(directory, name);
  writeFileSync(path, text);
  return path;
}

const sound = file(
  'sound.asl.json',
  `{
  "StartAt": "Ask",
  "States": {
    "Ask": { "Type": "Task", "Resource": "\${AskFunctionArn}", "TimeoutSeconds": \${Patience}, "Next": "Tell" },
    "Tell": {
      "Type": "Task",
      "Resource": "arn:\${AWS::Partition}:states:::sns:publish",
      "Parameters": { "TopicArn": "\${TopicArn}", "Message": "\${Stage} is over" },
      "End": true
    }
  }
}
`,
);

const unsound = file(
  'unsound.asl.json',
  `{
  "StartAt": "Each",
  "States": {
    "Each": {
      "Type": "Map",
      "ItemProcessor": {
        "StartAt": "And/or",
        "States": {
          "And/or": { "Type": "Task", "Resource": "\${Work}", "Next": "Nowhere" }
        }
      },
      "End": true
    },
    "Lost": { "Type": "Succeed" }
  }
}
`,
);

describe('placeholders', () => {
  test.each([
    ['"Resource": "${Greet}"', '"Resource": "arn:aws:lambda:us-east-1:123456789012:function:Greet"'],
    [
      '"Resource" : "${InspectActivityArn}"',
      '"Resource" : "arn:aws:states:us-east-1:123456789012:activity:InspectActivityArn"',
    ],
    ['"arn:${AWS::Partition}:x:${AWS::Region}:${AWS::AccountId}:y"', '"arn:aws:x:us-east-1:123456789012:y"'],
    ['"Seconds": ${Wait}, "Comment": "${Wait}"', '"Seconds": 1, "Comment": "Wait"'],
    ['"say \\"${Word}\\""', '"say \\"Word\\""'],
    ['"{% ${"a": 1} %}"', '"{% ${"a": 1} %}"'],
  ])('%s becomes %s', (text, filled) => expect(fillPlaceholders(text)).toBe(filled));
});

describe('validate', () => {
  test('is content with what CloudFormation will complete', async () => {
    expect(await cli('validate', sound)).toEqual({ code: 0, stdout: '1 file: 0 errors, 0 warnings\n', stderr: '' });
  });

  test('names file, line, state and problem, and fails', async () => {
    const { code, stdout } = await cli('validate', sound, unsound);
    expect(code).toBe(1);
    expect(stdout.split('\n')).toEqual([
      `${unsound}:6: warning: state 'Each': Block has no terminal state (MISSING_END_STATE)`,
      `${unsound}:9: error: state 'And/or': Missing 'Next' target: Nowhere (MISSING_TRANSITION_TARGET)`,
      `${unsound}:14: error: state 'Lost': State "Lost" is not reachable. (MISSING_TRANSITION_TARGET)`,
      '2 files: 2 errors, 1 warning',
      '',
    ]);
  });

  test.each([
    ['sound', 0, '1 file: 0 errors, 0 warnings\n'],
    ['unsound', 1, "-:9: error: state 'And/or': Missing 'Next' target: Nowhere (MISSING_TRANSITION_TARGET)\n"],
    ['nothing', 1, '-:1: error: '],
  ])('reads what is %s from standard input, which it calls -', async (kind, code, told) => {
    const text = { sound: readFileSync(sound), unsound: readFileSync(unsound) }[kind] ?? '';
    const { stdin } = process;
    Object.defineProperty(process, 'stdin', { value: Readable.from([text]), configurable: true });
    try {
      expect(await cli('validate', '-')).toMatchObject({ code, stdout: expect.stringContaining(told) });
    } finally {
      Object.defineProperty(process, 'stdin', { value: stdin, configurable: true });
    }
  });

  test('tells all of it as JSON', async () => {
    const { code, stdout } = await cli('validate', '--json', unsound);
    expect(code).toBe(1);
    expect(JSON.parse(stdout)).toEqual([
      {
        file: unsound,
        result: 'FAIL',
        diagnostics: expect.arrayContaining([
          expect.objectContaining({ severity: 'ERROR', code: 'MISSING_TRANSITION_TARGET', line: 9, state: 'And/or' }),
        ]),
      },
    ]);
  });

  test('finds what Express state machines may not do', async () => {
    const waiting = file(
      'waiting.json',
      '{"StartAt":"W","States":{"W":{"Type":"Task","Resource":"arn:aws:states:::sqs:sendMessage.waitForTaskToken","Parameters":{"QueueUrl":"q","MessageBody.$":"$$.Task.Token"},"End":true}}}',
    );
    expect((await cli('validate', waiting)).code).toBe(0);
    expect((await cli('validate', '--express', waiting)).stdout).toContain("does not support '.waitForTaskToken'");
  });

  test('says on which line a text is no JSON', async () => {
    const broken = file('broken.json', '{\n  "StartAt": "A",,\n}');
    const { code, stdout } = await cli('validate', broken);
    expect(code).toBe(1);
    expect(stdout).toMatch(
      /^.*broken\.json:2: error: Unexpected character.*\(INVALID_JSON_DESCRIPTION\)\n1 file: 1 error/,
    );
  });

  test('wants files that there are', async () => {
    expect(await cli('validate')).toMatchObject({ code: 2, stderr: expect.stringContaining('FILE is missing.') });
    const absent = join(directory, 'absent.json');
    const { code, stdout } = await cli('validate', absent, unsound, directory);
    expect(code).toBe(1);
    expect(stdout).toContain(
      `${absent}:1: error: ${absent} cannot be read: there is no such file. (UNREADABLE_FILE)\n`,
    );
    expect(stdout).toContain(`${unsound}:9: error: `);
    expect(stdout).toContain(
      `error: ${directory} is a folder. Name the files in it that are meant. (UNREADABLE_FILE)\n`,
    );
    expect(stdout).toContain('3 files: 4 errors, 1 warning\n');
    const json = JSON.parse((await cli('validate', '--json', absent, sound)).stdout);
    expect(json).toMatchObject([
      { file: absent, result: 'FAIL' },
      { file: sound, result: 'OK' },
    ]);
  });

  test('says of a template how its state machines are checked', async () => {
    const template = file('Orders.template.json', '{"Resources":{}}');
    const { code, stdout } = await cli('validate', template);
    expect(code).toBe(1);
    expect(stdout).toContain(
      'error: This is a CloudFormation template, not a definition. Its state machines are checked when',
    );
  });

  test('says that YAML is not read, unless it is JSON too', async () => {
    const yaml = join(directory, 'machine.asl.yaml');
    writeFileSync(yaml, 'StartAt: A\n');
    expect(await cli('validate', yaml)).toMatchObject({
      code: 1,
      stdout: expect.stringContaining(`${yaml} is YAML, which is not read here`),
    });
    writeFileSync(yaml, JSON.stringify({ StartAt: 'A', States: { A: { Type: 'Succeed' } } }));
    expect(await cli('validate', yaml)).toMatchObject({ code: 0 });
  });
});

describe('picture', () => {
  test('draws to standard output, a file, or a directory', async () => {
    const { code, stdout } = await cli('picture', sound);
    expect(code).toBe(0);
    expect(stdout).toMatch(/^<svg .*<title>sound<\/title>.*>Ask<\/text>.*>Tell<\/text>.*<\/svg>\n$/s);
    const one = join(directory, 'one.svg');
    expect(await cli('picture', sound, '--out', one)).toEqual({ code: 0, stdout: '', stderr: '' });
    expect(readFileSync(one, 'utf8')).toBe(stdout);
    const pictures = join(directory, 'pictures');
    await cli('picture', sound, sound, '--out', pictures);
    expect(readFileSync(join(pictures, 'sound.svg'), 'utf8')).toBe(stdout);
  });

  test('refuses what is not valid, and then writes nothing', async () => {
    const out = join(directory, 'never');
    const { code, stderr } = await cli('picture', sound, unsound, '--out', out);
    expect({ code, stderr }).toEqual({
      code: 1,
      stderr: expect.stringContaining(
        "unsound.asl.json is not a valid definition: Missing 'Next' target: Nowhere (line 9)",
      ),
    });
    expect(existsSync(out)).toBe(false);
  });

  test('wants a directory for several files', async () => {
    expect((await cli('picture', sound, sound)).stderr).toContain('Several files need --out DIR.');
    const within = join(sound, 'x.svg');
    expect(await cli('picture', sound, '--out', within)).toEqual({
      code: 1,
      stdout: '',
      stderr: `stepwright: ${within} cannot be written: ${sound} is a file, not a folder.\n`,
    });
  });
});
