import { MANAGED_TAG } from '../../services/digitalocean/api.js';
import type { Stray } from '../../services/provisioning/strays.js';
import { findRow, isUnderWay, missingDroplet, type ServerRow } from '../server-rows.js';
import type { KeyScope } from './scope.js';

/** Why Enter does nothing with the selected row; undefined when it does something. So with the others. */
export function whyNotOpen(scope: KeyScope): string | undefined {
  const row = rowOf(scope);
  if (row === undefined) return 'No server is selected.';
  if (row.kind === 'stray') return whyNotAdopt(scope);
  if (row.kind === 'server' && row.server.active)
    return `${row.server.label} is the active server already.`;
  return undefined;
}

/** Why there is no panel to open, copy or look at. */
export function whyNoPanel(scope: KeyScope): string | undefined {
  const row = rowOf(scope);
  if (row === undefined) return 'No server is selected.';
  if (row.kind === 'stray') return 'It is in no list here: adopt it first.';
  return row.kind === 'operation' ? 'Its panel is not there yet.' : undefined;
}

/** Why the server cannot be made now, whatever it is called. */
export function whyNotCreate({ wizard, operations }: KeyScope['state']): string | undefined {
  if (wizard?.creating) return 'It is being started.';
  const other = operations.list.find(isUnderWay);
  if (other === undefined) return undefined;
  const words = other.status === 'running' ? 'created' : 'cleaned up';
  return `One at a time: ${other.request.label} is being ${words}.`;
}

/** Why the row cannot be taken into the list. */
export function whyNotAdopt(scope: KeyScope): string | undefined {
  const row = rowOf(scope);
  if (row?.kind !== 'stray')
    return 'Only a stray can be adopted: a droplet that is in no list here.';
  if (row.stray.droplet.publicIpv4 === undefined)
    return 'It has no public address yet: press r in a minute.';
  return whyBusy(scope);
}

function whyBusy({ state, selected }: KeyScope): string | undefined {
  const work = state.running.find(({ subject }) => subject !== undefined && subject === selected);
  return work === undefined ? undefined : `Wait a moment: ${work.title}.`;
}

/** Why the row can neither be destroyed nor removed. */
export function whyNotDestroy(scope: KeyScope): string | undefined {
  const row = rowOf(scope);
  if (row === undefined) return 'No server is selected.';
  if (row.kind === 'stray') return whyNotDestroyStray(row.stray) ?? whyBusy(scope);
  if (row.kind === 'server')
    return missingDroplet(scope.state, row.id) === 'elsewhere'
      ? 'Its panel answers, but its droplet is not in the account of this token: use the token of its own.'
      : undefined;
  const { status } = row.operation;
  if (isUnderWay(row.operation))
    return status === 'cleaning-up'
      ? 'It is being cleaned up: Enter shows how far it is.'
      : 'It is still being created: open it with Enter, then x cancels it.';
  if (status === 'out-of-sight')
    return 'It may still be worked on in another container or machine: it is cancelled there.';
  return status === 'failed'
    ? 'Nothing of it is left: open it with Enter to try again, or to forget it.'
    : 'Open it with Enter: there it can be cleaned up.';
}

function whyNotDestroyStray({ droplet }: Stray): string | undefined {
  if (droplet.tags.includes(MANAGED_TAG)) return undefined;
  return `DigitalOcean shows no tag ${MANAGED_TAG} on it, and without it nothing is destroyed.`;
}

function rowOf({ state, selected }: KeyScope): ServerRow | undefined {
  return findRow(state, selected);
}
