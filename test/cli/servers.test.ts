import { X509Certificate } from 'node:crypto';
import { execFile } from 'node:child_process';
import { readFile, stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { beforeEach, describe, expect, it } from 'vitest';
import type { ServerEntry } from '../../src/services/registry/registry.js';
import { MAIN } from '../fixtures/program.js';
import {
  control,
  droplets,
  entries,
  type RunningSandbox,
  runningSandbox,
} from '../fixtures/running-sandbox.js';

let sandbox: RunningSandbox;
let edge: ServerEntry;

/** One server, made by the program itself. */
beforeEach(async () => {
  sandbox = await runningSandbox();
  const made = await sandbox.run(['provision', '--region', 'fra1', '--label', 'edge']);
  expect([made.exitCode, made.stderr]).toEqual([0, '']);
  [edge] = (await entries(sandbox)) as [ServerEntry];
});

const password = (): Promise<string | undefined> =>
  sandbox.store(`service=com.portlama.server&account=${edge.id}`);

/** All that is kept here for the server. */
async function expectAllKept(): Promise<void> {
  expect(await labels()).toEqual(['edge']);
  expect((await stat(edge.p12Path!)).isFile()).toBe(true);
  expect(await password()).toBeDefined();
}

async function expectNothingKept(): Promise<void> {
  expect(await labels()).toEqual([]);
  await expect(stat(join(sandbox.home, 'servers', edge.id))).rejects.toThrow('ENOENT');
  expect(await password()).toBeUndefined();
}

async function labels(): Promise<readonly string[]> {
  return (await entries(sandbox)).map(({ label }) => label);
}

describe('servers', () => {
  it('lists more than are asked at a time, in the order of the file', async () => {
    const many = Array.from({ length: 80 }, (_none, index) => {
      const number = String(index).padStart(12, '0');
      return { ...edge, id: `00000000-0000-4000-8000-${number}`, label: `box-${index}` };
    });
    await writeList([...many, { ...edge, active: false }]);
    const { exitCode, stdout } = await sandbox.run(['servers']);
    expect(exitCode).toBe(0);
    const lines = stdout.split('\n').filter((line) => !line.startsWith('  →'));
    expect(lines.slice(0, 82).map((line) => line.split('  ')[0])).toEqual([
      'LABEL',
      ...many.map(({ label }) => label),
      'edge',
    ]);
    const columns = lines
      .slice(0, 82)
      .map((line) => line.indexOf(line.includes('HEALTH') ? 'PANEL' : 'https:'));
    expect(new Set(columns).size).toBe(1);
    expect(stdout).toMatch(/^edge .* online, \d+ ms/m);
  });
});

describe('servers destroy', () => {
  it('destroys the droplet, then all that is kept here, once the label is given', async () => {
    const { exitCode, stdout, stderr } = await destroy('edge', '--yes', 'edge');
    expect([exitCode, stderr]).toEqual([0, '']);
    expect(stdout).toMatch(
      new RegExp(
        `^Destroyed edge: droplet ${edge.providerId} no longer exists\\. It stops costing \\$4/month\\.$`,
        'm',
      ),
    );
    expect(await droplets(sandbox)).toEqual([]);
    await expectNothingKept();
  });

  it.each([[[]], [['--yes', 'edg']], [['--yes', 'EDGE']], [['--yes', '']]])(
    'does nothing with %j where nobody can be asked',
    async (args) => {
      const { exitCode, stderr } = await destroy('edge', ...args);
      expect(exitCode).toBe(2);
      expect(stderr).toContain('portlama-tui --sandbox servers destroy edge --yes edge');
      expect(await droplets(sandbox)).toEqual([Number(edge.providerId)]);
      await expectAllKept();
    },
  );

  it('destroys nothing when it was only agreed that nothing is there', async () => {
    const match = { method: 'GET', path: `/v2/droplets/${edge.providerId}` };
    const fault = { kind: 'status', status: 404, times: 1, match };
    // Its panel does not answer, as one of a droplet that is gone.
    const dropletId = Number(edge.providerId);
    await control(sandbox, { action: 'setPower', dropletId, on: false });
    await control(sandbox, { action: 'addFault', fault });
    const { exitCode, stderr } = await destroy('edge', '--yes', 'edge');
    expect([exitCode, stderr]).toEqual([2, expect.stringContaining('still exists')]);
    expect(await droplets(sandbox)).toEqual([dropletId]);
    await expectAllKept();
  });

  it('does all of it although nobody reads what is said', async () => {
    const command = `"${process.execPath}" "${MAIN}" --sandbox servers destroy edge --yes edge | true; exit "\${PIPESTATUS[0]}"`;
    const env = {
      HOME: sandbox.folder,
      PORTLAMA_HOME: sandbox.realHome,
      PATH: process.env['PATH'],
    };
    const options = { env: { ...env, PORTLAMA_SANDBOX_DELAYS: '0' } };
    const { stderr } = await promisify(execFile)('/bin/bash', ['-c', command], options);
    expect(stderr).toBe('');
    expect(await droplets(sandbox)).toEqual([]);
    await expectNothingKept();
  });

  it('leaves all of a server that goes on in another account', async () => {
    await writeList([{ ...edge, providerId: '1' }]);
    const { exitCode, stderr } = await destroy('edge', '--yes', 'edge');
    expect(exitCode).toBe(2);
    expect(stderr).toContain('is not in the account of this token');
    expect(stderr).toContain('portlama-tui --sandbox token set');
    await expectAllKept();
  });

  it('takes an entry off the list whose droplet is gone already', async () => {
    await control(sandbox, { action: 'vanish', dropletId: Number(edge.providerId) });
    const { exitCode, stdout } = await destroy('edge', '--yes', 'edge');
    expect([exitCode, stdout]).toEqual([0, expect.stringContaining('Removed edge')]);
    expect(stdout).not.toContain('Destroyed ');
    await expectNothingKept();
  });

  it('leaves a droplet without the managed tag, keeps the entry and says why', async () => {
    const dropletId = Number(edge.providerId);
    await control(sandbox, { action: 'removeTag', dropletId, tag: 'portlama:managed' });
    const { exitCode, stderr } = await destroy('edge', '--yes', 'edge');
    expect([exitCode, stderr]).toEqual([1, expect.stringContaining('portlama:managed')]);
    expect(await droplets(sandbox)).toEqual([dropletId]);
    await expectAllKept();
  });

  it('keeps all when DigitalOcean refuses, and does it the next time', async () => {
    const match = { method: 'DELETE', path: `/v2/droplets/${edge.providerId}` };
    const fault = { kind: 'status', status: 403, match };
    await control(sandbox, { action: 'addFault', fault });
    expect((await destroy('edge', '--yes', 'edge')).exitCode).toBe(1);
    await expectAllKept();
    await control(sandbox, { action: 'clearFaults' });
    expect((await destroy('edge', '--yes', 'edge')).exitCode).toBe(0);
    await expectNothingKept();
  });

  it('refuses a server that was added by hand, and names the way to remove it', async () => {
    await addByHand();
    const { exitCode, stderr } = await destroy('old-box', '--yes', 'old-box');
    expect([exitCode, stderr]).toEqual([2, expect.stringContaining('servers remove old-box')]);
    expect(await labels()).toContain('old-box');
  });
});

describe('servers remove', () => {
  it('takes it off the list with all that is kept here; the droplet stays', async () => {
    const refused = await sandbox.run(['servers', 'remove', 'edge']);
    expect([refused.exitCode, refused.stderr]).toEqual([
      2,
      expect.stringContaining('portlama-tui --sandbox servers remove edge --yes edge'),
    ]);
    await expectAllKept();
    const { exitCode, stdout } = await sandbox.run(['servers', 'remove', 'edge', '--yes', 'edge']);
    expect([exitCode, stdout]).toEqual([0, 'Removed edge; the server keeps running.\n']);
    await expectNothingKept();
    expect(await droplets(sandbox)).toEqual([Number(edge.providerId)]);
  });
});

describe('servers activate', () => {
  it('makes one the active server and all others inactive', async () => {
    await addByHand();
    const made = await sandbox.run(['servers', 'activate', 'old-box']);
    expect([made.exitCode, made.stdout]).toEqual([0, 'old-box is now the active server.\n']);
    expect(await activeOnes()).toEqual(['old-box']);
    const again = await sandbox.run(['servers', 'activate', 'old-box']);
    expect([again.exitCode, again.stdout]).toEqual([0, 'old-box is already the active server.\n']);
    await sandbox.run(['servers', 'activate', edge.id]);
    expect(await activeOnes()).toEqual(['edge']);
  });

  it('asks which one where two have the label, and takes its id', async () => {
    const other = { ...edge, id: '00000000-0000-4000-8000-000000000000', active: false };
    await writeList([edge, other]);
    const { exitCode, stderr } = await sandbox.run(['servers', 'activate', 'edge']);
    expect(exitCode).toBe(2);
    expect(stderr).toMatch(new RegExp(`2 servers are called "edge"[^]*${edge.id}[^]*${other.id}`));
    const named = await sandbox.run(['servers', 'remove', other.id]);
    expect(named.stderr).toContain(`servers remove ${other.id} --yes ${other.id}`);
    // The list says by what they are told apart.
    expect((await sandbox.run(['servers'])).stdout).toContain(`edge (id ${other.id})  no `);
    const removed = await sandbox.run(['servers', 'remove', other.id, '--yes', other.id]);
    expect([removed.exitCode, removed.stderr]).toEqual([0, '']);
    expect((await entries(sandbox)).map(({ id }) => id)).toEqual([edge.id]);
  });
});

describe('servers add', () => {
  it('adds a panel once its fingerprint is given, pinned and inactive', async () => {
    await writeList([]);
    const refused = await sandbox.run(['servers', 'add', edge.ip]);
    const sha256 = await fingerprint();
    expect(refused.exitCode).toBe(2);
    expect(refused.stderr).toContain(`--yes ${sha256}`);
    expect(refused.stderr).toContain('openssl x509 -noout -fingerprint -sha256');
    const labelled = await add('--label', 'old-box');
    expect(labelled.stderr).toContain(`--label old-box --yes ${sha256}`);
    const wrong = await add(
      '--yes',
      sha256.replace(/^../, (first) => (first === '00' ? 'FF' : '00')),
    );
    expect(wrong.exitCode).toBe(2);
    expect(await labels()).toEqual([]);
    // As openssl prints it on the server.
    const added = await add('--label', 'old-box', '--yes', `sha256 Fingerprint=${sha256}`);
    expect([added.exitCode, added.stderr]).toEqual([0, '']);
    expect(added.stdout).toContain('Added old-box as inactive.');
    const [entry] = await entries(sandbox);
    expect(entry).toMatchObject({ label: 'old-box', panelUrl: edge.panelUrl, active: false });
    const pin = join(sandbox.home, 'servers', entry!.id, 'panel.pem');
    expect((await stat(pin)).mode & 0o777).toBe(0o600);
    const again = await add('--yes', sha256);
    expect([again.exitCode, again.stderr]).toEqual([2, expect.stringContaining('as old-box')]);
  });

  it('refuses what it cannot or may not reach before anything is kept', async () => {
    const refused: readonly (readonly [args: readonly string[], says: RegExp])[] = [
      [['http://203.0.113.10:9292'], /HTTPS only/],
      [['127.0.0.1'], /this machine itself/],
      [['0x0a000001'], /private network/],
      [['203.0.113.10', '--label', 'Old Box'], /"Old Box" is not valid/],
      [['203.0.113.10', '--label', 'edge'], /already a server called edge/],
      [['203.0.113.250'], /did not answer|refused|reached/],
    ];
    for (const [args, says] of refused) {
      const { exitCode, stderr } = await sandbox.run(['servers', 'add', ...args]);
      expect(exitCode).not.toBe(0);
      expect(stderr).toMatch(says);
    }
    expect(await labels()).toEqual(['edge']);
  });
});

describe('servers restore', () => {
  it('puts the newest backup in the place of a file that cannot be read, and of no other', async () => {
    // One change is what makes a backup.
    await sandbox.run(['servers', 'add', edge.ip]);
    const useless = await sandbox.run(['servers', 'restore']);
    expect([useless.exitCode, useless.stderr]).toEqual([
      2,
      expect.stringContaining('is readable: there is nothing to restore'),
    ]);
    await writeFile(join(sandbox.home, 'servers.json.bak'), JSON.stringify([edge]));
    await writeFile(join(sandbox.home, 'servers.json'), '[{"id":');
    expect((await sandbox.run(['servers'])).exitCode).toBe(1);
    const { exitCode, stdout } = await sandbox.run(['servers', 'restore']);
    expect(exitCode).toBe(0);
    expect(stdout).toMatch(/kept as (\S+)\nLABEL .*\nedge +yes/);
    expect(await readFile(/kept as (\S+)/.exec(stdout)![1]!, 'utf8')).toBe('[{"id":');
    await expectAllKept();
  });
});

describe('servers panel', () => {
  it('says where it is, how its certificate is fetched and where its password is', async () => {
    const env = { SSH_CONNECTION: '198.51.100.7 51000 203.0.113.5 2222' };
    const { exitCode, stdout } = await sandbox.run(['servers', 'panel', 'edge'], { env });
    expect(exitCode).toBe(0);
    expect(stdout).toContain(`\n${edge.panelUrl}\n`);
    expect(stdout).toMatch(/scp -P 2222 \S+@203\.0\.113\.5:\S+client\.p12 \./);
    expect(stdout).not.toContain((await password())!);
  });
});

describe('certificate trust', () => {
  it('says that the confirmed one is the confirmed one', async () => {
    const { exitCode, stdout } = await trust();
    expect([exitCode, stdout]).toEqual([
      0,
      expect.stringContaining('This certificate is confirmed.'),
    ]);
  });

  it('takes another one only with its own fingerprint', async () => {
    const before = await fingerprint();
    await control(sandbox, {
      action: 'renewPanelCertificate',
      dropletId: Number(edge.providerId),
    });
    const after = await fingerprint();
    expect(after).not.toBe(before);
    expect((await sandbox.run(['servers'])).stdout).toContain('certificate changed');
    for (const args of [[], ['--yes', before], ['--yes', 'accept'], ['--yes', '']]) {
      const { exitCode, stderr } = await trust(...args);
      expect(exitCode).toBe(2);
      expect(stderr).toMatch(
        new RegExp(`Trusted until now[^\\n]*\\n *${before}\\n *Presented now\\n *${after}\\n`),
      );
    }
    const { exitCode, stdout } = await trust('--yes', after.replaceAll(':', '').toLowerCase());
    expect(exitCode).toBe(0);
    expect(stdout).toMatch(/Trusted the certificate of .*\.\nPanel: online/);
  });
});

describe('a server', () => {
  it('that is not there is told, and nothing is done', async () => {
    for (const action of ['activate', 'panel', 'remove', 'destroy']) {
      const { exitCode, stderr } = await sandbox.run(['servers', action, 'lab']);
      expect([exitCode, stderr]).toEqual([2, expect.stringContaining('no server called "lab"')]);
    }
    await expectAllKept();
  });

  it('is never taken for another one whose label is its id', async () => {
    const other = { ...edge, id: '22222222-2222-4222-8222-222222222222', label: edge.id };
    await writeList([edge, { ...other, active: false }]);
    const { exitCode, stderr } = await sandbox.run([
      'servers',
      'remove',
      edge.id,
      '--yes',
      edge.id,
    ]);
    expect([exitCode, stderr]).toEqual([2, expect.stringContaining('2 servers are called')]);
    expect(await entries(sandbox)).toHaveLength(2);
  });

  it('that the file gives control sequences is called by its id', async () => {
    await writeList([{ ...edge, label: 'evil\u001b[2J;rm' }]);
    const refused = await sandbox.run(['servers', 'destroy', edge.id]);
    expect(refused.stderr).not.toContain('\u001b');
    // A shell could read more into such a label: the id stands for it.
    expect(refused.stderr).toContain(`servers destroy ${edge.id} --yes ${edge.id}`);
    const removed = await sandbox.run(['servers', 'remove', edge.id, '--yes', edge.id]);
    expect([removed.exitCode, removed.stdout]).toEqual([
      0,
      expect.not.stringContaining('\u001b') as string,
    ]);
  });
});

function destroy(label: string, ...args: readonly string[]) {
  return sandbox.run(['servers', 'destroy', label, ...args]);
}

function add(...args: readonly string[]) {
  return sandbox.run(['servers', 'add', edge.ip, ...args]);
}

function trust(...args: readonly string[]) {
  return sandbox.run(['certificate', 'trust', 'edge', ...args]);
}

async function addByHand(): Promise<void> {
  const { provider: _none, providerId: _neither, region: _nor, p12Path: _this, ...rest } = edge;
  const manual = { ...rest, id: '11111111-1111-4111-8111-111111111111', label: 'old-box' };
  await writeList([edge, { ...manual, active: false }]);
}

async function writeList(list: readonly ServerEntry[]): Promise<void> {
  await writeFile(join(sandbox.home, 'servers.json'), JSON.stringify(list));
}

async function activeOnes(): Promise<readonly string[]> {
  return (await entries(sandbox)).filter(({ active }) => active).map(({ label }) => label);
}

/** SHA-256 of what is on the server, as openssl there prints it. */
async function fingerprint(): Promise<string> {
  const path = '/etc/portlama/pki/self-signed.pem';
  const dropletId = Number(edge.providerId);
  const pem = await control(sandbox, { action: 'readFile', dropletId, path });
  return new X509Certificate(String(pem)).fingerprint256;
}
