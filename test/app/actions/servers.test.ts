import { describe, expect, it } from 'vitest';
import { commandsHere } from '../../../src/screens/shell/keys.js';
import { PortlamaError } from '../../../src/core/errors.js';
import { PANEL_PACKAGE } from '../../../src/core/product.js';
import { SANDBOX_TOKEN, SANDBOX_TOKENS } from '../../../src/sandbox/tokens.js';
import type { Lack } from '../../../src/services/health/health.js';
import { p12PasswordKey, TOKEN_KEY, tokenKey } from '../../../src/services/keystore/keystore.js';
import { RegistryError } from '../../../src/services/registry/registry.js';
import { droplet, dropletOf } from '../fakes/fake-digitalocean.js';
import { EDGE, emptyAccount, FakeWorld, LAB, OLD_BOX } from '../fakes/fake-world.js';
import { type RunningAppWithoutScreens, startAppWithoutScreens } from '../fakes/running-app.js';

async function withServers(
  options: ConstructorParameters<typeof FakeWorld>[0] = {},
): Promise<RunningAppWithoutScreens> {
  const world = new FakeWorld({ servers: [EDGE, LAB, OLD_BOX], ...options });
  await world.keystore.set(TOKEN_KEY, SANDBOX_TOKEN);
  for (const server of [EDGE, LAB]) world.addDroplet(dropletOf(server));
  for (const { id } of [EDGE, LAB, OLD_BOX])
    await world.keystore.set(p12PasswordKey(id), `password of ${id}`);
  return await startAppWithoutScreens(world);
}

describe('the servers list', () => {
  it('is read at the start, and its panels are watched', async () => {
    const running = await withServers();
    expect(running.state.servers.list).toEqual([EDGE, LAB, OLD_BOX]);
    expect(running.world.health.watched).toEqual([EDGE, LAB, OLD_BOX]);
  });

  it('follows changes that another program made', async () => {
    const running = await withServers();
    running.world.registry.changeFromOutside([LAB]);
    expect(running.state.servers.list).toEqual([LAB]);
    expect(running.world.health.watched).toEqual([LAB]);
  });

  it('stays on screen with the reason when the file cannot be read any more', async () => {
    const running = await withServers();
    running.world.registry.failure = new PortlamaError({
      code: 'registry-unreadable',
      message: 'servers.json does not parse.',
      hint: 'Repair it.',
    });
    await running.perform('servers.refresh');
    expect(running.state.servers.list.length).toBe(3);
    expect(running.state.servers.error?.message).toBe('servers.json does not parse.');
  });

  it('makes another server the active one', async () => {
    const running = await withServers();
    await running.perform('servers.activate', LAB.id);
    expect(running.state.servers.list.filter(({ active }) => active)).toEqual([
      { ...LAB, active: true },
    ]);
  });

  it('says why a key does nothing', async () => {
    const running = await withServers();
    await running.perform('servers.activate', EDGE.id);
    expect(running.lastToast).toBe('fra1-edge is already the active server.');
  });
});

describe('a server that goes offline and comes back', () => {
  const OFFLINE = { state: 'offline', code: 'x', reason: 'connection refused' } as const;
  const ONLINE = { state: 'online', latencyMs: 20, version: '1' } as const;

  function reports(
    running: RunningAppWithoutScreens,
    ...states: readonly (typeof OFFLINE | typeof ONLINE)[]
  ) {
    for (const state of states) {
      const since = running.world.clock.now();
      running.world.health.report({ serverId: EDGE.id, samples: [], health: { ...state, since } });
    }
  }

  it('is in the activity log, each time once', async () => {
    const running = await withServers();
    reports(running, ONLINE, OFFLINE, OFFLINE, ONLINE);
    expect(running.state.activity.map(({ style, text }) => `${style} ${text}`)).toEqual([
      'danger fra1-edge is offline: connection refused',
      'ok fra1-edge is online again after 1 s.',
    ]);
    expect(running.state.toasts).toEqual([]);
    expect(running.terminal.bells).toBe(0);
  });

  it('is not told of a server that was never seen online', async () => {
    const running = await withServers();
    reports(running, OFFLINE);
    expect(running.state.activity).toEqual([]);
  });

  it('rings when that was asked for', async () => {
    const running = await startAppWithoutScreens(new FakeWorld({ servers: [EDGE] }), {
      bell: true,
    });
    reports(running, ONLINE, OFFLINE);
    expect(running.terminal.notified).toEqual(['fra1-edge is offline: connection refused']);
  });
});

describe('the page of a server', () => {
  it('has its history, its droplet, and nothing of a page that was left', async () => {
    const world = new FakeWorld({ servers: [EDGE] });
    await world.keystore.set(TOKEN_KEY, SANDBOX_TOKEN);
    world.addDroplet({ ...dropletOf(EDGE), sizeSlug: 's-1vcpu-1gb', priceMonthlyUsd: 6 });
    const outages = [{ from: 1_000, to: 2_000 }];
    world.health.histories.set(EDGE.id, { samples: [], fives: [], hours: [], outages });
    const running = await startAppWithoutScreens(world);
    await running.perform('servers.open', EDGE.id);
    const looked = running.app.lookAt(EDGE.id);
    await world.clock.pass(250);
    await looked;
    expect(running.state.lookedAt).toMatchObject({ serverId: EDGE.id, history: { outages } });
    expect(running.state.page).toMatchObject({
      serverId: EDGE.id,
      droplet: { sizeSlug: 's-1vcpu-1gb', priceMonthlyUsd: 6 },
    });
    await running.perform('back');
    expect(running.state.page).toBeUndefined();
  });

  it('knows when the token expires, and the newest panel, asked for once unless r asks again', async () => {
    const world = new FakeWorld({ servers: [EDGE, LAB], facts: { updateNotice: true } });
    await world.keystore.set(TOKEN_KEY, SANDBOX_TOKEN);
    for (const server of [EDGE, LAB]) world.addDroplet(dropletOf(server));
    world.newest = { [PANEL_PACKAGE]: { kind: 'found', version: '0.1.31' } };
    const running = await startAppWithoutScreens(world);
    await running.perform('servers.open', EDGE.id);
    const tokenExpiresAt = world.clock.now() + 82 * 86_400_000;
    const found = { kind: 'found', version: '0.1.31' };
    expect(running.state.page).toMatchObject({ tokenExpiresAt, newest: found });

    world.newest = {};
    await running.perform('back');
    await running.perform('servers.open', LAB.id);
    expect(running.state.page?.newest).toEqual(found);
    await running.perform('servers.refresh', LAB.id);
    await running.perform('back');
    await running.perform('servers.open', LAB.id);
    expect(running.state.page?.newest).toEqual({ kind: 'missing' });
  });

  it('asks no registry where notices about updates are off', async () => {
    const world = new FakeWorld({ servers: [EDGE], facts: { updateNotice: false } });
    const running = await startAppWithoutScreens(world);
    await running.perform('servers.open', EDGE.id);
    expect(running.state.page?.newest).toBeUndefined();
  });

  it('closes when its server leaves the list', async () => {
    const running = await withServers();
    await running.perform('servers.open', EDGE.id);
    running.world.registry.changeFromOutside([LAB]);
    expect(running.state.routes).toEqual([{ screen: 'servers' }]);
  });
});

describe('the active server', () => {
  it('is made so again by undoing, until it leaves the list', async () => {
    const running = await withServers();
    await running.perform('servers.activate', LAB.id);
    await running.perform('servers.undo-activate', LAB.id);
    const active = running.state.servers.list.filter((server) => server.active);
    expect(active.map(({ id }) => id)).toEqual([EDGE.id]);
    running.world.registry.changeFromOutside([EDGE]);
    const keys = commandsHere({ state: running.state, selected: EDGE.id }).map(({ id }) => id);
    expect(keys).not.toContain('servers.undo-activate');
  });
});

describe('the panel', () => {
  it('opens in the browser', async () => {
    const running = await withServers();
    await running.perform('servers.panel', EDGE.id);
    expect(running.world.opened).toEqual([EDGE.panelUrl]);
  });

  it.each([{ hasBrowser: false }, { inSshSession: true }])(
    'is shown as an address, copied, with how to fetch the certificate (%o)',
    async (facts) => {
      const running = await withServers({ facts });
      await running.perform('servers.panel', EDGE.id);
      expect(running.world.opened).toEqual([]);
      expect(running.terminal.copied).toEqual([EDGE.panelUrl]);
      const dialog = JSON.stringify(running.state.dialogs);
      expect(dialog).toContain(`scp ops@bastion.example.com:${EDGE.p12Path} .`);
      expect(dialog).toContain(`secret-tool lookup service com.portlama.server account ${EDGE.id}`);
    },
  );

  it.each([
    [{ address: '198.51.100.9', port: '22' }, 'scp ops@198.51.100.9:/'],
    [{ address: '2001:db8::9', port: '2222' }, 'scp -P 2222 ops@[2001:db8::9]:/'],
  ])('names the machine as it was reached by SSH: %o', async (reachedAt, command) => {
    const running = await withServers({ facts: { inSshSession: true, reachedAt } });
    await running.perform('servers.panel', EDGE.id);
    expect(JSON.stringify(running.state.dialogs)).toContain(command);
  });
});

describe('how a certificate gets here', () => {
  const told = async (lacks: Lack, server = EDGE): Promise<string> => {
    const running = await withServers({ servers: [server] });
    const health = { state: 'certificate-needed', since: 0, reason: 'Why not.', lacks } as const;
    running.world.health.report({ serverId: server.id, samples: [], health });
    await running.perform('servers.access', server.id);
    return JSON.stringify(running.state.dialogs);
  };

  it('is said instead of how to use one that does not open the panel', async () => {
    for (const lacks of ['password', 'client-certificate'] as const) {
      const text = await told(lacks);
      expect(text).toContain('/etc/portlama/pki/.p12-password');
      expect(text).toContain('then press Import a file');
      expect(text).toContain('"actions":["Import a file"]');
      expect(text).not.toContain('with c on its row');
      expect(text).not.toContain('Copy password');
    }
    expect(await told('password')).toContain('The password of its current admin certificate');
    expect(await told('confirmation')).toContain('Copy password');
  });

  it('ends with the panel’s own certificate where nobody has confirmed that', async () => {
    const adopted = { ...EDGE, p12Path: undefined };
    expect(await told('client-certificate', adopted)).toContain('with c on its row');
  });
});

describe('a panel whose key is in a Mac’s keychain', () => {
  const MAC = { ...EDGE, authMethod: 'keychain', keychainIdentity: 'admin' } as const;
  const withMac = (facts: object): Promise<RunningAppWithoutScreens> =>
    withServers({ servers: [{ ...MAC, p12Path: undefined }], facts });
  const shown = async (facts: object): Promise<string> => {
    const running = await withMac(facts);
    await running.perform('servers.access', MAC.id);
    expect(JSON.stringify(running.state.dialogs)).not.toContain('Copy password');
    return JSON.stringify(running.state.dialogs);
  };

  it('says how the browser gets at it: on that Mac, far from it, and elsewhere', async () => {
    expect(await shown({ hasKeychain: true })).toContain('Safari and Chrome offer it');
    const far = await shown({ hasKeychain: true, inSshSession: true });
    expect(far).toContain('login keychain of bastion.example.com');
    expect(far).toContain('/etc/portlama/pki/client.p12');
    expect(far).not.toContain('scp ');
    expect(await shown({})).toContain('in the keychain of a Mac');
  });

  it('opens without a word about importing', async () => {
    const running = await withMac({ hasKeychain: true });
    await running.perform('servers.panel', MAC.id);
    expect(running.lastToast).toContain('in the keychain');
    expect(running.lastToast).not.toContain('import');
  });

  it('has its identity deleted with the server, and is kept whole while the keychain keeps that', async () => {
    const running = await withMac({ hasKeychain: true });
    const { world } = running;
    world.keychainFailure = new PortlamaError({
      code: 'keychain-locked',
      message: 'It is locked.',
    });
    await running.perform('servers.destroy', MAC.id);
    await running.answer(true);
    expect(running.state.dialogs[0]).toMatchObject({ error: { code: 'rest-kept' } });
    expect(JSON.stringify(running.state.dialogs[0])).toContain('It is locked.');
    expect(running.state.servers.list).toHaveLength(1);
    expect(world.removedFiles).toEqual([]);
    world.keychainFailure = undefined;
    await running.answer(false);
    await running.perform('servers.destroy', MAC.id);
    await running.answer(true);
    expect(world.removedIdentities).toEqual([MAC.id]);
    expect(running.state.servers.list).toEqual([]);
  });
});

describe('the password of a certificate', () => {
  it('is copied when asked for, and the clipboard emptied when the message is closed', async () => {
    const running = await withServers({ facts: { inSshSession: true } });
    await running.perform('servers.access', EDGE.id);
    const secret = `password of ${EDGE.id}`;
    expect(JSON.stringify(running.state)).not.toContain(secret);
    await running.choose('Copy password');
    // The address was not asked for.
    expect(running.terminal.copied).toEqual([secret]);
    expect(JSON.stringify(running.state)).not.toContain(secret);
    expect(running.world.ports.redactor.clean(secret)).not.toContain(secret);
    await running.answer(false);
    expect(running.terminal.copied.at(-1)).toBe(' ');
    // Copying closed nothing for good.
    expect(running.state.dialogs).toMatchObject([{ title: 'Panel of fra1-edge' }]);
  });

  it.each([true, false])('says that tmux keeps it, where there is tmux: %s', async (inTmux) => {
    const running = await withServers({ facts: { inTmux } });
    await running.perform('servers.access', EDGE.id);
    await running.choose('Copy password');
    expect(JSON.stringify(running.state.dialogs).includes('tmux delete-buffer')).toBe(inTmux);
  });

  it('is not copied when it would be changed on its way', async () => {
    const running = await withServers();
    await running.world.keystore.set(p12PasswordKey(EDGE.id), 'pass\x1b[201~word\n');
    await running.perform('servers.access', EDGE.id);
    await running.choose('Copy password');
    expect(running.terminal.copied).toEqual([]);
    expect(running.state.dialogs).toMatchObject([{ error: { code: 'p12-password-not-copyable' } }]);
  });

  it('is in the clipboard for a minute at the longest', async () => {
    const running = await withServers();
    await running.perform('servers.access', EDGE.id);
    await running.choose('Copy password');
    await running.world.clock.pass(61_000);
    expect(running.terminal.copied.at(-1)).toBe(' ');
    expect(running.state.dialogs).toMatchObject([{ title: 'Panel of fra1-edge' }]);
  });

  it('leaves the clipboard alone once it was emptied', async () => {
    const running = await withServers();
    await running.perform('servers.access', EDGE.id);
    await running.choose('Copy password');
    await running.perform('interrupt');
    const { copied } = running.terminal;
    expect(copied.at(-1)).toBe(' ');
    const before = copied.length;
    await running.world.clock.pass(61_000);
    expect(copied.length).toBe(before);
  });

  it('that is not there says where it is', async () => {
    const running = await withServers();
    await running.world.keystore.delete(p12PasswordKey(EDGE.id));
    await running.perform('servers.access', EDGE.id);
    await running.choose('Copy password');
    expect(running.terminal.copied).toEqual([]);
    expect(running.state.dialogs).toMatchObject([{ error: { code: 'p12-password-missing' } }]);
  });
});

describe('a servers.json that cannot be read', () => {
  it('gives way to its backup when asked', async () => {
    const running = await withServers();
    running.world.registry.failure = new RegistryError({
      code: 'registry-unreadable',
      message: 'servers.json does not parse.',
    });
    await running.perform('servers.refresh');
    await running.perform('servers.restore');
    await running.answer(true);
    expect(running.state.servers.error).toBeUndefined();
    expect(running.lastToast).toContain('broken-servers.json');
  });
});

describe('the account', () => {
  it('is named from the start where a token is at hand', async () => {
    const running = await withServers();
    expect(running.state.accountEmail).toBe('sammy@digitalocean.com');
  });

  it('that refuses its token does not keep the others from being looked at', async () => {
    const world = new FakeWorld({ servers: [EDGE, LAB] });
    const work = emptyAccount();
    world.accountsByToken.set(SANDBOX_TOKENS.warning.token, work);
    world.accounts = { current: 'default', named: [{ name: 'work' }] };
    await world.keystore.set(TOKEN_KEY, SANDBOX_TOKEN);
    await world.keystore.set(tokenKey('work'), SANDBOX_TOKENS.warning.token);
    work.droplets.set(dropletOf(EDGE).id, dropletOf(EDGE));
    world.account.failure = new Error('Refused.');
    const running = await startAppWithoutScreens(world);
    await expect.poll(() => running.state.droplets.compared).toBe(true);
    const { listed, gone, unknown } = running.state.droplets;
    expect([...listed.keys()]).toEqual([EDGE.id]);
    expect(gone).toEqual([]);
    expect([...unknown]).toEqual([[LAB.id, 'unknown (account default did not answer)']]);
    expect(running.lastToast).toBe('The account default was not asked: Refused.');
  });

  it('that cannot be asked is not mentioned', async () => {
    const world = new FakeWorld();
    world.account.failure = new Error('no network');
    await world.keystore.set(TOKEN_KEY, SANDBOX_TOKEN);
    const running = await startAppWithoutScreens(world);
    expect(running.state).toMatchObject({ accountEmail: undefined, toasts: [], dialogs: [] });
  });
});

describe('destroying', () => {
  it('asks for the label first', async () => {
    const running = await withServers();
    await running.perform('servers.destroy', EDGE.id);
    expect(running.state.dialogs[0]).toMatchObject({ kind: 'question', typed: 'fra1-edge' });
    await running.answer(false);
    expect(running.state.servers.list.length).toBe(3);
  });

  it('says that it is destroyed when only the password could not be deleted', async () => {
    const running = await withServers();
    running.world.keystore.deleteFailure = new Error('The keyring is locked.');
    await running.perform('servers.destroy', EDGE.id);
    await running.answer(true);
    expect([...running.world.account.droplets.keys()]).toEqual([312876544]);
    const [dialog] = running.state.dialogs;
    expect(dialog).toMatchObject({
      kind: 'error',
      title: 'Destroyed fra1-edge, but local files remain',
      error: { message: expect.stringContaining('The keyring is locked.') as string },
    });
    expect(await running.world.registry.list()).toEqual([LAB, OLD_BOX]);
  });

  it('removes droplet, entry, files and password', async () => {
    const running = await withServers();
    const { droplets } = running.world.account;
    await running.perform('servers.destroy', EDGE.id);
    await running.answer(true);
    expect([...droplets.keys()]).toEqual([312876544]);
    expect(running.state.servers.list).toEqual([LAB, OLD_BOX]);
    expect(running.world.removedFiles).toEqual([EDGE.id]);
    expect(await running.world.keystore.get(p12PasswordKey(EDGE.id))).toBeUndefined();
    expect(await running.world.keystore.get(p12PasswordKey(LAB.id))).toBeDefined();
  });

  it('removes only the entry, after another question, when the droplet is gone already', async () => {
    const running = await withServers();
    running.world.account.droplets.delete(312876543);
    await running.perform('servers.destroy', EDGE.id);
    expect(running.world.removedFiles).toEqual([]);
    expect(running.state.dialogs).toMatchObject([{ title: 'Remove fra1-edge from the list?' }]);
    await running.answer(true);
    expect(running.state.servers.list).toEqual([LAB, OLD_BOX]);
    expect(running.lastToast).toContain('was already gone');
  });

  it('keeps the certificate of a server whose panel answers, though its droplet is not in this account', async () => {
    const running = await withServers();
    const { account, panelHealth, removedFiles } = running.world;
    account.droplets.delete(312876543);
    panelHealth.set(EDGE.id, { state: 'online', latencyMs: 9, version: undefined });
    await running.perform('servers.destroy', EDGE.id);
    expect(removedFiles).toEqual([]);
    expect(running.state.dialogs).toMatchObject([{ error: { code: 'droplet-elsewhere' } }]);
  });

  it('says so when another program took the server off the list before the answer', async () => {
    const running = await withServers();
    await running.perform('servers.destroy', EDGE.id);
    running.world.registry.changeFromOutside([LAB]);
    await running.answer(true);
    expect(running.state.dialogs).toMatchObject([
      { error: { message: 'fra1-edge is no longer in the list. Nothing was changed.' } },
    ]);
    expect(running.world.account.droplets.has(312876543)).toBe(true);
  });

  it('says what it waits for while the droplet is still new', async () => {
    const running = await withServers();
    const { droplets } = running.world.account;
    droplets.set(312876543, { ...droplet(312876543), status: 'new' });
    const told = new Set<string | undefined>();
    running.app.store.onChange(({ running: [work] }) => void told.add(work?.waiting));
    await running.perform('servers.destroy', EDGE.id);
    await running.answer(true);
    expect(told).toContain('droplet 312876543 is still being created; deleting it has to wait');
    expect(droplets.has(312876543)).toBe(false);
  });

  it('does not touch a droplet without the managed tag, and keeps the entry', async () => {
    const running = await withServers();
    const { droplets } = running.world.account;
    droplets.set(312876543, droplet(312876543, ['production']));
    await running.perform('servers.destroy', EDGE.id);
    await running.answer(true);
    expect(droplets.size).toBe(2);
    expect(running.state.servers.list.length).toBe(3);
    expect(running.world.removedFiles).toEqual([]);
    expect(running.state.dialogs[0]).toMatchObject({
      kind: 'error',
      title: 'fra1-edge was not destroyed',
      error: { code: 'droplet-not-ours' },
    });
    expect(running.state.activity.at(-1)?.text).toMatch(/^fra1-edge was not destroyed: /);
  });

  it('leaves a way to take the entry off the list when the droplet cannot be destroyed', async () => {
    const running = await withServers();
    const { droplets } = running.world.account;
    droplets.set(312876543, droplet(312876543, ['production']));
    await running.perform('servers.destroy', EDGE.id);
    await running.answer(true);
    await running.choose('Remove from the list only');
    const question = running.state.dialogs[0];
    expect(question).toMatchObject({ title: 'Remove fra1-edge from the list?', yes: 'Remove' });
    expect(JSON.stringify(question)).toContain('costs money until it is destroyed');
    await running.answer(true);
    expect(running.state.servers.list).toEqual([LAB, OLD_BOX]);
    expect(droplets.size).toBe(2);
  });

  it('of a server that was added by hand only takes it off the list', async () => {
    const running = await withServers();
    await running.perform('servers.destroy', OLD_BOX.id);
    expect(running.state.dialogs[0]).toMatchObject({ yes: 'Remove', typed: undefined });
    await running.answer(true);
    expect(running.state.servers.list).toEqual([EDGE, LAB]);
    // One asked for the account at the start.
    expect(running.world.clients.length).toBe(1);
    expect(await running.world.keystore.get(p12PasswordKey(OLD_BOX.id))).toBeUndefined();
  });
});
