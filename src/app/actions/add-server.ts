import { InputError } from '../../core/errors.js';
import { type AddServerForm, addServer } from '../../usecases/add-server.js';
import type { KeyWork } from '../../usecases/work.js';
import type { AddServerState } from '../form-state.js';
import { addedLabelProblem } from '../labels.js';
import { type ShownError, shownError } from '../shown-error.js';
import { compareAgain } from './compare-droplets.js';
import type { ActionContext } from './context.js';
import { runUseCase } from './use-case.js';

/** Opens the screen with nothing entered. */
export function openAddServer({ store }: ActionContext): void {
  store.dispatch({ type: 'add-server-opened' });
  store.dispatch({ type: 'route-opened', route: { screen: 'add-server' } });
}

/** Checks the panel and adds it; asks first about a certificate of no trusted authority. */
export async function submitAddServer(context: ActionContext): Promise<void> {
  const { store, messages } = context;
  const draft = store.state.addServer;
  if (draft?.phase !== 'editing' && draft?.phase !== 'found') return;
  // Drop the answer if the person has left or typed another address meanwhile.
  const place = context.stay.signal;
  const { form, isJudged } = liveForm(context, draft, place);
  const onError = (error: ShownError): void => {
    const isLabel = error.code.startsWith('label-');
    // Name no field if another label was typed meanwhile: the error is not about that one.
    const field = !isLabel ? 'url' : isJudged() ? 'label' : undefined;
    if (!place.aborted) store.dispatch({ type: 'add-server-failed', field, error });
    else messages.error(`${draft.url} was not added`, error);
  };
  const problem = addedLabelProblem(store.state);
  if (problem !== undefined) {
    const refused = new InputError({ code: 'label-invalid', message: problem });
    onError(shownError(refused, context.ports.environment));
    return;
  }
  store.dispatch({ type: 'panel-looking' });
  const look = 'Checking the panel';
  const options = { look, title: 'Adding the server', onError, quiet: true };
  await runUseCase(
    context,
    options,
    (work) => addServer(form, withPhases(context, work)),
    () => {
      if (!place.aborted) store.dispatch({ type: 'route-closed' });
      // Compare again: the server's droplet may have been unlisted until now.
      if (store.state.droplets.unlisted.length > 0) void compareAgain(context);
    },
  );
}

/** The label may be typed while the panel is looked at. `isJudged`: the one on screen is the one that was read last. */
function liveForm(
  { store }: ActionContext,
  draft: AddServerState,
  place: AbortSignal,
): { readonly form: AddServerForm; readonly isJudged: () => boolean } {
  const typed = (): string => (place.aborted ? draft : (store.state.addServer ?? draft)).label;
  let judged = draft.label;
  const form = {
    url: draft.url,
    get label(): string {
      judged = typed();
      return judged;
    },
  };
  return { form, isJudged: () => judged === typed() };
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
