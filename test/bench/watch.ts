/**
 * How much memory and processor a watch of 1,000 panels takes, each looked at every 30 s: the real program against TLS
 * servers on loopback with keys of RSA-4096. Then it is killed, 50 panels go away, and the next watch has to tell all of
 * them. The processor's share is also given by what bare Node.js takes for such looks in this run. Takes some three
 * minutes. Run with: npm run bench:watch [-- PANELS]
 */
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { createInterface } from 'node:readline';
import { setTimeout as pause } from 'node:timers/promises';
import { makePanelPki } from '../fixtures/nginx/pki.js';
import { MAIN } from '../fixtures/program.js';
import { print, under } from './terminal/figures.js';
import { makeWatchedHome, PASSPHRASE } from './watched-home.js';

const PANELS = Number(process.argv[2] ?? 1_000);
const DOWN = Math.min(50, PANELS);
const PORT = 19_292;
/** From then on all connections resume a session. */
const SETTLE_MS = 40_000;
const MEASURED_MS = 60_000;
const START_MS = 300_000;
const TICKS_PER_SECOND = 100;
/** Looks by Node's own TLS alone, which the same machine cannot do without. */
const BARE_LOOKS = 1_000;
const LIMITS = { residentMb: 150, corePercent: 6, bare: 1.5 };

const folder = await mkdtemp(join(tmpdir(), 'bench-watch-'));
const home = join(folder, 'home');
const children: ChildProcess[] = [];
try {
  const pki = await makePanelPki('127.0.0.1', 4096);
  for (const [name, text] of [
    ['panel.key', pki.panelKeyPem],
    ['panel.pem', pki.panelPem],
    ['ca.pem', pki.caPem],
    ['client.p12', pki.p12],
    ['passphrase', pki.passphrase],
  ] as const)
    await writeFile(join(folder, name), text);
  await makeWatchedHome(home, pki, PANELS, PORT);
  process.exitCode = (await measure()) ? 0 : 1;
} finally {
  for (const child of children) child.kill('SIGKILL');
  await rm(folder, { recursive: true, force: true });
}

async function measure(): Promise<boolean> {
  const panels = start(script('watched-panels.ts'));
  await lineOf(panels, 'ready');
  const first = startWatch();
  await first.online(PANELS);
  await pause(SETTLE_MS);
  const before = await ask(panels, 'count');
  const ticks = await ticksOf(first.pid);
  let resident = 0;
  for (const end = Date.now() + MEASURED_MS; Date.now() < end; await pause(2_000))
    resident = Math.max(resident, await residentOf(first.pid));
  const used = ((await ticksOf(first.pid)) - ticks) / TICKS_PER_SECOND;
  const after = await ask(panels, 'count');
  first.child.kill('SIGKILL');
  await once(first.child, 'exit');
  const bareMs = Number(await lineOf(start([...script('bare-looks.ts'), String(BARE_LOOKS)])));
  await ask(panels, `down ${DOWN}`);
  const second = startWatch();
  const told = await second.offline(DOWN);
  const looks = after.resumed + after.full - before.resumed - before.full;
  return print([
    { name: 'panels, looks in a minute', value: `${PANELS}, ${looks}` },
    { name: 'looks by a full handshake', value: String(after.full - before.full) },
    under('resident memory', resident, LIMITS.residentMb, 'MB'),
    under(
      'processor time of a look',
      (used * 1_000) / looks / bareMs,
      LIMITS.bare,
      'x bare Node.js',
    ),
    { name: 'a look by bare Node.js', value: `${bareMs.toFixed(2)} ms` },
    under('of a core', (used / (MEASURED_MS / 1_000)) * 100, LIMITS.corePercent, '%'),
    {
      name: 'panels that went while no watch ran, and were told',
      value: `${told} of ${DOWN}`,
      limit: { text: `all`, kept: told === DOWN },
    },
  ]);
}

function script(name: string): readonly string[] {
  return [
    '--import',
    resolve(import.meta.dirname, '../setup/typescript.mjs'),
    resolve(import.meta.dirname, name),
    folder,
    String(PORT),
    String(PANELS),
  ];
}

function start(args: readonly string[], env: NodeJS.ProcessEnv = process.env): ChildProcess {
  const child = spawn(process.execPath, args, { env, stdio: ['pipe', 'pipe', 'inherit'] });
  children.push(child);
  return child;
}

function startWatch() {
  const child = start([MAIN, 'watch', '--json'], {
    PATH: process.env['PATH'],
    HOME: folder,
    PORTLAMA_HOME: home,
    PORTLAMA_KEYSTORE: 'vault',
    PORTLAMA_VAULT_PASSPHRASE_COMMAND: `/bin/echo ${PASSPHRASE}`,
  });
  const seen = { online: new Set<string>(), offline: new Set<string>() };
  createInterface({ input: child.stdout! }).on('line', (line) => {
    const { server, state } = JSON.parse(line) as {
      server: { id: string };
      state: keyof typeof seen;
    };
    seen[state]?.add(server.id);
  });
  const reach = async (state: keyof typeof seen, count: number): Promise<number> => {
    const end = Date.now() + START_MS;
    while (seen[state].size < count && Date.now() < end) await pause(200);
    return seen[state].size;
  };
  return {
    child,
    pid: child.pid!,
    async online(count: number): Promise<void> {
      const found = await reach('online', count);
      if (found < count) throw new Error(`${found} of ${count} panels are online.`);
    },
    offline: (count: number) => reach('offline', count),
  };
}

async function ask(
  child: ChildProcess,
  line: string,
): Promise<{ readonly resumed: number; readonly full: number }> {
  const answer = lineOf(child);
  child.stdin!.write(`${line}\n`);
  return JSON.parse(await answer) as { resumed: number; full: number };
}

async function lineOf(child: ChildProcess, wanted?: string): Promise<string> {
  const lines = createInterface({ input: child.stdout! });
  for await (const line of lines) {
    if (wanted !== undefined && line !== wanted) continue;
    lines.close();
    return line;
  }
  throw new Error('The panels ended.');
}

/** MB of 10^6 bytes. */
async function residentOf(pid: number): Promise<number> {
  const status = await readFile(`/proc/${pid}/status`, 'utf8');
  return (Number(/^VmRSS:\s+(\d+) kB/m.exec(status)?.[1]) * 1024) / 1e6;
}

async function ticksOf(pid: number): Promise<number> {
  const stat = await readFile(`/proc/${pid}/stat`, 'utf8');
  const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
  return Number(fields[11]) + Number(fields[12]);
}
