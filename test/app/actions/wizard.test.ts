import { describe, expect, it } from 'vitest';
import { effectiveLabel, wizardLabelProblem } from '../../../src/app/labels.js';
import { PortlamaError } from '../../../src/core/errors.js';
import { SANDBOX_TOKENS } from '../../../src/sandbox/tokens.js';
import { TOKEN_KEY } from '../../../src/services/keystore/keystore.js';
import { ProvisioningError } from '../../../src/services/provisioning/errors.js';
import { EDGE, FakeWorld } from '../fakes/fake-world.js';
import { type RunningAppWithoutScreens, startAppWithoutScreens } from '../fakes/running-app.js';

async function openWizard(world = new FakeWorld()): Promise<RunningAppWithoutScreens> {
  const running = await startAppWithoutScreens(world);
  await running.perform('servers.create');
  return running;
}

const checkOf = ({ state }: RunningAppWithoutScreens) => state.wizard?.token.check;

describe('the token step', () => {
  it('accepts a good token and saves it only then', async () => {
    const running = await openWizard();
    await running.app.checkToken(`  ${SANDBOX_TOKENS.good.token}\n`);
    expect(checkOf(running)).toMatchObject({ state: 'checked', report: { ok: true } });
    expect(await running.world.keystore.get(TOKEN_KEY)).toBe(SANDBOX_TOKENS.good.token);
    expect(running.state.accountEmail).toBe('sammy@digitalocean.com');
  });

  it.each([
    'dangerous',
    'missingScopes',
    'expired',
    'locked',
    'unverified',
    'limitReached',
  ] as const)('refuses a token that is %s, and does not save it', async (kind) => {
    const running = await openWizard();
    await running.app.checkToken(SANDBOX_TOKENS[kind].token);
    expect(checkOf(running)).toMatchObject({ state: 'checked', report: { ok: false } });
    expect(await running.world.keystore.get(TOKEN_KEY)).toBeUndefined();
    await running.perform('wizard.next');
    expect(running.state.wizard?.step).toBe('token');
  });

  it('refuses what no token can be without asking anyone', async () => {
    const running = await openWizard();
    await running.app.checkToken('ghp_0123456789012345678901234567890123456');
    expect(checkOf(running)).toMatchObject({
      state: 'failed',
      error: { code: 'token-malformed' },
    });
    expect(running.world.clients).toEqual([]);
  });

  it('asks for a token when there is none at all', async () => {
    const running = await openWizard();
    await running.app.checkToken('');
    expect(checkOf(running)).toMatchObject({ state: 'failed', error: { code: 'token-missing' } });
  });

  it.each([
    ['dangerous', 'good'],
    ['good', 'dangerous'],
    ['expired', 'good'],
  ] as const)('hears nothing of a %s token once a %s one is there', async (first, second) => {
    const running = await openWizard();
    const { world, app } = running;
    let answer = (): void => undefined;
    world.account.gate = new Promise((resolve) => (answer = resolve));
    const checks = [app.checkToken(SANDBOX_TOKENS[first].token)];
    app.editToken();
    checks.push(app.checkToken(SANDBOX_TOKENS[second].token));
    expect(checkOf(running)?.state).toBe('checking');
    const heard: unknown[] = [];
    app.store.onChange(({ wizard }) => {
      const check = wizard?.token.check;
      if (check?.state === 'checked') heard.push(check.report.ok);
      if (check?.state === 'failed') heard.push(check.error);
    });
    answer();
    await Promise.all(checks);
    const isGood = second === 'good';
    expect(new Set(heard)).toEqual(new Set([isGood]));
    expect(checkOf(running)).toMatchObject({ state: 'checked', report: { ok: isGood } });
    const saved = isGood ? SANDBOX_TOKENS.good.token : undefined;
    expect(await world.keystore.get(TOKEN_KEY)).toBe(saved);
  });

  it('reuses a saved token for an empty field', async () => {
    const world = new FakeWorld();
    await world.keystore.set(TOKEN_KEY, SANDBOX_TOKENS.good.token);
    const running = await openWizard(world);
    expect(running.state.wizard?.token.source).toBe('saved');
    await running.app.checkToken('');
    expect(checkOf(running)).toMatchObject({ state: 'checked', report: { ok: true } });
  });

  it('prefers the token of the environment to a saved one', async () => {
    const suppliedTokens = { environment: SANDBOX_TOKENS.good.token };
    const world = new FakeWorld({ suppliedTokens });
    await world.keystore.set(TOKEN_KEY, SANDBOX_TOKENS.expired.token);
    const running = await openWizard(world);
    expect(running.state.keystore.tokenOrigin).toBe('environment');
    await running.app.checkToken('');
    expect(checkOf(running)).toMatchObject({ state: 'checked', report: { ok: true } });
  });

  it('says what is wrong when DigitalOcean cannot be asked', async () => {
    const running = await openWizard();
    running.world.account.failure = new PortlamaError({
      code: 'dns-failed',
      message: 'api.digitalocean.com is not known.',
      hint: 'Check the network.',
    });
    await running.app.checkToken(SANDBOX_TOKENS.good.token);
    expect(checkOf(running)).toMatchObject({ state: 'failed', error: { code: 'dns-failed' } });
    expect(running.state.dialogs).toEqual([]);
  });

  it('stops before anything costs money when the token cannot be kept', async () => {
    const running = await openWizard();
    running.world.keystore.failure = new PortlamaError({
      code: 'keystore-locked',
      message: 'The keyring is locked.',
      hint: 'Unlock it.',
    });
    await running.app.checkToken(SANDBOX_TOKENS.good.token);
    expect(checkOf(running)).toMatchObject({ state: 'failed', error: { code: 'keystore-locked' } });
  });

  it('shows what a slow check waits for', async () => {
    const world = new FakeWorld();
    const running = await openWizard(world);
    let open = (): void => undefined;
    world.account.gate = new Promise((resolve) => (open = resolve));
    const checking = running.app.checkToken(SANDBOX_TOKENS.good.token);
    await new Promise((resolve) => setImmediate(resolve));
    world.clients[0]?.announceRetry({
      method: 'GET',
      path: '/v2/account',
      reason: 'DigitalOcean is rate limiting',
      waitMs: 7_600,
    });
    expect(running.state.running[0]?.waiting).toBe(
      'DigitalOcean is rate limiting, next try in 8 s',
    );
    open();
    await checking;
    // The new token's droplets are looked at once it is saved.
    const { running: left } = running.state;
    expect(left.filter(({ title }) => title === 'Checking the token')).toEqual([]);
  });

  it('keeps the token out of the state and of every message', async () => {
    const running = await openWizard();
    const { token } = SANDBOX_TOKENS.good;
    running.world.account.failure = new Error(`request with ${token} failed`);
    await running.app.checkToken(token);
    expect(JSON.stringify(running.state)).toContain('request with [redacted] failed');
    expect(JSON.stringify(running.state)).not.toContain(token);
    running.world.account.failure = undefined;
    await running.app.checkToken('');
    expect(checkOf(running)).toMatchObject({ state: 'checked', report: { ok: true } });
    expect(JSON.stringify(running.state)).not.toContain(token);
  });
});

describe('from region to create', () => {
  async function chooseRegion(world = new FakeWorld()): Promise<RunningAppWithoutScreens> {
    const running = await openWizard(world);
    await running.app.checkToken(SANDBOX_TOKENS.good.token);
    const next = running.app.checkToken('');
    await new Promise((resolve) => setImmediate(resolve));
    running.world.latency.answer('fra1', 9);
    running.world.latency.end();
    await next;
    await running.perform('wizard.next');
    return running;
  }

  it('offers only regions that have the size, and its price', async () => {
    const running = await chooseRegion();
    const { regions } = running.state.wizard!;
    expect(regions.list.map(({ slug }) => slug).sort()).toEqual(
      ['ams3', 'fra1', 'nyc1', 'nyc2', 'sfo2', 'sfo3', 'sgp1', 'syd1'].sort(),
    );
    expect(regions.size?.priceMonthlyUsd).toBe(4);
  });

  it('starts with the default label and shows the provisioning', async () => {
    const running = await chooseRegion();
    await running.perform('wizard.next');
    expect(running.state.wizard?.step).toBe('create');
    await running.perform('wizard.create');
    expect(running.world.operations.calls).toEqual(['start fra1 portlama-fra1']);
    expect(running.world.operations.tokens).toEqual([SANDBOX_TOKENS.good.token]);
    expect(running.state.routes).toEqual([
      { screen: 'servers' },
      { screen: 'provisioning', operationId: 'op1' },
    ]);
    expect(running.state.wizard).toBeUndefined();
  });

  it('refuses a label that is taken', async () => {
    const running = await chooseRegion(new FakeWorld({ servers: [EDGE] }));
    running.app.editLabel('fra1-edge');
    await running.perform('wizard.next');
    expect(running.state.wizard?.step).toBe('label');
    await running.perform('wizard.create');
    expect(running.world.operations.calls).toEqual([]);
  });

  it.each(['edge', ''])('shows no label as taken by its own provisioning: %j', async (typed) => {
    const running = await chooseRegion();
    running.app.editLabel(typed);
    await running.perform('wizard.next');
    const label = effectiveLabel(running.state);
    running.app.store.dispatch({ type: 'creating', known: [] });
    running.world.operations.add({ label, region: 'fra1' });
    await expect.poll(() => running.state.operations.list.length).toBe(1);
    expect(wizardLabelProblem(running.state)).toBeUndefined();
    expect(effectiveLabel(running.state)).toBe(label);
  });

  it('stays with what was entered when the start is refused', async () => {
    const running = await chooseRegion();
    running.world.operations.startFailure = new ProvisioningError({
      code: 'provisioning-in-progress',
      message: 'Another provisioning operation is in progress.',
      hint: 'Wait for it.',
    });
    running.app.editLabel('edge');
    await running.perform('wizard.next');
    await running.perform('wizard.create');
    expect(running.state.wizard).toMatchObject({
      creating: false,
      label: 'edge',
      problem: { code: 'provisioning-in-progress' },
    });
  });

  it('goes back step by step and keeps what was entered', async () => {
    const running = await chooseRegion();
    running.app.editLabel('edge');
    await running.perform('wizard.back');
    await running.perform('wizard.back');
    expect(running.state.wizard).toMatchObject({ step: 'token', label: 'edge', region: 'fra1' });
    await running.perform('wizard.back');
    expect(running.state.routes).toEqual([{ screen: 'servers' }]);
    expect(running.state.wizard).toBeUndefined();
  });
});
