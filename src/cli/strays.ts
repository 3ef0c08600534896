import { findStrays } from '../services/provisioning/strays.js';
import { adoptDroplet } from '../usecases/adopt-droplet.js';
import { destroyUnlistedDroplet } from '../usecases/destroy-unlisted-droplet.js';
import { missingCertificateLines } from '../words/access.js';
import { lineText } from '../words/line.js';
import type { Command } from './command.js';
import { requireToken } from './provision.js';
import { say } from './say.js';
import { reportLines } from './stray-lines.js';
import { toTheEnd } from './work.js';
import type { World } from './world.js';

export type StraysCommand = Extract<Command, { name: 'strays' }>;

/** Lists unlisted droplets, adds one to servers.json, or destroys one. Resolves to the exit code. */
export async function straysCommand(world: World, command: StraysCommand): Promise<number> {
  switch (command.action) {
    case 'list':
      return await listStrays(world);
    case 'adopt': {
      const { dropletId } = command;
      return await toTheEnd(world, { words: `strays adopt ${dropletId}` }, async (work) => {
        const server = await adoptDroplet(dropletId, work);
        say(world, `${server.label} is in the list, inactive. Nothing was done to the droplet.`);
        for (const line of missingCertificateLines(server)) say(world, lineText(line));
      });
    }
    case 'destroy': {
      const { dropletId, confirmed: yes } = command;
      return await toTheEnd(world, { words: `strays destroy ${dropletId}`, yes }, (work) =>
        destroyUnlistedDroplet(dropletId, work),
      );
    }
  }
}

async function listStrays(world: World): Promise<number> {
  const { registry, operations } = world;
  const token = await requireToken(world);
  const report = await findStrays(world.createApi(token), registry, operations);
  const lines = reportLines(report);
  if (lines.length === 0)
    say(world, 'No strays: the droplets of DigitalOcean are those of the list.');
  for (const line of lines) say(world, line);
  return 0;
}
