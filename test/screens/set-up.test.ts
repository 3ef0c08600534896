import { describe, expect, it } from 'vitest';
import { SANDBOX_TOKENS } from '../../src/sandbox/tokens.js';
import { autheliaPasswordKey, TOKEN_KEY } from '../../src/services/keystore/keystore.js';
import { PanelError } from '../../src/services/panel/panel-error.js';
import { dropletOf } from '../app/fakes/fake-digitalocean.js';
import { EDGE } from '../app/fakes/fake-world.js';
import {
  DOMAIN,
  inForm,
  installing,
  listed,
  PASSWORD,
  type SettingUp,
  waitingForDns,
} from './fixtures/set-up.js';

const OTHER = { id: 7, type: 'A', name: 'fra1-edge', data: '198.51.100.7', ttl: 1800 };
const SIZE = { columns: 80, rows: 24 };
const TOTP = 'otpauth://totp/Portlama:admin?secret=';

const sees = (here: SettingUp, text: string): Promise<void> =>
  expect.poll(() => here.program.text(), { timeout: 5_000 }).toContain(text);

describe('the key o', () => {
  it('opens a form with its help behind F1', async () => {
    const here = await inForm(SIZE);
    await here.program.press('f1');
    await sees(here, 'How a domain is set up');
    expect(await here.program.text()).toContain('Let’s Encrypt');
  });

  it('leads from the form to the result, with the password stored before it is shown', async () => {
    const here = await installing(SIZE);
    const { panel, program, world } = here;
    panel.reach(1, 'Creating admin user...');
    await sees(here, '└ Creating admin user...');
    panel.complete(PASSWORD);
    await sees(here, PASSWORD);
    expect(await world.keystore.get(autheliaPasswordKey(EDGE.id))).toBe(PASSWORD);
    expect(await program.text()).toMatch(/██ ▄▄▄▄▄ █/);
    expect(panel.calls.filter((call) => call !== 'verify')).toEqual([
      `domain ${DOMAIN} ops@example.com`,
      'provision',
      'totp of admin',
    ]);
    expect(await world.registry.list()).toMatchObject([
      { domain: DOMAIN, panelUrl: `https://panel.${DOMAIN}` },
    ]);
  });

  it('says of a password that is kept in memory that it ends with the program', async () => {
    const here = await installing(SIZE, (_panel, { keystore }) => {
      Object.assign(keystore, { kind: 'session', title: 'memory' });
    });
    here.panel.complete(PASSWORD);
    await sees(here, PASSWORD);
    await sees(here, 'Stored in memory');
    await sees(here, 'write it down.');
  });

  it('keeps password and second factor out of log, activity and state', async () => {
    const here = await installing(SIZE);
    const { panel, program, world } = here;
    panel.complete(PASSWORD);
    await sees(here, PASSWORD);
    const { state } = program.app.store;
    const told = JSON.stringify([state, world.logged, [...world.serverMeta]]);
    expect(told).not.toContain(PASSWORD);
    expect(told).not.toContain('otpauth');
  });

  it('asks before the second factor is closed, and shows it no more', async () => {
    const here = await installing(SIZE);
    const { panel, program } = here;
    panel.complete(PASSWORD);
    await sees(here, PASSWORD);
    await program.press('enter');
    await sees(here, 'Is the second factor in your app?');
    await program.press('enter');
    expect(await program.text()).toContain(PASSWORD);
    await program.press('escape', 'right', 'enter');
    await sees(here, 'fra1-edge');
    await program.press('o');
    await sees(here, 'Its login was set up before; the password is not shown again.');
    expect(await program.text()).not.toContain(TOTP);
  });

  it('sends nothing before the domain is typed again', async () => {
    const here = await inForm(SIZE);
    const { program, panel } = here;
    await program.paste('Lab.Example.com');
    await program.press('tab');
    await program.paste('ops@example.com');
    await program.press('enter');
    await sees(here, `${DOMAIN} is final`);
    await program.press('escape');
    await sees(here, '[ Set up ]');
    expect(panel.calls).toEqual([]);
    // What was typed is still there.
    await program.press('enter');
    await program.type(DOMAIN);
    await program.press('enter');
    await sees(here, 'DNS records for lab.example.com');
    expect(panel.calls).toContain(`domain ${DOMAIN} ops@example.com`);
  });

  it('fills in a domain of the account, and makes its records after a preview of each', async () => {
    const here = await listed(SIZE, (_, world) => {
      world.account.zones.set('example.com', [OTHER]);
      world.addDroplet(dropletOf(EDGE));
    });
    const { program, world, panel } = here;
    await world.keystore.set(TOKEN_KEY, SANDBOX_TOKENS.domains.token);
    await program.press('o');
    await sees(here, 'Zone');
    await program.press('tab', 'right');
    await sees(here, '‹ example.com ›');
    await program.press('tab');
    await program.paste('ops@example.com');
    await program.press('enter');
    await sees(here, 'Set up fra1-edge for');
    await program.type('fra1-edge.example.com');
    await program.press('enter');
    await sees(here, 'Replace the records of');
    const shown = await program.text();
    expect(shown).toContain(`A  fra1-edge.example.com  ${EDGE.ip}  TTL 300`);
    expect(shown).toContain('198.51.100.7)');
    expect(shown).toContain(`A  *.fra1-edge.example.com  ${EDGE.ip}`);
    expect(panel.calls).toEqual([]);
    await program.type('fra1-edge.example.com');
    await program.press('enter');
    await sees(here, 'DNS records for');
    const made = world.account.zones.get('example.com')?.map(({ name, data }) => [name, data]);
    expect(world.account.domainLists).toBe(1);
    expect(made).toEqual([
      ['fra1-edge', EDGE.ip],
      ['*.fra1-edge', EDGE.ip],
    ]);
    expect(panel.calls[0]).toBe('domain fra1-edge.example.com ops@example.com');
  });

  it('goes on where the records cannot be made, and says why', async () => {
    const here = await listed(SIZE, (_, world) => {
      world.account.zones.set('example.com', []);
      world.serverMeta.set(EDGE.id, { wish: { domain: DOMAIN, email: 'ops@example.com' } });
    });
    const { program, world } = here;
    await world.keystore.set(TOKEN_KEY, SANDBOX_TOKENS.domains.token);
    await program.press('o');
    await sees(here, '[ Set up ]');
    await program.press('enter');
    await sees(here, 'Set up fra1-edge for');
    await program.type(DOMAIN);
    await program.press('enter');
    await sees(here, 'Create the records of');
    world.account.zones.clear();
    await program.press('right', 'enter');
    await sees(here, 'The records were not created:');
    await sees(here, 'DNS records for');
  });

  it('names what is wrong with the form below its field, and does not send it', async () => {
    const here = await inForm(SIZE);
    const { program, panel } = here;
    await program.paste('localhost');
    await sees(here, 'It needs a dot');
    await program.press('tab');
    await program.paste('nobody');
    await sees(here, 'Use the form ops@example.com');
    await program.press('enter');
    expect(await program.text()).toContain('It needs a dot');
    expect(panel.calls).toEqual([]);
  });
});

describe('the wait for DNS', () => {
  it('shows each name, looks again by itself and at once by r', async () => {
    const here = await waitingForDns(SIZE);
    const { program, panel } = here;
    expect(await program.text()).toMatch(/\*\.lab\.example\.com +does not exist yet/);
    panel.names.add(DOMAIN);
    await program.press('r');
    await sees(here, 'lab.example.com         points to the server');
    panel.names.add(`panel.${DOMAIN}`);
    await here.look();
    await sees(here, 'panel.lab.example.com   points to the server');
    expect(panel.calls).not.toContain('provision');
  });

  it('copies the records one by one, and both by Y', async () => {
    const here = await waitingForDns(SIZE);
    const { program } = here;
    await sees(here, `‹ ${DOMAIN} A ${EDGE.ip} ›`);
    const record = (name: string): string => `${name} A ${EDGE.ip}`;
    const copies = async (text: string): Promise<void> =>
      expect
        .poll(() => program.written(), { timeout: 5_000 })
        .toContain(`;${Buffer.from(text).toString('base64')}`);
    await program.press('y');
    await copies(record(DOMAIN));
    await program.press('tab', 'right');
    await sees(here, `‹ *.${DOMAIN} A ${EDGE.ip} ›`);
    await program.press('enter');
    await copies(record(`*.${DOMAIN}`));
    await program.press('Y');
    await copies(`${record(DOMAIN)}; ${record(`*.${DOMAIN}`)}`);
  });

  it('names another server that the domain leads to', async () => {
    const here = await waitingForDns(SIZE);
    const other = { ...EDGE, id: 'other', label: 'lab-2', ip: '198.51.100.7', active: false };
    here.world.registry.changeFromOutside([EDGE, other]);
    here.panel.elsewhere = other.ip;
    here.panel.names.add(DOMAIN);
    await here.program.press('r');
    await sees(here, 'lab.example.com         points to lab-2 (198.51.100.7)');
  });

  it('goes on without the screen, and is shown as it is by the key or its row', async () => {
    const here = await waitingForDns(SIZE);
    const { program, panel } = here;
    await program.press('escape');
    await sees(here, 'fra1-edge is set up in the background once its DNS is correct');
    expect(await program.text()).toMatch(/fra1-edge +setting up 1\/3 +Waiting for DNS/);
    await program.press('o');
    await sees(here, 'DNS records for lab.example.com');
    await program.press('escape');
    for (const name of [DOMAIN, `*.${DOMAIN}`]) panel.names.add(name);
    await here.look();
    await sees(here, 'Installing certificates and login');
    expect(panel.calls.filter((call) => call === 'provision')).toHaveLength(1);
    await program.press('down', 'enter');
    await sees(here, 'Installation on fra1-edge');
  });

  it('resumes after its worker was killed, and asks nothing again', async () => {
    const here = await waitingForDns(SIZE);
    const { program, panel, world } = here;
    const [operation] = await world.operations.list();
    world.operations.kill(operation!.id);
    await sees(here, 'The process was ended before its work was done.');
    for (const name of [DOMAIN, `*.${DOMAIN}`]) panel.names.add(name);
    await program.press('r');
    await sees(here, 'Installation on fra1-edge');
    expect(world.operations.calls).toEqual(['start onboard fra1-edge', `resume ${operation!.id}`]);
  });

  it('offers the domain and the e-mail that the server was made for', async () => {
    const here = await listed(SIZE, (_, { serverMeta }) => {
      serverMeta.set(EDGE.id, { wish: { domain: DOMAIN, email: 'jane@example.com' } });
    });
    const { program, panel } = here;
    await program.press('o');
    await sees(here, 'jane@example.com');
    await sees(here, `panel.${DOMAIN}`);
    await program.press('enter');
    await program.type(DOMAIN);
    await program.press('enter');
    await sees(here, 'DNS records for');
    expect(panel.calls[0]).toContain('jane@example.com');
  });

  it('offers the domain that the panel has, and keeps its e-mail address', async () => {
    const here = await waitingForDns(SIZE);
    const { program, panel } = here;
    panel.calls.length = 0;
    await program.press('e');
    await sees(here, '[ Set up ]');
    await program.press('tab', 'ctrl-u');
    await sees(here, 'as before');
    await program.press('enter');
    await program.type(DOMAIN);
    await program.press('enter');
    await sees(here, 'DNS records for');
    expect(panel.calls.filter((call) => call !== 'verify')).toEqual([]);
  });
});

describe('the installation', () => {
  it('shows why it failed, and starts over by r alone', async () => {
    const here = await installing(SIZE);
    const { program, panel } = here;
    panel.reach(2, 'Issuing certificate...');
    panel.fail(2, 'rate limit');
    await sees(here, 'The installation on fra1-edge failed: rate limit');
    expect(panel.calls.filter((call) => call === 'provision')).toHaveLength(1);
    await program.press('r');
    await sees(here, 'Runs on the server');
    expect(panel.calls.filter((call) => call === 'provision')).toHaveLength(2);
    panel.complete(PASSWORD);
    await sees(here, PASSWORD);
    expect(panel.calls).toContain('restart authelia');
  });

  it('shows a run that failed before, and starts nothing by itself', async () => {
    const here = await listed(SIZE, (panel) => {
      panel.domain = DOMAIN;
      for (const name of [DOMAIN, `*.${DOMAIN}`]) panel.names.add(name);
      panel.run();
      panel.fail(2, 'rate limit');
    });
    await here.program.press('o');
    await sees(here, 'The installation on fra1-edge failed: rate limit');
    expect(here.panel.calls).toEqual([]);
    await here.program.press('r');
    await sees(here, 'Runs on the server');
  });

  it('goes on when the screen is left, and its password is stored', async () => {
    const here = await installing(SIZE);
    const { program, panel, world } = here;
    await program.press('escape');
    await sees(here, 'The installation on fra1-edge continues');
    panel.complete(PASSWORD);
    await sees(here, 'fra1-edge is set up. Press o on it to see how to log in.');
    expect(await world.keystore.get(autheliaPasswordKey(EDGE.id))).toBe(PASSWORD);
    expect(await program.text()).not.toContain(PASSWORD);
    await sees(here, 'set up: see how to log in');
    await program.press('o');
    await sees(here, PASSWORD);
    expect(await world.operations.list()).toEqual([]);
  });

  it('is worked on once, however often it is opened', async () => {
    const here = await installing(SIZE);
    const { program, panel, world } = here;
    await program.press('escape');
    await program.press('o');
    await sees(here, 'Installation on fra1-edge');
    expect(world.operations.calls).toEqual(['start onboard fra1-edge']);
    panel.complete(PASSWORD);
    await sees(here, PASSWORD);
  });

  it('makes quitting ask first', async () => {
    const here = await installing(SIZE);
    await here.program.press('escape', 'q');
    await sees(here, 'Setting up fra1-edge continues in the background.');
  });
});

describe('a panel', () => {
  it('that does not answer is said with its reason, and asked again by r', async () => {
    let isUp = false;
    const here = await listed(SIZE, (panel, world) => {
      world.openPanelApi = async () => {
        if (isUp) return { api: panel.api, wantsCode: false };
        throw new PanelError('panel-refused', 'The panel refuses connections.');
      };
    });
    const { program } = here;
    await program.press('o');
    await sees(here, 'The panel refuses connections.');
    isUp = true;
    await program.press('r');
    await sees(here, '[ Set up ]');
  });

  it('that others set up is shown as such, and gets a new password only when that is agreed to', async () => {
    const here = await listed(SIZE, (panel) =>
      Object.assign(panel, { status: 'COMPLETED', domain: DOMAIN }),
    );
    const { panel, program, world } = here;
    await program.press('o');
    await sees(here, 'Set a new password for the login of fra1-edge?');
    await program.press('escape');
    await sees(here, 'Its login was set elsewhere: its password is not known here.');
    expect(panel.calls).toEqual([]);

    await program.press('escape', 'o');
    await sees(here, 'Set a new password for the login of fra1-edge?');
    await program.press('right', 'enter');
    await sees(here, 'A new password: the previous one is not known here.');
    expect(panel.calls).toEqual(['password of admin']);
    const stored = await world.keystore.get(autheliaPasswordKey(EDGE.id));
    expect(await program.text()).toContain(`Password  ${stored}`);
    expect(await program.text()).toContain('Its second factor stays the same.');
    // Nothing of it is shown once only.
    await program.press('escape');
    await expect.poll(() => program.app.store.state.routes).toHaveLength(1);
  });

  it('with a second factor asks for its code, and is left when there is none', async () => {
    const here = await listed(SIZE, (panel, world) => {
      world.openPanelApi = async () => ({ api: panel.api, wantsCode: true });
    });
    await here.program.press('o');
    await sees(here, 'asks for the code of its second factor');
    await here.program.press('escape');
    await expect.poll(() => here.program.text()).toContain('portlama');
    expect(here.program.app.store.state.routes).toHaveLength(1);
  });

  it('without its certificate here gives the reason at the key', async () => {
    const here = await listed(SIZE);
    const since = here.world.clock.now();
    here.world.health.report({
      serverId: EDGE.id,
      samples: [],
      health: {
        state: 'certificate-needed',
        since,
        reason: 'Why not.',
        lacks: 'client-certificate',
      },
    });
    await here.program.press('o');
    await sees(here, 'Its admin certificate is not on this machine: press I');
  });
});
