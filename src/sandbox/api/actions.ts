import { hasScope } from '../tokens.js';
import type { ActionType, Droplet } from '../world/team.js';
import {
  type Answer,
  type ApiRequest,
  paginate,
  sample,
  textIn,
  unprocessable,
  valueIn,
} from './answer.js';
import { actionBody, reservedAddressBody, snapshotBody } from './bodies.js';
import { requireDroplet, requireName, requireSize } from './droplets.js';

type Offered = Exclude<ActionType, 'create'>;
const OFFERED: readonly Offered[] = [
  'power_on',
  'power_off',
  'shutdown',
  'reboot',
  'power_cycle',
  'resize',
  'rename',
];

export function listDropletActions(request: ApiRequest): Answer {
  const { world, query, parameters } = request;
  const droplet = requireDroplet(request);
  const all = droplet.actions.map((action) => actionBody(world, droplet, action));
  const path = `/v2/droplets/${parameters['droplet_id'] ?? ''}/actions`;
  const { items, links, meta } = paginate(all, path, query);
  return { status: 200, body: { actions: items, links, meta } };
}

export function getDropletAction(request: ApiRequest): Answer {
  const { world, parameters } = request;
  const droplet = requireDroplet(request);
  const action = droplet.actions.find(({ id }) => String(id) === parameters['action_id']);
  if (action === undefined) throw sample('error-404');
  return { status: 200, body: { action: actionBody(world, droplet, action) } };
}

/** Takes its effect at once; the action is under way for a while. */
export function createDropletAction(request: ApiRequest): Answer {
  const { world, body } = request;
  const droplet = requireDroplet(request);
  const type = OFFERED.find((known) => known === textIn(body, 'type'));
  if (type === undefined) throw unprocessable('This type of action is not in the sandbox.');
  if (droplet.status(world.now) === 'new' || droplet.isBusy(world.now))
    throw sample('error-422-pending-event');
  const { faults } = droplet.machine;
  const endsAt = world.now + world.options.delays.actionMs;
  const fails = faults.has('action-fails');
  if (!fails) EFFECTS[type](droplet, request);
  const action = world.addAction(droplet, type, endsAt, fails ? endsAt : Infinity);
  return { status: 201, body: { action: actionBody(world, droplet, action) } };
}

const EFFECTS: Readonly<Record<Offered, (droplet: Droplet, request: ApiRequest) => void>> = {
  power_on: ({ machine }) => machine.turnOn(),
  power_off: ({ machine }) => machine.turnOff(),
  shutdown({ machine }) {
    if (machine.faults.find('shutdown-ignored') === undefined) machine.turnOff();
  },
  reboot: restart,
  power_cycle: restart,
  resize,
  rename(droplet, { body }) {
    droplet.name = requireName(textIn(body, 'name'));
  },
};

function restart({ machine }: Droplet): void {
  machine.turnOff();
  machine.turnOn();
}

/** DigitalOcean's own texts are not known, but for the smaller disk. */
function resize(droplet: Droplet, { token, body, world }: ApiRequest): void {
  if (!hasScope(token, 'droplet:create')) throw sample('error-403-scope');
  if (droplet.status(world.now) !== 'off') throw unprocessable('This Droplet must be powered off.');
  const size = requireSize(valueIn(body, 'size'), droplet.options.region);
  if (size.disk < droplet.diskGb)
    throw unprocessable('This size is not available because it has a smaller disk.');
  droplet.size = size;
  if (valueIn(body, 'disk') === true) droplet.diskGb = size.disk;
}

/** GET /v2/actions/{action_id} */
export function getAction({ world, team, parameters }: ApiRequest): Answer {
  for (const droplet of team.droplets.values()) {
    const action = droplet.actions.find(({ id }) => String(id) === parameters['action_id']);
    if (action) return { status: 200, body: { action: actionBody(world, droplet, action) } };
  }
  throw sample('error-404');
}

/** Every snapshot is of a droplet. */
export function listSnapshots({ team, token, query }: ApiRequest): Answer {
  const wanted = query.get('resource_type') ?? 'droplet';
  const all = wanted === 'droplet' ? team.snapshots.map((one) => snapshotBody(one, token)) : [];
  const { items, links, meta } = paginate(all, '/v2/snapshots', query);
  return { status: 200, body: { snapshots: items, links, meta } };
}

export function listReservedAddresses({ world, team, token, query }: ApiRequest): Answer {
  const all = team.reservedAddresses.map((one) => reservedAddressBody(world, team, one, token));
  const { items, links, meta } = paginate(all, '/v2/reserved_ips', query);
  return { status: 200, body: { reserved_ips: items, links, meta } };
}
