import { InputError, messageOf } from '../core/errors.js';
import { ENV } from '../core/product.js';
import { runWorker, type WorkerMode } from '../services/provisioning/worker/worker.js';
import { provisioningPorts } from '../main/provisioning-ports.js';
import type { World } from '../main/world.js';

/** The hidden command that every provisioning runs as. Exit code 0: succeeded, 1: failed. */
export async function workerCommand(
  world: World,
  operationId: string,
  mode: WorkerMode,
): Promise<number> {
  const token = world.settings.tokenFromEnvironment;
  if (token === undefined || !/^[0-9a-f]{16}$/.test(operationId)) {
    throw new InputError({
      code: 'arguments',
      message: 'This command is started by the program itself.',
      hint: { command: 'provision' },
    });
  }
  // Hide the token from child processes, above all the credential store's helper.
  delete process.env[ENV.cloudToken];
  const cancel = new AbortController();
  process.on('SIGTERM', () => cancel.abort());
  // The terminal it was started from may go: the work does not.
  process.on('SIGHUP', () => undefined);
  process.on('SIGINT', () => undefined);
  // Ignore a closed stream: the starter, which reads the last words, may be gone.
  process.stderr.on('error', () => undefined);
  const outcome = await runWorker({
    home: world.home,
    operationId,
    mode,
    buildPorts: async ({ apiUrl }) => {
      if (apiUrl !== world.apiUrl) throw otherApi(apiUrl, world.apiUrl);
      return provisioningPorts(world, apiUrl, token);
    },
    signal: cancel.signal,
  }).catch((error: unknown) => {
    world.log.write('error', messageOf(error));
    throw error;
  });
  return outcome === 'succeeded' ? 0 : 1;
}

/** Refuses another API, where the resources made so far do not exist. */
function otherApi(begunOn: string, here: string): InputError {
  return new InputError({
    code: 'other-api',
    message: `This operation was begun on ${begunOn}, and DIGITALOCEAN_API_URL is ${here}.`,
    hint: `Set DIGITALOCEAN_API_URL to ${begunOn} to resume it.`,
  });
}
