import { type Command, parseCommandLine } from '../command';
import { callControl } from '../control-call';
import { holderName } from '../denial-line';
import { DEFAULT_DATA_DIRECTORY, findEndpoints } from '../endpoints-file';
import type { RolesReport } from '../roles-control';

export const rolesCommand: Command = {
  summary: 'Tell which grants of roles nothing has used',
  usage: `
Usage: stepwright roles [--all] [--data DIR]

Lists, of what the roles of a running local cloud may do by the stacks' policies, the grants that nothing has used since its start: a run of all
that the app does leaves those that are too many. Roles that made no call are counted only.

  --all        list the grants of roles that made no call, too
  --data DIR   the data directory of the local cloud (${DEFAULT_DATA_DIRECTORY})
`,
  async run(argv) {
    const { values } = parseCommandLine(argv, {
      all: { type: 'boolean', default: false },
      data: { type: 'string', default: DEFAULT_DATA_DIRECTORY },
    });
    const { control } = findEndpoints(values.data);
    process.stdout.write(describeRoles(await callControl<RolesReport>(control, 'roles-unused', {}), values.all));
    return 0;
  },
};

/** @param all those that made no call, too */
export function describeRoles({ roles }: RolesReport, all = false): string {
  const idle = roles.filter(({ holders }) => holders.length === 0);
  const shown = all ? roles : roles.filter((role) => !idle.includes(role));
  const sections = shown
    .filter(({ grants }) => grants.length > 0)
    .map(({ roleArn, holders, grants }) => {
      const who = holders.length === 0 ? 'made no call' : holders.map(holderName).join(', ');
      const lines = grants.flatMap(({ actions, resources }) => [
        `  ${actions.join(', ')}`,
        ...resources.map((resource) => `    ${resource}`),
      ]);
      return `${roleArn.slice(roleArn.indexOf(':role/') + 6)} (${who})\n${lines.join('\n')}\n`;
    });
  const head = sections.length > 0 ? 'Granted, and used by nothing since the start:\n' : 'Every grant has been used.\n';
  const rest = idle.length > 0 && !all ? [`Roles that made no call: ${idle.length} (--all lists their grants).\n`] : [];
  return [head, ...sections, ...rest].join('\n');
}
