import { addServer } from '../../usecases/add-server.js';
import type { KeyWork } from '../../usecases/work.js';
import type { ShownError } from '../shown-error.js';
import { compareAgain } from './compare-droplets.js';
import type { ActionContext } from './context.js';
import { runUseCase } from './use-case.js';

/** Opens the screen with nothing entered. */
export function openAddServer({ store }: ActionContext): void {
  store.dispatch({ type: 'add-server-opened' });
  store.dispatch({ type: 'route-opened', route: { screen: 'add-server' } });
}

/** Looks at the panel; adds it, or asks first where nobody vouches for its certificate. */
export async function submitAddServer(context: ActionContext): Promise<void> {
  const { store, messages } = context;
  const draft = store.state.addServer;
  if (draft?.phase !== 'editing' && draft?.phase !== 'found') return;
  const { url } = draft;
  // Left, or another address typed meanwhile: the answer is not for what is on screen then.
  const place = context.stay.signal;
  const form = {
    url,
    get label(): string {
      return place.aborted ? draft.label : (store.state.addServer ?? draft).label;
    },
  };
  store.dispatch({ type: 'panel-looking' });
  const onError = (error: ShownError): void => {
    const field = error.code.startsWith('label-') ? 'label' : 'url';
    if (!place.aborted) store.dispatch({ type: 'add-server-failed', field, error });
    else messages.error(`${url} was not added`, error);
  };
  const look = 'Looking at the panel';
  const options = { look, title: 'Adding the server', onError, quiet: true };
  await runUseCase(
    context,
    options,
    (work) => addServer(form, withPhases(context, work)),
    () => {
      if (!place.aborted) store.dispatch({ type: 'route-closed' });
      // It may be what was called a stray until now.
      if (store.state.droplets.strays.length > 0) void compareAgain(context);
    },
  );
}

/** The screen shows how far it is. */
function withPhases({ store }: ActionContext, work: KeyWork): KeyWork {
  return {
    ...work,
    face: {
      ...work.face,
      async confirm(question) {
        if (!work.signal.aborted) store.dispatch({ type: 'panel-found' });
        await work.face.confirm(question);
        store.dispatch({ type: 'panel-adding' });
      },
    },
  };
}
