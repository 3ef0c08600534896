import type { Dialog } from '../../app/dialogs.js';
import { SecretDialog } from '../../widgets/secret-dialog.js';
import type { Modal, ScreenContext } from '../shell/screen.js';
import { passphraseView } from './passphrase.view.js';

/** The question for the vault's passphrase, in masked fields. */
export function createPassphrase(
  { terminal, app }: ScreenContext,
  dialog: Extract<Dialog, { kind: 'passphrase' }>,
): Modal {
  const overlay = new SecretDialog(terminal, passphraseView(dialog));
  let shown = dialog;
  overlay.onSubmit((typed) => void app.submitPassphrase(dialog.id, typed));
  overlay.onClose(() => void app.answerDialog(dialog.id, 'no'));
  return {
    overlay,
    show({ dialogs }) {
      const now = dialogs.find(({ id }) => id === dialog.id);
      if (now?.kind !== 'passphrase' || now === shown) return;
      shown = now;
      overlay.set(passphraseView(now));
    },
  };
}
