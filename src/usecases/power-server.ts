import { InputError, quoted } from '../core/errors.js';
import type { ActionRequest, DigitalOceanApi, Droplet } from '../services/digitalocean/api.js';
import type { ServerEntry } from '../services/registry/registry.js';
import {
  alreadyText,
  POWER_LABELS,
  poweredLines,
  powerInterruptedText,
  powerOnHint,
  powerQuestion,
  type PowerVerb,
} from '../words/power.js';
import { serverName } from '../words/servers.js';
import { requireDropletOf } from './droplet-of.js';
import { requireServer, requireStillListed } from './servers.js';
import type { KeyWork } from './work.js';

const TYPES: Readonly<Record<PowerVerb, Exclude<ActionRequest['type'], 'resize' | 'rename'>>> = {
  on: 'power_on',
  off: 'shutdown',
  reboot: 'reboot',
  cycle: 'power_cycle',
  cut: 'power_off',
};

export interface PoweredServer {
  readonly server: ServerEntry;
  /** The droplet afterwards. */
  readonly droplet: Droplet;
}

/**
 * Powers a server's droplet on or off, or restarts it, and follows that to its end. Only a droplet with the managed
 * tag; everything but powering on asks. One that is on, or off, already is left alone.
 */
export async function powerServer(
  wanted: string,
  verb: PowerVerb,
  work: KeyWork,
): Promise<PoweredServer> {
  const server = await requireServer(work, wanted);
  const { api, droplet } = await requireDropletOf(server, work);
  const isOff = droplet.status === 'off';
  if (verb === 'on' ? droplet.status === 'active' : isOff) {
    if (verb === 'reboot' || verb === 'cycle') throw isOffNow(server);
    work.face.say(alreadyText(server, droplet.status), 'ok');
    return { server, droplet };
  }
  if (verb !== 'on') {
    await work.face.confirm(powerQuestion(server, verb, droplet, wanted));
    await requireStillListed(server, work);
  }
  const after = await actHeld(server, droplet, { type: TYPES[verb] }, api, work).catch(
    (error: unknown) => {
      throw asUnanswered(server, error);
    },
  );
  const [done, ...notes] = poweredLines(server, verb, after);
  work.face.say(done, 'ok');
  for (const note of notes) work.face.say(note);
  return { server, droplet: after };
}

/** Does it, and tells the screens. */
export async function actHeld(
  server: ServerEntry,
  { id }: Droplet,
  request: ActionRequest,
  api: DigitalOceanApi,
  work: KeyWork,
): Promise<Droplet> {
  const { face, signal } = work;
  const held = face.hold(powerInterruptedText(server));
  try {
    const after = await work.actOnDroplet(api, id, request, signal, (text) => face.progress(text));
    work.news({ kind: 'droplet-changed', serverId: server.id, droplet: after });
    return after;
  } finally {
    face.progress(undefined);
    held.dispose();
  }
}

/** The verbs that make sense for a droplet in this state. */
export function powerVerbs({ status }: Pick<Droplet, 'status'>): readonly PowerVerb[] {
  return status === 'off' ? ['on'] : ['off', 'reboot', 'cycle', 'cut'];
}

/** The verb by its word on a command line. `force` turns off without asking the system. */
export function requirePowerVerb(word: string, force: boolean): PowerVerb {
  const verb = (['on', 'off', 'reboot', 'cycle'] as const).find((each) => each === word);
  if (verb === undefined || (force && verb !== 'off')) {
    throw new InputError({
      code: 'power-action-invalid',
      message:
        verb === undefined
          ? `${quoted(word)} is not a power action.`
          : '--force goes with off only.',
      hint: 'Use on, off (asks the system to shut down), off --force (cuts the power), reboot or cycle.',
    });
  }
  return force ? 'cut' : verb;
}

function isOffNow(server: ServerEntry): InputError {
  return new InputError({
    code: 'droplet-is-off',
    message: `${server.label} is off, so it cannot restart.`,
    hint: powerOnHint(server),
  });
}

/** The service knows no command: a system that hangs can only be cut off. */
function asUnanswered(server: ServerEntry, error: unknown): unknown {
  if (!(error instanceof Error) || !('code' in error) || error.code !== 'shutdown-ignored')
    return error;
  return new InputError({
    code: 'shutdown-ignored',
    message: `${server.label} was asked to shut down, but stays on: its system may hang. Cutting the power turns it off, like pulling the plug.`,
    hint: {
      lead: POWER_LABELS.cut,
      command: 'servers.power',
      id: serverName(server),
      action: 'cut',
    },
    cause: error,
  });
}
