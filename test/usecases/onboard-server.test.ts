import { describe, expect, it } from 'vitest';
import { InputError } from '../../src/core/errors.js';
import { systemClock } from '../../src/core/time.js';
import type { DropletFaultInput } from '../../src/sandbox/faults/droplet-faults.js';
import { SANDBOX_TOKENS } from '../../src/sandbox/tokens.js';
import { autheliaPasswordKey, TOKEN_KEY } from '../../src/services/keystore/keystore.js';
import type { ProvisionMessage } from '../../src/services/panel/panel-bodies.js';
import type { ServerEntry } from '../../src/services/registry/registry.js';
import { type OnboardingInput, onboardServer } from '../../src/usecases/onboard-server.js';
import { dropletOf } from '../app/fakes/fake-digitalocean.js';
import { EDGE } from '../app/fakes/fake-world.js';
import { DOMAIN, type PanelWorld } from '../contract/panel-world.js';
import { openPanel, panelServer, type PanelWork } from './panel-work.js';
import type { Answer } from './scripted-face.js';
import type { TestWork } from './work.js';

const INPUT = { domain: DOMAIN, email: 'ops@example.com' };
const FREEZE = { confirm: `Set up fra1-edge for ${DOMAIN}?`, typed: DOMAIN };
const RETRY = { confirm: 'Start the installation on fra1-edge again?' };
const OFFER = { confirm: 'Set a new password for the login of fra1-edge?' };
const KEY = autheliaPasswordKey(EDGE.id);

interface Onboarding extends PanelWork {
  run(input?: OnboardingInput): ReturnType<typeof onboardServer>;
  fault(fault: DropletFaultInput): void;
  logsIn(password: string | undefined): boolean;
}

/** A fresh server of the sandbox, and a person who answers by a script. */
async function freshServer(
  panel: Parameters<typeof PanelWorld.open>[0],
  ...answers: readonly Answer[]
): Promise<Onboarding> {
  const opened = await openPanel({ messageMs: 2, ...panel });
  const { sandbox, droplet } = opened;
  const watched = ['setDomain', 'provision', 'setPassword', 'restartService', 'resetTotp'] as const;
  const test = await panelServer(opened, watched, answers);
  test.world.resolveName = (name) => {
    const answer = sandbox.controls.findName(name);
    if (typeof answer === 'string') throw Object.assign(new Error(answer), { code: 'ESERVFAIL' });
    return { a: answer, aaaa: [] };
  };
  // Polls of seconds pass in milliseconds.
  const clock = { ...systemClock, sleep: (_ms: number) => systemClock.sleep(5) };
  test.world.workerClock = clock;
  return {
    ...test,
    run: (input = {}) =>
      onboardServer('fra1-edge', { ...INPUT, ...input }, { ...test.work, clock }),
    fault: (fault) => sandbox.controls.addDropletFault(fault, { dropletId: droplet.id }),
    logsIn: (password) => sandbox.controls.tryLogin(droplet.id, 'admin', password ?? ''),
  };
}

describe('onboardServer', () => {
  it('leads from a fresh server to one in use, with the password stored before it is given', async () => {
    const test = await freshServer({}, FREEZE);
    test.here.pointNames();
    const done = await test.run();
    expect(done).toMatchObject({ domain: DOMAIN, username: 'admin', isReplaced: false });
    expect(done.totpUri).toMatch(/^otpauth:/);
    expect(await test.world.keystore.get(KEY)).toBe(done.password);
    expect(test.logsIn(done.password)).toBe(true);
    expect(await test.world.registry.list()).toEqual([
      { ...test.server, domain: DOMAIN, panelUrl: `https://panel.${DOMAIN}` },
    ]);
    expect(test.sent).toEqual(['setDomain', 'provision', 'resetTotp']);
    expect(test.news).toContainEqual({ kind: 'servers-changed' });
    test.face.finish();
  });

  it('refuses a panel in a state that it does not know, and changes nothing', async () => {
    const test = await freshServer({});
    const open = test.world.openPanelApi!;
    test.world.openPanelApi = async (server, signal) => {
      const opened = await open(server, signal);
      opened.api.onboarding = async () => ({ status: 'MIGRATING', domain: undefined });
      return opened;
    };
    await expect(test.run()).rejects.toMatchObject({
      code: 'panel-state-unknown',
      message: expect.stringContaining('does not know: MIGRATING.'),
      hint: expect.stringContaining(test.server.panelUrl),
    });
    expect(test.changes).toEqual([]);
  });

  it('waits for DNS, names what is missing, and starts nothing before', async () => {
    const test = await freshServer({}, FREEZE);
    const { controls } = test.here.sandbox;
    controls.setName(DOMAIN, 'servfail');
    await test.world.registry.save({ ...EDGE, id: 'other', label: 'lab-2', ip: '198.51.100.7' });
    const running = test.run();
    await seen(test, `panel.${DOMAIN} does not exist yet`);
    controls.setName(DOMAIN, [test.here.droplet.address]);
    controls.setName(`panel.${DOMAIN}`, ['198.51.100.7']);
    await seen(test, `panel.${DOMAIN} points to lab-2 (198.51.100.7)`);
    for (const part of ['panel', 'auth'])
      controls.setName(`${part}.${DOMAIN}`, [test.here.droplet.address]);
    await seen(test, `Waiting for DNS: tunnel.${DOMAIN} does not exist yet`);
    expect(test.sent).toEqual(['setDomain']);
    controls.setName(`tunnel.${DOMAIN}`, [test.here.droplet.address]);
    expect(await running).toMatchObject({ domain: DOMAIN });
    expect(test.face.said.join('\n')).toContain(`*.${DOMAIN}    ${test.here.droplet.address}`);
  });

  it('goes on waiting for DNS while the panel is out of reach', async () => {
    const test = await freshServer({}, FREEZE);
    test.here.pointNames();
    const path = '/api/onboarding/verify-dns';
    test.fault({ kind: 'panel-call', method: 'POST', path, trouble: 'reset', times: 3 });
    const done = await test.run();
    expect(test.face.waits.join('\n')).toContain('Waiting for DNS: ');
    expect(test.face.waits.join('\n')).toContain('cannot be reached');
    expect(test.logsIn(done.password)).toBe(true);
    test.face.finish();
  });

  it('makes the records in the zone that is named, and nothing without one', async () => {
    const test = await freshServer({}, FREEZE);
    const zone = DOMAIN.replace(/^[^.]+\./, '');
    const subdomain = DOMAIN.split('.')[0];
    test.world.account.zones.set(zone, []);
    test.world.addDroplet(dropletOf(test.server));
    await test.world.keystore.set(TOKEN_KEY, SANDBOX_TOKENS.domains.token);
    test.here.pointNames();
    await test.run();
    expect(test.world.account.zones.get(zone)).toEqual([]);

    const other = await freshServer({}, FREEZE);
    other.world.account.zones.set(zone, []);
    other.world.addDroplet(dropletOf(other.server));
    await other.world.keystore.set(TOKEN_KEY, SANDBOX_TOKENS.domains.token);
    other.here.pointNames();
    await other.run({ domain: undefined, zone, subdomain });
    expect(other.world.account.zones.get(zone)).toMatchObject([
      { name: subdomain, data: other.server.ip },
      { name: `*.${subdomain}`, data: other.server.ip },
    ]);
  });

  it('reports a failed run, and starts it again only when it is agreed to', async () => {
    const test = await freshServer({}, FREEZE, RETRY);
    test.here.pointNames();
    test.fault({ kind: 'onboarding-fails', task: 'issue-certs', message: 'rate limit', runs: 1 });
    await expect(test.run()).rejects.toMatchObject({
      code: 'onboarding-failed',
      message: 'The installation on fra1-edge failed: rate limit.',
    });
    expect(test.sent.filter((name) => name === 'provision')).toHaveLength(1);
    const done = await test.run();
    expect(test.face.said.join('\n')).toContain('The installation failed before: rate limit');
    // The first run left Authelia with another password in its memory.
    expect(test.sent).toContain('restartService');
    expect(test.logsIn(done.password)).toBe(true);
    test.face.finish();
  });

  it('starts nothing again by itself when the run failed out of its sight', async () => {
    const test = await freshServer({ messageMs: 10 }, FREEZE);
    test.here.pointNames();
    test.fault({ kind: 'onboarding-cuts', task: 'issue-certs', runs: 1 });
    test.fault({ kind: 'onboarding-fails', task: 'issue-certs', message: 'rate limit' });
    test.world.workerClock = { ...systemClock, sleep: () => systemClock.sleep(200) };
    await expect(onboardServer('fra1-edge', INPUT, test.work)).rejects.toMatchObject({
      code: 'onboarding-failed',
    });
    expect(test.sent.filter((name) => name === 'provision')).toHaveLength(1);
  });

  it('reports a run whose failure only the state of a stream that was joined again tells', async () => {
    const test = await freshServer({ messageMs: 10 }, FREEZE);
    test.here.pointNames();
    test.fault({ kind: 'onboarding-fails', task: 'issue-certs', message: 'rate limit' });
    const open = test.world.openPanelApi!;
    test.world.openPanelApi = async (server, signal) => {
      const opened = await open(server, signal);
      const follow = opened.api.followProvision.bind(opened.api);
      opened.api.followProvision = async function* (ending) {
        const state = async (): Promise<ProvisionMessage> => {
          for await (const message of follow(ending)) return message;
          throw new Error('no state');
        };
        yield await state();
        for (;;) {
          const later = await state();
          if (later.error != null) yield later;
        }
      };
      return opened;
    };
    await expect(test.run()).rejects.toMatchObject({
      code: 'onboarding-failed',
      message: 'The installation on fra1-edge failed: rate limit.',
    });
    expect(test.sent.filter((name) => name === 'provision')).toHaveLength(1);
  });

  it('sets a new password when the one of the installation was missed, and says so', async () => {
    const test = await freshServer({ messageMs: 10 }, FREEZE);
    test.here.pointNames();
    // The stream breaks off at the last task, and the panel is done before it is joined again.
    test.fault({ kind: 'onboarding-cuts', task: 'finalize', runs: 1 });
    test.world.workerClock = { ...systemClock, sleep: () => systemClock.sleep(200) };
    const done = await onboardServer('fra1-edge', INPUT, test.work);
    expect(done.isReplaced).toBe(true);
    expect(test.sent).toEqual(['setDomain', 'provision', 'setPassword', 'resetTotp']);
    expect(test.logsIn(done.password)).toBe(true);
    expect(await test.world.keystore.get(KEY)).toBe(done.password);
  });

  it('joins again when nginx restarts under it, and starts nothing twice', async () => {
    const test = await freshServer({ messageMs: 15 }, FREEZE);
    test.here.pointNames();
    for (const task of ['install-authelia', 'configure-nginx'])
      test.fault({ kind: 'onboarding-cuts', task, runs: 1 });
    const done = await test.run();
    expect(done.isReplaced).toBe(false);
    expect(test.logsIn(done.password)).toBe(true);
    expect(test.sent.filter((name) => name === 'provision')).toHaveLength(1);
  });

  it('does not start twice when the answer to the start is lost', async () => {
    const test = await freshServer({ messageMs: 15 }, FREEZE);
    test.here.pointNames();
    // Cuts while the panel still answers the POST.
    test.fault({ kind: 'onboarding-cuts', task: 'install-chisel', runs: 1 });
    const done = await test.run();
    expect(test.logsIn(done.password)).toBe(true);
    expect(test.sent.filter((name) => name === 'provision')).toHaveLength(1);
  });

  it('gives up on a panel whose stream cannot be joined, and orders nothing', async () => {
    const test = await freshServer({}, FREEZE);
    test.here.pointNames();
    const path = '/api/onboarding/provision/stream';
    test.fault({ kind: 'panel-call', method: 'GET', path, trouble: 'page' });
    let passed = 0;
    test.world.workerClock = {
      ...systemClock,
      monotonic: () => performance.now() + passed,
      async sleep(ms) {
        passed += 20 * ms;
        await systemClock.sleep(5);
      },
    };
    await expect(onboardServer('fra1-edge', INPUT, test.work)).rejects.toMatchObject({
      code: 'panel-server-down',
    });
    expect(test.sent).not.toContain('provision');
  });

  it('orders once from a panel that takes no order, and says so', async () => {
    const test = await freshServer({}, FREEZE);
    test.here.pointNames();
    const path = '/api/onboarding/provision';
    test.fault({ kind: 'panel-call', method: 'POST', path, trouble: 500 });
    await expect(test.run()).rejects.toMatchObject({
      code: 'onboarding-failed',
      message: expect.stringContaining('the panel did not start it: '),
    });
    expect(test.sent.filter((name) => name === 'provision')).toHaveLength(1);
    // Nothing is lost: it is started when a person asks again.
    test.here.sandbox.controls.clearFaults();
    const done = await test.run();
    expect(test.logsIn(done.password)).toBe(true);
  });

  it('follows a run that another one started, however late it comes', async () => {
    const test = await freshServer({ messageMs: 20 });
    await test.here.setDomain();
    await test.here.admins('POST', '/api/onboarding/provision');
    const done = await test.run({});
    expect(test.sent).toEqual(['resetTotp']);
    expect(test.logsIn(done.password)).toBe(true);
  });

  it('follows a run at once where the names cannot be seen from here', async () => {
    const test = await freshServer({ messageMs: 20 });
    await test.here.setDomain();
    await test.here.admins('POST', '/api/onboarding/provision');
    test.world.resolveName = () => ({ a: [], aaaa: [] });
    const done = await test.run({});
    expect(done.isReplaced).toBe(false);
    expect(test.logsIn(done.password)).toBe(true);
  });

  it('asks for domain and address in one form, and only while the panel takes them', async () => {
    const test = await freshServer({}, FREEZE);
    test.here.pointNames();
    const forms: unknown[] = [];
    const choose = (kept: string | undefined) => {
      forms.push(kept);
      return Promise.resolve(INPUT);
    };
    const done = await onboardServer('fra1-edge', { choose }, test.work);
    expect([forms, done.domain]).toEqual([[undefined], DOMAIN]);
    await onboardServer('fra1-edge', { choose }, test.work);
    expect(forms).toHaveLength(1);
    test.face.finish();
  });

  it('waits for a store that is locked when the password comes: it is said once', async () => {
    const test = await freshServer({}, FREEZE);
    test.here.pointNames();
    test.world.keystore.failure = new Error('The keyring is locked.');
    const running = test.run();
    await seen(test, 'Waiting for the credential store: The keyring is locked.');
    test.world.keystore.failure = undefined;
    const done = await running;
    expect(done.isReplaced).toBe(false);
    expect(test.logsIn(done.password)).toBe(true);
    expect(await test.world.keystore.get(KEY)).toBe(done.password);
    test.face.finish();
  });

  it('asks before it replaces a password that was not stored: another machine may have it', async () => {
    const test = await freshServer({}, FREEZE, OFFER);
    test.here.pointNames();
    test.world.keystore.failure = new Error('The keyring is locked.');
    let passed = 0;
    test.world.workerClock = {
      ...systemClock,
      monotonic: () => performance.now() + passed,
      async sleep(ms) {
        passed += 20 * ms;
        await systemClock.sleep(5);
      },
    };
    await expect(test.run()).rejects.toThrow('The keyring is locked.');
    test.world.keystore.failure = undefined;
    const done = await test.run();
    expect(done.isReplaced).toBe(true);
    expect(test.logsIn(done.password)).toBe(true);
    expect(await test.world.keystore.get(KEY)).toBe(done.password);
    // Nothing that was answered once is done again without an answer.
    expect(await test.run()).toMatchObject({ isPasswordKnown: true, isReplaced: false });
    expect(test.sent).not.toContain('resetTotp');
    test.face.finish();
  });

  it('leaves the login alone that another machine has got while this one waited for DNS', async () => {
    const test = await freshServer({}, FREEZE, { ...OFFER, agree: false });
    test.here.pointNames();
    test.world.resolveName = () => ({ a: [], aaaa: [] });
    let look = (): void => undefined;
    const looked = new Promise<void>((resolve) => (look = resolve));
    test.world.workerClock = { ...systemClock, sleep: () => looked };
    const running = test.run();
    const { panel } = test.here.sandbox.controls['world'].findDroplet(
      test.here.droplet.id,
    )!.machine;
    const status = (): string => panel.server.onboarding.status;
    await expect.poll(status, { timeout: 5000 }).toBe('DNS_READY');
    await test.here.admins('POST', '/api/onboarding/provision');
    await expect.poll(status, { timeout: 5000 }).toBe('COMPLETED');
    look();
    expect(await running).toMatchObject({ domain: DOMAIN, isPasswordKnown: false });
    expect(test.sent).toEqual(['setDomain']);
    test.face.finish();
  });

  it('offers a new password where others set it up, and leaves theirs alone when that is declined', async () => {
    const test = await freshServer({}, { ...OFFER, agree: false });
    const result = (await test.here.onboard()) as { adminPassword: string };
    const done = await test.run();
    expect(done).toMatchObject({ domain: DOMAIN, isReplaced: false });
    expect(done.password).toBeUndefined();
    expect(done.totpUri).toBeUndefined();
    expect(done.isPasswordKnown).toBe(false);
    expect(test.sent).toEqual([]);
    expect(test.logsIn(result.adminPassword)).toBe(true);
    expect(await test.world.registry.list()).toMatchObject([
      { domain: DOMAIN, panelUrl: `https://panel.${DOMAIN}` },
    ]);
    test.face.finish();
  });

  it('sets a new password where others set it up and the offer is taken, and offers it once', async () => {
    const test = await freshServer({}, OFFER);
    const { adminPassword } = (await test.here.onboard()) as { adminPassword: string };
    const done = await test.run();
    expect(test.face.shown.join('\n')).toContain('tell everyone who uses the old one');
    // Without it nobody gets in who began the set-up on another machine.
    const factor = /second factor .* servers users two-factor fra1-edge admin$/m;
    expect(test.face.said.join('\n')).toMatch(factor);
    expect(done).toMatchObject({ isReplaced: true, isPasswordKnown: true });
    expect(test.sent).toEqual(['setPassword']);
    expect(await test.world.keystore.get(KEY)).toBe(done.password);
    expect(test.logsIn(done.password)).toBe(true);
    expect(test.logsIn(adminPassword)).toBe(false);
    const again = await test.run();
    expect([again.password, again.isPasswordKnown]).toEqual([undefined, true]);
    expect(test.sent).toEqual(['setPassword']);
    test.face.finish();
  });

  it('takes a panel that others set up into the list where nothing can be asked', async () => {
    const test = await freshServer({});
    await test.here.onboard();
    const refusal = new InputError({ code: 'confirmation-required', message: 'Not known.' });
    const face = Object.assign(test.face, { confirm: () => Promise.reject(refusal) });
    const done = await onboardServer('fra1-edge', INPUT, { ...test.work, face });
    expect(done).toMatchObject({ domain: DOMAIN, isPasswordKnown: false });
    expect(face.said).toContain('Not known.');
    expect(test.sent).toEqual([]);
  });

  it('refuses another domain once DNS was verified, and input that no panel takes', async () => {
    const test = await freshServer({});
    await test.here.setDomain();
    await expect(test.run({ domain: 'other.example.com' })).rejects.toMatchObject({
      code: 'domain-frozen',
    });
    await expect(test.run({ domain: 'example.xn--p1ai' })).rejects.toMatchObject({
      code: 'domain-invalid',
    });
    await expect(test.run({ email: 'nobody' })).rejects.toMatchObject({ code: 'email-invalid' });
    expect(test.sent).toEqual([]);
  });

  it('changes nothing when the domain is not confirmed', async () => {
    const test = await freshServer({}, { ...FREEZE, agree: false });
    await expect(test.run()).rejects.toThrow('Declined');
    expect(test.sent).toEqual([]);
    expect(await test.world.registry.list()).toEqual([test.server]);
  });

  it('asks for the code of the second factor, and sends a wrong one once', async () => {
    const wrong = { secret: 'Code', text: '000000' };
    const test = await freshServer({}, wrong);
    await test.here.onboard();
    await test.here.turnOnTwoFactor();
    const { panelUrl } = await named(test);
    expect(panelUrl).toBe(`https://panel.${DOMAIN}`);
    await expect(test.run()).rejects.toMatchObject({ code: 'panel-code-wrong' });
    test.face.finish();
  });

  it('opens the panel with the right code', async () => {
    let code = (): string => '';
    const right = {
      secret: 'Code',
      get text(): string {
        return code();
      },
    };
    const test = await freshServer({}, right, { ...OFFER, agree: false });
    await test.here.onboard();
    ({ code } = await test.here.turnOnTwoFactor());
    await named(test);
    expect((await test.run()).domain).toBe(DOMAIN);
    test.face.finish();
  });
});

/** Waits until the person is told this. */
async function seen({ face }: TestWork, text: string): Promise<void> {
  await expect.poll(() => face.waits.join('\n'), { timeout: 5000 }).toContain(text);
}

/** The list has the name of the panel: 9292 is closed. */
async function named(test: Onboarding): Promise<ServerEntry> {
  const server = { ...test.server, domain: DOMAIN, panelUrl: `https://panel.${DOMAIN}` };
  await test.world.registry.save(server);
  return server;
}
