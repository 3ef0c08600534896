import { hasScope } from '../tokens.js';
import { type Action, type ActionType, type Droplet, existingDroplets } from '../world/team.js';
import { type Answer, type ApiRequest, paginate, sample, textIn, unprocessable } from './answer.js';
import { actionBody, dropletBody } from './bodies.js';
import { parseDropletRequest } from './droplet-request.js';

const LINK_BASE = 'https://api.digitalocean.com';
const POWER_ACTIONS: readonly ActionType[] = [
  'power_on',
  'power_off',
  'shutdown',
  'reboot',
  'power_cycle',
];

export function listDroplets(request: ApiRequest): Answer {
  const { world, token, query } = request;
  const all = matchingDroplets(request).map((droplet) => dropletBody(world, droplet, token));
  const { items, links, meta } = paginate(all, '/v2/droplets', query);
  return { status: 200, body: { droplets: items, links, meta } };
}

export function createDroplet(request: ApiRequest): Answer {
  const { world, team, token } = request;
  const { status } = team.account;
  const specification = parseDropletRequest(request);
  // No capture of these two texts is public.
  if (status === 'locked')
    throw unprocessable('Your account is locked. Please check your billing.');
  if (!team.account.email_verified) throw unprocessable('Please verify your email address.');
  const limit = token.dropletLimit ?? team.account.droplet_limit;
  if (existingDroplets(team, world.now).length >= limit) throw sample('error-422-droplet-limit');
  const droplet = world.createDroplet(team, specification);
  if (droplet === undefined) throw sample('error-422-droplet-limit');
  const actions = droplet.actions.map(({ id }) => ({
    id,
    rel: 'create',
    href: `${LINK_BASE}/v2/actions/${id}`,
  }));
  // The answer is written before anything has begun.
  const body = {
    ...dropletBody(world, droplet, token),
    status: 'new',
    networks: { v4: [], v6: [] },
  };
  return { status: 202, body: { droplet: body, links: { actions } } };
}

export function getDroplet(request: ApiRequest): Answer {
  const { world, token } = request;
  const droplet = requireDroplet(request);
  return { status: 200, body: { droplet: dropletBody(world, droplet, token) } };
}

export function deleteDroplet(request: ApiRequest): Answer {
  remove(request, requireDroplet(request));
  return { status: 204 };
}

/** Deletes nothing when no droplet carries the tag; DigitalOcean's behaviour is undocumented. */
export function deleteDropletsByTag(request: ApiRequest): Answer {
  if (!request.query.get('tag_name')) throw sample('error-404');
  for (const droplet of matchingDroplets(request)) remove(request, droplet);
  return { status: 204 };
}

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

export function createDropletAction(request: ApiRequest): Answer {
  const { world, body } = request;
  const droplet = requireDroplet(request);
  const type = POWER_ACTIONS.find((known) => known === textIn(body, 'type'));
  if (type === undefined) throw unprocessable('This type of action is not in the sandbox.');
  if (droplet.status(world.now) === 'new') throw sample('error-422-pending-event');
  const action = world.addAction(droplet, type);
  act(droplet, action);
  return { status: 201, body: { action: actionBody(world, droplet, action) } };
}

/** GET /v2/actions/{action_id} */
export function getAction({ world, team, parameters }: ApiRequest): Answer {
  for (const droplet of team.droplets.values()) {
    const action = droplet.actions.find(({ id }) => String(id) === parameters['action_id']);
    if (action) return { status: 200, body: { action: actionBody(world, droplet, action) } };
  }
  throw sample('error-404');
}

function act(droplet: Droplet, { type }: Action): void {
  if (type !== 'power_on') droplet.machine.turnOff();
  if (type !== 'power_off' && type !== 'shutdown') droplet.machine.turnOn();
}

/** Deleting one that is still being made does not work (contract: droplet lifecycle). */
function remove({ world }: ApiRequest, droplet: Droplet): void {
  if (droplet.status(world.now) === 'new' && !droplet.isDeleted) {
    throw sample('error-422-pending-event');
  }
  droplet.delete(world.now + world.options.delays.deleteMs);
}

function matchingDroplets({ world, team, token, query }: ApiRequest): Droplet[] {
  const { now } = world;
  const tag = query.get('tag_name');
  const name = query.get('name')?.toLowerCase();
  if (tag !== null && !hasScope(token, 'tag:read')) throw sample('error-403-scope');
  if (tag !== null && name !== undefined) throw unprocessable('Use tag_name or name, not both.');
  return [...team.droplets.values()].filter(
    (droplet) =>
      droplet.isListed(now) &&
      (tag === null || droplet.visibleTags(now).includes(tag)) &&
      (name === undefined || droplet.name.toLowerCase() === name),
  );
}

function requireDroplet({ world, team, parameters }: ApiRequest): Droplet {
  const droplet = team.droplets.get(Number(parameters['droplet_id']));
  if (!droplet?.isReadable(world.now)) throw sample('error-404');
  return droplet;
}
