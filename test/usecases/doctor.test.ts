import { hintLines } from '../../src/words/hints.js';
import { chmod, mkdir, symlink, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { SANDBOX_TOKEN } from '../../src/sandbox/tokens.js';
import { inspectHome } from '../../src/services/files/inspect-home.js';
import { TOKEN_KEY } from '../../src/services/keystore/keystore.js';
import { doctor, type Finding, summary } from '../../src/usecases/doctor.js';
import type { Work } from '../../src/usecases/work.js';
import { droplet, dropletOf } from '../app/fakes/fake-digitalocean.js';
import { EDGE, LAB } from '../app/fakes/fake-world.js';
import { temporaryFolder } from '../fixtures/temporary-folder.js';
import { testWork } from './work.js';

const OPTIONS = { terminal: '256 colours, UTF-8' };
const NOT_US = 4_242;

function named(findings: readonly Finding[], name: string): readonly Finding[] {
  return findings.filter((finding) => finding.name === name);
}

/** A permission that was refused, as Node.js reports it. */
function refused(path: string): Error {
  const message = `EACCES: permission denied, scandir '${path}'`;
  return Object.assign(new Error(message), { code: 'EACCES', path });
}

/** A private home folder with a blank in its name. */
async function homeFolder(): Promise<string> {
  const home = join(await temporaryFolder(), 'a b');
  await mkdir(join(home, 'operations'), { recursive: true });
  await writeFile(join(home, 'servers.json'), '[]', { mode: 0o600 });
  for (const path of [home, join(home, 'operations')]) await chmod(path, 0o700);
  return home;
}

/** The services, with a real home folder and a user who may not be its owner. */
function livingIn(work: Work, home: string, userId = process.getuid?.()): Work {
  return {
    ...work,
    environment: { ...work.environment, home, userId },
    inspectHome: () => inspectHome(home, userId),
  };
}

describe('doctor', () => {
  it('warns of certificates that end soon, and leaves others alone', async () => {
    const { work, world } = testWork({ servers: [EDGE, LAB] });
    const day = 86_400_000;
    const facts = { subject: 'CN=admin', issuer: 'CN=Portlama', notBefore: 0 };
    const ends = (days: number) => ({ ...facts, notAfter: world.clock.now() + days * day + 1 });
    world.panels.clientCertificates.set(EDGE.id, ends(6));
    world.panels.clientCertificates.set(LAB.id, ends(20));
    const found = named(await doctor(work, OPTIONS), 'Servers').slice(1);
    expect(found).toEqual([
      {
        level: 'problem',
        name: 'Servers',
        text: 'fra1-edge: its certificate expires in 6 days',
        hint: { command: 'certificate.renew', id: 'fra1-edge' },
      },
      expect.objectContaining({
        level: 'note',
        text: 'nyc3-lab: its certificate expires in 20 days',
      }),
    ]);
    world.panels.clientCertificates.set(EDGE.id, ends(90));
    world.panels.clientCertificates.set(LAB.id, new Error('unreadable'));
    expect(named(await doctor(work, OPTIONS), 'Servers')).toHaveLength(1);
  });

  it('finds nothing to do where all is well, and tells everything once', async () => {
    const { work, world } = testWork({ servers: [EDGE] });
    await world.keystore.set(TOKEN_KEY, SANDBOX_TOKEN);
    world.addDroplet(dropletOf(EDGE));
    const findings = await doctor(work, OPTIONS);
    expect(findings.map(({ level, name }) => `${level} ${name}`)).toEqual([
      'ok Program',
      'ok SSH agent',
      'ok Home folder',
      'ok Servers',
      'ok Credentials',
      'ok Provisionings',
      'ok API token',
      'ok DigitalOcean',
      'ok Droplets',
      'ok Browser',
      'ok Debug log',
      'ok Terminal',
    ]);
    expect(named(findings, 'Terminal')).toMatchObject([{ text: OPTIONS.terminal }]);
    expect(summary(findings)).toBe('Nothing needs attention');
  });

  it('hands each check’s findings over as it ends', async () => {
    const { work } = testWork({});
    const parts: (readonly Finding[])[] = [];
    const all = await doctor(work, { ...OPTIONS, onFindings: (found) => parts.push(found) });
    expect(parts.length).toBeGreaterThan(5);
    expect(parts.flat()).toEqual(all);
  });

  it('turns checks that throw into findings, and runs the others', async () => {
    const { work, world } = testWork({ servers: [EDGE] });
    const denied = '/home/ops/.portlama/operations/a b';
    world.registry.failure = new Error('EIO: i/o error');
    world.keystore.failure = refused('/run/user/0/bus');
    world.operations.list = () => Promise.reject(refused(denied));
    const broken: Work = {
      ...work,
      inspectHome: () => Promise.reject(refused('/home/ops/.portlama')),
      describeSystem: () => Promise.reject(new Error('no system')),
      keychain: { probe: () => Promise.reject(new Error('locked')), unsuited: async () => '' },
    };
    const findings = await doctor(broken, OPTIONS);
    const problems = findings.filter(({ level }) => level === 'problem');
    expect(problems.map(({ name }) => name)).toEqual([
      'Program',
      'Home folder',
      'Servers',
      'Credentials',
      'Login keychain',
      'Provisionings',
      'DigitalOcean',
    ]);
    expect(named(findings, 'Provisionings')).toMatchObject([
      {
        text: `${denied} cannot be opened: permission is denied`,
        hint: `Find out who owns it: ls -ld '${denied}'`,
      },
    ]);
    expect(named(findings, 'Terminal')).toHaveLength(1);
    expect(summary(findings)).toBe('7 things need attention');
  });

  it('tells the droplets of an account that could be asked about only in part', async () => {
    const { work, world } = testWork({ suppliedTokens: { environment: SANDBOX_TOKEN } });
    const findings = await doctor(
      {
        ...work,
        createApi: (token) =>
          Object.assign(world.ports.createApi(token), {
            listDroplets: (wish?: object) =>
              wish === undefined ? Promise.resolve([]) : Promise.reject(new Error('HTTP 500')),
          }),
      },
      OPTIONS,
    );
    expect(named(findings, 'API token')).toMatchObject([{ text: 'of PORTLAMA_CLOUD_TOKEN' }]);
    expect(named(findings, 'DigitalOcean')).toMatchObject([{ level: 'ok' }]);
    expect(named(findings, 'Droplets')).toMatchObject([{ level: 'problem', text: 'HTTP 500' }]);
  });

  it('counts unlisted droplets and servers without one, with the ways out', async () => {
    const { work, world } = testWork({ servers: [LAB] });
    await world.keystore.set(TOKEN_KEY, SANDBOX_TOKEN);
    world.addDroplet({ ...droplet(7), name: 'portlama-lost' });
    const found = named(await doctor(work, OPTIONS), 'Droplets');
    expect(found[0]).toMatchObject({
      level: 'note',
      text: '1 unlisted droplet costs $4/month; 1 server has no droplet',
    });
    expect(found.slice(1).map(({ level }) => level)).toEqual(['problem', 'problem']);
    expect(found.flatMap(({ hint }) => hintLines(hint, { sandbox: false })).join()).toContain(
      'portlama-tui droplets adopt 7',
    );
  });

  it('tells a proxy by the names of its variables, passwords in the clear and an old Node.js', async () => {
    const { work, world } = testWork({
      facts: { proxyVariables: ['HTTPS_PROXY'], nodeVersion: '18.20.1', logPath: '/tmp/log' },
    });
    world.legacyPasswords = 2;
    const findings = await doctor(work, OPTIONS);
    expect(named(findings, 'Network')).toMatchObject([{ level: 'note' }]);
    expect(named(findings, 'Servers')[1]).toMatchObject({
      level: 'problem',
      text: expect.stringContaining('2 certificate passwords in the clear'),
    });
    expect(named(findings, 'Program')).toMatchObject([{ level: 'problem' }]);
    expect(named(findings, 'Debug log')).toMatchObject([{ text: '/tmp/log' }]);
  });

  it('shows no secret that an error carries', async () => {
    const { work, world } = testWork({});
    work.redactor.add('hunter2hunter2');
    world.registry.failure = new Error('cannot open https://hunter2hunter2@proxy');
    expect(JSON.stringify(await doctor(work, OPTIONS))).not.toContain('hunter2');
  });

  it('ends when it is aborted', async () => {
    const { work } = testWork({});
    const ended = new AbortController();
    const going = doctor(
      { ...work, signal: ended.signal },
      { ...OPTIONS, onFindings: () => ended.abort() },
    );
    await expect(going).rejects.toThrow('aborted');
  });
});

describe('the home folder in doctor', () => {
  it('is a problem where it cannot be made, such as by a file in the way', async () => {
    const { work } = testWork({});
    const folder = await temporaryFolder();
    const file = join(folder, 'file');
    await writeFile(file, '');
    const blocked = [
      [join(file, 'portlama'), file],
      [join(file, 'a', 'portlama'), file],
    ] as const;
    for (const [home, by] of blocked) {
      const found = named(await doctor(livingIn(work, home), OPTIONS), 'Home folder');
      expect(found).toMatchObject([
        {
          level: 'problem',
          text: expect.stringContaining(`cannot be created: ${by} is`) as string,
        },
      ]);
    }
    const free = named(
      await doctor(livingIn(work, join(folder, 'a', 'b')), OPTIONS),
      'Home folder',
    );
    expect(free).toMatchObject([{ level: 'note' }]);
  });

  it('is well when it is one user’s alone, or not there', async () => {
    const { work } = testWork({});
    const home = await homeFolder();
    const own = await doctor(livingIn(work, home), OPTIONS);
    expect(named(own, 'Home folder')).toMatchObject([{ level: 'ok' }]);
    const none = await doctor(livingIn(work, join(home, 'none')), OPTIONS);
    expect(named(none, 'Home folder')).toMatchObject([{ level: 'note' }]);
  });

  it('of another user gets chown, quoted, and the checks after it run', async () => {
    const { work } = testWork({});
    const home = await homeFolder();
    const findings = await doctor(livingIn(work, home, NOT_US), OPTIONS);
    expect(named(findings, 'Home folder')).toMatchObject([
      {
        level: 'problem',
        text: expect.stringContaining(`(of user ${process.getuid?.()})`),
        hint: `If it is yours: sudo chown -R ${NOT_US} '${home}'`,
      },
    ]);
    expect(findings.at(-1)).toMatchObject({ name: 'Terminal' });
  });

  it('that others may read gets chmod, quoted; a link gets neither', async () => {
    const { work } = testWork({});
    const home = await homeFolder();
    await chmod(join(home, 'servers.json'), 0o644);
    await symlink('/nowhere', join(home, 'operations', 'link'));
    const findings = await doctor(livingIn(work, home), OPTIONS);
    expect(named(findings, 'Home folder')).toMatchObject([
      {
        text: expect.stringMatching(/servers\.json \(0644\), .*link \(a symbolic link\)$/),
        hint: `chmod -R go= '${home}'\nReplace each symbolic link with the real file or folder.`,
      },
    ]);
    const linked = join(home, '..', 'linked');
    await symlink(home, linked);
    const other = await doctor(livingIn(work, linked), OPTIONS);
    expect(named(other, 'Home folder')[0]?.text).toContain('is a symbolic link, and the program');
  });
});
