import { X509Certificate } from 'node:crypto';
import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, it, vi } from 'vitest';
import { WebSocket } from 'ws';
import { SERVER_PATH } from '../../src/core/product.js';
import { DOMAIN } from '../contract/panel-world.js';
import {
  type FrontHome,
  type NginxFront,
  nginxInFront,
  PANEL_NAME,
} from '../fixtures/nginx/in-front.js';
import { readLikeDesktop } from '../contract/desktop-reader.js';

vi.setConfig({ testTimeout: 120_000 });

const STREAM = '/api/onboarding/provision/stream';
/** Shorter than three certificates take, of which the panel tells nothing, and longer than a pause between pings. */
const LIMITS = { idleCutMs: 3_000, certificateMs: 1_400 };
const PING_MS = 300;

it('sets a server up through nginx, which cuts a stream that is silent and keeps one with pings', async () => {
  const front = await nginxInFront(LIMITS);
  const home = await front.openHome();
  const { sandbox, droplet } = front.here;
  await addsServer(front, home);
  front.here.pointNames();
  const silent = await opensStream(front);

  const args = ['servers', 'onboard', 'lab', '--domain', DOMAIN, '--email', 'ops@example.com'];
  const done = await home.run(args);
  expect([done.exitCode, done.stderr]).toEqual([0, '']);
  // nginx cut the other one in the silence.
  expect(await silent.ended).toBe(1006);
  expect(silent.messages.at(-1)).toMatchObject({ task: 'issue-certs', status: 'running' });

  const [, password = ''] = /as admin with the password (\S+)/.exec(done.stdout) ?? [];
  expect(sandbox.controls.tryLogin(droplet.id, 'admin', password)).toBe(true);
  const calls = sandbox.controls.panelCalls(droplet.id);
  const count = (call: string): number => calls.filter((each) => each === call).length;
  // Once each: the silent one and the program's, which was never joined again.
  expect(count(`GET ${STREAM}`)).toBe(2);
  expect(count('POST /api/onboarding/provision')).toBe(1);
  expect(count('PUT /api/users/admin')).toBe(0);
  const servers = JSON.parse(await readFile(join(home.folder, 'servers.json'), 'utf8')) as never;
  expect(servers).toMatchObject([{ domain: DOMAIN, panelUrl: `https://${PANEL_NAME}` }]);
  expect(readLikeDesktop(servers)).toHaveLength(1);
  const { stdout } = await home.run(['servers']);
  expect(stdout).toMatch(new RegExp(`^lab .*https://${PANEL_NAME} .*online`, 'm'));
  await addsPanelByItsName(front);
});

/** On another machine: nothing of it is doubted, although nginx answers with a page of its own. */
async function addsPanelByItsName(front: NginxFront): Promise<void> {
  const home = await front.openHome();
  const { exitCode, stdout, stderr } = await home.run(['servers', 'add', `https://${PANEL_NAME}`]);
  expect([exitCode, stderr]).toEqual([0, '']);
  expect(stdout).toContain('Its panel requires the admin certificate');
  await importsCertificate(front, home, 'panel-lab-example-com');
  const listed = await home.run(['servers']);
  expect(listed.stdout).toMatch(/^panel-lab-example-com .*online/m);
}

/** By its address, its fingerprint and its certificate, as someone does who made it elsewhere. */
async function addsServer(front: NginxFront, home: FrontHome): Promise<void> {
  const { here } = front;
  const { fingerprint256 } = new X509Certificate(
    await here.exec(`cat ${SERVER_PATH.panelCertificate}`),
  );
  const { address } = here.droplet;
  const added = await home.run([
    'servers',
    'add',
    address,
    '--label',
    'lab',
    '--yes',
    fingerprint256,
  ]);
  expect([added.exitCode, added.stderr]).toEqual([0, '']);
  await importsCertificate(front, home, 'lab');
}

async function importsCertificate(
  { here }: NginxFront,
  home: FrontHome,
  label: string,
): Promise<void> {
  const file = join(home.folder, '..', 'client.p12');
  await writeFile(file, here.admin.pfx);
  const imported = await home.run(['certificate', 'import', label, file], here.admin.passphrase);
  expect([imported.exitCode, imported.stderr]).toEqual([0, '']);
}

interface SilentStream {
  readonly messages: unknown[];
  /** Code of its close. */
  readonly ended: Promise<number>;
}

/** A client that sends no more pings once the panel is silent. */
async function opensStream({ port, here }: NginxFront): Promise<SilentStream> {
  const socket = new WebSocket(`wss://127.0.0.1:${port}${STREAM}`, {
    pfx: here.admin.pfx,
    passphrase: here.admin.passphrase,
    rejectUnauthorized: false,
  });
  const messages: { readonly task?: string }[] = [];
  const pings = setInterval(() => socket.ping(), PING_MS);
  socket.on('message', (data: Buffer) => {
    const message = JSON.parse(data.toString('utf8')) as { readonly task?: string };
    messages.push(message);
    if (message.task === 'issue-certs') clearInterval(pings);
  });
  const ended = new Promise<number>((resolve) => socket.on('close', resolve));
  void ended.then(() => clearInterval(pings));
  await new Promise((resolve, reject) => socket.on('open', resolve).on('error', reject));
  return { messages, ended };
}
