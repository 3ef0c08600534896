import { ApiError } from '../../digitalocean/api-error.js';
import type { SshKey } from '../../digitalocean/api.js';
import { deleteSurely } from '../droplets/destroy-droplet.js';
import { ProvisioningError } from '../errors.js';
import { poll } from '../timing.js';
import { operationKeyName, outputOf, type Step, type StepContext } from '../worker/step.js';

declare module '../worker/step.js' {
  interface StepOutputs {
    readonly upload_ssh_key: { readonly keyId: number };
  }
}

/** A lost answer is looked up by the key's fingerprint; the same key can never be added twice. */
export const step: Step<'upload_ssh_key'> = {
  async find(context, signal) {
    const key = await findOwnKey(context, signal);
    return key === undefined ? undefined : { keyId: key.id };
  },

  async run(context, signal) {
    const { ports, request } = context;
    const { publicKey } = outputOf(context, 'generate_ssh_key');
    context.attempted.add('upload_ssh_key');
    try {
      const key = await ports.api.createSshKey(operationKeyName(request.id), publicKey, signal);
      await context.log(`key ${key.id} added to the account`);
      return { keyId: key.id };
    } catch (error) {
      if (!(error instanceof ApiError)) throw error;
      if (error.isCertainlyRefused) {
        context.attempted.delete('upload_ssh_key');
        throw error;
      }
      await context.waiting(`${error.reason}; checking whether the key was added`);
      return { keyId: (await findAfterLostAnswer(context, error, signal)).id };
    }
  },

  undo(context) {
    const md5 = context.outputs.generate_ssh_key?.md5;
    if (md5 === undefined) return [];
    const { api } = context.ports;
    const id = String(context.outputs.upload_ssh_key?.keyId ?? md5);
    return [
      {
        resource: {
          kind: 'ssh-key',
          id,
          monthlyUsd: 0,
          removeBy: `Delete the SSH key ${operationKeyName(context.request.id)} under Settings, Security in the DigitalOcean console.`,
        },
        async remove(signal) {
          if (!context.attempted.has('upload_ssh_key')) return 'absent';
          // Known from an answer: deleting works even while reads lag. Otherwise only looking tells.
          const keyId =
            context.outputs.upload_ssh_key?.keyId ??
            (await findOwnKeyPatiently(context, signal))?.id;
          if (keyId === undefined) return 'absent';
          return await deleteSurely(
            () => api.deleteSshKey(keyId, signal),
            () => api.getSshKey(keyId, signal),
          );
        },
      },
    ];
  },
};

/** Searches for the key, then uploads it again; if the key exists after all, DigitalOcean refuses the duplicate. */
async function findAfterLostAnswer(
  context: StepContext,
  lost: ApiError,
  signal: AbortSignal,
): Promise<SshKey> {
  const { outageMs } = context.ports.timing;
  const found = await findOwnKeyPatiently(context, signal, outageMs);
  if (found !== undefined) return found;
  const { publicKey } = outputOf(context, 'generate_ssh_key');
  try {
    return await context.ports.api.createSshKey(
      operationKeyName(context.request.id),
      publicKey,
      signal,
    );
  } catch {
    const late = await findOwnKey(context, signal);
    if (late !== undefined) return late;
    throw lost;
  }
}

async function findOwnKeyPatiently(
  context: StepContext,
  signal: AbortSignal,
  outageMs = 0,
): Promise<SshKey | undefined> {
  const { clock, timing } = context.ports;
  const KEY_SHARE = 0.2;
  return await poll(() => findOwnKey(context, signal), {
    clock,
    timeoutMs: timing.visibleMs * KEY_SHARE,
    minPollMs: timing.minPollMs,
    signal,
    outageMs,
  });
}

async function findOwnKey(context: StepContext, signal: AbortSignal): Promise<SshKey | undefined> {
  const { md5 } = outputOf(context, 'generate_ssh_key');
  const key = await context.ports.api.getSshKey(md5, signal);
  if (key === undefined || key.name === operationKeyName(context.request.id)) return key;
  throw new ProvisioningError({
    code: 'ssh-key-not-ours',
    message: `The account has the temporary key under another name (${key.name}).`,
  });
}
