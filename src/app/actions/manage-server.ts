import { labelOf } from '../server-rows.js';
import type { ActionContext } from './context.js';
import { runUseCase } from './use-case.js';

/** Offers what can be done to the power and the size of a server. */
export async function choosePower(context: ActionContext, id: string): Promise<void> {
  const label = labelOf(context.store.state, id);
  const options = {
    look: `Checking the droplet of ${label}`,
    title: `Changing the power of ${label}`,
    failure: `The power of ${label} was not changed`,
    subject: id,
    once: `power ${id}`,
  };
  await runUseCase(context, options, async (work) => {
    const { managePower } = await import('../../usecases/manage-power.js');
    await managePower(id, work);
  });
}

/** Changes the label, the address or the note of a server. */
export async function edit(context: ActionContext, id: string): Promise<void> {
  const label = labelOf(context.store.state, id);
  const options = {
    title: `Editing ${label}`,
    failure: `${label} was not changed`,
    subject: id,
    once: `edit ${id}`,
  };
  await runUseCase(context, options, async (work) => {
    const { editServer } = await import('../../usecases/edit-server.js');
    await editServer(id, work);
  });
}
