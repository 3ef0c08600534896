import { randomUUID } from 'node:crypto';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { systemClock } from '../../src/core/time.js';
import { Redactor } from '../../src/services/log/redactor.js';
import { journalPath, openJournal } from '../../src/services/provisioning/journal/journal.js';
import { readJournal } from '../fixtures/read-journal.js';
import { runProgram } from '../fixtures/program.js';
import { temporaryFolder } from '../fixtures/temporary-folder.js';

const ID = '0123456789abcdef';
const TOKEN = `dop_v1_${'b2'.repeat(32)}`;
const BEGUN_ON = 'http://127.0.0.1:9/begun/';
const HERE = 'http://127.0.0.1:9/here/';

it.each(['cleanup', 'resume'])(
  '%s of an operation on another API than its own does nothing, and names its own',
  async (action) => {
    const folder = await temporaryFolder();
    const home = join(folder, 'portlama');
    const path = journalPath(home, ID);
    const journal = await openJournal(path, systemClock, new Redactor());
    const request = {
      id: ID,
      serverId: randomUUID(),
      label: 'edge',
      region: 'fra1',
      size: 's-1vcpu-512mb-10gb',
      image: 'ubuntu-24-04-x64',
      installer: '@lamalibre/create-portlama',
      apiUrl: BEGUN_ON,
    };
    await journal.write({ event: 'operation', request });
    await journal.write({ event: 'worker', pid: 1, startedAt: 'long ago', mode: 'run' });
    await journal.write({ event: 'step', step: 'validate_token', status: 'running' });
    await journal.close();
    const before = await readJournal(path);

    const { exitCode, stderr } = await runProgram(['operations', action, ID], {
      env: {
        HOME: folder,
        TMPDIR: folder,
        PORTLAMA_HOME: home,
        PORTLAMA_CLOUD_TOKEN: TOKEN,
        PORTLAMA_KEYSTORE: 'session',
        DIGITALOCEAN_API_URL: HERE,
      },
    });
    expect(stderr).toContain(`started on ${BEGUN_ON}, and DIGITALOCEAN_API_URL is ${HERE}`);
    expect(stderr).toContain(`Set DIGITALOCEAN_API_URL to ${BEGUN_ON}`);
    expect(exitCode).toBe(1);
    expect(await readJournal(path)).toEqual(before);
  },
);
