import { describe, expect, it, onTestFinished } from 'vitest';
import type { DropletEvent, HealthEvent, WatchEvent } from '../../../src/core/watch-event.js';
import type { Droplet } from '../../../src/services/digitalocean/api.js';
import type { Health } from '../../../src/services/health/health.js';
import { NO_HISTORY } from '../../../src/services/health/history/history.js';
import type { Outlet } from '../../../src/services/watching/outlets.js';
import { WatchMemoryFile } from '../../../src/services/watching/watch-memory.js';
import type { DropletLook } from '../../../src/usecases/watch/droplets.js';
import { watchServers } from '../../../src/usecases/watch/watch-servers.js';
import { dropletOf } from '../../app/fakes/fake-digitalocean.js';
import { FakeRegistry } from '../../app/fakes/fake-registry.js';
import { FakeHealth } from '../../app/fakes/fake-world.js';
import { temporaryFolder } from '../../fixtures/temporary-folder.js';
import { SteppedClock } from '../../services/health/stepped-clock.js';
import { serverEntry } from '../../services/registry/server-entry.js';

const SERVER = serverEntry({ label: 'lab' });
const START = Date.parse('2026-11-28T14:00:00Z');
const ACCOUNT = { name: 'work', email: 'team@example.com', team: 'one', teamName: 'Lab' };
const DROPLET = dropletOf(SERVER);

const online = (since: number): Health => ({
  state: 'online',
  since,
  latencyMs: 42,
  version: '0.1.30',
});
const offline = (since: number): Health => ({
  state: 'offline',
  since,
  code: 'panel-timeout',
  reason: 'no answer in time',
});

/** A watch on a home folder; `taken` are the events that its outlet got. */
async function begin(
  home: string,
  health = new FakeHealth(),
  droplets?: (readonly Droplet[] | DropletLook)[],
  registry = new FakeRegistry([SERVER]),
) {
  const clock = new SteppedClock();
  const stop = new AbortController();
  const told: WatchEvent[] = [];
  const taken: WatchEvent[] = [];
  const warnings: string[] = [];
  const outlet: Outlet = {
    name: 'exec',
    target: '/bin/notify',
    send: async (event) => void taken.push(event),
  };
  const running = watchServers(
    {
      clock,
      registry,
      health,
      async listDroplets() {
        const found = droplets?.shift();
        if (found === undefined || 'asked' in found) return found;
        return { droplets: found, asked: ['default'], unasked: [] };
      },
      accountReader: () => async (id) => (id === SERVER.id ? ACCOUNT : null),
      memory: new WatchMemoryFile(home, ['exec /bin/notify'], clock, (text) => warnings.push(text)),
      outlets: [outlet],
      tell: (event) => told.push(event),
      warn: (text) => warnings.push(text),
    },
    stop.signal,
  );
  const end = async (): Promise<void> => {
    stop.abort();
    await running;
  };
  onTestFinished(end);
  await waitFor(() => health.watched.length > 0);
  return { clock, health, registry, told, taken, warnings, end };
}

/** Files take turns of their own. */
async function waitFor(isSo: () => boolean): Promise<void> {
  await expect.poll(isSo).toBe(true);
}

const see = (health: FakeHealth, seen: Health): void =>
  health.report({ serverId: SERVER.id, health: seen, samples: [] });
const states = (events: readonly WatchEvent[]): string[] =>
  events.map(({ before, state }) => `${before ?? 'nothing'} > ${state}`);

describe('a watch', () => {
  it('tells the state it finds, and hands over changes alone', async () => {
    const { health, told, taken, warnings } = await begin(await temporaryFolder());
    see(health, { state: 'checking' });
    see(health, online(START));
    see(health, online(START));
    see(health, offline(START + 60_000));
    see(health, offline(START + 60_000));
    see(health, online(START + 240_000));
    await waitFor(() => taken.length === 2);
    expect(states(told)).toEqual(['nothing > online', 'online > offline', 'offline > online']);
    expect(states(taken)).toEqual(['online > offline', 'offline > online']);
    expect(taken.map(({ text }) => text)).toEqual([
      'lab is offline: no answer in time.',
      'lab is online again after 3 min (42 ms, panel 0.1.30).',
    ]);
    expect(taken[0]).toMatchObject({
      event: 'health',
      at: '2026-11-28T14:01:00.000Z',
      server: {
        id: SERVER.id,
        label: 'lab',
        panelUrl: SERVER.panelUrl,
        region: 'fra1',
        account: ACCOUNT,
      },
      beforeSince: '2026-11-28T14:00:00.000Z',
      late: false,
      reason: 'no answer in time',
    });
    expect(warnings).toEqual([]);
  });

  it('tells after a restart what changed meanwhile, and what did not it does not tell again', async () => {
    const home = await temporaryFolder();
    const first = await begin(home);
    see(first.health, online(START));
    await first.end();
    const second = await begin(home);
    see(second.health, online(START + 60_000));
    see(second.health, offline(START + 90_000));
    await second.end();
    const third = await begin(home);
    see(third.health, online(START + 120_000));
    await waitFor(() => third.taken.some(({ state }) => state === 'online'));
    // What the second had not handed over, or had not noted as handed over, the third hands over.
    const ids = new Set([...second.taken, ...third.taken].map(({ id }) => id));
    expect([...ids]).toEqual([second.told[0]!.id, third.told[0]!.id]);
    expect(states(third.told)).toEqual(['offline > online']);
    expect(states(second.told)).toEqual(['online > offline']);
  });

  it('tells outages that began and ended while no watch ran, from the history', async () => {
    const home = await temporaryFolder();
    const first = await begin(home);
    see(first.health, online(START));
    await first.end();
    const health = new FakeHealth();
    health.histories.set(SERVER.id, {
      ...NO_HISTORY,
      outages: [
        { from: START - 50_000, to: START },
        { from: START + 600_000, to: START + 720_000 },
      ],
    });
    const second = await begin(home, health);
    see(health, online(START + 800_000));
    await waitFor(() => second.taken.length === 2);
    expect(states(second.told)).toEqual(['online > offline', 'offline > online']);
    expect(second.told.map((event) => [event.at, (event as HealthEvent).late])).toEqual([
      ['2026-11-28T14:10:00.000Z', true],
      ['2026-11-28T14:12:00.000Z', true],
    ]);
    expect(second.told[1]!.text).toBe('lab is online again after 2 min.');
  });

  it('tells those first, whatever happens to the list of servers meanwhile', async () => {
    const home = await temporaryFolder();
    const first = await begin(home);
    see(first.health, online(START));
    await first.end();
    const other = serverEntry({ id: 'other', label: 'other' });
    const [health, registry] = [new FakeHealth(), new FakeRegistry([SERVER])];
    health.history = async () => {
      registry.changeFromOutside([SERVER, other]);
      see(health, online(START + 800_000));
      return { ...NO_HISTORY, outages: [{ from: START + 600_000, to: START + 720_000 }] };
    };
    registry.changeFromOutside([SERVER]);
    const { told } = await begin(home, health, undefined, registry);
    see(health, online(START + 900_000));
    expect(states(told)).toEqual(['online > offline', 'offline > online']);
    expect(health.watched).toEqual([SERVER, other]);
  });

  it('does not take the end of watching for the end of an outage', async () => {
    const home = await temporaryFolder();
    const first = await begin(home);
    see(first.health, online(START));
    await first.end();
    const health = new FakeHealth();
    const failed = { at: START + 630_000, latencyMs: undefined };
    health.histories.set(SERVER.id, {
      ...NO_HISTORY,
      samples: [{ at: START, latencyMs: 20 }, failed],
      outages: [{ from: START + 600_000, to: failed.at }],
    });
    const second = await begin(home, health);
    see(health, offline(START + 900_000));
    await waitFor(() => second.taken.length === 1);
    expect(states(second.told)).toEqual(['online > offline']);
  });

  it('starts anew with a file of another program, and says so', async () => {
    const home = await temporaryFolder();
    const first = await begin(home);
    see(first.health, online(START));
    await first.end();
    const { readdir, writeFile } = await import('node:fs/promises');
    const [name] = await readdir(`${home}/health`);
    await writeFile(`${home}/health/${name}`, '{"panels":');
    const second = await begin(home);
    see(second.health, offline(START));
    await waitFor(() => second.told.length === 1);
    expect(states(second.told)).toEqual(['nothing > offline']);
    expect(second.warnings[0]).toContain('What was told before is not known');
  });

  it('looks at a server that is added later, and forgets one that leaves', async () => {
    const { health, registry, told } = await begin(await temporaryFolder());
    const other = serverEntry({ id: 'other', label: 'other' });
    registry.changeFromOutside([other]);
    expect(health.watched).toEqual([other]);
    see(health, online(START));
    health.report({ serverId: 'other', health: online(START), samples: [] });
    expect(told.map(({ text }) => text)).toEqual(['other is online (42 ms, panel 0.1.30).']);
  });
});

describe('a watch of droplets', () => {
  const off: Droplet = { ...DROPLET, status: 'off' };
  const unlisted = { ...DROPLET, id: 99, name: 'portlama-other', publicIpv4: '203.0.113.99' };

  it('tells their states; one is gone when two looks in a row do not list it', async () => {
    const looks = [[DROPLET], [off], [off, unlisted], [], [unlisted], []];
    const { clock, told, taken } = await begin(await temporaryFolder(), undefined, looks);
    for (let look = 0; look < 6; look++) await clock.pass(60_000);
    expect(told.map(({ text }) => text)).toEqual([
      'Droplet portlama-lab (312876543) of lab is running.',
      'Droplet portlama-lab (312876543) of lab is off, and still billed.',
      'Unlisted droplet portlama-other (99) is running.',
      'Droplet portlama-lab (312876543) of lab no longer exists.',
    ]);
    await waitFor(() => taken.length === 3);
    expect(states(taken)).toEqual(['active > off', 'absent > active', 'off > absent']);
    expect((taken[1] as DropletEvent).server).toBeNull();
  });

  it('takes none for gone whose account refuses, and says that once', async () => {
    const refused = { name: 'work', error: new Error('DigitalOcean refuses the token.') };
    const [own, other] = [
      { ...DROPLET, account: 'default' },
      { ...unlisted, account: 'work' },
    ];
    const both = { droplets: [own, other], asked: ['default', 'work'], unasked: [] };
    const one = { droplets: [own], asked: ['default'], unasked: [refused] };
    const forgotten = { droplets: [], asked: ['default'], unasked: [] };
    const looks = [both, one, one, one, forgotten, forgotten, both, forgotten];
    const { clock, told, warnings } = await begin(await temporaryFolder(), undefined, looks);
    for (let look = 0; look < 8; look++) await clock.pass(60_000);
    expect(warnings).toEqual(['The account work was not asked: DigitalOcean refuses the token.']);
    expect(states(told)).toEqual([
      'nothing > active',
      'nothing > active',
      'active > absent',
      'absent > active',
    ]);
  });

  it('says once what it cannot look at, and goes on with the panels', async () => {
    const { clock, health, told, warnings } = await begin(
      await temporaryFolder(),
      undefined,
      new Proxy<Droplet[][]>([], {
        get: () => {
          throw new Error('DigitalOcean did not answer.');
        },
      }),
    );
    await clock.pass(300_000);
    expect(warnings).toEqual(['The droplets cannot be looked at: DigitalOcean did not answer.']);
    see(health, online(START));
    expect(told).toHaveLength(1);
  });
});
