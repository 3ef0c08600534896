import { describe, expect, it } from 'vitest';
import { type Outcome, runUseCase } from '../../src/app/actions/use-case.js';
import { Declined } from '../../src/usecases/face.js';
import type { KeyWork } from '../../src/usecases/work.js';
import type { Confirmation } from '../../src/words/question.js';
import { SANDBOX_TOKEN, SANDBOX_TOKENS } from '../../src/sandbox/tokens.js';
import { TOKEN_KEY } from '../../src/services/keystore/keystore.js';
import { openApi } from '../../src/usecases/token.js';
import { breathe } from '../fixtures/terminal/screen.js';
import { droplet, dropletOf } from './fakes/fake-digitalocean.js';
import { EDGE, FakeWorld, LAB } from './fakes/fake-world.js';
import { type RunningAppWithoutScreens, startAppWithoutScreens } from './fakes/running-app.js';

const QUESTION: Confirmation = {
  title: 'Destroy it?',
  lines: ['It is gone then.', { fingerprint: Array.from({ length: 32 }, () => 'AB').join(':') }],
  yes: 'Destroy',
  danger: true,
  typed: 'lab',
  effect: 'destroy it',
};

/** Runs a use case as a key does, and lets it get as far as it can. */
async function begin(
  useCase: (work: KeyWork) => Promise<unknown>,
  world = new FakeWorld({ servers: [EDGE] }),
): Promise<{ readonly running: RunningAppWithoutScreens; readonly outcome: Promise<Outcome> }> {
  const running = await startAppWithoutScreens(world);
  const options = { look: 'Looking at lab', title: 'Destroying lab', subject: EDGE.id };
  const outcome = runUseCase(running.app.work, options, useCase);
  await breathe(8);
  return { running, outcome };
}

/** Opened by the test. */
function gate(): { readonly opened: Promise<void>; readonly open: () => void } {
  let open = (): void => undefined;
  const opened = new Promise<void>((resolve) => (open = resolve));
  return { opened, open: () => open() };
}

describe('the face of the screens', () => {
  it('asks in a dialog, a fingerprint in two lines, and resolves when that is agreed to', async () => {
    const { running, outcome } = await begin(({ face }) => face.confirm(QUESTION));
    const bytes = Array.from({ length: 16 }, () => 'AB').join(':');
    expect(running.state.dialogs).toMatchObject([
      {
        kind: 'question',
        title: 'Destroy it?',
        lines: ['It is gone then.', { strong: `  ${bytes}:` }, { strong: `  ${bytes}` }],
        yes: 'Destroy',
        no: 'No',
        danger: true,
        typed: 'lab',
        subject: EDGE.id,
      },
    ]);
    await running.answer(true);
    expect(await outcome).toBe('done');
  });

  it('tells a use case that it was declined, and the person nothing', async () => {
    const thrown: unknown[] = [];
    const { running, outcome } = await begin(({ face }) =>
      face.confirm(QUESTION).catch((error: unknown) => {
        thrown.push(error);
        throw error;
      }),
    );
    await running.answer(false);
    expect(await outcome).toBe('declined');
    expect(thrown).toEqual([expect.any(Declined)]);
    expect(running.state).toMatchObject({ dialogs: [], toasts: [], running: [] });
  });

  it('shows a row as busy during the look and the work, and not while it asks', async () => {
    const look = gate();
    const work = gate();
    const { running } = await begin(async ({ face }) => {
      await look.opened;
      await face.confirm(QUESTION);
      await work.opened;
    });
    const shown = () => running.state.running.map(({ title, subject }) => [title, subject]);
    expect(shown()).toEqual([['Looking at lab', EDGE.id]]);
    look.open();
    await breathe(8);
    expect(shown()).toEqual([]);
    void running.app.answerDialog(running.state.dialogs[0]!.id, 'yes');
    await breathe(8);
    expect(shown()).toEqual([['Destroying lab', EDGE.id]]);
    work.open();
    await running.app.store.idle();
    expect(shown()).toEqual([]);
  });

  it('lets a second question wait for its turn', async () => {
    const { running, outcome } = await begin(({ face }) => face.confirm(QUESTION));
    const second = runUseCase(running.app.work, { title: 'Removing it' }, ({ face }) =>
      face.confirm({ ...QUESTION, title: 'Remove it?' }),
    );
    await breathe(8);
    const titles = () => running.state.dialogs.map((dialog) => 'title' in dialog && dialog.title);
    expect(titles()).toEqual(['Destroy it?', 'Remove it?']);
    await running.answer(true);
    expect(titles()).toEqual(['Remove it?']);
    await running.answer(true);
    expect(await Promise.all([outcome, second])).toEqual(['done', 'done']);
  });

  it('has quitting ask first while something is held', async () => {
    const work = gate();
    const { running } = await begin(async ({ face }) => {
      const held = face.hold('It may be destroyed.');
      await work.opened;
      held.dispose();
      await new Promise(() => undefined);
    });
    await running.start('leave');
    expect(running.state.exit).toBeUndefined();
    expect(running.state.dialogs).toMatchObject([{ title: 'Quit?', danger: true }]);
    await running.app.answerDialog(running.state.dialogs[0]!.id, 'no');
    work.open();
    await breathe(8);
    await running.start('leave');
    expect(running.state.exit).toBe('quit');
  });

  it('shows waits with the action, and says lines as toasts, but no advice for a shell', async () => {
    const work = gate();
    const world = new FakeWorld({ facts: { sandbox: true } });
    const { running } = await begin(async ({ face }) => {
      face.progress('droplet 7 is still being created');
      face.say('lab is destroyed.', 'ok');
      face.say({ command: 'droplets', lead: 'Something is left' }, 'warn');
      face.say('Now run portlama-tui servers', 'advice');
      await work.opened;
    }, world);
    expect(running.state.running[0]?.waiting).toBe('droplet 7 is still being created');
    expect(running.state.toasts).toMatchObject([
      { style: 'ok', text: 'lab is destroyed.' },
      { style: 'warn', text: 'Something is left: portlama-tui --sandbox droplets' },
    ]);
    work.open();
  });

  it('names keys where the hint of an error names a command', async () => {
    const world = new FakeWorld({ servers: [EDGE] });
    const running = await startAppWithoutScreens(world);
    await running.perform('servers.destroy', EDGE.id);
    expect(running.state.dialogs).toMatchObject([
      {
        title: 'fra1-edge was not destroyed',
        error: {
          code: 'token-missing',
          hint: expect.stringContaining('n in the list, then its first step') as string,
        },
      },
    ]);
    expect(JSON.stringify(running.state.dialogs)).not.toContain('portlama-tui');
  });

  it('aborts what runs when the program ends, and answers its question with no', async () => {
    const signals: AbortSignal[] = [];
    const { running, outcome } = await begin(async ({ face, signal }) => {
      signals.push(signal);
      await face.confirm(QUESTION);
    });
    running.app.dispose();
    expect(await outcome).toBe('declined');
    expect(signals[0]?.aborted).toBe(true);
  });

  it('has the typed token go before the saved one', async () => {
    const world = new FakeWorld();
    await world.keystore.set(TOKEN_KEY, SANDBOX_TOKEN);
    const running = await startAppWithoutScreens(world);
    running.app.work.token.keep(SANDBOX_TOKENS.dangerous.token);
    const asked: string[] = [];
    const createApi = world.ports.createApi.bind(world.ports);
    Object.assign(world.ports, {
      createApi: (token: string) => {
        asked.push(token);
        return createApi(token);
      },
    });
    await runUseCase(running.app.work, { title: 'Looking' }, openApi);
    running.app.work.token.forget();
    await runUseCase(running.app.work, { title: 'Looking' }, openApi);
    expect(asked).toEqual([SANDBOX_TOKENS.dangerous.token, SANDBOX_TOKEN]);
  });
});

describe('a look that a key began', () => {
  /** DigitalOcean answers when the test says so. */
  async function looking(): Promise<{ running: RunningAppWithoutScreens; answer: () => void }> {
    const world = new FakeWorld({ servers: [EDGE, LAB] });
    await world.keystore.set(TOKEN_KEY, SANDBOX_TOKEN);
    for (const server of [EDGE, LAB]) world.addDroplet(dropletOf(server));
    const running = await startAppWithoutScreens(world);
    const { opened, open } = gate();
    world.account.gate = opened;
    void running.start('servers.destroy', EDGE.id);
    await breathe(8);
    expect(running.state.running).toMatchObject([
      { title: 'Checking the droplet of fra1-edge', subject: EDGE.id },
    ]);
    const answer = (): void => {
      open();
    };
    return { running, answer };
  }

  it('asks once it is over', async () => {
    const { running, answer } = await looking();
    answer();
    await breathe(8);
    expect(running.state.dialogs).toMatchObject([{ title: 'Destroy fra1-edge?' }]);
  });

  it.each([
    ['Esc', ['back']],
    ['another screen', ['servers.add']],
    ['another screen and back', ['servers.add', 'back']],
  ])('asks nothing any more after %s, and says that it was stopped', async (_, keys) => {
    const { running, answer } = await looking();
    for (const key of keys) await running.start(key);
    answer();
    await breathe(8);
    expect(running.state.dialogs).toEqual([]);
    expect(running.lastToast).toBe(
      'Checking the droplet of fra1-edge: stopped, nothing was changed.',
    );
    expect(running.world.account.droplets.size).toBe(2);
    // The key works again.
    await running.perform('servers.destroy', EDGE.id);
    expect(running.state.dialogs).toMatchObject([{ title: 'Destroy fra1-edge?' }]);
  });

  it('tells no failure of it after another screen', async () => {
    const { running, answer } = await looking();
    await running.start('servers.add');
    running.world.account.failure = new Error('no network');
    answer();
    await breathe(8);
    expect(running.state.dialogs).toEqual([]);
    expect(running.lastToast).toContain('stopped, nothing was changed');
  });

  it('is one look, however often its key is pressed', async () => {
    const { running, answer } = await looking();
    await running.start('servers.destroy', EDGE.id);
    answer();
    await breathe(8);
    await running.answer(false);
    expect(running.state.dialogs).toEqual([]);
  });

  it('is not cut short by leaving once its question was agreed to', async () => {
    const { running, answer } = await looking();
    answer();
    await breathe(8);
    const { opened, open } = gate();
    running.world.account.gate = opened;
    void running.app.answerDialog(running.state.dialogs[0]!.id, 'yes');
    await breathe(8);
    await running.start('servers.add');
    open();
    await running.app.store.idle();
    expect([...running.world.account.droplets.keys()]).toEqual([Number(LAB.providerId)]);
    expect(running.lastToast).toContain('Destroyed fra1-edge');
  });
});

describe('news of a use case', () => {
  it('brings the list up to date before the cursor goes to what was added', async () => {
    const world = new FakeWorld({ servers: [EDGE] });
    const added = { kind: 'server-added', serverId: LAB.id } as const;
    const seen: unknown[] = [];
    const running = await startAppWithoutScreens(world);
    running.app.store.onChange(({ servers }) => seen.push([servers.list.length, servers.added]));
    await runUseCase(running.app.work, { title: 'Adding it' }, async (work) => {
      await world.registry.save(LAB);
      work.news({ kind: 'servers-changed' });
      work.news(added);
    });
    expect(seen).toContainEqual([2, LAB.id]);
    expect(seen).not.toContainEqual([1, LAB.id]);
  });

  it('takes a droplet off the rows that does not exist any more', async () => {
    const world = new FakeWorld({ servers: [EDGE] });
    await world.keystore.set(TOKEN_KEY, SANDBOX_TOKEN);
    world.addDroplet(dropletOf(EDGE));
    world.addDroplet(droplet(7));
    const running = await startAppWithoutScreens(world);
    expect(running.state.droplets.unlisted).toHaveLength(1);
    await runUseCase(running.app.work, { title: 'Destroying it' }, async ({ news }) =>
      news({ kind: 'droplet-gone', dropletId: 7 }),
    );
    expect(running.state.droplets.unlisted).toEqual([]);
  });

  it('reads a changed certificate again, and asks the panel with it', async () => {
    const world = new FakeWorld({ servers: [EDGE] });
    const running = await startAppWithoutScreens(world);
    void running.app.lookAt(EDGE.id);
    await world.clock.pass(300);
    expect(running.state.certificates[EDGE.id]).toEqual({ state: 'absent' });
    const facts = { subject: 'CN=admin', issuer: 'CN=Portlama', notBefore: 1, notAfter: 2 };
    world.panels.clientCertificates.set(EDGE.id, facts);
    await runUseCase(running.app.work, { title: 'Importing it' }, async ({ news }) =>
      news({ kind: 'certificate-changed', serverId: EDGE.id }),
    );
    await world.clock.pass(300);
    expect(running.state.certificates[EDGE.id]).toEqual({ state: 'known', notAfter: 2 });
    expect(world.health.refreshes).toBe(1);
  });

  it('looks for the token again when that changed', async () => {
    const world = new FakeWorld();
    const running = await startAppWithoutScreens(world);
    expect(running.state.keystore.tokenOrigin).toBe('none');
    await runUseCase(running.app.work, { title: 'Keeping a token' }, async ({ news, keystore }) => {
      await keystore.set(TOKEN_KEY, SANDBOX_TOKEN);
      news({ kind: 'token-changed' });
    });
    expect(running.state.keystore.tokenOrigin).toBe('store');
  });
});
