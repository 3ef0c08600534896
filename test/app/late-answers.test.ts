import { describe, expect, it } from 'vitest';
import { PortlamaError } from '../../src/core/errors.js';
import { SANDBOX_TOKEN, SANDBOX_TOKENS } from '../../src/sandbox/tokens.js';
import { TOKEN_KEY } from '../../src/services/keystore/keystore.js';
import { breathe } from '../fixtures/terminal/screen.js';
import { failed, runUntil } from '../screens/fixtures/records.js';
import { EDGE, FakeWorld, LAB } from './fakes/fake-world.js';
import { RunningAppWithoutScreens, startAppWithoutScreens } from './fakes/running-app.js';

/** Opened by the test. */
function gate(): { readonly opened: Promise<void>; readonly open: () => void } {
  let open = (): void => undefined;
  const opened = new Promise<void>((resolve) => (open = resolve));
  return { opened, open: () => open() };
}

/** The key is pressed, and what it sets going goes on. */
async function press(running: RunningAppWithoutScreens, ...commands: string[]): Promise<void> {
  for (const command of commands) {
    void running.start(command);
    await breathe(8);
  }
}

/** In the token step, with nothing typed: a token that was found valid leads on to the regions. */
async function pressEnter(running: RunningAppWithoutScreens): Promise<void> {
  void running.app.checkToken('');
  await breathe(8);
}

function slowStart({ operations }: FakeWorld): { readonly open: () => void } {
  const { opened, open } = gate();
  const start = operations.start.bind(operations);
  operations.start = async (choice, token) => {
    await opened;
    return await start(choice, token);
  };
  return { open };
}

async function withSavedToken(world: FakeWorld): Promise<FakeWorld> {
  await world.keystore.set(TOKEN_KEY, SANDBOX_TOKEN);
  return world;
}

const screenOf = ({ state }: RunningAppWithoutScreens) => state.routes.at(-1)?.screen;

describe('a retry that has begun after its screen was left', () => {
  async function retriedAndLeft(): Promise<{
    running: RunningAppWithoutScreens;
    readonly open: () => void;
  }> {
    const world = await withSavedToken(new FakeWorld({ servers: [EDGE] }));
    const id = world.operations.add({ label: 'edge', region: 'fra1' });
    await runUntil(world, id, 'wait_ssh');
    world.operations.write(id, ...failed('wait_ssh'));
    const running = await startAppWithoutScreens(world);
    await running.perform('servers.open', id);
    const { open } = slowStart(world);
    await press(running, 'provisioning.retry', 'leave');
    return { running, open };
  }

  it('takes nobody away from what they do now, and says where it is', async () => {
    const { running, open } = await retriedAndLeft();
    await press(running, 'servers.add');
    running.app.editAddServer('url', 'https://panel.exa');
    open();
    await breathe(8);
    expect(running.state.addServer?.url).toBe('https://panel.exa');
    expect(running.lastToast).toMatch(/^edge is being created in the background/);
  });

  it('leaves no token behind that was typed and refused meanwhile', async () => {
    const { running, open } = await retriedAndLeft();
    await press(running, 'servers.create');
    await running.app.checkToken(SANDBOX_TOKENS.dangerous.token);
    open();
    await breathe(8);
    expect(screenOf(running)).toBe('create-server');
    await press(running, 'wizard.back');
    const { operations } = running.world;
    await running.perform('servers.open', 'op2');
    await running.perform('provisioning.cancel');
    await running.answer(true);
    expect(operations.calls.at(-1)).toBe('cancel op2');
    expect(operations.tokens.at(-1)).toBe(SANDBOX_TOKEN);
  });
});

describe('a creation that has begun after the wizard was left', () => {
  async function createdAndLeft(world = new FakeWorld()): Promise<{
    running: RunningAppWithoutScreens;
    readonly open: () => void;
  }> {
    const running = await startAppWithoutScreens(world);
    await running.perform('servers.create');
    await running.app.checkToken(SANDBOX_TOKENS.good.token);
    await pressEnter(running);
    running.app.chooseRegion('fra1');
    await press(running, 'wizard.next');
    running.app.editLabel('edge');
    await press(running, 'wizard.next');
    const { open } = slowStart(world);
    await press(running, 'wizard.create', 'interrupt', 'servers.create');
    return { running, open };
  }

  it('leaves the next wizard alone', async () => {
    const { running, open } = await createdAndLeft();
    open();
    await breathe(8);
    expect(screenOf(running)).toBe('create-server');
    expect(running.state.wizard?.creating).toBe(false);
    expect(running.lastToast).toMatch(/^edge is being created in the background/);
  });

  it('tells its failure as its own', async () => {
    const world = new FakeWorld();
    world.operations.startFailure = new PortlamaError({ code: 'x', message: 'Refused.' });
    const { running, open } = await createdAndLeft(world);
    open();
    await breathe(8);
    expect(running.state.wizard?.problem).toBeUndefined();
    expect(running.state.dialogs).toMatchObject([{ title: 'Creating edge was not started' }]);
  });

  it('is asked about before the program ends', async () => {
    const { running } = await createdAndLeft();
    await press(running, 'wizard.back', 'leave');
    expect(running.state.exit).toBeUndefined();
    expect(running.state.dialogs).toMatchObject([{ title: 'Quit?' }]);
  });
});

describe('a panel that is added after its screen was left', () => {
  it.each([
    ['success', undefined],
    ['failure', new PortlamaError({ code: 'registry-busy', message: 'Busy.' })],
  ])('leaves the next draft alone: %s', async (_, failure) => {
    const running = await startAppWithoutScreens(new FakeWorld({ servers: [EDGE] }));
    const { panels } = running.world;
    await running.perform('servers.add');
    running.app.editAddServer('url', '203.0.113.77');
    await running.perform('add-server.submit');
    const { opened, open } = gate();
    const add = panels.add.bind(panels);
    Object.assign(panels, {
      add: async (...choice: Parameters<typeof add>) => {
        await opened;
        if (failure !== undefined) throw failure;
        return await add(...choice);
      },
    });
    void running.app.answerDialog(running.state.dialogs[0]!.id, 'yes');
    await breathe(8);
    await press(running, 'interrupt', 'servers.add');
    running.app.editAddServer('url', '203.0.113.7');
    open();
    await breathe(8);
    expect(running.state.addServer).toMatchObject({ url: '203.0.113.7', problem: undefined });
  });
});

describe('regions', () => {
  it('of a wizard that was left are not the next one’s, nor is their failure', async () => {
    const world = await withSavedToken(new FakeWorld());
    const running = await startAppWithoutScreens(world);
    await running.perform('servers.create');
    await running.app.checkToken('');
    const { opened, open } = gate();
    const createApi = world.ports.createApi.bind(world.ports);
    const slow: typeof createApi = (token) =>
      Object.assign(createApi(token), {
        listRegions: async () => {
          await opened;
          throw new PortlamaError({ code: 'timed-out', message: 'No answer.' });
        },
      });
    Object.assign(world.ports, { createApi: slow });
    await pressEnter(running);
    Object.assign(world.ports, { createApi });
    await press(running, 'wizard.back', 'wizard.back', 'servers.create');
    await running.app.checkToken('');
    await pressEnter(running);
    open();
    await breathe(8);
    expect(running.state.wizard?.regions).toMatchObject({ state: 'loaded', error: undefined });
  });
});

describe('the account', () => {
  it('of the saved token is not named once another token was checked', async () => {
    const world = await withSavedToken(new FakeWorld());
    const { opened, open } = gate();
    const createApi = world.ports.createApi.bind(world.ports);
    let calls = 0;
    const firstIsSlow: typeof createApi = (token) => {
      const api = createApi(token);
      if (calls++ > 0) return api;
      const getAccount = api.getAccount.bind(api);
      return Object.assign(api, {
        getAccount: async () => {
          await opened;
          return { ...(await getAccount()), email: 'another@example.com' };
        },
      });
    };
    Object.assign(world.ports, { createApi: firstIsSlow });
    const running = new RunningAppWithoutScreens(world);
    await breathe(8);
    await press(running, 'servers.create');
    await running.app.checkToken(SANDBOX_TOKENS.good.token);
    open();
    await breathe(8);
    expect(running.state.accountEmail).toBe('sammy@digitalocean.com');
  });

  it('of a token that is being typed is not compared with', async () => {
    const world = await withSavedToken(new FakeWorld({ servers: [EDGE, LAB] }));
    const running = await startAppWithoutScreens(world);
    await running.perform('servers.create');
    await running.app.checkToken(SANDBOX_TOKENS.dangerous.token);
    const asked: string[] = [];
    const createApi = world.ports.createApi.bind(world.ports);
    const noted: typeof createApi = (token) => {
      asked.push(token);
      return createApi(token);
    };
    Object.assign(world.ports, { createApi: noted });
    await running.perform('servers.refresh');
    expect(asked).toEqual([SANDBOX_TOKEN]);
  });
});
