import { describe, expect, it } from 'vitest';
import { commandFace } from '../../src/cli/face.js';
import type { Settings } from '../../src/cli/settings.js';
import type { Dialog } from '../../src/app/dialogs.js';
import { PortlamaError } from '../../src/core/errors.js';
import { SANDBOX_TOKEN } from '../../src/sandbox/tokens.js';
import type { ServerEntry } from '../../src/services/registry/registry.js';
import { adoptDroplet } from '../../src/usecases/adopt-droplet.js';
import { destroyServer } from '../../src/usecases/destroy-server.js';
import { Declined } from '../../src/usecases/face.js';
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
  let shown: string[] = [];
  const asked: string[] = [];
  const face = commandFace(
    { settings },
    { words: 'servers destroy fra1-edge' },
    {
      isInteractive: () => true,
      say: (line) => void shown.push(line),
      ask: async () => {
        asked.push(withoutBlanks(shown));
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

/** In dialogs, by the key of the servers list. */
async function onTheScreen(script: Script, key: string, row: string): Promise<Decided> {
  const world = worldOf(script);
  const running = await startAppWithoutScreens(world);
  const types = [...script.types];
  const asked: string[] = [];
  let declined = false;
  script.unseen?.(world);
  await running.perform(key, row);
  for (let dialog = running.state.dialogs[0]; dialog?.kind === 'question';) {
    asked.push(textOf(dialog));
    if (asked.length === 1) script.meanwhile?.(world);
    const agrees = types.shift() === (dialog.typed ?? 'yes');
    declined ||= !agrees;
    await running.answer(agrees);
    dialog = running.state.dialogs[0];
  }
  const failure = running.state.dialogs.find((dialog) => dialog.kind === 'error');
  return await decided(world, failure?.error.code ?? (declined ? 'declined' : 'done'), asked);
}

function textOf({ lines }: Extract<Dialog, { kind: 'question' }>): string {
  return withoutBlanks(
    lines.map((line) => {
      if (typeof line === 'string') return line;
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
    'stray-unknown',
  ],
  [
    'that another program adopted',
    { types: [], unseen: ({ registry }) => void registry.save({ ...LAB, providerId: '7' }) },
    'stray-listed',
  ],
])('adopting a droplet %s', (_, script, end) => {
  it('comes to the same end on the screen, which asks, and for a command, which says it all', async () => {
    const prompt = await atThePrompt(script, (work) => adoptDroplet(7, work));
    expect(prompt).toMatchObject({ end, asked: [] });
    const screen = await onTheScreen(script, 'servers.adopt', 'droplet 7');
    expect({ ...screen, asked: [] }).toEqual(prompt);
  });
});
