import { describe, expect, it } from 'vitest';
import { commandFace } from '../../src/cli/face.js';
import type { Settings } from '../../src/cli/settings.js';
import type { Dialog } from '../../src/app/dialogs.js';
import { PortlamaError } from '../../src/core/errors.js';
import { SANDBOX_TOKEN } from '../../src/sandbox/tokens.js';
import { ProvisioningError } from '../../src/services/provisioning/errors.js';
import type { ServerEntry } from '../../src/services/registry/registry.js';
import { adoptDroplet } from '../../src/usecases/adopt-droplet.js';
import { type CreateServerForm, createServer } from '../../src/usecases/create-server.js';
import { destroyServers } from '../../src/usecases/end-many.js';
import { destroyServer } from '../../src/usecases/destroy-server.js';
import { Declined } from '../../src/usecases/face.js';
import {
  cancelOperation,
  cleanUpOperation,
  dismissOperation,
  resumeOperation,
  retryOperation,
} from '../../src/usecases/operations.js';
import { removeServer } from '../../src/usecases/remove-server.js';
import { trustCertificate } from '../../src/usecases/trust-certificate.js';
import type { Work } from '../../src/usecases/work.js';
import { droplet, dropletOf } from '../app/fakes/fake-digitalocean.js';
import { certificate } from '../app/fakes/fake-panels.js';
import { EDGE, FakeWorld, LAB, OLD_BOX } from '../app/fakes/fake-world.js';
import { startAppWithoutScreens } from '../app/fakes/running-app.js';

/** What a person types at each question, and what comes between. */
interface Script {
  readonly before?: (world: FakeWorld) => void;
  readonly types: readonly string[];
  /** Happens after the list was drawn, before the key or the command. */
  readonly unseen?: (world: FakeWorld) => void;
  /** Happens while the first question is open. */
  readonly meanwhile?: (world: FakeWorld) => void;
}

/** What came of it, in either face. */
interface Decided {
  readonly end: string;
  /** Texts of the questions, without blanks: a dialog breaks a fingerprint in two. */
  readonly asked: readonly string[];
  readonly droplets: readonly number[];
  readonly entries: readonly Partial<ServerEntry>[];
  readonly pins: readonly unknown[];
  readonly removedFiles: readonly string[];
  /** What was asked of provisionings: `cancel op1`. */
  readonly operations: readonly string[];
}

function worldOf({ before }: Script): FakeWorld {
  const world = new FakeWorld({
    servers: [EDGE, LAB, OLD_BOX],
    suppliedTokens: { environment: SANDBOX_TOKEN },
  });
  for (const server of [EDGE, LAB]) world.addDroplet(dropletOf(server));
  world.addDroplet({ ...droplet(7), name: 'portlama-lost' });
  before?.(world);
  return world;
}

async function decided(world: FakeWorld, end: string, asked: readonly string[]): Promise<Decided> {
  return {
    end,
    asked,
    droplets: [...world.account.droplets.keys()],
    // An entry that is new has an id of its own.
    entries: (await world.registry.list()).map(({ label, providerId, active, ip }) => ({
      label,
      providerId,
      active,
      ip,
    })),
    pins: [...world.panels.pins],
    removedFiles: world.removedFiles,
    operations: world.operations.calls,
  };
}

/** At a prompt, each line answered with the next text of the script. */
async function atThePrompt(
  script: Script,
  useCase: (work: Work) => Promise<unknown>,
): Promise<Decided> {
  const world = worldOf(script);
  const settings = { sandbox: false, ascii: false } as Settings;
  script.unseen?.(world);
  const types = [...script.types];
  let last: string | undefined;
  let shown: string[] = [];
  const asked: string[] = [];
  const face = commandFace(
    { settings },
    { words: 'servers destroy fra1-edge' },
    {
      isInteractive: () => true,
      say: (line) => void shown.push(line),
      ask: async (question) => {
        // A wrong answer stays at its question; a dialog counts it once.
        if (question !== last) asked.push(withoutBlanks(shown));
        last = question;
        shown = [];
        if (asked.length === 1) script.meanwhile?.(world);
        return types.shift() ?? '';
      },
      secret: () => Promise.reject(new Error('no secret is expected')),
    },
  );
  const signal = new AbortController().signal;
  try {
    await useCase({ ...world.ports, face, signal, news: () => undefined });
    return await decided(world, 'done', asked);
  } catch (error) {
    return await decided(world, endOf(error), asked);
  }
}

function endOf(error: unknown): string {
  if (error instanceof Declined) return 'declined';
  if (error instanceof PortlamaError) return error.code;
  throw error;
}

/** In dialogs, by the key of the servers list, or of the page that a row opens. */
async function onTheScreen(
  script: Script,
  key: string,
  row: string,
  isOnPage = false,
  marked: readonly string[] = [],
): Promise<Decided> {
  const world = worldOf(script);
  const running = await startAppWithoutScreens(world);
  if (isOnPage) await running.perform('servers.open', row);
  const types = [...script.types];
  const asked: string[] = [];
  let declined = false;
  script.unseen?.(world);
  await running.perform(key, row, marked);
  for (let dialog = running.state.dialogs[0]; dialog?.kind === 'question';) {
    asked.push(textOf(dialog));
    if (asked.length === 1) script.meanwhile?.(world);
    const agrees = types.shift() === (dialog.typed ?? 'yes');
    declined ||= !agrees;
    await running.answer(agrees);
    dialog = running.state.dialogs[0];
  }
  // What the screen offers for a change, and a command takes as it is.
  if (running.state.dialogs[0]?.kind === 'entry') await running.types();
  const failure = running.state.dialogs.find((dialog) => dialog.kind === 'error');
  return await decided(world, failure?.error.code ?? (declined ? 'declined' : 'done'), asked);
}

function textOf({ lines }: Extract<Dialog, { kind: 'question' }>): string {
  return withoutBlanks(
    lines.map((line) => {
      if (typeof line === 'string') return line;
      if ('shellLine' in line) return line.shellLine;
      return 'url' in line ? line.url : line.strong;
    }),
  );
}

function withoutBlanks(lines: readonly string[]): string {
  return lines.join('').replaceAll(/\s/g, '');
}

const noTag = (id: number) => (world: FakeWorld) => void world.addDroplet(droplet(id, ['web']));
const EDGE_ID = Number(EDGE.providerId);
const gone = ({ account }: FakeWorld) => void account.droplets.delete(EDGE_ID);
const online = ({ panelHealth }: FakeWorld) =>
  void panelHealth.set(EDGE.id, { state: 'online', latencyMs: 9, version: undefined });

describe.each<[string, Script, Partial<Decided>]>([
  ['with its label', { types: ['fra1-edge'] }, { end: 'done', droplets: [312876544, 7] }],
  ['with another text', { types: ['edge'] }, { end: 'declined' }],
  ['with nothing', { types: [''] }, { end: 'declined' }],
  [
    'without the managed tag',
    { types: ['fra1-edge'], before: noTag(EDGE_ID) },
    { end: 'droplet-not-ours' },
  ],
  [
    'at another price',
    {
      types: ['fra1-edge'],
      before: (world) => void world.addDroplet({ ...dropletOf(EDGE), priceMonthlyUsd: 6 }),
    },
    { end: 'done', asked: [expect.stringContaining('$6/month') as string] },
  ],
  [
    'whose entry is removed meanwhile',
    { types: ['fra1-edge'], meanwhile: ({ registry }) => registry.changeFromOutside([LAB]) },
    { end: 'server-unknown', droplets: [EDGE_ID, 312876544, 7] },
  ],
  ['whose droplet is gone', { types: ['fra1-edge'], before: gone }, { end: 'done' }],
  ['whose droplet is gone, with yes', { types: ['yes'], before: gone }, { end: 'declined' }],
  [
    'whose droplet shows up meanwhile',
    {
      types: ['fra1-edge'],
      before: gone,
      meanwhile: (world) => void world.addDroplet(dropletOf(EDGE)),
    },
    { end: 'droplet-exists' },
  ],
  [
    'whose droplet is in another account',
    {
      types: ['fra1-edge'],
      before: (world) => {
        gone(world);
        online(world);
      },
    },
    { end: 'droplet-elsewhere', asked: [] },
  ],
])('destroying a server %s', (_, script, expected) => {
  it('comes to the same end on the screen and at the prompt', async () => {
    const prompt = await atThePrompt(script, (work) => destroyServer('fra1-edge', work));
    expect(prompt).toMatchObject(expected);
    expect(await onTheScreen(script, 'servers.destroy', EDGE.id)).toEqual(prompt);
  });
});

describe.each<[string, Script, Partial<Decided>]>([
  ['with their number', { types: ['2'] }, { end: 'done', droplets: [7] }],
  ['with the label of one', { types: ['fra1-edge'] }, { end: 'declined' }],
  ['with nothing', { types: [''] }, { end: 'declined' }],
  [
    'of which one is removed meanwhile',
    { types: ['2'], meanwhile: ({ registry }) => registry.changeFromOutside([LAB]) },
    { end: 'some-failed', droplets: [EDGE_ID, 7] },
  ],
  [
    'of which one lost the managed tag',
    { types: ['2'], before: noTag(EDGE_ID) },
    { end: 'some-failed', droplets: [EDGE_ID, 7] },
  ],
  [
    'of which one is in another account',
    {
      types: ['2'],
      before: (world) => {
        gone(world);
        online(world);
      },
    },
    { end: 'droplet-elsewhere', asked: [] },
  ],
])('destroying two servers at once %s', (_, script, expected) => {
  it('comes to the same end on the screen and at the prompt', async () => {
    const wanted = ['fra1-edge', 'nyc3-lab'];
    const prompt = await atThePrompt(script, (work) => destroyServers(wanted, work));
    expect(prompt).toMatchObject(expected);
    const marked = [EDGE.id, LAB.id];
    const screen = await onTheScreen(script, 'servers.destroy', OLD_BOX.id, false, marked);
    expect(screen).toEqual(prompt);
  });
});

describe.each<[string, Script, string]>([
  ['with yes', { types: ['yes'] }, 'done'],
  ['with its label', { types: ['old-box'] }, 'declined'],
  ['with nothing', { types: [''] }, 'declined'],
  [
    'that is removed meanwhile',
    { types: ['yes'], meanwhile: ({ registry }) => registry.changeFromOutside([LAB]) },
    'server-unknown',
  ],
])('removing a server %s', (_, script, end) => {
  it('comes to the same end on the screen and at the prompt', async () => {
    const prompt = await atThePrompt(script, (work) => removeServer('old-box', work));
    expect(prompt.end).toBe(end);
    expect(prompt.asked).toHaveLength(1);
    expect(await onTheScreen(script, 'servers.destroy', OLD_BOX.id)).toEqual(prompt);
  });
});

const pinned = ({ panels }: FakeWorld) => void panels.pins.set(EDGE.id, certificate('0C'));

describe.each<[string, Script, string]>([
  ['that is new, with trust', { types: ['trust'] }, 'done'],
  ['that is new, with yes', { types: ['yes'] }, 'declined'],
  ['that changed, with accept', { types: ['accept'], before: pinned }, 'done'],
  ['that changed, with trust', { types: ['trust'], before: pinned }, 'declined'],
  [
    'of a public authority in place of the pinned one',
    {
      types: ['accept'],
      before: (world) => {
        pinned(world);
        world.panels.shown = { trust: 'public' };
      },
    },
    'done',
  ],
  [
    'that is the pinned one',
    { types: [], before: ({ panels }) => void panels.pins.set(EDGE.id, certificate('AB')) },
    'done',
  ],
  [
    'of a server that is removed meanwhile',
    { types: ['trust'], meanwhile: ({ registry }) => registry.changeFromOutside([LAB]) },
    'server-unknown',
  ],
])('trusting a certificate %s', (_, script, end) => {
  it('comes to the same end on the screen and at the prompt', async () => {
    const prompt = await atThePrompt(script, (work) => trustCertificate('fra1-edge', work));
    expect(prompt.end).toBe(end);
    expect(await onTheScreen(script, 'servers.certificate', EDGE.id)).toEqual(prompt);
  });
});

describe.each<[string, Script, string]>([
  ['that is there', { types: ['yes'] }, 'done'],
  ['that lost its tag', { types: [], unseen: noTag(7) }, 'droplet-not-ours'],
  [
    'that was destroyed',
    { types: [], unseen: ({ account }) => void account.droplets.delete(7) },
    'droplet-absent',
  ],
  [
    'that another program adopted',
    { types: [], unseen: ({ registry }) => void registry.save({ ...LAB, providerId: '7' }) },
    'droplet-listed',
  ],
])('adopting a droplet %s', (_, script, end) => {
  it('comes to the same end on the screen, which asks, and for a command, which says it all', async () => {
    const prompt = await atThePrompt(script, (work) => adoptDroplet(7, work));
    expect(prompt).toMatchObject({ end, asked: [] });
    const screen = await onTheScreen(script, 'servers.adopt', 'droplet 7');
    expect({ ...screen, asked: [] }).toEqual(prompt);
  });
});

const FAILED = { event: 'error', step: 'wait_ssh', code: 'x', message: 'No answer.' } as const;
const LEFT = { kind: 'droplet', id: '9', monthlyUsd: 4, removeBy: 'Destroy it.' } as const;
const adds = ({ operations }: FakeWorld): string =>
  operations.add({ label: 'edge', region: 'fra1' });
const runs = (world: FakeWorld): void => void adds(world);
const breaks = (world: FakeWorld): void => world.operations.killWorker(adds(world));
const fails =
  (...leftovers: (typeof LEFT)[]) =>
  (world: FakeWorld): void =>
    world.operations.write(adds(world), FAILED, { event: 'rolled-back', leftovers });
const takesLabel = ({ registry }: FakeWorld): void =>
  registry.changeFromOutside([{ ...LAB, label: 'edge' }]);

describe.each<[string, string, typeof resumeOperation, Script, string, string[]]>([
  [
    'resuming one',
    'resume',
    resumeOperation,
    { types: [], before: breaks },
    'done',
    ['resume op1'],
  ],
  [
    'cancelling one',
    'cancel',
    cancelOperation,
    { types: ['yes'], before: runs },
    'done',
    ['cancel op1'],
  ],
  [
    'cleaning one up',
    'clean-up',
    cleanUpOperation,
    { types: ['yes'], before: breaks },
    'done',
    ['cancel op1'],
  ],
  [
    'trying one again',
    'retry',
    async (id, work) => void (await retryOperation(id, work)),
    { types: [], before: fails() },
    'done',
    ['start fra1 edge', 'dismiss op1'],
  ],
  [
    'trying one again whose label is taken',
    'retry',
    async (id, work) => void (await retryOperation(id, work)),
    { types: [], before: fails(), unseen: takesLabel },
    'label-taken',
    [],
  ],
  [
    'trying one again while something is left',
    'retry',
    async (id, work) => void (await retryOperation(id, work)),
    { types: ['yes'], before: fails(LEFT) },
    'done',
    ['start fra1 edge'],
  ],
  [
    'dismissing one',
    'dismiss',
    dismissOperation,
    { types: [], before: fails() },
    'done',
    ['dismiss op1'],
  ],
])('%s', (_, key, useCase, script, end, operations) => {
  it('comes to the same end on its page, which asks, and for a command, which says it all', async () => {
    const prompt = await atThePrompt(script, (work) => useCase('op1', work));
    expect(prompt).toMatchObject({ end, operations });
    const screen = await onTheScreen(script, `provisioning.${key}`, 'op1', true);
    expect({ ...screen, asked: [] }).toEqual({ ...prompt, asked: [] });
  });
});

/** Fills in the wizard, and presses its last key. */
async function inTheWizard(script: Script, form: CreateServerForm): Promise<Decided> {
  const world = worldOf(script);
  const program = await startAppWithoutScreens(world);
  const { store } = program.app;
  await program.perform('servers.create');
  await program.app.checkToken('');
  store.dispatch({ type: 'region-chosen', slug: form.region! });
  store.dispatch({ type: 'label-edited', label: form.label! });
  store.dispatch({ type: 'wizard-step', step: 'create' });
  await program.perform('wizard.create');
  return await decided(world, store.state.wizard?.problem?.code ?? 'done', []);
}

const isBusy = ({ operations }: FakeWorld): void => {
  operations.startFailure = new ProvisioningError({
    code: 'provisioning-in-progress',
    message: 'Another provisioning operation is in progress.',
  });
};

describe.each<[string, Script, string]>([
  ['with all it needs', { types: [] }, 'done'],
  ['while another one is made', { types: [], before: isBusy }, 'provisioning-in-progress'],
])('creating a server %s', (_, script, end) => {
  it('comes to the same end in the wizard and for a command', async () => {
    const form = { region: 'fra1', label: 'edge' };
    const prompt = await atThePrompt(script, (work) => createServer(form, work));
    expect(prompt).toMatchObject({ end, operations: ['start fra1 edge'] });
    expect(await inTheWizard(script, form)).toEqual(prompt);
  });
});
