import { readFile, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { totpCode } from '../contract/panel-world.js';
import type { Ended, RunOptions } from '../fixtures/program.js';
import {
  control,
  entries,
  type RunningSandbox,
  runningSandbox,
} from '../fixtures/running-sandbox.js';

const DOMAIN = 'lab.example.com';
/** Twenty starts of the program on a busy machine. */
const PATIENCE_MS = 120_000;
const EMAIL = ['--email', 'jane@example.com'];

/** JSON objects that a command printed. */
function recordsOf({ stdout }: Ended): readonly Record<string, unknown>[] {
  return stdout
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line) as Record<string, unknown>);
}

/** Runs a command about servers, words apart by spaces, that must end with this exit code. */
function runner(sandbox: RunningSandbox) {
  return async (words: string, exitCode = 0, options: Partial<RunOptions> = {}): Promise<Ended> => {
    const ended = await sandbox.run(['servers', ...words.split(' ')], options);
    expect([words, ended.exitCode, ended.stdout + ended.stderr]).toEqual([
      words,
      exitCode,
      expect.anything(),
    ]);
    return ended;
  };
}

async function onboarded(sandbox: RunningSandbox): Promise<void> {
  const [edge] = await entries(sandbox);
  for (const name of [DOMAIN, `*.${DOMAIN}`])
    await control(sandbox, { action: 'setName', name, answer: [edge!.ip] });
  await runner(sandbox)(`onboard edge --domain ${DOMAIN} --email ops@example.com`);
}

describe('commands about what a server is for', { timeout: PATIENCE_MS }, () => {
  it('say that it comes after the set-up, and work from then on', async () => {
    const sandbox = await runningSandbox();
    const run = runner(sandbox);
    await sandbox.run(['provision', '--region', 'fra1', '--label', 'edge']);
    for (const [group, what] of [
      ['tunnels', 'Tunnels'],
      ['two-factor', 'Second factor of the panel'],
    ]) {
      const { stdout, stderr } = await run(`${group} edge`);
      expect(stdout).toContain(
        `${what} of edge: not available before its set-up.\nSet it up: portlama-tui`,
      );
      expect(stderr).toBe('');
    }
    const early = await run('tunnels add edge blog 8080 --json', 1);
    expect(recordsOf(early)).toMatchObject([{ error: { code: 'after-set-up' } }]);
    await onboarded(sandbox);

    const made = await run('tunnels add edge blog 8080 --access public');
    expect(made.stdout).toContain(`https://blog.${DOMAIN} points to port 8080`);
    expect((await run('tunnels edge')).stdout).toMatch(/^blog +8080 +on +public/m);
    await run('tunnels disable edge blog');
    expect(recordsOf(await run('tunnels list edge --json'))).toEqual([
      expect.objectContaining({ name: 'blog', enabled: false }),
    ]);
    await run('tunnels enable edge blog');
    const unsure = await run('tunnels remove edge blog', 2);
    expect(unsure.stderr).toContain('servers tunnels remove edge blog --yes blog');
    await run('tunnels remove edge blog --yes blog');
    expect((await run('tunnels edge')).stdout).toBe('No tunnels.\n');

    const password = { stdin: 'correct horse battery\n' };
    await run(`users add edge jane ${EMAIL.join(' ')}`, 0, password);
    const [invited] = recordsOf(await run(`users invite edge joe ${EMAIL.join(' ')} --json`));
    expect(invited).toMatchObject({
      username: 'joe',
      inviteUrl: expect.stringMatching(/^https:\/\/auth\./) as string,
    });
    const { stdout: users } = await run('users edge');
    expect(users).toMatch(/^jane +jane +jane@example\.com/m);
    expect(users).toMatch(/^joe +jane@example\.com +pending/m);
    await run('users withdraw edge joe');
    expect((await run('users two-factor edge jane --yes jane')).stdout).toContain('otpauth://');
    await run('users remove edge jane --yes jane');

    expect((await run('services edge')).stdout).toMatch(/^authelia +active/m);
    const restarted = await run('services restart edge portlama-panel');
    expect(restarted.stdout).toContain('Restarted portlama-panel: it is active.');
    const log = await run('logs edge nginx', 1);
    expect(log.stdout).toMatch(/^ssh root@\S+ journalctl -u nginx -n 100/m);

    expect((await run('certificates edge')).stdout).toContain('Public certificates are renewed');
    const renewed = await run(`certificates renew edge panel.${DOMAIN}`);
    expect(renewed.stdout).toContain(`Renewed: panel.${DOMAIN}`);
  });

  it('keep secrets of agents and of the second factor to one showing', async () => {
    const sandbox = await runningSandbox();
    const run = runner(sandbox);
    await sandbox.run(['provision', '--region', 'fra1', '--label', 'edge']);
    await onboarded(sandbox);
    const file = join(sandbox.folder, 'laptop.p12');
    const log = join(sandbox.folder, 'debug.log');
    const created = recordsOf(await run(`agents create edge laptop ${file} --json --log ${log}`));
    const { password } = created[0] as { password: string };
    expect(password).toMatch(/^[0-9a-f]{32}$/);
    expect((await stat(file)).mode & 0o777).toBe(0o600);
    await run(`agents download edge laptop ${file}`, 2);
    await run(`agents download edge laptop ${file}.again`);
    expect(await readFile(`${file}.again`)).toEqual(await readFile(file));
    const { stdout: line } = await run(`agents token edge nas --log ${log}`);
    const [, token] = /^PORTLAMA_ENROLLMENT_TOKEN=([0-9a-f]{64}) npx/m.exec(line) ?? [];
    expect(token).toBeDefined();
    expect((await run('agents edge')).stdout).toMatch(/^laptop +\d{4}-\d\d-\d\d +p12/m);
    await run('agents revoke edge laptop', 2);
    await run('agents revoke edge laptop --yes laptop');

    await run('two-factor off edge', 2);
    let key = '';
    const confirm: Partial<RunOptions> = {
      holdsStdin: true,
      // As a person does: reads the key that is shown, and types the code that an app makes of it.
      onStart: (child) =>
        child.stdout?.on('data', (chunk: Buffer) => {
          key = /"manualKey":"([A-Z2-7]+)"/.exec(String(chunk))?.[1] ?? key;
          if (key !== '' && !child.stdin!.writableEnded) child.stdin!.end(`${totpCode(key, 0)}\n`);
        }),
    };
    await run(`two-factor on edge --json --log ${log}`, 0, confirm);
    expect((await entries(sandbox))[0]).toMatchObject({ panelUrl: `https://panel.${DOMAIN}` });
    const asked = await run('two-factor edge --json', 0, { stdin: `${totpCode(key, 1)}\n` });
    expect(recordsOf(asked)).toEqual([{ server: 'edge', enabled: true }]);
    expect((await run('tunnels edge', 2)).stderr).toContain('A code has six digits');

    const logged = await readFile(log, 'utf8');
    for (const secret of [password, token!, key]) expect(logged).not.toContain(secret);
  });
});
