import { isOver, ownerOf } from '../../services/provisioning/droplets/strays.js';
import type { DropletEvent } from '../events.js';
import type { AppState } from '../state.js';

/** Strays, and servers without a droplet. */
export function reduceDroplets(state: AppState, event: DropletEvent): AppState {
  const { droplets } = state;
  switch (event.type) {
    case 'droplets-compared': {
      const strays = event.report.strays.filter((stray) => ownerOf(stray) === undefined);
      const gone = event.report.gone.map(({ id }) => id);
      return { ...state, droplets: { ...droplets, compared: true, strays, gone } };
    }
    case 'droplet-ended':
      return { ...state, droplets: { ...droplets, ended: [...droplets.ended, event.dropletId] } };
  }
}

/**
 * Drops strays that newer lists explain: a comparison is older than the lists beside it. A droplet listed meanwhile,
 * belonging to a provisioning that is not over, or ended, is no stray. Returns the same object if nothing changes.
 */
export function settleDroplets(state: AppState): AppState {
  const { droplets, servers, operations } = state;
  const strays = droplets.strays.filter(({ droplet, operationId }) => {
    const isListed = servers.list.some(({ providerId }) => providerId === String(droplet.id));
    const isOwned = operations.list.some(
      (operation) => operation.id === operationId && !isOver(operation),
    );
    return !isListed && !isOwned && !droplets.ended.includes(droplet.id);
  });
  const gone = droplets.gone.filter((id) => servers.list.some((server) => server.id === id));
  const isSame = strays.length === droplets.strays.length && gone.length === droplets.gone.length;
  return isSame ? state : { ...state, droplets: { ...droplets, strays, gone } };
}
