import type { ChildProcess } from 'node:child_process';
import { expect, it, onTestFinished } from 'vitest';
import { totpCode } from '../contract/panel-world.js';
import { control, entries, runningSandbox } from '../fixtures/running-sandbox.js';
import { filesWith, ProcessWatch, secretsIn, type SeenProcess } from './watch.js';

const DOMAIN = 'lab.example.com';
/** The cookie's value. */
const VARIABLE = /PORTLAMA_PANEL_SESSION=[^=\s]+=(\S+)/;

it('hands the session of a panel with a second factor to its worker alone, for one code', async () => {
  const sandbox = await runningSandbox();
  const succeeds = async (
    args: readonly string[],
    options: Parameters<typeof sandbox.run>[1] = {},
  ): Promise<string> => {
    const { exitCode, stdout, stderr } = await sandbox.run(args, options);
    expect([args, exitCode, stderr]).toEqual([args, 0, '']);
    return stdout;
  };
  await succeeds(['provision', '--region', 'fra1', '--label', 'edge']);
  const [edge] = await entries(sandbox);
  for (const name of [DOMAIN, `*.${DOMAIN}`])
    await control(sandbox, { action: 'setName', name, answer: [edge!.ip] });
  await succeeds(['servers', 'onboard', 'edge', '--domain', DOMAIN, '--email', 'ops@example.com']);
  let key = '';
  const givesFirstCode = (child: ChildProcess): void => {
    let said = '';
    child.stdout?.on('data', (chunk: Buffer) => {
      said += chunk.toString();
      const [, found] = /Or type this key: ([A-Z2-7]+)\n/.exec(said) ?? [];
      if (found === undefined || key !== '') return;
      key = found;
      child.stdin?.end(`${totpCode(key, 0)}\n`);
    });
  };
  await succeeds(['servers', 'two-factor', 'on', 'edge'], {
    holdsStdin: true,
    onStart: givesFirstCode,
  });
  // The panel stays away until the worker was seen.
  const dropletId = Number(edge!.providerId);
  const fault = { kind: 'update-fails', when: 'after-stop' };
  await control(sandbox, { action: 'addDropletFault', target: { dropletId }, fault });
  await control(sandbox, { action: 'publish', panelServer: '0.1.31' });
  const watch = new ProcessWatch(sandbox.folder);
  onTestFinished(() => watch.stop());
  const holders = (): readonly SeenProcess[] =>
    [...watch.seen.values()].filter(({ environment }) => VARIABLE.test(environment));
  // The one code that standard input has.
  const updating = sandbox.run(['servers', 'update', 'edge'], { stdin: `${totpCode(key, 1)}\n` });
  await expect.poll(() => holders().length, { timeout: 20_000 }).toBeGreaterThan(0);
  await control(sandbox, { action: 'setPanel', dropletId, state: 'up' });
  const { stdout, stderr } = await updating;
  watch.stop();

  const [, value = ''] = VARIABLE.exec(holders()[0]!.environment) ?? [];
  const secrets = new Map([['session', value]]);
  expect(value.length).toBeGreaterThan(20);
  expect(await filesWith(sandbox.folder, secrets)).toEqual([]);
  expect(secretsIn(stdout + stderr, secrets)).toEqual([]);
  for (const { commandLine, environment } of watch.seen.values()) {
    expect(secretsIn(commandLine, secrets)).toEqual([]);
    const isWorker = commandLine.includes('main.js worker ');
    expect([commandLine, isWorker ? [] : secretsIn(environment, secrets)]).toEqual([
      commandLine,
      [],
    ]);
  }
});
