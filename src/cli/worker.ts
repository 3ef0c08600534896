import { InputError, messageOf } from '../core/errors.js';
import { Emitter } from '../core/event.js';
import { ENV } from '../core/product.js';
import { runWorker, type WorkerMode } from '../services/provisioning/worker/worker.js';
import { provisioningPorts } from '../main/provisioning-ports.js';
import type { World } from '../main/world.js';
import { version } from './version.js';

/** The hidden command that every operation runs as. Exit code 0: succeeded, 1: failed. */
export async function workerCommand(
  world: World,
  operationId: string,
  mode: WorkerMode,
): Promise<number> {
  const token = world.settings.tokenFromEnvironment;
  const dnsToken = process.env[ENV.dnsToken];
  const session = process.env[ENV.panelSession];
  if (!/^[0-9a-f]{16}$/.test(operationId)) throw startedByHand();
  // Hide the secrets from child processes, above all the credential store's helper.
  delete process.env[ENV.cloudToken];
  delete process.env[ENV.dnsToken];
  delete process.env[ENV.panelSession];
  if (dnsToken !== undefined) world.redactor.add(dnsToken);
  if (session !== undefined) world.redactor.add(session);
  const cancel = new AbortController();
  const woken = new Emitter<void>();
  process.on('SIGTERM', () => cancel.abort());
  // The terminal it was started from may go: the work does not. What waits looks at once.
  process.on('SIGHUP', () => woken.fire());
  process.on('SIGINT', () => undefined);
  // Ignore a closed stream: the starter, which reads the last words, may be gone.
  process.stderr.on('error', () => undefined);
  const outcome = await runWorker({
    home: world.home,
    clock: world.clock,
    redactor: world.redactor,
    operationId,
    mode,
    buildPorts: async ({ apiUrl }) => {
      if (token === undefined) throw startedByHand();
      if (apiUrl !== world.apiUrl) throw otherApi(apiUrl, world.apiUrl);
      return provisioningPorts(world, apiUrl, token, dnsToken);
    },
    performUpkeep: async (run) => {
      const { services, performUpkeep } = await upkeepHere(world);
      return await performUpkeep(run, { services, session, onWake: woken.event });
    },
    endUpkeep: async (run) => {
      const { services, endUpkeep } = await upkeepHere(world);
      return await endUpkeep(run, { services, session, onWake: woken.event });
    },
    signal: cancel.signal,
  }).catch((error: unknown) => {
    world.log.write('error', messageOf(error));
    throw error;
  });
  return outcome === 'succeeded' ? 0 : 1;
}

/** Work on a server that exists: the use cases' own, with the journal in the place of a person. */
async function upkeepHere(world: World) {
  const { createServices } = await import('../main/services.js');
  const { performUpkeep, endUpkeep } = await import('../usecases/perform-upkeep.js');
  return {
    performUpkeep,
    endUpkeep,
    services: createServices(world, process.env, version()),
  };
}

function startedByHand(): InputError {
  return new InputError({
    code: 'arguments',
    message: 'This command is started by the program itself.',
    hint: { command: 'provision' },
  });
}

/** Refuses another API, where the resources made so far do not exist. */
function otherApi(begunOn: string, here: string): InputError {
  return new InputError({
    code: 'other-api',
    message: `This operation was started on ${begunOn}, and DIGITALOCEAN_API_URL is ${here}.`,
    hint: `Set DIGITALOCEAN_API_URL to ${begunOn} to resume it.`,
  });
}
