import '../../src/words/form-help.js';
import { describe, expect, it } from 'vitest';
import { InputError } from '../../src/core/errors.js';
import { isUpkeep } from '../../src/services/provisioning/journal/records.js';
import { SANDBOX_TOKENS } from '../../src/sandbox/tokens.js';
import { TOKEN_KEY } from '../../src/services/keystore/keystore.js';
import { dropletOf } from '../app/fakes/fake-digitalocean.js';
import { EDGE, FakeWorld } from '../app/fakes/fake-world.js';
import { completed, runUntil } from './fixtures/records.js';
import { PALETTES } from '../../src/widgets/palettes.js';
import { ASCII_256 } from '../fixtures/terminal/screen.js';
import { type RunningProgram, startProgram } from './fixtures/running-program.js';

async function openWizard(
  world = new FakeWorld(),
  size?: Parameters<typeof startProgram>[1],
): Promise<RunningProgram> {
  const program = await startProgram(world, size);
  await program.press('n');
  return program;
}

/** On the cards, with the first measurements in. */
async function openRegions(
  world = new FakeWorld(),
  size?: Parameters<typeof startProgram>[1],
): Promise<RunningProgram> {
  const program = await openWizard(world, size);
  await program.paste(SANDBOX_TOKENS.good.token);
  await program.press('enter', 'enter');
  program.world.latency.answer('nyc1', 90);
  program.world.latency.answer('fra1', 14);
  await program.settle();
  return program;
}

describe('creating a server by keys alone', () => {
  it('goes from an empty list to a server that is ready', async () => {
    const program = await openRegions();
    const { world } = program;
    expect(await program.text()).toContain('› Frankfurt 1');
    await program.press('enter');
    await program.type('edge');
    await program.press('enter');
    expect(await program.text()).toMatch(/Server +edge/);
    expect(await program.text()).toContain('$4/month');
    await program.press('enter');
    expect(world.operations.calls).toEqual(['start fra1 edge']);

    await runUntil(world, 'op1', 'cleanup');
    expect(await program.text()).toContain('10/11');
    world.operations.write('op1', completed());
    expect(await program.text()).toContain('edge is ready and active.');
    expect(await program.text()).toContain('https://203.0.113.50:9292');

    await world.registry.save({
      ...EDGE,
      id: 'c0ffee00-0000-4000-8000-000000000001',
      label: 'edge',
    });
    await program.press('enter');
    expect(await program.text()).toMatch(/› ◌ +edge +ACTIVE +checking/);
    expect(world.operations.calls).toEqual(['start fra1 edge', 'dismiss op1']);
  });

  it('waits while another is made, says so, and goes on by itself', async () => {
    const world = new FakeWorld();
    const other = world.operations.add({ label: 'lab', region: 'nyc1' });
    const program = await openRegions(world);
    await program.press('enter');
    await program.type('edge');
    await program.press('enter', 'enter');
    expect(await program.text()).toContain('Another provisioning operation is in progress (lab).');
    expect(world.operations.calls).toEqual([]);
    await runUntil(world, other, 'cleanup');
    world.operations.write(other, completed('lab'));
    expect(await program.text()).not.toContain('Another provisioning');
    await program.press('enter');
    expect(world.operations.calls).toContain('start fra1 edge');
  });

  it('never shows the token', async () => {
    const program = await openWizard();
    await program.paste(SANDBOX_TOKENS.good.token);
    expect(await program.text()).toContain('••••');
    await program.press('enter', 'enter');
    await program.text();
    expect(await program.written()).not.toContain(SANDBOX_TOKENS.good.token.slice(0, 12));
  });

  it('keeps what was entered when going back, and forgets it when left', async () => {
    const program = await openRegions();
    await program.press('enter');
    await program.type('edge');
    await program.press('escape', 'escape');
    expect(await program.text()).toContain('✔ token is valid');
    await program.press('enter', 'enter');
    expect(await program.text()).toMatch(/Server +edge/);
    await program.press('escape', 'escape', 'escape', 'n');
    expect(await program.text()).toContain('○ token is valid');
    expect(await program.text()).toContain('Token saved in Secret Service (GNOME Keyring)');
  });
});

describe('help for a form', () => {
  const LARGE = { columns: 120, rows: 40 };

  it('stands beside it from 100 columns on, with the groups that the last token lacked', async () => {
    const program = await startProgram(new FakeWorld(), LARGE);
    await program.press('n');
    expect(await program.text()).toContain('┌ How to get a token');
    expect(await program.text()).toContain('4. Custom Scopes: tick all scopes of five groups');
    await program.paste(SANDBOX_TOKENS.missingScopes.token);
    await program.press('enter');
    const text = await program.text();
    expect(text).toMatch(/✖ (account|droplet|ssh_key|regions|tag) /);
    expect(text).toMatch(/✔ (account|droplet|ssh_key|regions|tag) /);
    await program.screen.resize(90, 30);
    expect(await program.text()).not.toContain('How to get a token');
  });

  it('is behind F1 at every size, in a field and above the keys, and closes by it', async () => {
    const world = new FakeWorld();
    const program = await startProgram(world, { columns: 60, rows: 18 });
    await program.press('n');
    expect(await program.text()).toContain('cloud.digitalocean.com/account/api/tokens');
    await program.press('f1');
    expect(await program.text()).toContain('┌ How to get a token');
    expect(await program.text()).toContain('90 days');
    await program.press('G');
    expect(await program.text()).toContain('Move; in cards');
    await program.press('f1');
    expect(await program.text()).not.toContain('How to get a token');
  });

  it('leaves a question as it is', async () => {
    const world = new FakeWorld({ servers: [EDGE] });
    await world.keystore.set(TOKEN_KEY, SANDBOX_TOKENS.good.token);
    world.addDroplet(dropletOf(EDGE));
    const program = await startProgram(world);
    await program.press('d');
    await program.type('fra1');
    await program.press('f1');
    expect(await program.text()).toContain('› fra1');
    expect(await program.text()).toContain('Destroy fra1-edge?');
  });

  it('asks for no token in the sandbox', async () => {
    const world = new FakeWorld({
      facts: { sandbox: true },
      suppliedTokens: { sandbox: SANDBOX_TOKENS.good.token },
    });
    const program = await startProgram(world);
    await program.press('n');
    expect(await program.text()).toContain('accepts its sample token: press Enter');
    expect(await program.text()).not.toContain('Create a token at');
  });
});

describe('one at a time', () => {
  it('is said when the wizard opens, not after its last step', async () => {
    const world = new FakeWorld();
    world.operations.add({ label: 'lab', region: 'nyc1' });
    const program = await openWizard(world);
    expect(await program.text()).toContain('lab is still being created. Only one');
  });
});

describe('tokens', () => {
  const cases = {
    missingScopes: [
      /✖ missing scopes +ssh_key:create, ssh_key:delete/,
      /account, droplet, regions/,
    ],
    dangerous: [/▲ dangerous scopes +account:write, database:create, database:delete/, /Refused/],
    expired: [/✖ DigitalOcean does not accept the token/],
    locked: [/✖ token is valid, but the account cannot be used/, /locked the account/],
    unverified: [/is not verified/],
    limitReached: [/3 of 3 droplets/],
    noAccount: [/✖ missing scopes +account:read/],
  } as const;

  it.each(Object.keys(cases) as (keyof typeof cases)[])(
    'of the kind %s are refused',
    async (kind) => {
      const program = await openWizard();
      await program.paste(SANDBOX_TOKENS[kind].token);
      await program.press('enter');
      const text = await program.text();
      for (const pattern of cases[kind]) expect(text).toMatch(pattern);
      await program.press('enter');
      expect(program.app.store.state.wizard?.step).toBe('token');
    },
  );

  it('that are no tokens are refused by their form', async () => {
    const program = await openWizard();
    await program.type('hello');
    await program.press('enter');
    expect(await program.text()).toContain('✖ This does not look like a token');
    expect(program.world.clients).toEqual([]);
  });

  it('can be corrected: another one is pasted after a refusal', async () => {
    const program = await openWizard();
    await program.paste(SANDBOX_TOKENS.dangerous.token);
    await program.press('enter');
    await program.paste(SANDBOX_TOKENS.good.token);
    expect(await program.text()).toContain('○ has no dangerous scopes');
    await program.press('enter');
    expect(await program.text()).toContain('✔ has no dangerous scopes');
  });

  it('pasted beside the field, while Next has the focus, land in it', async () => {
    const program = await openWizard();
    await program.paste(SANDBOX_TOKENS.good.token);
    await program.press('enter');
    expect(await program.text()).toContain('› Next ‹');
    await program.paste(SANDBOX_TOKENS.dangerous.token);
    expect(await program.text()).toContain('○ has no dangerous scopes');
    await program.press('enter');
    expect(await program.text()).toContain('▲ dangerous scopes');
  });

  it('that are saved are used for an empty field', async () => {
    const world = new FakeWorld();
    await world.keystore.set(TOKEN_KEY, SANDBOX_TOKENS.good.token);
    const program = await openWizard(world);
    expect(await program.text()).toContain('Token saved in Secret Service (GNOME Keyring); leave');
    await program.press('enter');
    expect(await program.text()).toContain('✔ token is valid');
  });
});

describe('regions', () => {
  it('are sorted as measurements come, the fastest chosen', async () => {
    const program = await openRegions();
    program.world.latency.answer('ams3', 9);
    const text = await program.text();
    expect(text).toContain('› Amsterdam 3');
    expect(text.indexOf('Amsterdam 3')).toBeLessThan(text.indexOf('Frankfurt 1'));
  });

  it('keep the choice of the person when they are sorted again', async () => {
    const program = await openRegions();
    await program.press('right');
    expect(await program.text()).toContain('› New York 1');
    program.world.latency.answer('ams3', 9);
    program.world.latency.answer('sgp1', 8);
    const text = await program.text();
    expect(text).toContain('› New York 1');
    expect(program.app.store.state.wizard?.region).toBe('nyc1');
  });

  it('without a measurement can be chosen', async () => {
    const program = await openRegions();
    program.world.latency.fail('syd1');
    await program.press('G');
    expect(await program.text()).toContain('no measurement');
    await program.press('enter');
    expect(await program.text()).toContain('Sydney 1 (syd1)');
  });

  it('that cannot be read say why and are asked again with r', async () => {
    const program = await openWizard();
    await program.paste(SANDBOX_TOKENS.good.token);
    await program.press('enter');
    program.world.account.failure = new Error('boom');
    await program.press('enter');
    expect(await program.text()).toContain('Press r to try again.');
    program.world.account.failure = undefined;
    await program.press('r');
    expect(await program.text()).toContain('Frankfurt 1');
  });
});

describe('the room there is for regions', () => {
  it.each([
    [100, 24],
    [120, 40],
    [200, 60],
    [300, 100],
  ])(
    'at %ix%i has the chosen one, its sizes and the tip beside the cards',
    async (columns, rows) => {
      const program = await openRegions(new FakeWorld(), { columns, rows });
      const text = await program.text();
      expect(text).toContain('┌ Frankfurt 1 (fra1) ─');
      expect(text).toContain('Germany · 14 ms from here, ±');
      expect(text).toMatch(/✓ \$4\/month +512 MB, 1 vCPU, 10 GB/);
      expect(text).toMatch(/ \$96\/month +16 GB, 8 vCPU, 320 GB/);
      expect(text).toContain('Europe: fra1 or ams3');
      expect(text).toContain('Asia-Pacific: sgp1 or blr1.');
      if (rows > 24) expect(text).toMatch(/┃ Germany +┃/);
      await program.press('right');
      expect(await program.text()).toContain('┌ New York 1 (nyc1) ─');
      expect(await program.text()).toContain('United States · 90 ms from here');
    },
  );

  it('has the details on the cards of a narrow and high terminal', async () => {
    const program = await openRegions(new FakeWorld(), { columns: 80, rows: 40 });
    expect(await program.text()).toMatch(/│ 7 sizes {2}from \$4\/month │/);
    expect(await program.text()).toContain('14 ms from here');
  });
});

describe('a search of regions', () => {
  it('is typed, shown and cleared; Enter chooses what it found', async () => {
    const program = await openRegions();
    await program.type('syd');
    expect(await program.text()).toMatch(/\/syd +1 of 8/);
    expect(program.app.store.state.wizard?.region).toBe('syd1');
    await program.press('escape');
    expect(await program.text()).not.toContain('/syd');
    expect(await program.text()).toContain('Frankfurt 1');
    expect(program.app.store.state.wizard?.step).toBe('region');
    await program.press('/');
    await program.type('united');
    expect(await program.text()).toMatch(/\/united +4 of 8/);
    await program.press('enter');
    expect(program.app.store.state.wizard).toMatchObject({ step: 'label', region: 'nyc1' });
  });
});

const THEMES = [
  ['dark', 'Unicode', { theme: 'dark' }],
  ['light', 'Unicode', { theme: 'light' }],
  ['dark', 'ASCII', { theme: 'dark', env: ASCII_256 }],
] as const;

describe('the map', () => {
  it.each(THEMES)('has the colours of the latencies (%s, %s)', async (theme, _kind, options) => {
    const program = await startProgram(new FakeWorld(), {
      columns: 200,
      rows: 60,
      reducedMotion: false,
      ...options,
    });
    await program.press('n');
    await program.paste(SANDBOX_TOKENS.good.token);
    await program.press('enter', 'enter');
    const { latency } = program.world;
    for (const [slug, ms] of [
      ['fra1', 9],
      ['ams3', 140],
      ['sgp1', 260],
    ] as const)
      latency.answer(slug, ms);
    const isAscii = 'env' in options;
    const [sign, others] = isAscii ? ['@', /[*@]/g] : ['◉', /[●◉]/g];
    await expect.poll(() => program.text()).toContain(`${sign} fra1 `);
    // Below the cards.
    const lines = program.screen.emulator.lines().map((line, y) => (y < 16 ? '' : line));
    const cells = lines.flatMap((line, y) =>
      [...line.slice(0, 134).matchAll(others)].map(({ index }) => program.screen.cellAt(index, y)),
    );
    const { ok, warn, danger, muted, selected } = PALETTES[theme][256];
    expect(new Set(cells.map(({ fg }) => fg))).toEqual(
      new Set([ok, warn, danger, muted].map(({ fg }) => fg)),
    );
    const row = lines.findIndex((line) => line.includes(`${sign} fra1 `));
    const column = lines[row]!.indexOf(`${sign} fra1 `);
    expect(program.screen.cellAt(column, row).fg).toBe(ok.fg);
    expect(program.screen.cellAt(column + 2, row).bg).toBe(selected.bg);
  });
});

describe('sizes', () => {
  it('are chosen above the regions, and the server is made with them', async () => {
    const program = await openRegions();
    expect(await program.text()).toMatch(/Size +‹ 512 MB RAM .* \$4\/month › +1\/7/);
    await program.press('tab', 'right');
    expect(await program.text()).toMatch(/Size +‹ 1 GB RAM .* \$6\/month › +2\/7/);
    expect(program.world.latency.measured).toContain('lon1');
    program.world.latency.answer('lon1', 3);
    expect(await program.text()).toContain('London 1');
    await program.press('enter');
    expect(await program.text()).toMatch(/Price +\$6\/month/);
    await program.type('edge');
    await program.press('enter', 'enter');
    expect(program.world.operations.calls).toEqual(['start lon1 edge s-1vcpu-1gb']);
  });

  it('that the region does not offer lead back to the regions and say so', async () => {
    const program = await openRegions();
    await program.press('tab', 'right');
    program.world.latency.answer('lon1', 3);
    await program.press('enter', 'tab', 'tab', 'left');
    expect(await program.text()).toContain('London 1 does not offer this size: choose another');
    expect(program.app.store.state.wizard?.step).toBe('region');
  });
});

describe('the size above a label', () => {
  it.each([60, 80, 99, 100, 101, 107, 115, 120, 130])('is whole at %i columns', async (columns) => {
    const program = await openRegions(new FakeWorld(), { columns, rows: 30 });
    await program.press('enter');
    const line = (await program.text()).split('\n').find((each) => /^ *Size /.test(each)) ?? '';
    expect(line).toMatch(/^ *Size {2}‹ .*512 MB.*10 GB.* › {2}1\/7/);
    expect(line).toContain('$4/month');
  });
});

describe('domains', () => {
  /** On the label, with an account that has example.com. */
  async function openLabel(world: FakeWorld): Promise<RunningProgram> {
    world.account.zones.set('example.com', []);
    const program = await openWizard(world);
    await program.paste(SANDBOX_TOKENS.domains.token);
    await program.press('enter', 'enter');
    program.world.latency.answer('fra1', 14);
    await program.press('enter');
    await program.type('edge');
    return program;
  }
  const requested = async ({ operations }: FakeWorld) =>
    (await operations.list()).map(({ request }) => isUpkeep(request) || request.domain);

  it('are optional: a server is created without one', async () => {
    const program = await openLabel(new FakeWorld());
    expect(await program.text()).toContain('can be set up later');
    await program.press('enter', 'enter');
    expect(await requested(program.world)).toEqual([undefined]);
  });

  it('show the records that they get, and are asked for with the server', async () => {
    const program = await openLabel(new FakeWorld());
    await program.press('tab');
    await program.type('lab.example.com');
    expect(await program.text()).toContain('A lab.example.com and A *.lab.example.com, TTL 300');
    await program.press('enter', 'enter');
    // What looks after the records is loaded first.
    await expect.poll(() => program.text()).toContain('Create the records of lab.example.com?');
    expect(await program.text()).toContain('A  lab.example.com  the new server  TTL 300');
    expect(program.app.store.state.toasts).toEqual([]);
    await program.press('right', 'enter');
    await expect
      .poll(() => requested(program.world))
      .toEqual([{ name: 'lab.example.com', zone: 'example.com' }]);
  });

  it('take the e-mail of their certificates as well, which a panel would take', async () => {
    const program = await openLabel(new FakeWorld());
    expect(await program.text()).not.toContain('E-mail for Let’s Encrypt');
    await program.press('tab');
    await program.type('lab.example.net');
    await expect.poll(() => program.text()).toContain('E-mail for Let’s Encrypt (optional)');
    await program.press('tab');
    await program.type('ops');
    await expect.poll(() => program.text()).toContain('Use the form ops@example.com.');
    await program.press('enter');
    expect(program.app.store.state.wizard?.step).toBe('label');
    await program.type('@example.net');
    await program.press('enter', 'enter');
    await expect
      .poll(() => requested(program.world))
      .toEqual([{ name: 'lab.example.net', email: 'ops@example.net' }]);
  });

  it('of the account are picked below the field, which has the label before them', async () => {
    const program = await openLabel(new FakeWorld());
    await expect
      .poll(() => program.text())
      .toContain('Zone  ‹ a domain managed elsewhere, or none ›');
    await program.press('tab', 'tab', 'right');
    expect(await program.text()).toContain('Zone  ‹ example.com ›');
    expect(await program.text()).toContain('A edge.example.com and A *.edge.example.com, TTL 300');
    await program.press('left');
    expect(await program.text()).toContain('can be set up later');
    await program.press('right', 'enter', 'enter');
    await expect.poll(() => program.text()).toContain('Create the records of');
    await program.press('right', 'enter');
    await expect
      .poll(() => requested(program.world))
      .toEqual([{ name: 'edge.example.com', zone: 'example.com' }]);
  });

  it('that are none hold the step with the reason', async () => {
    const program = await openLabel(new FakeWorld());
    await program.press('tab');
    await program.type('lab');
    expect(await program.text()).toContain('It needs a dot, as in lab.example.com.');
    await program.press('enter');
    expect(program.app.store.state.wizard?.step).toBe('label');
  });

  it('whose records are in the way are typed before they are replaced; declining keeps the wizard', async () => {
    const world = new FakeWorld();
    const program = await openLabel(world);
    const old = { id: 7, type: 'A', name: 'lab', data: '198.51.100.7', ttl: 1800 };
    world.account.zones.set('example.com', [old]);
    await program.press('tab');
    await program.type('lab.example.com');
    await program.press('enter', 'enter');
    await program.settle();
    expect(await program.text()).toContain('Replace the records of lab.example.com?');
    expect(await program.text()).toContain('lab.example.com  A 198.51.100.7');
    await program.press('escape');
    await program.settle();
    expect(program.app.store.state.wizard).toMatchObject({ step: 'create', creating: false });
    expect(await requested(world)).toEqual([]);
    await program.press('enter');
    await program.settle();
    await program.type('lab.example.com');
    await program.press('enter');
    await program.settle();
    expect(await requested(world)).toEqual([
      { name: 'lab.example.com', zone: 'example.com', override: true },
    ]);
  });
});

describe('labels', () => {
  it.each([
    ['Edge', 'Lowercase letters only.'],
    ['-edge', 'Must start with a letter or number.'],
    ['edge-', 'Must end with a letter or number.'],
    ['my edge', 'Lowercase letters, numbers and hyphens only.'],
    ['a'.repeat(65), 'At most 64 characters.'],
    ['fra1-edge', 'There is already a server called fra1-edge.'],
  ])('%s: %s', async (label, problem) => {
    const program = await openRegions(new FakeWorld({ servers: [EDGE] }));
    await program.press('enter');
    await program.paste(label);
    expect(await program.text()).toContain(problem);
    await program.press('enter');
    expect(program.app.store.state.wizard?.step).toBe('label');
  });

  it('are checked with every key', async () => {
    const program = await openRegions();
    await program.press('enter');
    await program.type('a-');
    expect(await program.text()).toContain('Must end with a letter or number.');
    await program.type('b');
    expect(await program.text()).toContain('✔ Lowercase letters, numbers and hyphens');
  });
});

describe('SSH keys', () => {
  const KEY = { line: 'ssh-ed25519 AAAA', sha256: 'SHA256:abc', comment: 'me@laptop' };

  /** On the last step of a small terminal. */
  async function beforeCreating(keys: Partial<FakeWorld['ports']['ssh']>): Promise<RunningProgram> {
    const world = new FakeWorld();
    Object.assign(world.ports.ssh, keys);
    const program = await openRegions(world, { columns: 60, rows: 18 });
    await program.press('enter');
    await program.type('edge');
    await program.press('enter');
    expect(await program.text()).toContain('[ SSH key: none ]');
    return program;
  }

  const shows = (program: RunningProgram, text: string): Promise<void> =>
    expect.poll(() => program.text()).toContain(text);

  async function openChoice(program: RunningProgram): Promise<void> {
    await program.press('enter');
    await shows(program, 'nobody can log in to the server');
  }

  it('of the agent stays on the server; none is the default, and said plainly', async () => {
    const program = await beforeCreating({ keysOfAgent: async () => [KEY] });
    await program.press('right');
    await openChoice(program);
    await program.press('right', 'right', 'right', 'enter');
    await shows(program, '› SSH key: agent ‹');
    await openChoice(program);
    await program.press('escape');
    await shows(program, '› SSH key: agent ‹');
    await program.press('left', 'enter');
    await expect.poll(() => program.world.operations.calls).toEqual(['start fra1 edge']);
    const { line, sha256 } = KEY;
    expect(await program.world.operations.get('op1')).toMatchObject({
      request: { sshKeys: [{ line, sha256 }] },
    });
  });

  it('of a GitHub user are taken once the user name is typed below their fingerprints', async () => {
    const program = await beforeCreating({ keysOfGitHub: async () => [KEY] });
    await program.press('right');
    await openChoice(program);
    await program.press('right', 'right', 'right', 'right', 'enter');
    await shows(program, 'SSH keys of a GitHub user');
    await program.type('octocat');
    await program.press('enter');
    await shows(program, 'SHA256:abc');
    await program.type('octocat');
    await program.press('enter');
    await shows(program, '› SSH key: github:octocat ‹');
  });

  it('of a file are refused with the reason, and the choice stays', async () => {
    const keyOfFile = async (): Promise<never> => {
      throw new InputError({ code: 'ssh-key-private', message: 'That is a private key.' });
    };
    const program = await beforeCreating({ keyOfFile });
    await program.press('right');
    await openChoice(program);
    await program.press('right', 'right', 'enter');
    await shows(program, '~/.ssh/id_ed25519.pub');
    await program.press('enter');
    await shows(program, 'That is a private key.');
    await openChoice(program);
  });
});
