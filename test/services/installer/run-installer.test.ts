import { readdir, stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { eventually } from '../ssh/eventually.js';
import { installNode, recorded, SUCCESS } from './droplet.js';
import { type Installation, OPERATION, startInstallation, untilFile } from './installation.js';

let on: Installation;
beforeEach(async () => {
  on = await startInstallation();
});
afterEach(() => on.end());

const STEPS = [
  'wait_cloud_init',
  'wait_apt',
  'make_swap',
  'check_environment',
  'harden_system',
  'install_node',
  'generate_certs',
  'configure_nginx',
  'deploy_panel',
  'deploy_gatekeeper',
];

function completed(): string[] {
  return on.events.flatMap((event) =>
    event.kind === 'step' && event.status === 'complete' ? [event.step] : [],
  );
}

describe('runInstaller through OpenSSH', () => {
  it('brings the scripts, runs them and reports everything in order', async () => {
    await installNode(on.droplet, SUCCESS);
    await on.run(await on.connect());
    expect(completed()).toEqual(STEPS);
    expect(on.events.at(-1)).toMatchObject({
      kind: 'complete',
      server: { p12Path: '/etc/portlama/pki/client.p12' },
    });
    expect(on.events).toContainEqual({ kind: 'log', text: 'ok' });
    expect(on.offset()).toBe((await stat(`${on.folder}/log`)).size);
    expect((await stat(on.folder)).mode & 0o777).toBe(0o700);
    expect((await stat(`${on.folder}/settings`)).mode & 0o777).toBe(0o600);
  });

  it('does nothing twice, and tells the rest or all of it again', async () => {
    await installNode(on.droplet, SUCCESS);
    const connection = await on.connect();
    await on.run(connection);
    const all = [...on.events];
    const before = await stat(`${on.folder}/job.sh`);
    await on.run(connection);
    expect(on.events).toEqual(all);
    on.events.length = 0;
    await on.run(connection, { fromOffset: 0 });
    expect(on.events).toEqual(all);
    expect(await on.installerRuns()).toBe(1);
    expect((await stat(`${on.folder}/job.sh`)).mtimeMs).toBe(before.mtimeMs);
  });

  it('uploads a package', async () => {
    await installNode(on.droplet, SUCCESS);
    const content = gzipSync(Buffer.alloc(300_000, 'package'));
    const path = join(on.droplet.root, 'local.tgz');
    await writeFile(path, content);
    await on.run(await on.connect(), { source: { kind: 'tarball', path } });
    const uploaded = `${on.folder}/installer.tgz`;
    expect((await on.droplet.calls()).at(-1)).toBe(
      `npx --yes --package=${uploaded} create-portlama --yes --json`,
    );
    const { readFile } = await import('node:fs/promises');
    expect((await readFile(uploaded)).equals(content)).toBe(true);
  });

  it('runs as a transient unit where systemd runs', async () => {
    const { mkdir } = await import('node:fs/promises');
    await mkdir(join(on.droplet.root, 'run/systemd/system'), { recursive: true });
    await on.droplet.program(
      'systemd-run',
      recorded(
        'systemd-run',
        `while [ "\${1#--}" != "$1" ]; do shift; done; setsid "$@" < /dev/null > /dev/null 2>&1 &`,
      ),
    );
    await installNode(on.droplet, SUCCESS);
    await on.run(await on.connect());
    expect((await on.droplet.calls())[0]).toMatch(
      new RegExp(
        `^systemd-run --quiet --collect --unit=portlama-install-${OPERATION} --property=OOMPolicy=continue --property=KillMode=process env `,
      ),
    );
    expect(await on.installerRuns()).toBe(1);
    // A unit that cannot be made is no obstacle.
    await on.droplet.program('systemd-run', 'exit 1');
    await (await on.connect()).exec(`rm -rf ${on.folder}`);
    await on.run(await on.connect(), { fromOffset: 0 });
    expect(await on.installerRuns()).toBe(2);
  });

  it('starts one installation, however many ask at a time', async () => {
    await installNode(on.droplet, `${untilFile('go')}; ${SUCCESS}`);
    const first = on.run(await on.connect());
    await eventually(() => on.installerRuns()).toBe(1);
    const connection = await on.connect();
    const more = Array.from({ length: 6 }, () => connection.exec(`sh ${on.folder}/start.sh`));
    expect((await Promise.all(more)).map(({ exitCode }) => exitCode)).toEqual([0, 0, 0, 0, 0, 0]);
    await on.droplet.file('go', '');
    await first;
    expect(await on.installerRuns()).toBe(1);
  });

  it('starts one installation when two starts race', async () => {
    await installNode(on.droplet, SUCCESS);
    const connection = await on.connect();
    await on.run(connection);
    await connection.exec(`rm -f ${on.folder}/exit ${on.folder}/log`);
    await on.droplet.file('calls', '');
    await Promise.all(Array.from({ length: 4 }, () => connection.exec(`sh ${on.folder}/start.sh`)));
    await on.run(connection, { fromOffset: 0 });
    expect(await on.installerRuns()).toBe(1);
  });

  it('fails with the installer’s own message', async () => {
    await installNode(
      on.droplet,
      `echo '{"event":"step","step":"configure_nginx","status":"failed"}'; echo '{"event":"error","message":"nginx -t failed: unknown directive"}'; exit 1`,
    );
    await expect(on.run(await on.connect())).rejects.toMatchObject({
      name: 'InstallerError',
      code: 'install-failed',
      message: 'nginx -t failed: unknown directive.',
    });
  });

  it.each([
    [`kill -9 $$`, 'out-of-memory', 'The server ran out of memory while the installer ran.'],
    [
      `echo 'npm error code E404' >&2; echo 'npm error 404 Not Found - GET https://registry/@x%2fy' >&2; exit 1`,
      'installer-missing',
      'The installer ended with exit code 1. Its last output: npm error 404 Not Found - GET https://registry/@x%2fy.',
    ],
    [
      `echo 'npm error code EAI_AGAIN' >&2; exit 1`,
      'registry-unreachable',
      'The installer ended with exit code 1. Its last output: npm error code EAI_AGAIN.',
    ],
    [
      `echo 'npm error ENOSPC: no space left on device, write' >&2; exit 228`,
      'disk-full',
      'The installer ended with exit code 228. Its last output: npm error ENOSPC: no space left on device, write.',
    ],
    [
      `echo 'Usage: something else'`,
      'install-incomplete',
      'The installer ended before it had finished.',
    ],
  ])('recognises what %j means', async (npx, code, message) => {
    await installNode(on.droplet, npx);
    // Before the second run after a failed download.
    await on.droplet.program('sleep', 'exec "$PORTLAMA_ROOT/tools/sleep" 0.1');
    const error: unknown = await on.run(await on.connect()).catch((thrown: unknown) => thrown);
    expect(error).toMatchObject({ code, message });
  });

  it('starts again after a failure only when asked to', async () => {
    await installNode(on.droplet, `echo '{"event":"error","message":"first"}'; exit 1`);
    const connection = await on.connect();
    await expect(on.run(connection)).rejects.toMatchObject({ message: 'first.' });
    await installNode(on.droplet, SUCCESS);
    await expect(on.run(connection)).rejects.toMatchObject({ message: 'first.' });
    expect(await on.installerRuns()).toBe(1);
    await on.run(connection, { again: true });
    expect(await on.installerRuns()).toBe(2);
    // A success is final.
    await on.run(connection, { again: true });
    expect(await on.installerRuns()).toBe(2);
  });

  it('tells a failure again to a client that has read everything already', async () => {
    await installNode(on.droplet, `echo '{"event":"error","message":"once"}'; exit 1`);
    const connection = await on.connect();
    await expect(on.run(connection)).rejects.toMatchObject({ message: 'once.' });
    const told = on.events.length;
    await expect(on.run(connection)).rejects.toMatchObject({ message: 'once.' });
    expect(on.events).toHaveLength(told);
  });

  it('says when the job was ended without a result, and starts it anew the next time', async () => {
    await installNode(
      on.droplet,
      `echo $PPID > "$PORTLAMA_ROOT/pid"; ${untilFile('go')}; ${SUCCESS}`,
    );
    const connection = await on.connect();
    const running = on.run(connection);
    await eventually(() => readdir(on.droplet.root)).toContain('pid');
    const killed = expect(running).rejects.toMatchObject({ code: 'install-interrupted' });
    // As a restart of the droplet does: everything that holds the lock or writes the log. Parents first, since a job
    // that sees its installer killed still writes a result.
    const { stdout } = await collect(`cat ${on.droplet.root}/pid`);
    await connection.exec(`pkill_tree() { local children="$(cat /proc/$1/task/*/children)"; kill -9 $1; for c in $children; do pkill_tree $c; done; }
      for p in /proc/[0-9]*; do if tr '\\0' ' ' < $p/cmdline 2>/dev/null | grep -q "^flock .*${on.folder}/lock sh"; then pkill_tree \${p#/proc/}; fi; done`);
    expect(Number(stdout)).toBeGreaterThan(1);
    await killed;
    await on.droplet.file('go', '');
    await on.run(connection);
    expect(await on.installerRuns()).toBe(2);
    expect(completed().filter((step) => step === 'deploy_gatekeeper')).toHaveLength(1);

    async function collect(command: string): Promise<{ stdout: string }> {
      let stdout = '';
      await connection.exec(command, { onStdout: (chunk) => void (stdout += chunk.toString()) });
      return { stdout };
    }
  });

  it('ends with the signal’s reason while the installation goes on', async () => {
    await installNode(on.droplet, `${untilFile('go')}; ${SUCCESS}`);
    const controller = new AbortController();
    const reason = new Error('no longer wanted');
    const connection = await on.connect();
    const running = on.run(connection, { signal: controller.signal });
    await eventually(() => on.installerRuns()).toBe(1);
    controller.abort(reason);
    await expect(running).rejects.toBe(reason);
    await on.droplet.file('go', '');
    await on.run(connection);
    expect(await on.installerRuns()).toBe(1);
  });

  it('holds the log back while an event is being taken', async () => {
    const lines = 40_000;
    await installNode(
      on.droplet,
      `awk 'BEGIN { for (i = 0; i < ${lines}; i++) print "line " i " of a long and talkative installation" }'; ${SUCCESS}`,
    );
    let concurrent = 0;
    let peak = 0;
    const numbers: number[] = [];
    await on.run(await on.connect(), {
      onEvent: async (event) => {
        peak = Math.max(peak, ++concurrent);
        if (numbers.length % 1_000 === 0) await new Promise((resolve) => setTimeout(resolve, 1));
        const number = event.kind === 'log' && /^line (\d+) /.exec(event.text)?.[1];
        if (number) numbers.push(Number(number));
        concurrent--;
      },
    });
    expect(peak).toBe(1);
    expect(numbers).toEqual(Array.from({ length: lines }, (_, index) => index));
  });
});
