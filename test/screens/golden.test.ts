import '../../src/words/form-help.js';
import { join } from 'node:path';
import { beforeAll, describe, expect, it } from 'vitest';
import { SANDBOX_TOKEN, SANDBOX_TOKENS } from '../../src/sandbox/tokens.js';
import { TOKEN_KEY } from '../../src/services/keystore/keystore.js';
import { InputError } from '../../src/core/errors.js';
import { PANEL_PACKAGE } from '../../src/core/product.js';
import { RegistryError } from '../../src/services/registry/registry.js';
import {
  binsOf,
  FIVE_MS,
  HOUR_MS,
  type ServerHistory,
} from '../../src/services/health/history/history.js';
import { panelOf } from './fixtures/panel.js';
import { droplet, dropletOf } from '../app/fakes/fake-digitalocean.js';
import { certificate } from '../app/fakes/fake-panels.js';
import { EDGE, FakeWorld, LAB, OLD_BOX } from '../app/fakes/fake-world.js';
import { ASCII_PLAIN, UTF8_256 } from '../fixtures/terminal/screen.js';
import { FOREIGN_LABELS } from '../fixtures/foreign-labels.js';
import { drawColours, drawText, expectGolden } from '../fixtures/terminal/golden.js';
import { storesOf } from './fixtures/stores.js';
import { completed, DROPLET, failed, INSTALLING, runUntil } from './fixtures/records.js';
import { type RunningProgram, startProgram } from './fixtures/running-program.js';
import { DOMAIN, inForm, installing, PASSWORD, waitingForDns } from './fixtures/set-up.js';

interface Size {
  readonly columns: number;
  readonly rows: number;
  /** UTF-8 and 256 colours when left out. */
  readonly env?: Readonly<Record<string, string>>;
}
const LARGER: readonly Size[] = [
  { columns: 80, rows: 24 },
  { columns: 120, rows: 40 },
];
const SIZES: readonly Size[] = [...LARGER, { columns: 60, rows: 18 }];

/** Three servers in three states, and a provisioning. */
async function withServers(
  size: Size,
  options: ConstructorParameters<typeof FakeWorld>[0] = {},
): Promise<RunningProgram> {
  const world = new FakeWorld({ servers: [EDGE, LAB, OLD_BOX], ...options });
  world.panels.clientCertificates.set(EDGE.id, {
    subject: 'CN=admin',
    issuer: 'CN=Portlama',
    notBefore: Date.parse('2026-11-20'),
    notAfter: Date.parse('2028-11-19'),
  });
  await world.keystore.set(TOKEN_KEY, SANDBOX_TOKEN);
  for (const server of [EDGE, LAB]) world.addDroplet(dropletOf(server));
  world.health.histories.set(EDGE.id, watchedHistory(world.clock.now()));
  const id = world.operations.add({ label: 'sgp1-new', region: 'sgp1' });
  const program = await startProgram(world, size);
  const now = world.clock.now();
  world.health.report({
    serverId: EDGE.id,
    samples: [20, 22, 20, 19, 35, 22, 20, undefined, 21, 34, 20, 21],
    health: { state: 'online', since: now - 9_000_000, latencyMs: 21, version: '0.1.30' },
  });
  world.health.report({
    serverId: OLD_BOX.id,
    samples: [undefined, undefined],
    health: {
      state: 'offline',
      since: now - 720_000,
      reason: 'The panel did not answer within 5 s.',
      code: 'panel-timeout',
    },
  });
  await runUntil(world, id, 'wait_ssh');
  await lookBack(program, world);
  return program;
}

/** Lets the pauses pass before what is kept of the servers is read. */
async function lookBack(program: RunningProgram, world: FakeWorld): Promise<void> {
  await world.clock.pass(500);
  await expect.poll(() => program.app.store.state.strips.size).toBeGreaterThan(0);
  await expect.poll(() => program.app.store.state.lookedAt).toBeDefined();
  await program.settle();
}

/** 20 hours, with an outage in the last one. */
function watchedHistory(now: number): ServerHistory {
  const samples = Array.from({ length: 2_400 }, (_, index) => {
    const at = now - (2_400 - index) * 30_000;
    const isFailed = index >= 2_340 && index < 2_348;
    return {
      at,
      latencyMs: isFailed ? undefined : 18 + ((index * 7) % 11) + (index % 53 === 0 ? 35 : 0),
    };
  });
  const [fives, hours] = [binsOf(samples, FIVE_MS), binsOf(samples, HOUR_MS)];
  const outages = [{ from: samples[2_340]!.at, to: samples[2_348]!.at }];
  return { samples, fives, hours, outages };
}

/** The page of a server that was watched for 20 hours, with an outage in the last one. */
async function onServerPage(size: Size): Promise<RunningProgram> {
  const world = new FakeWorld({ servers: [EDGE, LAB], facts: { updateNotice: true } });
  world.newest = { [PANEL_PACKAGE]: { kind: 'found', version: '0.1.31' } };
  await world.keystore.set(TOKEN_KEY, SANDBOX_TOKEN);
  for (const server of [EDGE, LAB]) world.addDroplet(dropletOf(server));
  const now = world.clock.now();
  world.health.histories.set(EDGE.id, watchedHistory(now));
  world.openPanelApi = async () => ({
    api: panelOf({
      stats: {
        cpu: { usage: 4.1 },
        memory: { total: 501_219_328, used: 315_621_376 },
        disk: { total: 10_307_921_510, used: 3_113_851_289 },
        uptime: 532_800,
      },
      services: [
        { name: 'nginx', status: 'active' },
        { name: 'chisel', status: 'active' },
        { name: 'authelia', status: 'failed' },
        { name: 'portlama-panel', status: 'active' },
      ],
    }),
    wantsCode: false,
  });
  const program = await startProgram(world, size);
  const health = {
    state: 'online',
    since: now - 9_000_000,
    latencyMs: 21,
    version: '0.1.30',
  } as const;
  world.health.report({ serverId: EDGE.id, samples: [20, 22], health });
  await lookBack(program, world);
  await program.press('enter');
  await expect.poll(() => program.app.store.state.page?.machine).toBeDefined();
  await expect.poll(() => program.app.store.state.page?.tokenExpiresAt).toBeDefined();
  return program;
}

/** One server is well, the droplet of another is gone, and one droplet is in no list; the cursor is on that. */
async function withUnlisted(size: Size): Promise<RunningProgram> {
  const world = new FakeWorld({ servers: [EDGE, LAB] });
  await world.keystore.set(TOKEN_KEY, SANDBOX_TOKEN);
  world.addDroplet(dropletOf(EDGE));
  world.addDroplet({ ...droplet(312876599), name: 'portlama-lost', publicIpv4: '198.51.100.23' });
  const program = await startProgram(world, size);
  const since = world.clock.now() - 9_000_000;
  world.health.report({
    serverId: EDGE.id,
    samples: [],
    health: { state: 'online', since, latencyMs: 21, version: '0.1.30' },
  });
  const reason = 'The panel did not answer within 5 s.';
  const health = { state: 'offline', since, reason, code: 'panel-timeout' } as const;
  world.health.report({ serverId: LAB.id, samples: [], health });
  await world.clock.pass(6_000);
  await program.press('G');
  return program;
}

async function inWizard(size: Size): Promise<RunningProgram> {
  const program = await startProgram(new FakeWorld({ servers: [EDGE] }), size);
  await program.press('n');
  return program;
}

async function onRegions(size: Size): Promise<RunningProgram> {
  const program = await inWizard(size);
  await program.paste(SANDBOX_TOKENS.good.token);
  await program.press('enter', 'enter');
  const { latency } = program.world;
  for (const [slug, ms] of [
    ['fra1', 9],
    ['ams3', 14],
    ['nyc1', 92],
    ['nyc2', 95],
    ['sfo3', 148],
    ['sgp1', 171],
  ] as const)
    latency.answer(slug, ms);
  latency.fail('syd1');
  return program;
}

async function provisioning(size: Size): Promise<RunningProgram> {
  const world = new FakeWorld();
  await world.keystore.set(TOKEN_KEY, SANDBOX_TOKEN);
  world.operations.add({ label: 'fra1-edge', region: 'fra1' });
  const program = await startProgram(world, size);
  await program.press('enter');
  return program;
}

type Screens = Readonly<Record<string, (size: Size) => Promise<RunningProgram>>>;

const SET_UPS: Screens = {
  'set-up-form': async (size) => (await inForm(size)).program,
  'set-up-confirm': async (size) => {
    const { program } = await inForm(size);
    await program.paste(DOMAIN);
    await program.press('tab');
    await program.paste('ops@example.com');
    await program.press('enter');
    return program;
  },
  'set-up-dns': async (size) => {
    const { program, panel, world } = await waitingForDns(size);
    panel.names.add(DOMAIN);
    panel.names.add(`panel.${DOMAIN}`);
    await world.clock.pass(100_000);
    await expect.poll(() => program.text()).toContain('leads to the server');
    await world.clock.pass(3_000);
    await expect.poll(() => program.text()).toContain('waiting for 1m 43s');
    return program;
  },
  'set-up-installing': async (size) => {
    const { program, panel, world } = await installing(size);
    panel.reach(2, `Issuing certificate for panel.${DOMAIN}...`);
    await expect.poll(() => program.text()).toContain('Issuing certificate');
    await world.clock.pass(42_000);
    await expect.poll(() => program.text()).toContain('42 s');
    return program;
  },
  'set-up-failed': async (size) => {
    const { program, panel } = await installing(size);
    panel.reach(2, `Issuing certificate for panel.${DOMAIN}...`);
    panel.fail(
      2,
      `Certificate issuance failed for panel.${DOMAIN}: Let's Encrypt rate limit reached.`,
    );
    await expect.poll(() => program.text()).toContain('failed: Certificate');
    return program;
  },
  'set-up-done': async (size) => {
    const { program, panel } = await installing(size);
    panel.complete(PASSWORD);
    await expect.poll(() => program.text()).toContain('is set up');
    return program;
  },
};

const SCREENS: Screens = {
  ...SET_UPS,
  'servers-empty': (size) => startProgram(new FakeWorld(), size),
  servers: withServers,
  'servers-names': (size) => {
    const servers = FOREIGN_LABELS.map((label, index) => {
      const host = `203.0.113.${50 + index}`;
      const address = { panelUrl: `https://${host}:9292`, ip: host };
      return { ...EDGE, ...address, id: `id-${index}`, label, active: index === 6 };
    });
    return startProgram(new FakeWorld({ servers }), size);
  },
  'servers-destroy': async (size) => {
    const program = await withServers(size);
    await program.press('d');
    return program;
  },
  'servers-marked': async (size) => {
    const program = await withServers(size);
    await program.press('space', 'space');
    return program;
  },
  'servers-destroy-many': async (size) => {
    const program = await withServers(size);
    await program.press('space', 'space', 'space', 'd');
    await expect.poll(() => program.text()).toContain('Destroy 3 at once?');
    return program;
  },
  'servers-sort': async (size) => {
    const program = await withServers(size);
    await program.type('Sadd');
    await program.press('enter');
    await program.type('S');
    return program;
  },
  'servers-help': async (size) => {
    const program = await withServers(size);
    await program.press('?');
    return program;
  },
  'servers-palette': async (size) => {
    const program = await withServers(size);
    await program.press(':');
    await program.type('pan');
    return program;
  },
  'servers-doctor': async (size) => {
    const program = await withServers(size);
    await program.press('D');
    return program;
  },
  'servers-activity': async (size) => {
    const program = await withServers(size);
    await program.press('p', 'y', 'L');
    return program;
  },
  'servers-panel-over-ssh': async (size) => {
    const program = await withServers(size, { facts: { inSshSession: true } });
    await program.press('p');
    return program;
  },
  'server-page': onServerPage,
  'server-page-7d': async (size) => {
    const program = await onServerPage(size);
    await program.press(']', '3');
    return program;
  },
  'server-page-offline': async (size) => {
    const program = await onServerPage(size);
    const { health, clock } = program.world;
    const since = clock.now() - 720_000;
    const reason = 'The panel did not answer within 5 s.';
    health.report({
      serverId: EDGE.id,
      samples: [undefined],
      health: { state: 'offline', since, reason, code: 'panel-timeout' },
    });
    await expect.poll(() => program.app.store.state.page?.cause).toBe('network');
    return program;
  },
  'servers-unlisted': withUnlisted,
  'servers-unlisted-adopt': async (size) => {
    const program = await withUnlisted(size);
    await program.press('A');
    await expect.poll(() => program.text()).toContain('Adopt portlama-lost?');
    return program;
  },
  'servers-unlisted-destroy': async (size) => {
    const program = await withUnlisted(size);
    await program.press('d');
    return program;
  },
  'servers-gone': async (size) => {
    const program = await withUnlisted(size);
    await program.press('up', 'd');
    return program;
  },
  'servers-unreadable': async (size) => {
    const world = new FakeWorld();
    world.registry.failure = new RegistryError({
      code: 'registry-unreadable',
      message:
        'The list of servers, /home/ops/.portlama/servers.json, cannot be read: it is not valid JSON.',
      hint: 'Correct the file, or start from the backup: cp /home/ops/.portlama/servers.json.bak /home/ops/.portlama/servers.json',
    });
    return await startProgram(world, size);
  },
  'servers-certificate-changed': async (size) => {
    const program = await withServers(size);
    const { health, panels, clock } = program.world;
    health.report({
      serverId: EDGE.id,
      samples: [20, 22, 20, undefined],
      health: {
        state: 'certificate-changed',
        since: clock.now() - 60_000,
        reason: 'The certificate of 203.0.113.42:9292 is not the pinned one.',
      },
    });
    panels.pins.set(EDGE.id, certificate('0C'));
    await program.press('c');
    return program;
  },
  'add-server': async (size) => {
    const program = await withServers(size);
    await program.press('a');
    await program.paste('203.0.113.77');
    return program;
  },
  'add-server-refused': async (size) => {
    const program = await withServers(size);
    program.world.panels.failure = new InputError({
      code: 'panel-address-not-public',
      message: '10.0.0.1 is in a private network, not a public address.',
      hint: 'Nothing was sent there. Use the public address of the server, as the DigitalOcean console shows it.',
    });
    await program.press('a');
    await program.paste('https://10.0.0.1:9292');
    await program.press('enter');
    return program;
  },
  'add-server-confirm': async (size) => {
    const program = await withServers(size);
    await program.press('a');
    await program.paste('203.0.113.77');
    await program.press('enter');
    return program;
  },
  'secrets-missing': async (size) => {
    const program = await startProgram(new FakeWorld({ stores: await storesOf('none') }), size);
    await program.press('n');
    return program;
  },
  'vault-create': async (size) => {
    const program = await startProgram(new FakeWorld({ stores: await storesOf('none') }), size);
    await program.press('n', 'right', 'enter');
    await program.type('orbit-candle-mustard-fjord');
    return program;
  },
  'vault-unlock': async (size) => {
    const world = new FakeWorld({ stores: await storesOf('locked vault') });
    const program = await startProgram(world, size);
    await expect.poll(() => program.text()).toContain('Passphrase of the vault');
    return program;
  },
  'wizard-token': inWizard,
  'wizard-token-dangerous': async (size) => {
    const program = await inWizard(size);
    await program.paste(SANDBOX_TOKENS.dangerous.token);
    await program.press('enter');
    return program;
  },
  'wizard-region': onRegions,
  'wizard-label': async (size) => {
    const program = await onRegions(size);
    await program.press('enter');
    await program.type('Fra');
    return program;
  },
  'wizard-create': async (size) => {
    const program = await onRegions(size);
    await program.press('enter', 'enter');
    return program;
  },
  'provisioning-running': async (size) => {
    const program = await provisioning(size);
    await runUntil(program.world, 'op1', 'install_portlama');
    program.world.operations.write('op1', ...INSTALLING);
    await program.world.clock.pass(22_000);
    return program;
  },
  'provisioning-cancel': async (size) => {
    const program = await provisioning(size);
    await runUntil(program.world, 'op1', 'wait_droplet');
    await program.press('x');
    return program;
  },
  'provisioning-failed': async (size) => {
    const program = await provisioning(size);
    await runUntil(program.world, 'op1', 'wait_ssh');
    program.world.operations.write('op1', ...failed('wait_ssh'));
    return program;
  },
  'provisioning-leftovers': async (size) => {
    const program = await provisioning(size);
    await runUntil(program.world, 'op1', 'wait_ssh');
    program.world.operations.write('op1', ...failed('wait_ssh', [DROPLET]));
    return program;
  },
  'provisioning-interrupted': async (size) => {
    const program = await provisioning(size);
    await runUntil(program.world, 'op1', 'wait_ssh');
    program.world.operations.killWorker('op1');
    await program.world.clock.pass(2_500);
    await program.world.clock.pass(6_000);
    return program;
  },
  'provisioning-succeeded': async (size) => {
    const program = await provisioning(size);
    await runUntil(program.world, 'op1', 'cleanup');
    program.world.operations.write(
      'op1',
      { event: 'step', step: 'cleanup', status: 'done', data: {} },
      completed('fra1-edge'),
    );
    return program;
  },
};

/** Maps and charts load what draws them first; here that was done before. */
beforeAll(async () => {
  await import('blessed-contrib/lib/widget/map.js');
});

describe.each(SIZES)('screens at $columns x $rows', (size) => {
  it.each(Object.keys(SCREENS))('%s', async (name) => {
    const program = await drawn(name, size);
    expectGolden(drawText(program.screen.emulator), fileOf(name, size));
  });
});

describe('a large screen', () => {
  it('has a larger chart on the page of a server', async () => {
    const size = { columns: 200, rows: 60 };
    const program = await drawn('server-page', size);
    expectGolden(drawText(program.screen.emulator), fileOf('server-page', size));
  });
});

/** What a person looks at most of the time, and where a colour says something. */
const LOOKED_AT = [
  'servers-empty',
  'servers',
  'servers-names',
  'server-page',
  'servers-destroy',
  'wizard-token',
  'wizard-token-dangerous',
  'wizard-region',
  'wizard-create',
  'provisioning-running',
  'provisioning-failed',
  'provisioning-leftovers',
  'provisioning-succeeded',
  'set-up-dns',
  'set-up-done',
  'add-server-refused',
];

describe.each(LARGER)('in colour at $columns x $rows', (size) => {
  it.each(LOOKED_AT)('%s', async (name) => {
    const program = await drawn(name, { ...size, env: UTF8_256 });
    expectGolden(drawColours(program.screen.emulator), fileOf(name, size, '-colour'));
  });
});

describe.each(LARGER)('in ASCII without colours at $columns x $rows', (size) => {
  it.each(LOOKED_AT)('%s', async (name) => {
    const program = await drawn(name, { ...size, env: ASCII_PLAIN });
    const picture = drawText(program.screen.emulator);
    expect(picture).toMatch(/^[\x20-\x7e\n]*$/);
    expect(await program.written()).not.toMatch(COLOUR);
    expectGolden(picture, fileOf(name, size, '-ascii'));
  });
});

// oxlint-disable-next-line no-control-regex -- SGR with a colour, of 8, 16 or 256
const COLOUR = /\x1b\[(\d+;)*([34][0-8]|9\d|10[0-7])(;\d+)*m/;

async function drawn(name: string, size: Size): Promise<RunningProgram> {
  const program = await SCREENS[name]!(size);
  await program.settle();
  await program.screen.draw();
  await program.settle();
  await program.screen.draw();
  return program;
}

function fileOf(name: string, { columns, rows }: Size, kind = ''): string {
  return join(import.meta.dirname, 'golden', `${name}-${columns}x${rows}${kind}.txt`);
}
