/**
 * Takes the pictures of the documentation: the real program in its sandbox, in a real pseudo-terminal of 100 columns by 30
 * rows. What the terminal shows on the way is written to docs/pictures as SVG, and as PNG by rsvg-convert (Debian's
 * librsvg2-bin).
 * Run with: npm run screenshot, or some of it: npm run screenshot -- page failure
 */
import { execFileSync } from 'node:child_process';
import { mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { HistoryWriter } from '../../src/services/health/history/history-file.js';
import type { ServerEntry } from '../../src/services/registry/registry.js';
import { createSandboxControl } from '../fixtures/sandbox-control.js';
import { sandboxOf } from '../fixtures/sandbox-of.js';
import { type PtyProgram, ptyProgram } from '../fixtures/terminal/pty-program.js';
import { toSvg } from './picture.js';

const ROOT = resolve(import.meta.dirname, '../..');
const MAIN = join(ROOT, 'dist/main.js');
const TARGET = join(ROOT, 'docs/pictures');
const COLUMNS = 100;
const ROWS = 30;
/** Pixels of the PNG for one of the SVG: sharp on dense screens. */
const ZOOM = '1.5';
const WAIT_MS = 180_000;
const MINUTE_MS = 60_000;
const BEFORE = [
  ['fra1', 'fra1-edge'],
  ['ams3', 'ams3-lab'],
] as const;
/** Age of those servers. */
const AGE_MS = 43 * 24 * 60 * MINUTE_MS;
/** Outages in the kept history of the first of them; minutes ago. */
const OUTAGES = [
  { from: 1_130, to: 1_096 },
  { from: 47, to: 41 },
];

const wanted = process.argv.slice(2);
const folder = await mkdtemp(join(tmpdir(), 'portlama-screenshot-'));
const home = join(folder, 'portlama');
const sandboxHome = `${home}-sandbox`;
const env = {
  HOME: folder,
  PORTLAMA_HOME: home,
  PORTLAMA_SANDBOX_DELAYS: '0.3',
  PATH: process.env['PATH'] ?? '',
  LANG: 'C.UTF-8',
  // That of the background of the pictures, which no terminal is there to tell.
  PORTLAMA_THEME: 'dark',
};

await mkdir(TARGET, { recursive: true });
try {
  await makeServers();
  await ofTheList(open('--sandbox'));
  await ofSecrets(open(await apiOfSandbox()));
} finally {
  process.kill((await sandboxOf(sandboxHome)).pid, 'SIGTERM');
  await rm(folder, { recursive: true, force: true });
}

/** Two servers of some weeks ago, one with a history of a day. */
async function makeServers(): Promise<void> {
  for (const [region, label] of BEFORE)
    execFileSync(
      process.execPath,
      [MAIN, '--sandbox', 'provision', '--region', region, '--label', label],
      { env, stdio: 'ignore' },
    );
  const file = join(sandboxHome, 'servers.json');
  const servers = JSON.parse(await readFile(file, 'utf8')) as readonly ServerEntry[];
  const createdAt = new Date(Date.now() - AGE_MS).toISOString();
  const older = servers.map((server) => ({ ...server, createdAt }));
  await writeFile(file, JSON.stringify(older, undefined, 2), { mode: 0o600 });
  await keepHistory(servers[0]!.id);
}

async function keepHistory(id: string): Promise<void> {
  const writer = new HistoryWriter(sandboxHome, id);
  const now = Date.now();
  for (let ago = 24 * 60; ago > 0.5; ago -= 0.5) {
    const isDown = OUTAGES.some(({ from, to }) => ago <= from && ago > to);
    const swing = 6 * Math.sin(ago / 90) + 3 * Math.sin(ago / 7) + (Math.round(ago * 2) % 5);
    const peak = Math.round(ago * 2) % 97 === 0 ? 30 : 0;
    const latencyMs = isDown ? undefined : Math.round(19 + swing + peak);
    await writer.add({ at: now - ago * MINUTE_MS, latencyMs }, 60);
  }
  await writer.flush();
}

function open(args: string | Readonly<Record<string, string>>): PtyProgram {
  const more = typeof args === 'string' ? [args] : [];
  const ownEnv = typeof args === 'string' ? env : { ...env, ...args };
  const command = [process.execPath, MAIN, ...more] as [string, ...string[]];
  return ptyProgram({ command, columns: COLUMNS, rows: ROWS, env: ownEnv });
}

/** A server that is made in the full screen, the list with it, the page of an older one, and one that fails. */
async function ofTheList(person: PtyProgram): Promise<void> {
  const sees = (what: string | RegExp) => person.waitFor(what, WAIT_MS);
  const gone = (what: string) => person.waitUntilGone(what, WAIT_MS);
  try {
    await sees('2 online');
    await gone('hile you were away');
    await toRegions();
    await person.waitForQuiet(1_500);
    await take(person, 'regions');
    await create();
    await sees('Setting up nginx');
    await take(person, 'provisioning');
    person.press('escape');
    await sees(/3 servers.*3 online/);
    person.press('g');
    await sees(/› ●  fra1-edge/);
    // Its messages go by themselves.
    await gone('is ready');
    await gone('in the background');
    await take(person, 'servers');

    person.press(':');
    await sees('┌ Commands');
    person.type('cert');
    await sees('› cert');
    await take(person, 'palette');
    person.press('escape');
    await gone('┌ Commands');

    person.press('enter');
    await sees('├ Latency');
    person.press('2');
    await sees('[24h]');
    await person.waitForQuiet(700, 5_000);
    await take(person, 'page');
    person.press('escape');
    await sees('portlama › Servers');

    await perform({
      action: 'addDropletFault',
      fault: { kind: 'install-fails', step: 'deploy_panel', message: 'npm error code ECONNRESET' },
    });
    await toRegions();
    await create();
    await sees('› Retry ‹');
    await person.waitForQuiet(700, 5_000);
    await take(person, 'failure');
  } finally {
    await person.kill();
  }

  async function toRegions(): Promise<void> {
    person.press('n');
    await sees('Validate');
    person.press('enter');
    await sees('› Next ‹');
    person.press('enter');
    await sees('✓');
    await gone('measuring');
  }

  async function create(): Promise<void> {
    person.press('enter');
    await sees('This will be created');
    person.press('enter');
    await sees('› Create server ‹');
    person.press('enter');
  }
}

/** The first start of the real program on a host without a credential store. */
async function ofSecrets(person: PtyProgram): Promise<void> {
  try {
    await person.waitFor('No credential store yet: press K', WAIT_MS);
    person.press('K');
    await person.waitFor('[ Create vault ]', WAIT_MS);
    await person.waitForQuiet(700, 5_000);
    await take(person, 'secrets');
  } finally {
    await person.kill();
  }
}

async function perform(
  command: Parameters<ReturnType<typeof createSandboxControl>['perform']>[0],
): Promise<void> {
  await createSandboxControl((await sandboxOf(sandboxHome)).socketPath).perform(command);
}

async function apiOfSandbox(): Promise<Readonly<Record<string, string>>> {
  return { DIGITALOCEAN_API_URL: (await sandboxOf(sandboxHome)).url };
}

async function take({ emulator }: PtyProgram, name: string): Promise<void> {
  if (wanted.length > 0 && !wanted.includes(name)) return;
  const [svg, png] = ['svg', 'png'].map((kind) => join(TARGET, `${name}.${kind}`)) as [
    string,
    string,
  ];
  await writeFile(svg, toSvg(emulator));
  execFileSync('rsvg-convert', ['--zoom', ZOOM, '--output', png, svg]);
  console.log(`wrote ${svg} and ${png}`);
}
