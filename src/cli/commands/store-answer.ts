import type { Work } from '../../usecases/work.js';

/** The store that secrets are kept in after a command. */
export async function storeAnswer(work: Work): Promise<object> {
  return await (await import('../../usecases/stores.js')).findStore(work);
}
