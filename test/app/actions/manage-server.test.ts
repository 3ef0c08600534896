import { describe, expect, it } from 'vitest';
import { SANDBOX_TOKEN, SANDBOX_TOKENS } from '../../../src/sandbox/tokens.js';
import { dropletOf } from '../fakes/fake-digitalocean.js';
import { EDGE, FakeWorld, LAB, OLD_BOX } from '../fakes/fake-world.js';
import { type RunningAppWithoutScreens, startAppWithoutScreens } from '../fakes/running-app.js';

const ID = Number(EDGE.providerId);

async function withServers(token = SANDBOX_TOKEN): Promise<RunningAppWithoutScreens> {
  const world = new FakeWorld({
    servers: [EDGE, LAB, OLD_BOX],
    suppliedTokens: { environment: token },
  });
  for (const server of [EDGE, LAB]) world.addDroplet(dropletOf(server));
  return await startAppWithoutScreens(world);
}

describe('the power key', () => {
  it('offers what can be done, asks, and shows the droplet as it is then', async () => {
    const running = await withServers();
    await running.perform('servers.open', EDGE.id);
    await running.perform('servers.power', EDGE.id);
    expect(running.state.dialogs[0]).toMatchObject({
      title: 'Power of fra1-edge',
      actions: ['Shut down', 'Reboot', 'Power cycle', 'Cut the power', 'Resize'],
    });
    await running.choose('Shut down');
    expect(running.state.dialogs[0]).toMatchObject({ title: 'Shut down fra1-edge?' });
    await running.answer(true);
    await expect.poll(() => running.state.page?.droplet?.status).toBe('off');
    expect(running.state.droplets.listed.get(EDGE.id)?.status).toBe('off');
    expect(running.world.account.actions.get(ID)?.map(({ type }) => type)).toEqual(['shutdown']);
  });

  it('changes nothing when the choice is left', async () => {
    const running = await withServers();
    await running.perform('servers.power', EDGE.id);
    await running.answer(false);
    expect(running.world.account.actions.size).toBe(0);
  });
});

describe('the page of a server that is offline', () => {
  it('says why, and asks DigitalOcean once for each failure', async () => {
    const running = await withServers();
    const { world } = running;
    const fail = (code: string): void =>
      world.health.report({
        serverId: EDGE.id,
        health: { state: 'offline', since: 0, reason: 'no answer', code },
        samples: [],
      });
    world.addDroplet({ ...dropletOf(EDGE), status: 'off' });
    await running.perform('servers.open', EDGE.id);
    fail('panel-timeout');
    await expect.poll(() => running.state.page?.cause).toBe('off');
    const asked = world.clients.length;
    fail('panel-timeout');
    await running.app.store.idle();
    expect(world.clients).toHaveLength(asked);
    world.addDroplet(dropletOf(EDGE));
    fail('panel-refused');
    await expect.poll(() => running.state.page?.cause).toBe('panel-down');
  });
});

describe('the edit key', () => {
  it('keeps a note, and the page shows it', async () => {
    const running = await withServers();
    await running.perform('servers.open', EDGE.id);
    await running.perform('servers.edit', EDGE.id);
    await running.choose('Note');
    const { id } = running.state.dialogs[0]!;
    running.app.work.messages.enter(id, ['rented until May']);
    await expect.poll(() => running.state.page?.note).toBe('rented until May');
  });

  it('makes the records of a domain, and replaces others only once it is typed', async () => {
    const running = await withServers(SANDBOX_TOKENS.domains.token);
    const { account } = running.world;
    const old = { id: 7, type: 'A', name: 'lab', data: '198.51.100.7', ttl: 1800 };
    account.zones.set('example.com', [old]);
    await running.perform('servers.edit', EDGE.id);
    await running.choose('Domain');
    await running.types('lab.example.com');
    await running.types('-');
    await expect
      .poll(() => running.state.dialogs)
      .toMatchObject([
        { title: 'Replace the records of lab.example.com?', typed: 'lab.example.com' },
      ]);
    expect(account.zones.get('example.com')).toEqual([old]);
    await running.answer(true);
    await expect
      .poll(() => account.zones.get('example.com')?.map(({ name, data }) => [name, data]))
      .toEqual([
        ['lab', EDGE.ip],
        ['*.lab', EDGE.ip],
      ]);
  });
});

describe('the remove key', () => {
  it('takes a cloud server off the list, and leaves its droplet', async () => {
    const running = await withServers();
    await running.perform('servers.remove', EDGE.id);
    expect(JSON.stringify(running.state.dialogs[0])).toContain('becomes an unlisted droplet');
    await running.answer(true);
    expect(running.state.servers.list).toEqual([LAB, OLD_BOX]);
    expect(running.world.account.droplets.has(ID)).toBe(true);
  });
});
