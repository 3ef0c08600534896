import { messageOf } from '../../core/errors.js';
import type { ListSort } from '../state.js';
import type { ActionContext } from './context.js';

/** Sorts the list by a column, the other way round when it is already; undefined: the order of the file. */
export async function sortList(context: ActionContext, column: string | undefined): Promise<void> {
  const { store, ports, messages } = context;
  const { sort: before } = store.state.servers;
  const descending = before?.column === column && before?.descending === false;
  const sort: ListSort | undefined = column === undefined ? undefined : { column, descending };
  store.dispatch({ type: 'list-sorted', sort });
  try {
    await ports.screenMemory.change({ sort });
  } catch (error) {
    messages.toast('warn', `The new order applies now but could not be saved: ${messageOf(error)}`);
  }
}

/** Brings back the order that was chosen last. */
export async function restoreOrder({ store, ports }: ActionContext): Promise<void> {
  const { sort } = await ports.screenMemory.read();
  if (sort !== undefined) store.dispatch({ type: 'list-sorted', sort });
}
