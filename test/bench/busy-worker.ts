/**
 * A worker that has much to say: begins an operation in `home` and writes `rate` log lines a second to its journal,
 * until it is ended. Arguments: home, id (16 hex digits), rate.
 */
import { randomUUID } from 'node:crypto';
import { systemClock } from '../../src/core/time.js';
import { Redactor } from '../../src/services/log/redactor.js';
import { processStartOf } from '../../src/services/process/identity.js';
import { journalPath, openJournal } from '../../src/services/provisioning/journal/journal.js';
import { stepsOf } from '../../src/services/provisioning/steps/index.js';

const STEPS = stepsOf({});

const BURST_MS = 20;

const [home, id, rate] = process.argv.slice(2) as [string, string, string];
const journal = await openJournal(journalPath(home, id), systemClock, new Redactor());
await journal.write({
  event: 'operation',
  request: {
    id,
    serverId: randomUUID(),
    label: 'busy',
    region: 'fra1',
    size: 's-1vcpu-512mb-10gb',
    image: 'ubuntu-24-04-x64',
    installer: '@lamalibre/create-portlama',
    apiUrl: 'http://127.0.0.1:9/',
  },
});
const startedAt = (await processStartOf(process.pid)) ?? '';
await journal.write({ event: 'worker', pid: process.pid, startedAt, mode: 'run' });
for (const { id: step } of STEPS.slice(
  0,
  STEPS.findIndex(({ id }) => id === 'install_portlama'),
)) {
  await journal.write({ event: 'step', step, status: 'running' });
  await journal.write({ event: 'step', step, status: 'done', data: {} });
}
await journal.write({ event: 'step', step: 'install_portlama', status: 'running' });

const start = performance.now();
let written = 0;
setInterval(() => {
  const due = Math.floor(((performance.now() - start) * Number(rate)) / 1000);
  for (; written < due; written += 1) {
    const text = `installer: line ${written}: Setting up libsomething${written % 97} (1.${written % 13}-2ubuntu1) ...`;
    void journal.write({ event: 'log', step: 'install_portlama', text });
  }
}, BURST_MS);
