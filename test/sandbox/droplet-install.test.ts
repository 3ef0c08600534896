import { afterAll, beforeAll, describe, expect, it, onTestFinished } from 'vitest';
import { NO_DELAYS } from '../fixtures/no-delays.js';
import { type Sandbox, startSandbox } from '../fixtures/open-sandbox.js';
import { createTestDroplet, FOLDER, type TestDroplet, TestShell } from './droplet-fixture.js';

const STEPS = [
  'wait_cloud_init',
  'wait_apt',
  'make_swap',
  'prepare_node',
  'check_environment',
  'harden_system',
  'install_node',
  'generate_certs',
  'configure_nginx',
  'deploy_panel',
  'deploy_gatekeeper',
];

let sandbox: Sandbox;
beforeAll(async () => {
  sandbox = await startSandbox({ delays: NO_DELAYS, restartSshDuringInstall: false });
});
afterAll(() => sandbox.close());

interface LogEvent {
  readonly event: string;
  readonly step?: string;
  readonly status?: string;
  readonly message?: string;
  readonly code?: string;
}

function eventsOf(log: string): LogEvent[] {
  const lines = log.split('\n').filter((line) => line.startsWith('{'));
  return lines.map((line) => JSON.parse(line) as LogEvent);
}

/** Follows to the end, on as many connections as it takes; how many that were. */
async function followToEnd(
  droplet: TestDroplet,
  from: Sandbox = sandbox,
): Promise<{ log: string; connections: number }> {
  let log = '';
  for (let connections = 1; ; connections++) {
    const shell = await TestShell.open(from, droplet);
    const { stdout, code } = await shell.exec(`sh ${FOLDER}/follow.sh ${Buffer.byteLength(log)}`);
    shell.close();
    log += stdout;
    if (code !== undefined) return { log, connections };
  }
}

async function start(droplet: TestDroplet, again = '', from: Sandbox = sandbox): Promise<void> {
  const shell = await TestShell.open(from, droplet);
  await shell.upload();
  expect((await shell.exec(`sh ${FOLDER}/start.sh${again}`)).code).toBe(0);
  shell.close();
}

async function exitCode(droplet: TestDroplet): Promise<string> {
  const shell = await TestShell.open(sandbox, droplet);
  const { stdout } = await shell.exec(`cat ${FOLDER}/exit`);
  shell.close();
  return stdout;
}

describe('an installation', () => {
  it('drops the connection while hardening, and is picked up again at the byte where it broke', async () => {
    // Time for the connection to be there when it is dropped.
    const install = { ...NO_DELAYS.install, harden_system: 2000 };
    const dropping = await startSandbox({ delays: { ...NO_DELAYS, install } });
    onTestFinished(() => dropping.close());
    const droplet = await createTestDroplet(dropping);
    await start(droplet, '', dropping);
    const { log, connections } = await followToEnd(droplet, dropping);
    expect(connections).toBe(2);
    expect(log).toBe(dropping.controls.readFile(droplet.id, `${FOLDER}/log`));
  });

  it('runs through all steps', async () => {
    const droplet = await createTestDroplet(sandbox);
    await start(droplet);
    const { log } = await followToEnd(droplet);
    const ended = eventsOf(log).filter(
      ({ status }) => status === 'complete' || status === 'skipped',
    );
    expect(ended.map(({ step }) => step)).toEqual(STEPS);
    expect(eventsOf(log).at(-1)).toEqual({
      event: 'complete',
      server: {
        ip: droplet.address,
        panelUrl: `https://${droplet.address}:9292`,
        p12Path: '/etc/portlama/pki/client.p12',
        p12PasswordPath: '/etc/portlama/pki/.p12-password',
      },
    });
    const lines = log.trimEnd().split('\n').length;
    expect(lines).toBeGreaterThan(120);
    expect(await exitCode(droplet)).toBe('0\n');
  });

  it('is not there before it was started, and is started once', async () => {
    const droplet = await createTestDroplet(sandbox);
    const shell = await TestShell.open(sandbox, droplet);
    await shell.upload();
    expect((await shell.exec(`sh ${FOLDER}/follow.sh 0`)).code).toBe(3);
    await shell.exec(`sh ${FOLDER}/start.sh`);
    await shell.exec(`sh ${FOLDER}/start.sh`);
    const { log } = await followToEnd(droplet);
    const starts = eventsOf(log).filter(
      ({ event, status }) => event === 'step' && status === 'running',
    );
    expect(starts.map(({ step }) => step)).toEqual(STEPS);
  });

  it('fails where it is told to, and runs again when asked', async () => {
    sandbox.controls.addDropletFault({
      kind: 'install-fails',
      step: 'configure_nginx',
      message: 'nginx -t failed',
      runs: 1,
    });
    const droplet = await createTestDroplet(sandbox);
    await start(droplet);
    const first = (await followToEnd(droplet)).log;
    expect(eventsOf(first).slice(-2)).toEqual([
      { event: 'step', step: 'configure_nginx', status: 'failed' },
      { event: 'error', message: 'nginx -t failed' },
    ]);
    expect(await exitCode(droplet)).toBe('1\n');
    await start(droplet);
    expect((await followToEnd(droplet)).log).toBe(first);
    await start(droplet, ' again');
    expect(eventsOf((await followToEnd(droplet)).log).at(-1)?.event).toBe('complete');
  });

  it.each([
    [{ kind: 'out-of-memory' } as const, 'out-of-memory', '1\n'],
    [{ kind: 'apt-locked' } as const, 'apt-locked', '1\n'],
  ])('reports %j by its code', async (fault, code, exit) => {
    sandbox.controls.addDropletFault(fault);
    const droplet = await createTestDroplet(sandbox);
    await start(droplet);
    expect(eventsOf((await followToEnd(droplet)).log).at(-1)?.code).toBe(code);
    expect(await exitCode(droplet)).toBe(exit);
  });

  it('waits for a lock of apt that goes', async () => {
    sandbox.controls.addDropletFault({ kind: 'apt-locked', forMs: 20 });
    const droplet = await createTestDroplet(sandbox);
    await start(droplet);
    const { log } = await followToEnd(droplet);
    expect(log).toContain('Waiting for unattended-upgr');
    expect(eventsOf(log).at(-1)?.event).toBe('complete');
  });

  it('can write ten thousand lines a second', async () => {
    sandbox.controls.addDropletFault({ kind: 'log-flood', linesPerSecond: 10_000, forMs: 100 });
    const droplet = await createTestDroplet(sandbox);
    await start(droplet);
    expect((await followToEnd(droplet)).log.match(/flood line \d+\n/g)?.length).toBe(1000);
  });

  it('needs an installer', async () => {
    const droplet = await createTestDroplet(sandbox);
    const shell = await TestShell.open(sandbox, droplet);
    await shell.upload("INSTALLER_TARBALL='installer.tgz'\n");
    await shell.exec(`sh ${FOLDER}/start.sh`);
    shell.close();
    const { log } = await followToEnd(droplet);
    expect(eventsOf(log).at(-1)?.message).toContain('installer.tgz is not there');
  });
});

describe('hand-over', () => {
  it('changes the host key, takes the temporary key away and leaves nothing', async () => {
    const droplet = await createTestDroplet(sandbox);
    const shell = await TestShell.open(sandbox, droplet);
    await shell.upload();
    expect((await shell.exec(`printf '%s\\n' 'x y' | sh ${FOLDER}/hand-over.sh apply`)).code).toBe(
      65,
    );
    const fresh = await shell.exec(`sh ${FOLDER}/hand-over.sh prepare`);
    expect(fresh.stdout).toMatch(/^ssh-ed25519 AAAA\S+/);
    expect(fresh.stdout).not.toContain(droplet.hostKey.publicKey.split(' ')[1]);
    expect((await shell.exec(`sh ${FOLDER}/hand-over.sh prepare`)).stdout).toBe(fresh.stdout);
    const applied = await shell.exec(
      `printf '%s\\n' '${droplet.key.publicKey}' | sh ${FOLDER}/hand-over.sh apply`,
    );
    expect(applied.code).toBe(0);
    expect((await shell.exec(`test -e ${FOLDER}`)).code).toBe(1);
    shell.close();
    let seen = '';
    const next = TestShell.open(sandbox, droplet, (key) => (seen = key.toString('base64')));
    await expect(next).rejects.toThrow(/authentication/);
    expect(fresh.stdout).toContain(seen);
  });
});
