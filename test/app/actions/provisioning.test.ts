import { setImmediate } from 'node:timers/promises';
import { describe, expect, it } from 'vitest';
import { serverRows } from '../../../src/app/server-rows.js';
import { SANDBOX_TOKEN } from '../../../src/sandbox/tokens.js';
import { TOKEN_KEY } from '../../../src/services/keystore/keystore.js';
import type { Resource } from '../../../src/services/provisioning/journal/records.js';
import { EDGE, FakeWorld } from '../fakes/fake-world.js';
import { type RunningAppWithoutScreens, startAppWithoutScreens } from '../fakes/running-app.js';

const DROPLET: Resource = {
  kind: 'droplet',
  id: '312876543',
  monthlyUsd: 4,
  removeBy: 'Delete it in the DigitalOcean console.',
};

const SERVER = {
  id: 'server-1',
  label: 'edge',
  panelUrl: 'https://203.0.113.50:9292',
  ip: '203.0.113.50',
  region: 'fra1',
  providerId: '312876543',
};

/** A provisioning that another run of the program began. */
async function attached(): Promise<{ running: RunningAppWithoutScreens; id: string }> {
  const world = new FakeWorld();
  await world.keystore.set(TOKEN_KEY, SANDBOX_TOKEN);
  const id = world.operations.add({ label: 'edge', region: 'fra1' });
  const running = await startAppWithoutScreens(world);
  await running.perform('servers.open', id);
  return { running, id };
}

function fail({ operations }: FakeWorld, id: string, leftovers: readonly Resource[] = []): void {
  operations.write(
    id,
    { event: 'step', step: 'wait_ssh', status: 'running' },
    { event: 'error', step: 'wait_ssh', code: 'connection-timeout', message: 'No answer.' },
    { event: 'rolled-back', leftovers },
  );
}

describe('a provisioning', () => {
  it('is found again at the next start and shown live', async () => {
    const { running, id } = await attached();
    expect(running.state.routes.at(-1)).toEqual({ screen: 'provisioning', operationId: id });
    running.world.operations.write(id, { event: 'log', step: 'wait_ssh', text: 'connected' });
    expect(running.state.operations.logs[id]?.entries.map(({ text }) => text)).toEqual([
      'connected',
    ]);
    expect(running.world.operations.followers(id)).toBe(1);
  });

  it('is followed once, however often it is opened', async () => {
    const { running, id } = await attached();
    await running.perform('leave');
    await running.perform('servers.open', id);
    expect(running.world.operations.followers(id)).toBe(1);
  });

  it('is no longer followed once the program ended', async () => {
    const { running, id } = await attached();
    running.app.dispose();
    expect(running.world.operations.followers(id)).toBe(0);
  });

  it('goes on when its screen is left, and says so', async () => {
    const { running } = await attached();
    await running.perform('provisioning.background');
    expect(running.state.routes).toEqual([{ screen: 'servers' }]);
    expect(running.lastToast).toContain('edge continues in the background');
    expect(running.world.operations.calls).toEqual([]);
  });

  it('is cancelled only after the question was answered with yes', async () => {
    const { running, id } = await attached();
    await running.perform('provisioning.cancel');
    await running.answer(false);
    expect(running.world.operations.calls).toEqual([]);
    await running.perform('provisioning.cancel');
    await running.answer(true);
    expect(running.world.operations.calls).toEqual([`cancel ${id}`]);
    expect(running.world.operations.tokens).toEqual([SANDBOX_TOKEN]);
  });

  it('can be retried after a failure, and the failed one is forgotten', async () => {
    const { running, id } = await attached();
    fail(running.world, id);
    await running.perform('provisioning.retry');
    expect(running.world.operations.calls).toEqual(['start fra1 edge', `dismiss ${id}`]);
    expect(running.state.routes.at(-1)).toMatchObject({ screen: 'provisioning' });
    expect(running.state.operations.list.map(({ status }) => status)).toEqual(['running']);
  });

  it('is not tried again under a label that another server has meanwhile', async () => {
    const { running, id } = await attached();
    fail(running.world, id, []);
    running.world.registry.changeFromOutside([{ ...EDGE, label: 'edge' }]);
    await running.perform('provisioning.retry');
    expect(running.world.operations.calls).toEqual([]);
    expect(JSON.stringify(running.state.dialogs)).toContain(
      'There is already a server called edge.',
    );
  });

  it('is kept when something of it is left, and another one costs money only when that was agreed to', async () => {
    const { running, id } = await attached();
    fail(running.world, id, [DROPLET]);
    await running.perform('provisioning.retry');
    expect(running.world.operations.calls).toEqual([]);
    expect(JSON.stringify(running.state.dialogs)).toMatch(/keep costing money.*\$4\/month/);
    await running.answer(true);
    expect(running.world.operations.calls).toEqual(['start fra1 edge']);
    expect(running.state.operations.list.map((operation) => operation.id)).toContain(id);
  });

  it('is said to be interrupted when its worker died, and resumes', async () => {
    const { running, id } = await attached();
    await running.perform('leave');
    running.world.operations.killWorker(id);
    await running.world.clock.pass(2_500);
    expect(running.state.operations.list[0]?.status).toBe('interrupted');
    expect(running.lastToast).toContain('interrupted');
    await running.perform('servers.open', id);
    await running.perform('provisioning.resume');
    expect(running.world.operations.calls).toEqual([`resume ${id}`]);
    expect(running.state.operations.list[0]?.status).toBe('running');
  });

  it('cannot be resumed once its clean-up had begun', async () => {
    const { running, id } = await attached();
    running.world.operations.write(id, {
      event: 'error',
      step: 'wait_ssh',
      code: 'connection-timeout',
      message: 'No answer.',
    });
    running.world.operations.killWorker(id);
    await running.world.clock.pass(2_500);
    await running.perform('provisioning.resume');
    expect(running.world.operations.calls).toEqual([]);
    expect(running.lastToast).toBe('The clean-up had started: press c to finish it.');
  });

  it('ends with Done: forgotten, and the server is in the list', async () => {
    const { running, id } = await attached();
    await running.world.registry.save({
      ...SERVER,
      provider: 'digitalocean',
      createdAt: '2026-11-23T14:00:00Z',
      active: true,
      authMethod: 'p12',
    });
    running.world.operations.write(id, { event: 'complete', server: SERVER, leftovers: [] });
    await running.app.store.idle();
    // The screen says it already.
    expect(running.lastToast).toBeUndefined();
    await running.perform('provisioning.dismiss');
    expect(running.world.operations.calls).toEqual([`dismiss ${id}`]);
    expect(running.state.routes).toEqual([{ screen: 'servers' }]);
    expect(running.state.servers.list.map(({ label }) => label)).toEqual(['edge']);
  });

  it('that succeeded while nobody looked is told and forgotten at the next start', async () => {
    const world = new FakeWorld();
    const id = world.operations.add({ label: 'edge', region: 'fra1' });
    world.operations.write(id, { event: 'complete', server: SERVER, leftovers: [] });
    const running = await startAppWithoutScreens(world);
    expect(world.operations.calls).toEqual([`dismiss ${id}`]);
    expect(running.lastToast).toBe('edge was created while you were away.');
  });

  it('that succeeds in the background is told once and forgotten', async () => {
    const { running, id } = await attached();
    await running.perform('provisioning.background');
    running.world.operations.write(id, { event: 'complete', server: SERVER, leftovers: [] });
    await running.app.store.idle();
    expect(running.lastToast).toBe('edge is ready.');
    expect(running.world.operations.calls).toEqual([`dismiss ${id}`]);
  });

  it('that succeeded is forgotten when its screen is left in any way', async () => {
    const { running, id } = await attached();
    running.world.operations.write(id, { event: 'complete', server: SERVER, leftovers: [] });
    await running.app.store.idle();
    await running.perform('leave');
    expect(running.world.operations.calls).toEqual([`dismiss ${id}`]);
  });

  it('stays in the list as long as something of it is left', async () => {
    const { running, id } = await attached();
    running.world.operations.write(id, { event: 'complete', server: SERVER, leftovers: [DROPLET] });
    await running.app.store.idle();
    await running.perform('leave');
    expect(running.world.operations.calls).toEqual([]);
    expect(serverRows(running.state).map((row) => row.id)).toContain(id);
  });

  it('rings when it ends, if that is switched on', async () => {
    const world = new FakeWorld();
    const id = world.operations.add({ label: 'edge', region: 'fra1' });
    const running = await startAppWithoutScreens(world, { bell: true });
    fail(world, id);
    expect(running.terminal.bells).toBe(1);
    expect(running.terminal.notified).toEqual(['Creating edge failed; everything was cleaned up.']);
  });

  it('has a log that can be kept', async () => {
    const { running, id } = await attached();
    running.world.operations.write(id, { event: 'log', step: 'wait_ssh', text: 'connected' });
    await running.perform('provisioning.save-log');
    expect(running.world.saved.get(`edge-${id}.log`)).toBe('2026-11-23T14:00:00.000Z connected\n');
    expect(running.lastToast).toContain('/home/ops/.portlama/logs/');
  });

  it('keeps its whole log though the key came before that was read', async () => {
    const { running, id, read } = await openedUnread();
    const saved = running.start('provisioning.save-log');
    await setImmediate();
    expect(running.world.saved.size).toBe(0);
    expect(running.state.running).toMatchObject([{ title: 'Saving the log' }]);
    read();
    await saved;
    const log = running.world.saved.get(`edge-${id}.log`);
    expect(log?.split('\n')[0]).toBe('2026-11-23T14:00:00.000Z connected');
  });

  it('keeps no log that cannot be read, and says why', async () => {
    const { running, read } = await openedUnread();
    running.world.operations.readFailure = new Error('EIO: i/o error, read');
    const saved = running.start('provisioning.save-log');
    read();
    await saved;
    expect(running.world.saved.size).toBe(0);
    expect(running.state.dialogs).toMatchObject([{ title: 'The log was not saved' }]);
  });
});

/** One that ended earlier, on screen before its journal was read. */
async function openedUnread(): Promise<{
  running: RunningAppWithoutScreens;
  id: string;
  read: () => void;
}> {
  const world = new FakeWorld();
  let read = (): void => undefined;
  world.operations.reading = new Promise((resolve) => (read = resolve));
  const id = world.operations.add({ label: 'edge', region: 'fra1' });
  world.operations.write(id, { event: 'log', step: 'wait_ssh', text: 'connected' });
  fail(world, id);
  const running = await startAppWithoutScreens(world);
  await running.perform('servers.open', id);
  return { running, id, read };
}
