import type { ServerEntry } from '../../services/registry/registry.js';
import type { DropletEvent, ServerEvent } from '../events.js';
import type { AppState, DropletsState } from '../state.js';
import { unknownText } from '../../words/accounts.js';
import { savedSource, type TokenOrigin } from '../form-state.js';
import { lookOf, mergeBins, withLook } from '../../services/health/history/history.js';
import { isOver, ownerOf } from '../../services/provisioning/droplets/unlisted.js';

/** Servers, their health, the credential store and the account. */
export function reduceServers(state: AppState, event: ServerEvent): AppState {
  switch (event.type) {
    case 'servers-loaded':
      return {
        ...withoutPages(state, event.servers),
        servers: { ...state.servers, loaded: true, list: event.servers, error: undefined },
        health: keepOnly(state.health, event.servers),
        strips: keepOnly(state.strips, event.servers),
        publicEnds: keepOnly(state.publicEnds, event.servers),
        certificates: Object.fromEntries(
          keepOnly(Object.entries(state.certificates), event.servers),
        ),
      };
    case 'servers-failed':
      // The last list that could be read stays on screen.
      return { ...state, servers: { ...state.servers, loaded: true, error: event.error } };
    case 'server-added':
      return { ...state, servers: { ...state.servers, added: event.serverId } };
    case 'active-changed':
      return { ...state, servers: { ...state.servers, activeBefore: event.before } };
    case 'list-sorted':
      return { ...state, servers: { ...state.servers, sort: event.sort } };
    case 'certificate-read': {
      const { serverId, certificate } = event;
      return { ...state, certificates: { ...state.certificates, [serverId]: certificate } };
    }
    case 'health-changed': {
      if (!state.servers.list.some(({ id }) => id === event.serverId)) return state;
      const { serverId, health, samples, at } = event;
      const known = new Map(state.health);
      known.set(serverId, { health, samples });
      if (at === undefined) return { ...state, health: known };
      const strips = new Map(state.strips);
      strips.set(serverId, withLook(strips.get(serverId), at, lookOf(health, at)));
      return { ...state, health: known, strips };
    }
    case 'strips-read': {
      const strips = new Map(state.strips);
      for (const [id, strip] of event.strips)
        strips.set(id, mergeBins(strip, strips.get(id) ?? []).slice(-strip.length));
      return { ...state, strips };
    }
    case 'history-read':
      return { ...state, lookedAt: { serverId: event.serverId, history: event.history } };
    case 'keystore-asked':
      return {
        ...state,
        keystore: { ...state.keystore, tokenOrigin: event.tokenOrigin, error: event.error },
        wizard: withSavedToken(state, event.tokenOrigin),
      };
    case 'keystore-chosen': {
      const { kind, title, status } = event;
      return { ...state, keystore: { ...state.keystore, kind, title, status } };
    }
    case 'account-known':
      return {
        ...state,
        accountEmail: event.email,
        accountName: event.name ?? (event.email === undefined ? undefined : state.accountName),
        tokenDays: undefined,
      };
    case 'token-expiring':
      return { ...state, tokenDays: event.days };
  }
}

/** Leaves the page of a server that is no longer in the list. */
function withoutPages(state: AppState, servers: readonly ServerEntry[]): AppState {
  const routes = state.routes.filter(
    (route) =>
      (route.screen !== 'server' && route.screen !== 'team') ||
      servers.some(({ id }) => id === route.serverId),
  );
  return routes.length === state.routes.length ? state : { ...state, routes };
}

function keepOnly<T>(
  entries: Iterable<[id: string, value: T]>,
  servers: readonly ServerEntry[],
): ReadonlyMap<string, T> {
  const ids = new Set(servers.map(({ id }) => id));
  return new Map([...entries].filter(([id]) => ids.has(id)));
}

/** The wizard may be open before the store has answered. */
function withSavedToken(state: AppState, origin: TokenOrigin | undefined): AppState['wizard'] {
  const { wizard } = state;
  if (wizard === undefined || wizard.token.source === 'entered') return wizard;
  if (wizard.token.check.state !== 'unchecked') return wizard;
  return { ...wizard, token: { ...wizard.token, source: savedSource(origin) } };
}

/** Unlisted droplets, and servers without a droplet. */
export function reduceDroplets(state: AppState, event: DropletEvent): AppState {
  const { droplets } = state;
  switch (event.type) {
    case 'droplets-compared': {
      const unlisted = event.report.unlisted.filter((found) => ownerOf(found) === undefined);
      const gone = event.report.gone.map(({ id }) => id);
      const { listed = new Map(), unasked = [], unknown = [] } = event.report;
      const compared: DropletsState = {
        ...droplets,
        compared: true,
        unlisted,
        gone,
        unknown: new Map(unknown.map(({ server, accounts }) => [server.id, unknownText(accounts)])),
        unasked: unasked.map(({ name }) => name),
        listed,
      };
      return { ...state, droplets: compared };
    }
    case 'droplet-seen': {
      const { serverId, droplet } = event;
      const listed = new Map([...droplets.listed, [serverId, droplet] as const]);
      const { page } = state;
      const isOpen = page?.serverId === serverId;
      return {
        ...state,
        droplets: { ...droplets, listed },
        page: isOpen ? { ...page, droplet } : page,
      };
    }
    case 'droplet-ended':
      return { ...state, droplets: { ...droplets, ended: [...droplets.ended, event.dropletId] } };
  }
}

/**
 * Drops unlisted droplets that newer lists explain: a comparison is older than the lists beside it. A droplet that
 * is listed meanwhile, belongs to an unfinished operation or ended is not unlisted. Returns the same object if nothing
 * changes.
 */
export function settleDroplets(state: AppState): AppState {
  const { droplets, servers, operations } = state;
  const unlisted = droplets.unlisted.filter(({ droplet, operationId }) => {
    const isListed = servers.list.some(({ providerId }) => providerId === String(droplet.id));
    const isOwned = operations.list.some(
      (operation) => operation.id === operationId && !isOver(operation),
    );
    return !isListed && !isOwned && !droplets.ended.includes(droplet.id);
  });
  const gone = droplets.gone.filter((id) => servers.list.some((server) => server.id === id));
  const isSame =
    unlisted.length === droplets.unlisted.length && gone.length === droplets.gone.length;
  return isSame ? state : { ...state, droplets: { ...droplets, unlisted, gone } };
}
