import type { ActionContext } from './context.js';
import { runUseCase } from './use-case.js';

/** Exports these servers, or all of them, into an encrypted file that is asked for. */
export async function exportToFile(context: ActionContext, ids: readonly string[]): Promise<void> {
  const options = {
    title: 'Exporting servers',
    failure: 'Nothing was exported',
    once: 'export',
  };
  await runUseCase(context, options, async (work) => {
    const { exportServers } = await import('../../usecases/export-servers.js');
    await exportServers({ file: undefined, servers: ids }, work);
  });
}

/** Imports the servers of a file that is asked for. */
export async function importFromFile(context: ActionContext): Promise<void> {
  const options = {
    title: 'Importing servers',
    failure: 'The import ended early',
    once: 'import',
  };
  await runUseCase(context, options, async (work) => {
    const { importServers } = await import('../../usecases/import-servers.js');
    await importServers({ file: undefined, dryRun: false }, work);
  });
}
