import { describe, expect, it } from 'vitest';
import { SANDBOX_TOKEN, SANDBOX_TOKENS } from '../../src/sandbox/tokens.js';
import type { DnsRecord } from '../../src/services/digitalocean/api.js';
import { createServer } from '../../src/usecases/create-server.js';
import { destroyServer } from '../../src/usecases/destroy-server.js';
import { destroyUnlistedDroplet } from '../../src/usecases/destroy-unlisted-droplet.js';
import { type Plan, planOf } from '../../src/usecases/dry-run.js';
import { destroyServers } from '../../src/usecases/end-many.js';
import { cleanUpOperation } from '../../src/usecases/operations.js';
import { resizeServer } from '../../src/usecases/resize-server.js';
import { setServerDomain } from '../../src/usecases/server-domain.js';
import type { Work } from '../../src/usecases/work.js';
import { planLines } from '../../src/words/plan.js';
import { droplet, dropletOf } from '../app/fakes/fake-digitalocean.js';
import { EDGE, LAB, OLD_BOX } from '../app/fakes/fake-world.js';
import { type TestWork, testWork } from './work.js';

const ZONE = 'example.com';
const OTHER: DnsRecord = { id: 7, type: 'A', name: 'lab', data: '198.51.100.7', ttl: 1800 };
const IPV6: DnsRecord = { id: 8, type: 'AAAA', name: '*.lab', data: '2001:db8::1' };

function withServers(token = SANDBOX_TOKEN): TestWork {
  const suppliedTokens = { environment: token };
  const test = testWork({ servers: [EDGE, LAB, OLD_BOX], suppliedTokens });
  for (const server of [EDGE, LAB]) test.world.addDroplet(dropletOf(server));
  test.world.addDroplet({ ...droplet(7), name: 'portlama-lost' });
  test.world.account.zones.set(ZONE, [OTHER, IPV6]);
  return test;
}

/** All that a use case could change. */
async function stateOf({ world, face, news }: TestWork): Promise<string> {
  const { droplets, zones, actions } = world.account;
  const account = [...droplets, ...zones, ...actions];
  const kept = [await world.registry.list(), await world.operations.list()];
  const { removedFiles, removedIdentities, saved } = world;
  const local = [removedFiles, removedIdentities, [...saved], world.operations.calls];
  return JSON.stringify([account, kept, local, face.said, face.shown, news]);
}

/** Plans, and proves that neither a question was asked nor anything changed. */
async function plan(test: TestWork, useCase: (work: Work) => Promise<unknown>): Promise<Plan> {
  const before = await stateOf(test);
  const found = await planOf(useCase, test.work);
  expect(await stateOf(test)).toBe(before);
  return found;
}

describe('planOf', () => {
  it('names the droplet, the keys and the records of a server to be, and its price', async () => {
    const test = withServers(SANDBOX_TOKENS.domains.token);
    const { changes, monthlyUsd } = await plan(test, (work) =>
      createServer({ region: 'fra1', label: 'lab', domain: { domain: 'lab.example.com' } }, work),
    );
    expect(monthlyUsd).toBe(4);
    expect(planLines({ changes, monthlyUsd })).toEqual([
      'Dry run, nothing is changed. Without --dry-run this would:',
      '  create  SSH key portlama-*                removed again at the end',
      '  create  tag portlama:managed',
      '  create  tag portlama:op:*                 removed again at the end',
      '  create  droplet portlama-lab              fra1, s-1vcpu-512mb-10gb  +$4/month',
      '  change  DNS record lab.example.com (7)    A the new server',
      '  delete  DNS record *.lab.example.com (8)  AAAA 2001:db8::1',
      '  create  DNS record *.lab.example.com      A the new server',
      '  create  list entry lab',
      'Costs: $4/month more.',
    ]);
  });

  it.each([
    ['a region without the size', { region: 'blr1' }, 'region-unavailable'],
    ['a size of nowhere', { region: 'fra1', size: 's-8vcpu-1gb' }, 'region-none'],
    ['a label that is taken', { region: 'fra1', label: 'old-box' }, 'label-taken'],
  ])('refuses %s as the real run does', async (_, form, code) => {
    const test = withServers();
    const wrong = { label: 'lab', ...form };
    await expect(planOf((work) => createServer(wrong, work), test.work)).rejects.toMatchObject({
      code,
    });
  });

  it('names the droplet that goes, its entry, and what stops', async () => {
    const { changes, monthlyUsd } = await plan(withServers(), (work) =>
      destroyServer('fra1-edge', work),
    );
    expect(changes).toEqual([
      expect.objectContaining({ action: 'delete', kind: 'droplet', id: EDGE.providerId }),
      { action: 'delete', kind: 'server-entry', id: EDGE.id, name: 'fra1-edge', monthlyUsd: 0 },
    ]);
    expect(monthlyUsd).toBe(-4);
  });

  it('adds several up, and says when a price is unknown', async () => {
    const test = withServers();
    test.world.addDroplet({ ...dropletOf(LAB), priceMonthlyUsd: undefined });
    const both = ['fra1-edge', 'nyc3-lab'];
    const found = await plan(test, (work) => destroyServers(both, work));
    expect(found.changes).toHaveLength(4);
    expect(found.monthlyUsd).toBeUndefined();
    expect(planLines(found).at(-1)).toBe(
      'Costs: unknown, because DigitalOcean did not give every price.',
    );
  });

  it('refuses a droplet without the managed tag', async () => {
    const test = withServers();
    test.world.addDroplet(droplet(Number(EDGE.providerId), ['production']));
    await expect(
      planOf((work) => destroyServer('fra1-edge', work), test.work),
    ).rejects.toMatchObject({ code: 'droplet-not-ours' });
  });

  it('names an unlisted droplet', async () => {
    const { changes } = await plan(withServers(), (work) => destroyUnlistedDroplet(7, work));
    expect(changes).toMatchObject([{ action: 'delete', kind: 'droplet', name: 'portlama-lost' }]);
    const nothing = await plan(withServers(), (work) => destroyUnlistedDroplet(8, work));
    expect(planLines(nothing)).toEqual(['Dry run: there is nothing to change.']);
  });

  it('names both sizes, and the difference of their prices', async () => {
    const test = withServers();
    test.world.addDroplet({ ...dropletOf(EDGE), status: 'off', priceMonthlyUsd: 4 });
    const { changes, monthlyUsd } = await plan(test, (work) =>
      resizeServer('fra1-edge', 's-1vcpu-1gb', work),
    );
    expect(changes).toMatchObject([
      { action: 'change', kind: 'droplet', detail: 's-1vcpu-512mb-10gb → s-1vcpu-1gb' },
    ]);
    expect(monthlyUsd).toBe(2);
  });

  it('names the records of a domain, and a zone that is to be added', async () => {
    const test = withServers(SANDBOX_TOKENS.domains.token);
    const { changes } = await plan(test, (work) =>
      setServerDomain('fra1-edge', { zone: 'example.org', subdomain: 'lab' }, work),
    );
    expect(changes.map(({ action, kind, name }) => `${action} ${kind} ${name}`)).toEqual([
      'create domain example.org',
      'create dns-record lab.example.org',
      'create dns-record *.lab.example.org',
    ]);
  });

  it('names of a clean-up what the account and the list still have', async () => {
    const test = withServers();
    const { operations } = test.world;
    const id = operations.add({ label: 'edge', region: 'fra1' });
    const removeBy = 'Delete it.';
    operations.write(
      id,
      { event: 'error', step: 'wait_ssh', code: 'x', message: 'No answer.' },
      {
        event: 'rolled-back',
        leftovers: [
          { kind: 'droplet', id: '7', monthlyUsd: 4, removeBy },
          { kind: 'droplet', id: '8', monthlyUsd: 4, removeBy },
          { kind: 'server-entry', id: 'gone', monthlyUsd: 0, removeBy },
        ],
      },
    );
    const { changes, monthlyUsd } = await plan(test, (work) => cleanUpOperation(id, work));
    expect(changes).toMatchObject([{ action: 'delete', kind: 'droplet', id: '7' }]);
    expect(monthlyUsd).toBe(-4);
  });
});
