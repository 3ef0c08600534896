import { type AddServerState, EMPTY_ADD_SERVER } from '../form-state.js';
import type { AddServerEvent } from '../events.js';
import type { AppState } from '../state.js';

/** Adding a server that is there already. */
export function reduceAddServer(state: AppState, event: AddServerEvent): AppState {
  if (event.type === 'add-server-opened') return { ...state, addServer: EMPTY_ADD_SERVER };
  // Answers may arrive after the screen was left.
  if (state.addServer === undefined) return state;
  return { ...state, addServer: reduceDraft(state.addServer, event) };
}

function reduceDraft(
  draft: AddServerState,
  event: Exclude<AddServerEvent, { type: 'add-server-opened' }>,
): AddServerState {
  switch (event.type) {
    case 'add-server-edited':
      return edited(draft, event);
    case 'panel-looking':
      return { ...draft, phase: 'looking', problem: undefined };
    case 'panel-found':
      return { ...draft, phase: 'found' };
    case 'panel-adding':
      return { ...draft, phase: 'adding' };
    case 'add-server-failed': {
      const { field, error } = event;
      return {
        ...draft,
        phase: 'editing',
        problem: field === undefined ? undefined : { field, error },
      };
    }
  }
}

/** Changes a field. Another address was not looked at yet; another label keeps the phase. */
function edited(
  draft: AddServerState,
  { field, value }: Extract<AddServerEvent, { type: 'add-server-edited' }>,
): AddServerState {
  const problem = draft.problem?.field === field ? undefined : draft.problem;
  if (field === 'label') return { ...draft, label: value, problem };
  return { ...draft, url: value, problem, phase: 'editing' };
}
