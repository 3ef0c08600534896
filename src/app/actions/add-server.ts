import type { PanelInspection } from '../../services/panel/inspect.js';
import type { AddServerField, AddServerState } from '../add-server-state.js';
import { addedLabelProblem, knownPanel } from '../labels.js';
import type { ShownError } from '../shown-error.js';
import {
  doubtLines,
  fingerprintLines,
  HOW_TO_COMPARE,
  TRUST_WORD,
} from '../../words/certificates.js';
import type { ActionContext } from './context.js';
import { compareAgain } from './strays.js';

/** Opens the screen with nothing entered. */
export function openAddServer({ store }: ActionContext): void {
  store.dispatch({ type: 'add-server-opened' });
  store.dispatch({ type: 'route-opened', route: { screen: 'add-server' } });
}

/** Looks at the panel; adds it, or asks first where nobody vouches for its certificate. */
export function submitAddServer(context: ActionContext): Promise<void> {
  const { store, ports, run, signal } = context;
  const draft = store.state.addServer;
  if (draft === undefined || !isIdle(draft)) return Promise.resolve();
  const label = addedLabelProblem(store.state);
  if (label !== undefined) {
    const error = { code: 'label-invalid', message: label };
    fail(context, 'label', { ...error, hint: undefined, logReference: undefined });
    return Promise.resolve();
  }
  const known = knownPanel(store.state);
  if (known !== undefined) {
    const message = `This panel is in the list already, as ${known.label}.`;
    fail(context, 'url', {
      code: 'server-known',
      message,
      hint: undefined,
      logReference: undefined,
    });
    return Promise.resolve();
  }
  store.dispatch({ type: 'panel-looking' });
  const onError = (error: ShownError): void => {
    if (isStillAbout(context, draft)) fail(context, 'url', error);
  };
  return run({ title: 'Looking at the panel', onError, quiet: true }, async () => {
    const labels = store.state.servers.list.map((server) => server.label);
    const inspection = await ports.panels.inspect(draft.url, { labels, signal });
    // Left, or another address was typed meanwhile.
    if (!isStillAbout(context, draft)) return;
    store.dispatch({ type: 'panel-found', inspection });
    if (inspection.trust === 'public' && inspection.isPortlama) await addServer(context, undefined);
    else askToAdd(context, inspection);
  });
}

function isIdle({ phase }: AddServerState): boolean {
  return phase === 'editing' || phase === 'found';
}

function isStillAbout({ store }: ActionContext, { url }: AddServerState): boolean {
  const { addServer } = store.state;
  return addServer?.phase === 'looking' && addServer.url === url;
}

function fail({ store }: ActionContext, field: AddServerField, error: ShownError): void {
  store.dispatch({ type: 'add-server-failed', field, error });
}

/** What answered, and by what it can be recognised. */
function askToAdd(context: ActionContext, inspection: PanelInspection): void {
  const { certificate, url, trust, isPortlama } = inspection;
  const doubt = isPortlama ? [] : [...doubtLines(inspection, `at ${url}`), ''];
  const confirmed = trust === 'confirm';
  context.messages.dialog({
    kind: 'question',
    title: confirmed ? 'Is this your panel?' : 'Add it all the same?',
    lines: [
      ...doubt,
      ...(confirmed
        ? [
            `Nobody vouches for the certificate of ${url}. Its SHA-256 fingerprint is:`,
            ...fingerprintLines(certificate.sha256),
            '',
            ...HOW_TO_COMPARE,
            '',
            'Once confirmed it is trusted, and any other one is an alarm.',
          ]
        : ['The address is right, and its certificate is valid.']),
    ],
    yes: confirmed ? 'It is the same: add' : 'Add',
    no: 'No',
    danger: !isPortlama,
    typed: confirmed ? TRUST_WORD : undefined,
    onYes: () => addServer(context, confirmed ? certificate.sha256 : undefined),
  });
}

/** Puts the panel that was looked at into the list. */
function addServer(context: ActionContext, confirmedSha256: string | undefined): Promise<void> {
  const { store, ports, run, messages } = context;
  const draft = store.state.addServer;
  if (draft?.inspection === undefined || draft.phase !== 'found') return Promise.resolve();
  const { inspection, label } = draft;
  store.dispatch({ type: 'panel-adding' });
  // Left, and perhaps opened again, in the meantime.
  const isStillOpen = (): boolean => store.state.addServer?.inspection === inspection;
  const onError = (error: ShownError): void => {
    const field = error.code.startsWith('label-') ? 'label' : 'url';
    if (isStillOpen()) fail(context, field, error);
    else messages.error(`${inspection.url} was not added`, error);
  };
  return run({ title: 'Adding the server', onError, quiet: true, keepsOpen: true }, async () => {
    const server = await ports.panels.add(inspection, { label, confirmedSha256 });
    store.dispatch({ type: 'servers-loaded', servers: await ports.registry.list() });
    store.dispatch({ type: 'server-added', serverId: server.id });
    if (isStillOpen()) store.dispatch({ type: 'route-closed' });
    messages.toast('ok', `${server.label} is in the list. Enter makes it the active server.`);
    // It may be what was called a stray until now.
    if (store.state.droplets.strays.length > 0) void compareAgain(context);
  });
}
