import { PortlamaError } from '../../../core/errors.js';
import { ApiError } from '../../digitalocean/api-error.js';
import type { Droplet } from '../../digitalocean/api.js';
import { buildUserData } from '../../ssh/keys.js';
import { deleteSurely } from '../droplets/destroy-droplet.js';
import { MANAGED_TAG, dropletName } from '../../../core/product.js';
import { ProvisioningError } from '../errors.js';
import { loadSecrets } from '../worker/operation-secrets.js';
import {
  destroyOwn,
  dropletResource,
  findOwnDroplets,
  findOwnPatiently,
} from '../droplets/own-droplets.js';
import { poll } from '../timing.js';
import {
  operationTag,
  outputOf,
  type Step,
  type StepContext,
  type StepOutputs,
  type Undo,
} from '../worker/step.js';

declare module '../worker/step.js' {
  interface StepOutputs {
    readonly create_droplet: { readonly dropletId: number; readonly name: string };
  }
}

/** CONTRACT.md: a new account is "finalizing" for up to 30 s, and a new key is unknown to create for seconds. */
const REFUSALS_THAT_PASS = new Set(['account-finalizing', 'ssh-key-unknown']);
const REFUSAL_PATIENCE_MS = 60_000;
/** Each costs more than a minute of looking; after so many something is wrong that does not pass. */
const LOST_ANSWERS_MAX = 2;

type Created = StepOutputs['create_droplet'];

/**
 * Creates the droplet. Creation is not idempotent and costs money: after a lost answer searches for
 * the droplet by its tag and its name for over a minute, and repeats the request only when it
 * provably failed.
 */
export const step: Step<'create_droplet'> = {
  async find(context, signal) {
    await context.waiting('checking whether DigitalOcean created the droplet');
    const created = await findCreated(context, signal);
    context.sentTwice ||= created === undefined;
    return created;
  },

  async run(context, signal) {
    const created = await createSurely(context, signal);
    await context.log(`droplet ${created.dropletId} created in ${context.request.region}`);
    return created;
  },

  undo: (context) => undoWithTag([undoDroplets(context)], context),
};

/**
 * Removes the tag after the droplets, and keeps it while one is left: it identifies them as this
 * operation's.
 */
export function undoWithTag(droplets: readonly Undo[], context: StepContext): readonly Undo[] {
  const tag = undoTag(context);
  const failures = new Map<Undo, unknown>(
    droplets.map((undo) => [undo, new Error('not tried yet')]),
  );
  const noted = droplets.map((undo): Undo => ({
    resource: undo.resource,
    async remove(signal) {
      try {
        const outcome = await undo.remove(signal);
        failures.delete(undo);
        return outcome;
      } catch (error) {
        failures.set(undo, error);
        throw error;
      }
    },
  }));
  const removeTag: Undo['remove'] = (signal) => {
    const [failure] = failures.values();
    return failures.size === 0 ? tag.remove(signal) : Promise.reject(tagInUse(failure));
  };
  return [...noted, { resource: tag.resource, remove: removeTag }];
}

/** Looks after every lost answer, and sends the request again when there is nothing to be found. */
async function createSurely(context: StepContext, signal: AbortSignal): Promise<Created> {
  for (let lost = 0; ; lost++) {
    try {
      return await retryWhileRefused(context, signal);
    } catch (error) {
      if (!(error instanceof ApiError) || isRefusal(error)) throw error;
      await context.waiting(`${error.reason}; checking whether the droplet was created`);
      const found = await findCreated(context, signal);
      if (found !== undefined) return found;
      if (lost === LOST_ANSWERS_MAX) throw error;
      // Written down, so that whoever ends this operation knows to look for a second one.
      await context.write({ event: 'step', step: 'create_droplet', status: 'running' });
      context.sentTwice = true;
    }
  }
}

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
        userData: buildUserData({
          hostKey: { privateKey: hostPrivateKey, publicKey: hostKey },
          authorizedKeys: request.sshKeys?.map(({ line }) => line),
        }),
      },
      signal,
    )
    .catch((error: unknown) => {
      if (isRefusal(error) && !context.sentTwice) context.attempted.delete('create_droplet');
      throw error;
    })
    // An answer that never came may have been on its way until now.
    .finally(() => context.sentAt.set('create_droplet', ports.clock.monotonic()));
  return { dropletId: droplet.id, name: droplet.name };
}

function isRefusal(error: unknown): boolean {
  return error instanceof ApiError && error.isCertainlyRefused;
}

/** One whose reason did not arrive may be either of those that pass; one that DigitalOcean explains is final. */
function mayPass({ code, apiMessage }: ApiError): boolean {
  return REFUSALS_THAT_PASS.has(code) || (code === 'request-refused' && apiMessage === undefined);
}

async function findCreated(
  context: StepContext,
  signal: AbortSignal,
): Promise<Created | undefined> {
  const { outageMs } = context.ports.timing;
  return createdFrom(await findOwnPatiently(context, signal, outageMs));
}

async function retryWhileRefused(context: StepContext, signal: AbortSignal): Promise<Created> {
  const { clock, timing } = context.ports;
  let refusal: unknown;
  const created = await poll(
    async () => {
      try {
        return await createOnce(context, signal);
      } catch (error) {
        if (!(error instanceof ApiError) || !mayPass(error)) throw error;
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

function createdFrom(found: readonly Droplet[]): Created | undefined {
  const [droplet] = found;
  return droplet === undefined ? undefined : { dropletId: droplet.id, name: droplet.name };
}

/** Removes all droplets with the operation's tag. */
function undoDroplets(context: StepContext): Undo {
  const known = context.outputs.create_droplet?.dropletId;
  return {
    resource: dropletResource(context, known),
    async remove(signal) {
      if (!context.attempted.has('create_droplet')) return 'absent';
      const found =
        known === undefined
          ? await findOwnPatiently(context, signal)
          : context.sentTwice
            ? await findOwnDroplets(context, signal)
            : [];
      const ids = new Set([...(known === undefined ? [] : [known]), ...found.map(({ id }) => id)]);
      return await destroyOwn([...ids], context, signal);
    },
  };
}

/** The tag goes when the operation ends; the managed tag stays. */
function undoTag(context: StepContext): Undo {
  const name = operationTag(context.request.id);
  return {
    resource: {
      kind: 'tag',
      id: name,
      monthlyUsd: 0,
      removeBy: `It costs nothing; delete the tag ${name} in the DigitalOcean console.`,
    },
    async remove(signal) {
      if (!context.attempted.has('create_droplet')) return 'absent';
      const { api } = context.ports;
      return await deleteSurely(
        () => api.deleteTag(name, signal),
        () => api.getTag(name, signal),
      );
    },
  };
}

/** Worth another try for as long as the droplet is. */
function tagInUse(failure: unknown): ProvisioningError {
  return new ProvisioningError({
    code: 'tag-in-use',
    message: 'It marks the droplet, which is still there.',
    retryable: failure instanceof PortlamaError && failure.retryable,
  });
}
