import { keyOf } from '../words/keys.js';
import { setMaxListeners } from 'node:events';
import { type Disposable, DisposableStore } from '../core/lifecycle.js';
import { type ActionContext, SetUpDesk, Stay, TokenHolder, UnlockGate } from './actions/context.js';
import { askKeystore } from './actions/credentials.js';
import { moveLegacyPasswords } from './actions/legacy-passwords.js';
import { lookAt } from './actions/look-at.js';
import { Messages } from './actions/messages.js';
import { watchStay } from './actions/navigation.js';
import { watchOperations } from './actions/operations.js';
import { announceEnds, forgetSuccesses } from './actions/provisioning.js';
import { createRun } from './actions/run.js';
import { watchSetUps } from './actions/set-up.js';
import { restoreOrder } from './actions/sort-list.js';
import { watchServerPage } from './actions/server-page.js';
import { loadServers, watchServers } from './actions/servers.js';
import { askWhenNeeded, submitPassphrase } from './actions/vault-passphrase.js';
import {
  checkToken,
  chooseSize,
  editToken,
  hasUsableToken,
  nextWizardStep,
  watchWizard,
} from './actions/wizard.js';
import type { AddServerField } from './form-state.js';
import type { DialogChoice } from './dialogs.js';
import type { AppPorts, Settings, TerminalPort } from './ports.js';
import type { PathCompletion } from '../services/files/typed-path.js';
import { initialState } from './state.js';
import { Store } from './store.js';

/** Pause before what only tells about the past, ms. */
const AFTER_FRAME_MS = 500;

/** Program without its screens: the state and the actions. */
export interface App extends Disposable {
  readonly store: Store;
  /** Epoch milliseconds. */
  now(): number;
  /** Context of the screens' commands. */
  readonly work: ActionContext;
  /** Checks the typed token ('' for the one at hand); does nothing while one is checked. */
  checkToken(typed: string): Promise<void>;
  /** The token field was edited. */
  editToken(): void;
  chooseRegion(slug: string): void;
  chooseSize(slug: string): Promise<void>;
  editLabel(label: string): void;
  editDomain(domain: string): void;
  editEmail(email: string): void;
  answerDialog(id: number, choice: DialogChoice): Promise<void>;
  editAddServer(field: AddServerField, value: string): void;
  editSetUp(serverId: string, field: 'domain' | 'email' | 'record', value: string): void;
  /** Starts the slow lookups about the server under the cursor. */
  lookAt(serverId: string | undefined): Promise<void>;
  completePath(typed: string): Promise<PathCompletion>;
  closeOverlay(): void;
  /** The fields of the question for a passphrase were filled in. */
  submitPassphrase(dialogId: number, typed: readonly string[]): Promise<void>;
}

/** Makes the program and starts reading what there is: servers, provisionings, the credential store. */
export function createApp(ports: AppPorts, terminal: TerminalPort, settings: Settings): App {
  const { environment, keystore } = ports;
  const store = new Store(initialState({ settings, environment, keystore: about(keystore) }));
  const ended = new AbortController();
  // Every wait listens to it; a warning about their number would be drawn across the screen.
  setMaxListeners(0, ended.signal);
  const messages = new Messages(store, ports, ended.signal);
  const context: ActionContext = {
    store,
    ports,
    terminal,
    messages,
    token: new TokenHolder(),
    unlockGate: new UnlockGate(),
    setUps: new SetUpDesk(),
    stay: new Stay(),
    run: createRun(store, ports, messages),
    lifetime: new DisposableStore(),
    signal: ended.signal,
  };
  void begin(context);
  return {
    store,
    now: () => ports.clock.now(),
    work: context,
    checkToken: (typed) => checkOrNext(context, typed),
    editToken: () => editToken(context),
    chooseRegion: (slug) => store.dispatch({ type: 'region-chosen', slug }),
    chooseSize: (slug) => chooseSize(context, slug),
    editLabel: (label) => store.dispatch({ type: 'label-edited', label }),
    editDomain: (domain) => store.dispatch({ type: 'domain-edited', domain }),
    editEmail: (email) => store.dispatch({ type: 'email-edited', email }),
    answerDialog: (id, choice) => messages.answer(id, choice),
    editAddServer(field, value) {
      // Stop the look at the previous address.
      if (field === 'url') context.stay.end();
      store.dispatch({ type: 'add-server-edited', field, value });
    },
    editSetUp: (serverId, field, value) =>
      store.dispatch({
        type: 'set-up-changed',
        serverId,
        change: { [field]: value, problem: undefined },
      }),
    lookAt: (serverId) => lookAt(context, serverId),
    completePath: (typed) => ports.paths.complete(typed),
    closeOverlay: () => store.dispatch({ type: 'overlay-closed' }),
    submitPassphrase: (dialogId, typed) => submitPassphrase(context, dialogId, typed),
    dispose() {
      ended.abort();
      context.lifetime.dispose();
      context.token.forget();
      context.setUps.forget();
      context.unlockGate.decline();
      store.dispose();
    },
  };
}

function about({
  kind,
  title,
}: AppPorts['keystore']): Pick<AppPorts['keystore'], 'kind' | 'title'> {
  return { kind, title };
}

async function begin(context: ActionContext): Promise<void> {
  watchServers(context);
  watchWizard(context);
  watchStay(context);
  watchServerPage(context);
  watchSetUps(context);
  announceEnds(context);
  askWhenNeeded(context);
  await Promise.all([
    restoreOrder(context)
      .then(() => loadServers(context))
      .then(() => tellNews(context)),
    watchOperations(context).then(() => forgetSuccesses(context)),
    askKeystore(context).then(() => greetStore(context)),
  ]);
}

/** Loaded, and read, late: the first frame needs nothing of it. */
async function tellNews(context: ActionContext): Promise<void> {
  try {
    await context.ports.clock.sleep(AFTER_FRAME_MS, context.signal);
  } catch {
    return;
  }
  const { readPastHealth } = await import('./actions/past-health.js');
  const { tellNewerVersion } = await import('./actions/newer-version.js');
  await Promise.all([readPastHealth(context), tellNewerVersion(context)]);
}

/** Moves passwords in the clear as soon as a store exists; says so if there is none. */
async function greetStore(context: ActionContext): Promise<void> {
  const { store, messages } = context;
  await moveLegacyPasswords(context);
  if (store.state.keystore.status === 'missing')
    messages.news('warn', `No credential store yet: press ${keyOf('secrets')} to choose one.`);
}

/** Handles Enter in the token step: moves on with a valid token, otherwise checks it. */
async function checkOrNext(context: ActionContext, typed: string): Promise<void> {
  const { wizard } = context.store.state;
  if (wizard === undefined) return;
  if (typed.trim() === '' && hasUsableToken(wizard)) {
    await nextWizardStep(context);
  } else {
    await checkToken(context, typed);
  }
}
