import { PutEventsCommand } from '@aws-sdk/client-eventbridge';
import { readObjects } from '../inventory';
import type { Stage } from '../stage';

const SECOND = 1000;
const MINUTE = 60 * SECOND;

/** A level completion, the same event once more, and one whose report cannot be stored, and is later. */
export async function playLevelComplete(stage: Stage): Promise<void> {
  stage.timeline.heading('Game level complete');
  const first = completion(stage, 'completion-1', 7, 1240, 93);

  stage.say('game-level-complete', 'Ada finishes level 7: 1,240 points in 93 seconds');
  await send(stage, first);
  stage.checks.equal('the first completion', await outcome(stage, 0), { outcome: 'complete', credited: true });
  const tables = await stage.tables();

  await stage.until(stage.now + 30 * SECOND);
  stage.say('game-level-complete', 'The same event arrives a second time');
  await send(stage, first);
  stage.checks.equal('the same completion again', await outcome(stage, 1), { outcome: 'complete', credited: false });
  stage.checks.equal('the tables after the same completion again', await stage.tables(), tables);

  await stage.until(stage.now + 30 * SECOND);
  stage.say('game-level-complete', 'Ada finishes level 8: 2,050 points, but S3 refuses the report');
  const heal = stage.cloud.faults.add({
    service: 's3',
    operation: 'PutObject',
    error: { code: 'SlowDown', message: 'Please reduce your request rate.', status: 503 },
  });
  await send(stage, completion(stage, 'completion-2', 8, 2050, 120));
  await stage.until(stage.now + 60 * SECOND);
  heal();
  stage.checks.equal('the completion without a report', await outcome(stage, 2), {
    outcome: 'partial',
    credited: true,
  });

  await stage.until(stage.now + 10 * MINUTE);
  const repaired = await readObjects(stage.s3, 'completion-2');
  stage.checks.equal('objects of the report that the repair made up for', repaired.length, 2);
}

function completion(stage: Stage, completionId: string, level: number, score: number, durationSeconds: number) {
  const completedAt = new Date(stage.now).toISOString();
  return { completionId, playerId: 'ada', level, score, durationSeconds, completedAt };
}

/** Puts the event on the application's bus, as the game would. */
async function send(stage: Stage, detail: object): Promise<void> {
  const { FailedEntryCount } = await stage.events.send(
    new PutEventsCommand({
      Entries: [
        {
          EventBusName: await stage.bus(),
          Source: 'stepwright.game',
          DetailType: 'LevelCompleted',
          Detail: JSON.stringify(detail),
        },
      ],
    }),
  );
  stage.checks.equal('events that the bus refused', FailedEntryCount, 0);
  await stage.settle();
}

async function outcome(stage: Stage, index: number): Promise<{ outcome?: string; credited?: boolean }> {
  const follower = stage.followers['game-level-complete'];
  const events = follower.history(follower.names()[index] ?? '');
  const output = events.at(-1)?.executionSucceededEventDetails?.output;
  if (!output) return {};
  const { outcome, credited } = JSON.parse(output);
  return { outcome, credited };
}
