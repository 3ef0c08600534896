import { readFile } from 'node:fs/promises';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { type Droplet, installNode, makeDroplet, recorded, SUCCESS } from './droplet.js';
import { runJob } from './run-job.js';

const FOLDER = 'root/.portlama-install-0123456789abcdef';
const FIRST = 'npx --yes @x/y@1 --yes --json';
const SECOND = `${FIRST} --force-full`;
/** As the installer ends when its one look at the panel came too early. */
const GIVES_UP = `
echo '{"event":"step","step":"deploy_panel","status":"running"}'
echo '{"event":"step","step":"deploy_panel","status":"failed"}'
echo '{"event":"error","message":"Panel health check failed. The service is running but not responding."}'
exit 1`;
const HURRIED = (script: string): string =>
  script
    .replace('PANEL_LIMIT_S=120', 'PANEL_LIMIT_S=2')
    .replace('DOWNLOAD_PAUSE_S=10', 'DOWNLOAD_PAUSE_S=0');

let droplet: Droplet;
beforeEach(async () => {
  droplet = await makeDroplet();
  await droplet.file('count', '');
  await installNode(droplet, SUCCESS);
});
afterEach(() => droplet.remove());

/** What the installer does in its first run; in every later one it succeeds, and then the gatekeeper runs. */
function inFirstRun(script: string): Promise<void> {
  return installNode(
    droplet,
    `echo run >> "$PORTLAMA_ROOT/count"
     if [ "$(wc -l < "$PORTLAMA_ROOT/count")" = 1 ]; then ${script}
     fi
     ${SUCCESS}`,
  );
}

/** A panel that answers at the nth look, never for 0, with these services running. */
async function panelAnswers(nth: number, ...running: string[]): Promise<void> {
  await droplet.program(
    'curl',
    recorded(
      'curl',
      `[ ${nth} != 0 ] && [ "$(grep -c '^curl' "$PORTLAMA_ROOT/calls")" -ge ${nth} ] || exit 7`,
    ),
  );
  await droplet.program(
    'systemctl',
    `case "$1 $2" in
       'is-active portlama-panel') echo active ;;
       'is-active --quiet') case ' ${running.join(' ')} ' in *" $3 "*) exit 0 ;; *) exit 3 ;; esac ;;
     esac`,
  );
}

async function installerCalls(): Promise<string[]> {
  return (await droplet.calls()).filter((call) => call.startsWith('npx'));
}

describe('a panel that the installer gave up', () => {
  it('is good once it answers and everything runs', async () => {
    await inFirstRun(GIVES_UP);
    await panelAnswers(3, 'portlama-panel', 'nginx', 'portlama-gatekeeper');
    await droplet.program('sleep', recorded('sleep', 'exit 0'));
    const { exitCode, steps } = await runJob(droplet);
    expect(exitCode).toBe(0);
    expect(steps.slice(-2)).toEqual(['check_panel running', 'check_panel complete']);
    expect(await installerCalls()).toEqual([FIRST]);
    const calls = await droplet.calls();
    expect(calls.filter((call) => call === 'sleep 1')).toHaveLength(2);
    expect(calls.find((call) => call.startsWith('curl'))).toMatch(
      / http:\/\/127\.0\.0\.1:3100\/api\/health$/,
    );
  });

  it.each([
    ['has no gatekeeper', 1, ['portlama-panel', 'nginx']],
    ['has no nginx', 1, ['portlama-panel', 'portlama-gatekeeper']],
    ['never answers', 0, ['portlama-panel', 'nginx', 'portlama-gatekeeper']],
  ])('and %s gets one more, full run', async (_what, nth, running) => {
    await inFirstRun(GIVES_UP);
    await panelAnswers(nth, ...running);
    const { exitCode, steps } = await runJob(droplet, { change: HURRIED });
    expect(exitCode).toBe(0);
    expect(steps).toContain('check_panel failed');
    expect(steps).toContain('repeat_install running');
    expect(steps.at(-1)).toBe('deploy_gatekeeper complete');
    expect(await installerCalls()).toEqual([FIRST, SECOND]);
  });

  it('is waited for two minutes, but not when its service has ended', async () => {
    await inFirstRun(GIVES_UP);
    await panelAnswers(0);
    await droplet.program('systemctl', 'echo failed; exit 3');
    await droplet.program('timeout', recorded('timeout', 'shift; exec "$@"'));
    expect((await runJob(droplet)).exitCode).toBe(0);
    expect(
      (await droplet.calls()).filter((call) => call.startsWith('timeout 120 sh')),
    ).toHaveLength(1);
    expect(await installerCalls()).toEqual([FIRST, SECOND]);
  });

  it('in both runs ends with the exit code of the second, and is looked at once more', async () => {
    await installNode(droplet, GIVES_UP);
    await panelAnswers(1, 'portlama-panel', 'nginx');
    const { exitCode, steps } = await runJob(droplet, { change: HURRIED });
    expect(exitCode).toBe(1);
    expect(steps.filter((step) => step === 'check_panel failed')).toHaveLength(2);
    expect(await installerCalls()).toEqual([FIRST, SECOND]);
  });
});

describe('a download that failed', () => {
  it.each([
    `echo 'npm error code ECONNRESET' >&2`,
    `echo 'npm ERR! code E503' >&2`,
    `echo 'npm error code ERR_SOCKET_TIMEOUT' >&2`,
    `echo '{"event":"error","message":"Failed to install panel-server dependencies.\\\\nnpm error code ETIMEDOUT"}'`,
    `echo '{"event":"error","message":"E: Failed to fetch http://mirrors.digitalocean.com/x.deb"}'`,
    `echo "W: Temporary failure resolving 'mirrors.digitalocean.com'"`,
  ])('gets one more run: %s', async (said) => {
    await inFirstRun(`${said}; exit 1`);
    const { exitCode } = await runJob(droplet, { change: HURRIED });
    expect(exitCode).toBe(0);
    expect(await installerCalls()).toEqual([FIRST, SECOND]);
  });

  it('waits before it, and gets no third run', async () => {
    await installNode(droplet, `echo 'npm error code ECONNRESET'; exit 1`);
    await droplet.program('sleep', recorded('sleep', 'exit 0'));
    expect((await runJob(droplet)).exitCode).toBe(1);
    expect((await droplet.calls()).slice(-3)).toEqual([FIRST, 'sleep 10', SECOND]);
  });

  it.each([
    ['a package that is not there', `echo 'npm error code E404'; exit 1`],
    ['another failure', `echo '{"event":"error","message":"nginx -t failed"}'; exit 1`],
    ['a kill for memory', `echo 'npm error code ECONNRESET'; kill -9 $$`],
  ])('is not %s', async (_what, npx) => {
    await installNode(droplet, npx);
    expect((await runJob(droplet)).exitCode).toBe(1);
    expect(await installerCalls()).toEqual([FIRST]);
  });
});

describe('a droplet that restarts in the middle', () => {
  it('brings a half installation to its end with a full run', async () => {
    await droplet.file(`${FOLDER}/begun`, '');
    await droplet.file('etc/portlama/panel.json', '{}');
    expect((await runJob(droplet)).exitCode).toBe(0);
    expect(await installerCalls()).toEqual([SECOND]);
  });

  it('has no third run when the second was under way', async () => {
    await droplet.file(`${FOLDER}/begun`, '');
    await droplet.file(`${FOLDER}/repeated`, '');
    await installNode(droplet, `echo 'npm error code ECONNRESET'; exit 1`);
    expect((await runJob(droplet)).exitCode).toBe(1);
    expect(await installerCalls()).toEqual([FIRST]);
    expect(await readFile(`${droplet.root}/${FOLDER}/exit`, 'utf8')).toBe('1\n');
  });
});
