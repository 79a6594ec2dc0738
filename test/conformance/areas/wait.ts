import { type Case, jsonata, machine } from '../case';

/** Amazon States Language, "Wait State". https://states-language.net/spec.html#wait-state */
const waits = (name: string, fields: object, until: number, make = machine): Case => ({
  name,
  definition: make({ W: { Type: 'Wait', ...fields } }),
  input: { n: 30, at: '2026-03-01T08:00:45Z' },
  history: `
    2 <- 0 WaitStateEntered {"name":"W","input":{"n":30,"at":"2026-03-01T08:00:45Z"}}
    3 <- 2 WaitStateExited${until === 0 ? '' : ` @${until}`} {"name":"W","output":{"n":30,"at":"2026-03-01T08:00:45Z"}}
    4 <- 3 ExecutionSucceeded {"output":{"n":30,"at":"2026-03-01T08:00:45Z"}}`,
});

export const wait: Case[] = [
  waits('Seconds', { Seconds: 10 }, 10),
  waits('Seconds 0 does not wait', { Seconds: 0 }, 0),
  waits('SecondsPath', { SecondsPath: '$.n' }, 30),
  waits('Timestamp, in any offset from UTC', { Timestamp: '2026-03-01T10:01:00+02:00' }, 60),
  waits('TimestampPath', { TimestampPath: '$.at' }, 45),
  waits('a Timestamp of the past does not wait', { Timestamp: '2020-01-01T00:00:00Z' }, 0),
  waits('Seconds of an expression', { Seconds: '{% $states.input.n * 2 %}' }, 60, jsonata),
  waits('Timestamp of an expression', { Timestamp: '{% $states.input.at %}' }, 45, jsonata),
  {
    name: 'longer than 24 days, as a library loan does',
    definition: machine({ W: { Type: 'Wait', Seconds: 3_628_800 } }),
    history: `
      2 <- 0 WaitStateEntered {"name":"W","input":{}}
      3 <- 2 WaitStateExited @3628800 {"name":"W","output":{}}
      4 <- 3 ExecutionSucceeded {"output":{}}`,
  },
  {
    name: 'a SecondsPath to what is no number fails the execution',
    definition: machine({ W: { Type: 'Wait', SecondsPath: '$.n' } }),
    input: { n: 'ten' },
    error: 'States.Runtime',
  },
];
