import { keyOf } from '../../words/keys.js';
import { cleanLine } from '../../core/clean.js';
import { InputError } from '../../core/errors.js';
import { RESET_COMMAND, SERVER_PATH } from '../../core/product.js';
import type { ServerEntry } from '../../services/registry/registry.js';
import { canOpenPanel, openPanel as openPanelOf } from '../../usecases/open-panel.js';
import { certificatePasswordKey } from '../../services/keystore/keystore.js';
import { findServer } from '../server-rows.js';
import { accessLines, IMPORT_FILE, missingCertificateLines } from '../../words/access.js';
import type { ActionContext } from './context.js';
import { missingHere } from './client-certificate.js';
import { importAdmin } from './upkeep.js';
import { runUseCase } from './use-case.js';

/** Longest stay of a password in the clipboard, ms. */
const CLIPBOARD_MS = 60_000;
const COPY_WARNING = 'Copy password keeps it in your local clipboard for one minute.';

const TMUX_WARNING =
  'tmux also keeps the password in a buffer. Find it with tmux list-buffers, delete it with tmux delete-buffer -b NAME.';

/** Opens the panel in a browser; without one, says how to reach it. */
export async function openPanel(context: ActionContext, id: string): Promise<void> {
  const { store, ports, messages } = context;
  const options = { title: `Opening the panel of ${findServer(store.state, id)?.label ?? id}` };
  await runUseCase(
    context,
    options,
    (work) => openPanelOf(id, work),
    ({ server, isOpen }) => {
      if (!isOpen) showAddress(context, server.id);
      else if (server.authMethod === 'keychain' && ports.environment.hasKeychain)
        messages.toast(
          'ok',
          `Opened the panel in the browser; its certificate is in the keychain. Press ${keyOf('servers.access')} for details.`,
        );
      else
        messages.toast(
          'ok',
          `Opened the panel in the browser. Press ${keyOf('servers.access')} for how to import its certificate.`,
        );
    },
  );
}

/** Copies the address and shows it as a link, with instructions for the browser that opens it: there is none here. */
function showAddress(context: ActionContext, id: string): void {
  const url = findServer(context.store.state, id)?.panelUrl;
  if (url !== undefined) context.terminal.copy(url);
  const opening = 'No browser here. Address copied (if the terminal allows it):';
  showCertificateWay(context, id, opening);
}

/** Shows how the admin certificate gets into the browser that opens the panel. */
export function showAccess(context: ActionContext, id: string): void {
  showCertificateWay(context, id, 'The panel asks the browser for the admin certificate.');
}

function showCertificateWay(context: ActionContext, id: string, opening: string): void {
  const { store, messages } = context;
  const server = findServer(store.state, id);
  if (server === undefined) return;
  const isHere = canOpenPanel(context.ports.environment);
  const missing = missingHere(context, server);
  const isKept = missing === undefined && server.p12Path !== undefined;
  const hasPassword = isKept && server.authMethod !== 'keychain';
  const canImport = missing !== undefined || (!isKept && server.authMethod !== 'keychain');
  messages.dialog({
    kind: 'message',
    title: `Panel of ${server.label}`,
    subject: server.id,
    lines: [
      opening,
      { url: server.panelUrl },
      '',
      ...(missing === undefined
        ? accessLines(server, context.ports, isHere, 'screen')
        : missingCertificateLines(server, context.ports.environment, 'screen', missing)),
      ...(hasPassword ? [COPY_WARNING] : []),
    ],
    actions: [
      ...(canImport ? [{ label: IMPORT_FILE, run: () => importAdmin(context, server.id) }] : []),
      ...(hasPassword
        ? [{ label: 'Copy password', run: () => copyPassword(context, id, opening) }]
        : []),
    ],
  });
}

/**
 * Puts the password of the certificate into the clipboard, for a minute or until the message about it is closed; then
 * the dialog that it was copied from, which begins with `opening`, is back.
 */
function copyPassword(context: ActionContext, id: string, opening: string): Promise<void> {
  const { store, ports, run, terminal, messages } = context;
  const server = findServer(store.state, id);
  if (server === undefined) return Promise.resolve();
  const failure = 'The password was not copied';
  return run({ title: 'Reading the password of the certificate', failure }, async () => {
    const password = await ports.keystore.get(certificatePasswordKey(server));
    if (password === undefined) throw passwordMissing(server, ports.keystore.title);
    ports.redactor.add(password);
    if (cleanLine(password) !== password) throw passwordNotCopyable(server);
    terminal.copy(password);
    const dialogId = messages.dialog({
      kind: 'message',
      title: 'The password is in the clipboard',
      style: 'warn',
      lines: [
        `Paste it where client.p12 of ${server.label} is imported. (Some terminals block copying.)`,
        'The clipboard is cleared when you close this, or after one minute.',
        ...(ports.environment.inTmux ? [TMUX_WARNING] : []),
      ],
      subject: id,
      closing: 'Clear clipboard',
      onNo() {
        emptyClipboard(context);
        showCertificateWay(context, id, opening);
      },
    });
    if (dialogId !== undefined) void emptyLater(context, dialogId);
  });
}

async function emptyLater(context: ActionContext, dialogId: number): Promise<void> {
  const { messages, ports, signal } = context;
  try {
    await ports.clock.sleep(CLIPBOARD_MS, signal);
  } catch {
    return;
  }
  await messages.answer(dialogId, 'no');
}

/** Overwrites the clipboard with a space: not every terminal can empty it, but each that copies can do that. */
function emptyClipboard({ terminal, messages }: ActionContext): void {
  terminal.copy(' ');
  messages.toast('accent', 'Clipboard cleared (if the terminal allows it).');
}

/** Copies a line or a link out of a dialog, which stays open; `label` is the button's: `Copy link`. */
export function copyLine({ terminal, messages }: ActionContext, line: string, label: string): void {
  terminal.copy(line);
  const what = label.replace(/^Copy (?:the )?| \d+$/g, '');
  messages.toast('accent', `Copied the ${what} (if the terminal allows it).`);
}

export function copyPanelUrl({ store, terminal, messages }: ActionContext, id: string): void {
  const server = findServer(store.state, id);
  if (server === undefined) return;
  terminal.copy(server.panelUrl);
  messages.toast('accent', `Copied (if the terminal allows it): ${server.panelUrl}`);
}

/** Refuses a password that cleaning would change: copied text is cleaned, since it may be pasted into a shell. */
function passwordNotCopyable({ label }: ServerEntry): InputError {
  return new InputError({
    code: 'p12-password-not-copyable',
    message: `The password of the certificate of ${label} contains control or invisible characters, so it was not copied.`,
    hint: `On the server, ${RESET_COMMAND} makes a new client.p12 and password.`,
  });
}

function passwordMissing({ label }: ServerEntry, store: string): InputError {
  return new InputError({
    code: 'p12-password-missing',
    message: `The password of the certificate of ${label} is not in ${store}.`,
    hint: `On the server it is in ${SERVER_PATH.p12Password}.`,
  });
}
