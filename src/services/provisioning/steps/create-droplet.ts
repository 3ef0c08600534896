import { ApiError } from '../../digitalocean/api-error.js';
import { type Droplet, MANAGED_TAG } from '../../digitalocean/api.js';
import { buildUserData } from '../../ssh/user-data.js';
import { destroyDroplet } from '../destroy-droplet.js';
import { dropletName } from '../droplet-name.js';
import { ProvisioningError } from '../errors.js';
import { loadSecrets } from '../operation-secrets.js';
import { poll } from '../poll.js';
import type { Resource } from '../records.js';
import {
  operationTag,
  outputOf,
  type Step,
  type StepContext,
  type StepOutputs,
  type Undo,
} from '../step.js';

/** CONTRACT.md: a new account is "finalizing" for up to 30 s, and a new key is unknown to create for seconds. */
const REFUSALS_THAT_PASS = new Set(['account-finalizing', 'ssh-key-unknown']);
const REFUSAL_PATIENCE_MS = 60_000;

type Created = StepOutputs['create_droplet'];

/**
 * Creating is not idempotent and costs money: after a lost answer the droplet is looked for by its tag and by its
 * name for over a minute, and only what was certainly not created is created again.
 */
export const createDroplet: Step<'create_droplet'> = {
  id: 'create_droplet',

  async find(context, signal) {
    await context.waiting('looking whether DigitalOcean created the droplet');
    return await findPatiently(context, signal);
  },

  async run(context, signal) {
    const create = (): Promise<Created> => createOnce(context, signal);
    const created = await retryWhileRefused(create, context, signal).catch(
      async (error: unknown) => {
        if (!(error instanceof ApiError) || error.isCertainlyRefused) throw error;
        await context.waiting(
          'DigitalOcean did not answer; looking whether it created the droplet',
        );
        return (
          (await findPatiently(context, signal)) ??
          (await retryWhileRefused(create, context, signal))
        );
      },
    );
    await context.log(`droplet ${created.dropletId} created in ${context.request.region}`);
    return created;
  },

  undo(context) {
    const droplet = undoDroplet(context);
    const tag = undoTag(context);
    let isGone = false;
    return [
      {
        resource: droplet.resource,
        async remove(signal) {
          const outcome = await droplet.remove(signal);
          isGone = true;
          return outcome;
        },
      },
      {
        resource: tag.resource,
        // By this tag the droplet is known for ours: without it, it could never be removed.
        remove: (signal) => (isGone ? tag.remove(signal) : Promise.reject(tagInUse())),
      },
    ];
  },
};

async function createOnce(context: StepContext, signal: AbortSignal): Promise<Created> {
  const { ports, request } = context;
  const { hostPrivateKey } = await loadSecrets(context);
  const { hostKey } = outputOf(context, 'generate_ssh_key');
  context.attempted.add('create_droplet');
  const droplet = await ports.api
    .createDroplet(
      {
        name: dropletName(request.label),
        region: request.region,
        size: request.size,
        image: request.image,
        sshKeyIds: [outputOf(context, 'upload_ssh_key').keyId],
        tags: [MANAGED_TAG, operationTag(request.id)],
        userData: buildUserData({ hostKey: { privateKey: hostPrivateKey, publicKey: hostKey } }),
      },
      signal,
    )
    .catch((error: unknown) => {
      if (error instanceof ApiError && error.isCertainlyRefused)
        context.attempted.delete('create_droplet');
      throw error;
    });
  return { dropletId: droplet.id, name: droplet.name };
}

async function retryWhileRefused(
  create: () => Promise<Created>,
  context: StepContext,
  signal: AbortSignal,
): Promise<Created> {
  const { clock, timing } = context.ports;
  let refusal: unknown;
  const created = await poll(
    async () => {
      try {
        return await create();
      } catch (error) {
        if (!(error instanceof ApiError) || !REFUSALS_THAT_PASS.has(error.code)) throw error;
        refusal = error;
        await context.waiting(`${error.message} Trying again.`);
        return undefined;
      }
    },
    // A second between tries: five would do, but the wait is short and the person is watching.
    { clock, timeoutMs: REFUSAL_PATIENCE_MS, minPollMs: Math.max(timing.minPollMs, 1000), signal },
  );
  if (created === undefined) throw refusal;
  return created;
}

/** For as long as a droplet may stay invisible since the request was begun; at least one look. */
async function findPatiently(
  context: StepContext,
  signal: AbortSignal,
): Promise<Created | undefined> {
  const { clock, timing } = context.ports;
  const timeoutMs = invisibleForMs(context);
  const found = await poll(() => findOwnDroplet(context, signal), {
    clock,
    timeoutMs,
    minPollMs: timing.minPollMs * 2,
    signal,
  });
  return found === undefined ? undefined : { dropletId: found.id, name: found.name };
}

/** By tag; and by name, since tags come onto a droplet only after it was created. */
async function findOwnDroplet(
  context: StepContext,
  signal: AbortSignal,
): Promise<Droplet | undefined> {
  const { api } = context.ports;
  const tag = operationTag(context.request.id);
  const [tagged] = await api.listDroplets({ tag }, signal);
  if (tagged !== undefined) return tagged;
  const named = await api.listDroplets({ name: dropletName(context.request.label) }, signal);
  return named.find((droplet) => droplet.tags.includes(tag));
}

/** What is left of the time in which a droplet may exist without being readable. */
function invisibleForMs({ ports, begunAt }: StepContext): number {
  const { clock, timing } = ports;
  const age = clock.now() - (begunAt.get('create_droplet') ?? clock.now());
  return Math.min(Math.max(timing.visibleMs - age, 0), timing.visibleMs);
}

function undoDroplet(context: StepContext): Undo {
  const known = context.outputs.create_droplet?.dropletId;
  const tag = operationTag(context.request.id);
  const resource: Resource = {
    kind: 'droplet',
    id: known === undefined ? `tagged ${tag}` : String(known),
    monthlyUsd: context.outputs.validate_token?.monthlyUsd ?? 0,
    removeBy:
      known === undefined
        ? `Look for a droplet with the tag ${tag} in the DigitalOcean console, and destroy it.`
        : `Destroy it at https://cloud.digitalocean.com/droplets/${known}/destroy`,
  };
  return {
    resource,
    async remove(signal) {
      if (!context.attempted.has('create_droplet')) return 'absent';
      const { api, clock, timing } = context.ports;
      const mayAppearUntil = clock.monotonic() + invisibleForMs(context);
      const dropletId = known ?? (await findPatiently(context, signal))?.dropletId;
      if (dropletId === undefined) return 'absent';
      const requiredTags = [MANAGED_TAG, tag];
      return await destroyDroplet(dropletId, {
        api,
        clock,
        timing,
        requiredTags,
        mayAppearUntil,
        signal,
      });
    },
  };
}

/** The tag goes when the operation ends; the managed tag stays. */
export function undoTag(context: StepContext): Undo {
  const name = operationTag(context.request.id);
  return {
    resource: {
      kind: 'tag',
      id: name,
      monthlyUsd: 0,
      removeBy: `It is free; delete the tag ${name} in the DigitalOcean console.`,
    },
    async remove(signal) {
      if (!context.attempted.has('create_droplet')) return 'absent';
      return (await context.ports.api.deleteTag(name, signal)) ? 'removed' : 'absent';
    },
  };
}

function tagInUse(): ProvisioningError {
  return new ProvisioningError({
    code: 'tag-in-use',
    message: 'It marks the droplet, which is still there.',
    retryable: true,
  });
}
