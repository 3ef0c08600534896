import type { ActionRequest } from '../../../src/services/digitalocean/api.js';
import { findForgotten } from '../../../src/usecases/forgotten.js';
import { actingWorld, type ActingWorld } from '../../fixtures/acting-world.js';
import type { Cell, CellResult } from '../matrix.js';
import { type CallPoint, callPoints } from './calls.js';
import { type Kind, KINDS, READ_KINDS, TIMES, type Times } from './kinds.js';

/** Something that is asked of a droplet, or of the account, and how it shows that it was done. */
interface Deed {
  readonly name: string;
  /** State of the droplet before. */
  readonly from: 'active' | 'off';
  readonly run: (world: ActingWorld) => Promise<unknown>;
  /** What is wrong with its end: `done`, or the code of its error. */
  readonly judge: (world: ActingWorld, end: string) => Promise<readonly string[]>;
}

const PATIENCE = 4;
const SIZE = 's-1vcpu-1gb';
const NAME = 'portlama-other';

const DEEDS: readonly Deed[] = [
  action({ type: 'power_off' }, 'active', async ({ status }) => (await status()) === 'off'),
  action({ type: 'shutdown' }, 'active', async ({ status }) => (await status()) === 'off'),
  action({ type: 'power_on' }, 'off', async ({ status }) => (await status()) === 'active'),
  action({ type: 'reboot' }, 'active', async ({ status }) => (await status()) === 'active'),
  action({ type: 'power_cycle' }, 'active', async ({ status }) => (await status()) === 'active'),
  action(
    { type: 'resize', size: SIZE, disk: false },
    'off',
    async ({ droplet }) => (await droplet())?.sizeSlug === SIZE,
  ),
  action(
    { type: 'rename', name: NAME },
    'active',
    async ({ droplet }) => (await droplet())?.name === NAME,
  ),
  {
    name: 'forgotten things',
    from: 'active',
    run: async ({ api, id }) => {
      const found = await findForgotten(api, new Set([id]), new AbortController().signal);
      if (found.problems.length > 0) throw Object.assign(new Error(), { code: 'not-read' });
    },
    judge: async () => [],
  },
];

function action(
  request: ActionRequest,
  from: Deed['from'],
  isDone: (world: ActingWorld) => Promise<boolean>,
): Deed {
  return {
    name: request.type,
    from,
    run: ({ act }) => act(request),
    async judge(world, end) {
      const made = (await world.had()).slice(from === 'off' ? 1 : 0);
      const others = made.filter((type) => type !== request.type);
      return [
        ...(made.length > 1 ? [`it was begun ${made.length} times`] : []),
        ...others.map((type) => `${type} was begun`),
        ...(end === 'done' && !(await isDone(world)) ? ['it is said to be done, and is not'] : []),
        ...(end === 'action-unconfirmed' && made.length > 0 ? ['it has begun, and is denied'] : []),
      ];
    },
  };
}

/** Every call of every deed with every kind of fault, once, three times, for ever. */
export async function actionCells(): Promise<readonly Cell[]> {
  const traced = await Promise.all(
    DEEDS.map(async (deed) => (await tracePoints(deed)).map((point) => ({ deed, point }))),
  );
  return traced.flat().flatMap(({ deed, point }) => {
    const kinds = point.method === 'GET' ? READ_KINDS : KINDS;
    return kinds.flatMap((kind) =>
      TIMES.map((times) => ({
        name: `${deed.name}, ${point.name}, ${kind.name}, ${times}`,
        run: () => tryDeed(deed, { point, kind, times }),
      })),
    );
  });
}

async function tracePoints(deed: Deed): Promise<readonly CallPoint[]> {
  return await inWorld(deed, async (world) => {
    const { length } = world.sandbox.calls;
    await deed.run(world);
    return callPoints(world.sandbox.calls.slice(length));
  });
}

interface Trouble {
  readonly point: CallPoint;
  readonly kind: Kind;
  readonly times: Times;
}

/** A read that fails once is made again, one that follows an action thrice; a request that was carried out is found. */
function mustEnd({ point, kind, times }: Trouble): boolean {
  if (point.method !== 'GET') return kind.acts;
  if (kind.acts) return false;
  // A silence takes most of the time for repetitions: a slow machine would decide.
  if (!point.path.endsWith('/actions/*')) return times === 1 && kind.fault.kind !== 'hang';
  return times !== 'forever';
}

async function tryDeed(deed: Deed, trouble: Trouble): Promise<CellResult> {
  return await inWorld(
    deed,
    async (world) => {
      const { kind, times } = trouble;
      const { method, path, nth } = trouble.point;
      world.controls.addFault({ ...kind.fault, times, match: { method, path, nth } });
      const end = await deed.run(world).then(
        () => 'done',
        (error: unknown) => (error as { readonly code?: string }).code ?? 'without a code',
      );
      world.controls.clearFaults();
      return {
        outcome: end,
        violations: [
          ...(end === 'without a code' ? ['an error without a code'] : []),
          ...(mustEnd(trouble) && end !== 'done' ? [`it ends with ${end}`] : []),
          ...(await deed.judge(world, end)),
        ],
      };
    },
    trouble.times === 'forever' ? 1 : PATIENCE,
  );
}

/** What never passes is waited for in vain: without patience. */
async function inWorld<T>(
  { from }: Deed,
  work: (world: ActingWorld) => Promise<T>,
  patience = PATIENCE,
): Promise<T> {
  const world = await actingWorld(undefined, undefined, patience);
  try {
    if (from === 'off') await world.act({ type: 'power_off' });
    return await work(world);
  } finally {
    await world.sandbox.close();
  }
}
