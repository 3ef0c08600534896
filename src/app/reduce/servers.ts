import type { ServerEntry } from '../../services/registry/registry.js';
import type { ServerEvent } from '../events.js';
import type { AppState, TokenOrigin } from '../state.js';
import { savedSource } from '../form-state.js';

/** Servers, their health, the credential store and the account. */
export function reduceServers(state: AppState, event: ServerEvent): AppState {
  switch (event.type) {
    case 'servers-loaded':
      return {
        ...state,
        servers: { ...state.servers, loaded: true, list: event.servers, error: undefined },
        health: keepOnly(state.health, event.servers),
        certificates: Object.fromEntries(
          keepOnly(Object.entries(state.certificates), event.servers),
        ),
      };
    case 'servers-failed':
      // The last list that could be read stays on screen.
      return { ...state, servers: { ...state.servers, loaded: true, error: event.error } };
    case 'server-added':
      return { ...state, servers: { ...state.servers, added: event.serverId } };
    case 'certificate-read': {
      const { serverId, certificate } = event;
      return { ...state, certificates: { ...state.certificates, [serverId]: certificate } };
    }
    case 'health-changed': {
      if (!state.servers.list.some(({ id }) => id === event.serverId)) return state;
      const { health, samples } = event;
      const known = new Map(state.health);
      known.set(event.serverId, { health, samples });
      return { ...state, health: known };
    }
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
      return { ...state, accountEmail: event.email };
  }
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
