import { Declined } from '../../usecases/face.js';
import { type FactorSecrets, switchTwoFactor } from '../../usecases/two-factor.js';
import { qrCodes } from '../../words/qr-lines.js';
import { factorLines, shortUri } from '../../words/two-factor.js';
import { labelOf } from '../server-rows.js';
import type { ActionContext } from './context.js';
import { runUseCase } from './use-case.js';

/** Turns the second factor of a panel on, or off again. */
export async function switchFactor(context: ActionContext, id: string): Promise<void> {
  const label = labelOf(context.store.state, id);
  const options = {
    look: `Checking the second factor of ${label}`,
    title: `Changing the second factor of ${label}`,
    failure: `The second factor of ${label} was not changed`,
    subject: id,
    once: `factor ${id}`,
  };
  await runUseCase(
    context,
    options,
    (work) => switchTwoFactor(id, (secrets) => showFactor(context, label, secrets), work),
    () => context.ports.health.refresh(id),
  );
}

/** Shows the secrets of a factor once. Resolves when they are in the app; rejects with Declined when they are left. */
async function showFactor(
  { messages }: ActionContext,
  label: string,
  secrets: FactorSecrets,
): Promise<void> {
  const codes = await qrCodes(shortUri(secrets.uri));
  await new Promise<void>((resolve, reject) => {
    const decline = (): void => reject(new Declined());
    const id = messages.dialog({
      kind: 'message',
      title: `Second factor of ${label}`,
      lines: factorLines(secrets),
      codes,
      closing: 'Cancel',
      actions: [{ label: 'Enter code', run: resolve }],
      onNo: decline,
    });
    if (id === undefined) decline();
  });
}
