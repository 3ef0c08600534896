import { describe, expect, it } from 'vitest';
import { countText } from '../../src/usecases/advice.js';
import { reportLines } from '../fixtures/report-lines.js';
import type { Droplet } from '../../src/services/digitalocean/api.js';
import type { Operation } from '../../src/services/provisioning/operations.js';
import { nameToType } from '../../src/words/droplets.js';
import { runProgram } from '../fixtures/program.js';
import {
  atTerminal,
  control,
  droplets,
  entries,
  type RunningSandbox,
  runningSandbox,
} from '../fixtures/running-sandbox.js';
import { temporaryFolder } from '../fixtures/temporary-folder.js';

const MANAGED = 'portlama:managed';

describe('servers, droplets and doctor', () => {
  it('say that there is nothing to say', async () => {
    const sandbox = await runningSandbox();
    expect((await sandbox.run(['droplets'])).stdout).toBe('No droplets.\n');
    expect((await sandbox.run(['servers'])).stdout).toBe('No servers.\n');
    const { exitCode, stdout } = await sandbox.run(['doctor']);
    expect(exitCode).toBe(0);
    expect(stdout).toMatch(/^ok +Droplets +all droplets are in the list$/m);
  });

  it('name each unlisted droplet with its cost and both ways out, and doctor counts them', async () => {
    const sandbox = await runningSandbox();
    const id = await addUnlisted(sandbox, 'portlama-lost');
    await addUnlisted(sandbox, 'portlama-other');
    await addUnlisted(sandbox, 'web-1', ['production']);
    const fact = new RegExp(
      `^portlama-lost \\(${id}, fra1, 203\\.0\\.113\\.\\d+, \\$4/month\\) is an unlisted droplet`,
      'm',
    );
    for (const command of ['servers', 'droplets', 'strays']) {
      const { exitCode, stdout, stderr } = await sandbox.run([command]);
      expect([exitCode, stderr]).toEqual([0, '']);
      expect(stdout).toMatch(fact);
      expect(stdout).toContain(`  → Adopt it: portlama-tui --sandbox droplets adopt ${id}\n`);
      expect(stdout).toContain(`destroy it: portlama-tui --sandbox droplets destroy ${id}\n`);
      expect(stdout).not.toContain('web-1');
      if (command === 'servers') expect(stdout).toMatch(/^All droplets cost \$8\/month\.$/m);
    }
    const doctor = await sandbox.run(['doctor']);
    expect(doctor.exitCode).toBe(1);
    expect(doctor.stdout).toMatch(/^note +Droplets +2 unlisted droplets cost \$8\/month$/m);
    expect(doctor.stdout).toMatch(/^problem +Droplets +portlama-lost \(/m);
    expect(doctor.stdout).toContain(`→ Adopt it: portlama-tui --sandbox droplets adopt ${id}`);
    expect(doctor.stdout).toContain('2 things need attention.');
  });

  it('say when the comparison failed, and list the servers all the same', async () => {
    const sandbox = await runningSandbox();
    const match = { method: 'GET', path: '/v2/droplets' };
    await control(sandbox, { action: 'addFault', fault: { kind: 'status', status: 403, match } });
    const { exitCode, stdout, stderr } = await sandbox.run(['servers']);
    expect([exitCode, stdout]).toEqual([0, 'No servers.\n']);
    expect(stderr).toMatch(/^The droplets were not compared with the list: \S/);
  });
});

describe('droplets', () => {
  it('lists each droplet with its price and server, and marks the unlisted one', async () => {
    const sandbox = await runningSandbox();
    const listed = await addUnlisted(sandbox, 'portlama-lab');
    // Under the earlier name, which still works.
    await sandbox.run(['strays', 'adopt', String(listed)]);
    const lost = await addUnlisted(sandbox, 'portlama-lost');
    const { exitCode, stdout } = await sandbox.run(['droplets']);
    expect(exitCode).toBe(0);
    expect(stdout).toMatch(/^ID +NAME +REGION +ADDRESS +SIZE +PRICE +SERVER$/m);
    const row = (id: number, name: string, owner: string): RegExp =>
      new RegExp(`^${id} +${name} +fra1 +203\\S+ +s-1vcpu-512mb-10gb +\\$4/month +${owner}$`, 'm');
    expect(stdout).toMatch(row(listed, 'portlama-lab', 'lab'));
    expect(stdout).toMatch(row(lost, 'portlama-lost', 'unlisted'));
    const json = await sandbox.run(['droplets', '--json']);
    const records = json.stdout
      .trim()
      .split('\n')
      .map((line) => JSON.parse(line) as object);
    expect(records).toHaveLength(2);
    expect(records).toContainEqual(
      expect.objectContaining({ id: lost, monthlyUsd: 4, server: null, unlisted: true }),
    );
    expect(records).toContainEqual(
      expect.objectContaining({ id: listed, server: 'lab', unlisted: false }),
    );
  });
});

describe('a server whose droplet is gone', () => {
  it('is named with what to do', async () => {
    const sandbox = await runningSandbox();
    const id = await addUnlisted(sandbox, 'portlama-lost');
    await sandbox.run(['droplets', 'adopt', String(id)]);
    await control(sandbox, { action: 'vanish', dropletId: id });
    const fact = `lost: its droplet ${id} is no longer in this account`;
    expect((await sandbox.run(['servers'])).stdout).toContain(
      `${fact}\n  → If it was destroyed, remove it from the list`,
    );
    const doctor = await sandbox.run(['doctor']);
    expect(doctor.exitCode).toBe(1);
    expect(doctor.stdout).toMatch(/note +Droplets +1 server has no droplet/);
    expect(doctor.stdout).toContain(fact);
  });
});

describe('the lines about unlisted droplets', () => {
  const unnamed: Droplet = {
    id: 7,
    name: 'evil\u001b[2J\u0007 name',
    status: 'active',
    tags: [MANAGED],
    regionSlug: 'fra1',
    sizeSlug: 's-1vcpu-512mb-10gb',
    priceMonthlyUsd: undefined,
    createdAt: '2026-11-20T10:00:00Z',
    publicIpv4: undefined,
  };
  const unlisted = { droplet: unnamed, operationId: undefined, operation: undefined };

  it('ask for the id of one in whose name others wrote what would be cleaned away', () => {
    expect(nameToType(unnamed)).toBe('7');
    expect(nameToType({ id: 7, name: 'portlama-lost' })).toBe('portlama-lost');
  });

  it.each([
    ['interrupted', ['resume op1', 'cleanup op1']],
    ['failed-with-leftovers', ['cleanup op1']],
  ] as const)('leave the droplet of a provisioning that is %s to it', (status, ways) => {
    const operation = { id: 'op1', status } as Operation;
    const report = { unlisted: [{ ...unlisted, operationId: 'op1', operation }], gone: [] };
    const lines = reportLines(report, { sandbox: false });
    expect(lines[0]).toContain(`belongs to a provisioning that is ${status.replaceAll('-', ' ')}`);
    expect(lines.slice(1).map((line) => /operations (.*)$/.exec(line)?.[1])).toEqual(ways);
    expect(lines.join()).not.toContain('strays');
    expect(countText(report)).toBeUndefined();
  });
});

describe('droplets adopt', () => {
  it('adds an inactive entry and says what it lacks', async () => {
    const sandbox = await runningSandbox();
    const id = await addUnlisted(sandbox, 'portlama-lost');
    const { exitCode, stdout } = await sandbox.run(['droplets', 'adopt', String(id)]);
    expect(exitCode).toBe(0);
    const [entry] = await entries(sandbox);
    expect(entry).toMatchObject({ label: 'lost', providerId: String(id), active: false });
    expect(stdout).toContain('Added lost as inactive.');
    expect(stdout).toContain('The admin certificate is not on this machine.');
    expect(stdout).toContain('portlama-reset-admin');
    expect(stdout).toContain('portlama-tui --sandbox certificate import lost client.p12');
    expect(stdout).toContain('portlama-tui --sandbox certificate trust lost');
    expect((await sandbox.run(['servers'])).stdout).toMatch(/^lost .*certificate needed/m);
    expect((await sandbox.run(['doctor'])).exitCode).toBe(0);
    const again = await sandbox.run(['droplets', 'adopt', String(id)]);
    expect([again.exitCode, again.stderr]).toEqual([
      1,
      expect.stringContaining('is already in the list'),
    ]);
    expect(await entries(sandbox)).toHaveLength(1);
  });
});

describe('droplets adopt, several at once', () => {
  it('adds one entry', async () => {
    const sandbox = await runningSandbox();
    const id = await addUnlisted(sandbox, 'portlama-lost');
    const all = Array.from({ length: 4 }, () => sandbox.run(['droplets', 'adopt', String(id)]));
    const codes = (await Promise.all(all)).map(({ exitCode }) => exitCode);
    expect(codes.filter((code) => code === 0)).toHaveLength(1);
    expect(await entries(sandbox)).toHaveLength(1);
  });
});

describe('droplets destroy', () => {
  it('without a terminal does nothing unless the name is given', async () => {
    const sandbox = await runningSandbox();
    const id = await addUnlisted(sandbox, 'portlama-lost');
    for (const yes of [undefined, 'portlama-los', 'PORTLAMA-LOST', '', String(id)]) {
      const args = yes === undefined ? [] : ['--yes', yes];
      const { exitCode, stderr } = await sandbox.run(['droplets', 'destroy', String(id), ...args], {
        stdin: 'portlama-lost\n',
      });
      expect(exitCode).toBe(2);
      expect(stderr).toContain(`portlama-tui --sandbox droplets destroy ${id} --yes portlama-lost`);
    }
    expect(await droplets(sandbox)).toEqual([id]);
  });

  it('destroys it when the name is given, and is content when it is gone', async () => {
    const sandbox = await runningSandbox();
    const id = await addUnlisted(sandbox, 'portlama-lost');
    const other = await addUnlisted(sandbox, 'portlama-other');
    const done = await destroy(sandbox, id, '--yes', 'portlama-lost');
    expect([done.exitCode, done.stderr]).toEqual([0, '']);
    expect(done.stdout).toContain('no longer exists. It stops costing $4/month.');
    expect(await droplets(sandbox)).toEqual([other]);
    const again = await destroy(sandbox, id, '--yes', 'portlama-lost');
    expect([again.exitCode, again.stdout]).toEqual([
      0,
      expect.stringContaining('Nothing was destroyed'),
    ]);
  });

  it('never touches a droplet without the managed tag, or one that is in the list', async () => {
    const sandbox = await runningSandbox();
    const foreign = await addUnlisted(sandbox, 'web-1', ['production']);
    const adopted = await addUnlisted(sandbox, 'portlama-mine');
    await sandbox.run(['droplets', 'adopt', String(adopted)]);
    const refused = await destroy(sandbox, foreign, '--yes', 'web-1');
    expect([refused.exitCode, refused.stderr]).toEqual([1, expect.stringContaining(MANAGED)]);
    const listed = await destroy(sandbox, adopted, '--yes', 'portlama-mine');
    expect([listed.exitCode, listed.stderr]).toEqual([
      1,
      expect.stringContaining('is already in the list'),
    ]);
    expect(new Set(await droplets(sandbox))).toEqual(new Set([foreign, adopted]));
  });

  it('asks for the name at a terminal, and takes nothing else for it', async () => {
    const sandbox = await runningSandbox();
    const id = await addUnlisted(sandbox, 'portlama-lost');
    for (const answer of ['', 'yes', 'portlama']) {
      const program = atTerminal(sandbox, ['droplets', 'destroy', String(id)]);
      await program.waitFor('Type portlama-lost to destroy it');
      program.type(`${answer}\r`);
      if (answer !== '') {
        await program.waitFor(`"${answer}" is not portlama-lost.`);
        program.type('\r');
      }
      await program.waitFor('Cancelled. Nothing was changed.');
      expect(await program.waitForExit()).toBe(1);
    }
    const left = atTerminal(sandbox, ['droplets', 'destroy', String(id)]);
    await left.waitFor('Type portlama-lost');
    left.press('ctrl-d');
    expect(await left.waitForExit()).toBe(130);
    expect(await droplets(sandbox)).toEqual([id]);
    const program = atTerminal(sandbox, ['droplets', 'destroy', String(id)]);
    await program.waitFor('Type portlama-lost');
    program.type('portlama-lost\r');
    await program.waitFor('no longer exists');
    expect(await program.waitForExit()).toBe(0);
    expect(await droplets(sandbox)).toEqual([]);
  });

  it.each([
    [['droplets', 'forget', '7']],
    [['droplets', 'destroy']],
    [['droplets', 'destroy', 'portlama-lost']],
    [['droplets', 'destroy', '0']],
    [['droplets', 'destroy', '1e3']],
    [['droplets', 'adopt', '99999999999999999999']],
    [['droplets', 'destroy', '7', '8']],
    [['droplets', 'destroy', '7', '--yes']],
  ])('refuses %j before anything is asked', async (args) => {
    const env = { PORTLAMA_HOME: await temporaryFolder() };
    const { exitCode, stderr } = await runProgram(args, { env });
    expect([exitCode, stderr]).toEqual([
      2,
      expect.stringMatching(
        /See portlama-tui droplets .*--help\.|is not the id of a droplet\.\n.*: portlama-tui droplets\n/,
      ),
    ]);
  });
});

async function addUnlisted(
  sandbox: RunningSandbox,
  name: string,
  tags: readonly string[] = [MANAGED],
): Promise<number> {
  return (await control(sandbox, { action: 'addUnlisted', name, tags })) as number;
}

function destroy(sandbox: RunningSandbox, id: number, ...args: readonly string[]) {
  return sandbox.run(['droplets', 'destroy', String(id), ...args]);
}
