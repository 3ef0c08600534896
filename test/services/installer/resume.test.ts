import { writeFile } from 'node:fs/promises';
import { setTimeout as delay } from 'node:timers/promises';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { type Clock, systemClock } from '../../../src/core/time.js';
import { FOLLOW_SCRIPT } from '../../../src/services/installer/scripts/start.sh.js';
import { connectSsh } from '../../../src/services/ssh/connect.js';
import { ReconnectingSsh } from '../../../src/services/ssh/reconnecting.js';
import type { SshTarget } from '../../../src/services/ssh/ssh.js';
import { CuttingProxy, type Direction } from '../../fixtures/cutting-proxy.js';
import { randomFrom } from '../../fixtures/seeded-random.js';
import { eventually } from '../ssh/eventually.js';
import { installNode, SUCCESS } from './droplet.js';
import { type Installation, startInstallation } from './installation.js';

const LINES = 400;
/** Numbered lines of uneven length, in bursts, some of them with characters of several bytes. */
const NUMBERED = `i=0; while [ $i -lt ${LINES} ]; do i=$((i+1)); printf 'line %d äöü€ %*s|\\n' $i $((i % 97)) x; [ $((i % 20)) != 0 ] || sleep 0.1; done; ${SUCCESS}`;

/** Waits a tenth of what it is asked to. */
const HASTY: Clock = { ...systemClock, sleep: (ms, signal) => systemClock.sleep(ms / 10, signal) };

let on: Installation;
let shell: ReconnectingSsh | undefined;
let proxy: CuttingProxy | undefined;
beforeEach(async () => {
  on = await startInstallation();
  await installNode(on.droplet, NUMBERED);
});
afterEach(async () => {
  shell?.dispose();
  await proxy?.close();
  await on.end();
});

function install(target: SshTarget = on.sshd.target): Promise<void> {
  shell = new ReconnectingSsh(connectSsh, target, { clock: HASTY });
  return shell.use((connection) => on.run(connection));
}

function numbersSeen(): number[] {
  return on.events.flatMap((event) => {
    const match = event.kind === 'log' && /^line (\d+) äöü€ .*x\|$/.exec(event.text);
    return match ? [Number(match[1])] : [];
  });
}

/** Nothing lost, nothing doubled, everything in order, one installer. */
async function expectWhole(): Promise<void> {
  expect(numbersSeen()).toEqual(Array.from({ length: LINES }, (_, index) => index + 1));
  const steps = on.events.flatMap((event) =>
    event.kind === 'step' ? [`${event.step} ${event.status}`] : [],
  );
  expect(new Set(steps).size).toBe(steps.length);
  expect(on.events.filter(({ kind }) => kind === 'complete')).toHaveLength(1);
  expect(on.offset()).toBe(
    Buffer.byteLength(await on.droplet.read('root/.portlama-install-0123456789abcdef/log')),
  );
  expect(await on.installerRuns()).toBe(1);
}

describe('an installation whose connection drops', () => {
  it('is picked up exactly where it was, at several random points', async () => {
    const installed = install();
    let cuts = 0;
    const cutting = (async () => {
      while (numbersSeen().length < LINES * 0.9) {
        await delay(50 + Math.random() * 250);
        cuts += on.sshd.cutConnections();
      }
    })();
    await Promise.all([installed, cutting]);
    expect(cuts).toBeGreaterThan(4);
    await expectWhole();
  });

  it('is picked up after sshd was restarted in the middle', async () => {
    const installed = install();
    while (numbersSeen().length < LINES / 4) await delay(10);
    await on.sshd.halt();
    await delay(300);
    await on.sshd.start();
    await installed;
    await expectWhole();
  });

  it('is picked up by another client that knows the position only', async () => {
    const first = on.run(await on.connect());
    first.catch(() => {});
    while (numbersSeen().length < LINES / 3) await delay(10);
    on.sshd.cutConnections();
    await expect(first).rejects.toMatchObject({ code: 'connection-lost' });
    await install();
    await expectWhole();
  });

  it('gets no second second run, whoever follows it', async () => {
    await installNode(
      on.droplet,
      `echo '{"event":"step","step":"deploy_panel","status":"failed"}'
       echo '{"event":"error","message":"Panel health check failed."}'; exit 1`,
    );
    // The panel answers once the first client is gone.
    await on.droplet.program('curl', `[ -e "$PORTLAMA_ROOT/go" ]`);
    const first = on.run(await on.connect());
    first.catch(() => {});
    await eventually(() => on.installerRuns()).toBe(1);
    while (!on.events.some((event) => event.kind === 'step' && event.step === 'check_panel'))
      await delay(10);
    on.sshd.cutConnections();
    await expect(first).rejects.toMatchObject({ code: 'connection-lost' });
    await installNode(on.droplet, NUMBERED);
    await on.droplet.file('go', '');
    await Promise.all([install(), (await on.connect()).exec(`sh ${on.folder}/start.sh`)]);
    const steps = on.events.flatMap((event) => (event.kind === 'step' ? [event.step] : []));
    expect(steps.filter((step) => step === 'repeat_install')).toHaveLength(2);
    expect(on.events.filter(({ kind }) => kind === 'complete')).toHaveLength(1);
    expect(await on.installerRuns()).toBe(2);
  });

  it.each(Array.from({ length: 12 }, (_, index) => index + 1))(
    'survives connections cut at any byte, seed %i',
    async (seed) => {
      await installNode(on.droplet, NUMBERED.replaceAll('sleep 0.1', 'sleep 0.02'));
      const random = randomFrom(seed);
      let cuts = 0;
      proxy = new CuttingProxy();
      proxy.onCut = () => void cuts++;
      const either = (): Direction => (random() < 0.3 ? 'up' : 'down');
      // Long enough to get on, short enough to cut handshakes, uploads and the log alike.
      const bytes = (): number => Math.floor(600 + random() ** 2 * 12_000 * (cuts + 1));
      proxy.arm(() => ({ direction: either(), bytes: bytes(), how: 'reset' }));
      await install({ ...on.sshd.target, dial: await proxy.lead(() => on.sshd.port) });
      expect(cuts).toBeGreaterThan(0);
      await expectWhole();
    },
  );

  it('begins although a start.sh was left that is empty', async () => {
    const connection = await on.connect();
    await connection.exec(`mkdir -p -m 700 ${on.folder}`);
    await writeFile(`${on.folder}/follow.sh`, FOLLOW_SCRIPT);
    await writeFile(`${on.folder}/start.sh`, '');
    await on.run(connection);
    await expectWhole();
  });
});
