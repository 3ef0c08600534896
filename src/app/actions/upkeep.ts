import { PortlamaError } from '../../core/errors.js';
import type { UpdatedServer } from '../../usecases/update-server.js';
import type { Work } from '../../usecases/work.js';
import { type Line, lineText } from '../../words/question.js';
import { updateHelp, updateText } from '../../words/updates.js';
import { labelOf } from '../server-rows.js';
import type { ActionContext } from './context.js';
import { runUseCase, type UseCaseOptions } from './use-case.js';

/** Updates the panel, and follows it; its end stays on screen where something is left to do. */
export async function updatePanel(context: ActionContext, id: string): Promise<void> {
  const label = labelOf(context.store.state, id);
  const options = {
    ...optionsOf(id, `Updating the panel of ${label}`, `The panel of ${label} was not updated`),
    look: `Checking the versions of ${label}`,
  };
  await runUseCase(
    context,
    options,
    async (work) => {
      const { updateServer } = await import('../../usecases/update-server.js');
      return await updateServer(id, {}, listening(work, []));
    },
    (result) => tellUpdate(context, result),
  );
}

function tellUpdate(
  { messages }: ActionContext,
  { server, ending, before, after }: UpdatedServer,
): void {
  if (ending === 'current') {
    messages.toast('ok', `The panel of ${server.label} is up to date: ${before ?? 'unknown'}.`);
    return;
  }
  const text = updateText(server, ending, before, after);
  if (ending === 'updated' || ending === 'restarted') messages.toast('ok', text);
  else
    messages.dialog({
      kind: 'message',
      title: `The update of ${server.label}`,
      style: 'warn',
      lines: [text, '', ...updateHelp(server, ending)],
      subject: server.id,
    });
}

/** Replaces the admin certificate by a new one of the panel. */
export async function renewAdmin(context: ActionContext, id: string): Promise<void> {
  const label = labelOf(context.store.state, id);
  const options = optionsOf(
    id,
    `Renewing the certificate of ${label}`,
    `The certificate of ${label} was not renewed`,
  );
  await runTold(context, options, async (work) => {
    const { renewCertificate } = await import('../../usecases/renew-certificate.js');
    await renewCertificate(id, work);
  });
}

/** Has the server make a new admin certificate, over SSH, for one that is lost. */
export async function recoverAdmin(context: ActionContext, id: string): Promise<void> {
  const label = labelOf(context.store.state, id);
  const options = optionsOf(
    id,
    `Recovering the certificate of ${label}`,
    `The certificate of ${label} was not recovered`,
  );
  await runTold(context, options, async (work) => {
    const { recoverCertificate } = await import('../../usecases/recover-certificate.js');
    await recoverCertificate(id, {}, work);
  });
}

/** Has the panel certify a key of this Mac's keychain. */
export async function bindAdmin(context: ActionContext, id: string): Promise<void> {
  const label = labelOf(context.store.state, id);
  const options = {
    ...optionsOf(
      id,
      `Binding the certificate of ${label}`,
      `The certificate of ${label} was not bound`,
    ),
    look: `Checking the certificate of ${label}`,
  };
  await runTold(context, options, async (work) => {
    const { bindCertificate } = await import('../../usecases/bind-certificate.js');
    await bindCertificate(id, work);
  });
}

/** Asks for a file and its password, and keeps it as the admin certificate. */
export async function importAdmin(context: ActionContext, id: string): Promise<void> {
  const label = labelOf(context.store.state, id);
  const options = optionsOf(
    id,
    `Importing a certificate for ${label}`,
    `No certificate was imported for ${label}`,
  );
  await runTold(context, options, async (work) => {
    const { importCertificate } = await import('../../usecases/import-certificate.js');
    let refused: { readonly path: string; readonly message: string } | undefined;
    for (;;) {
      const path = await askForFile(work, label, refused);
      try {
        return await importCertificate(id, work.paths.absolute(path) ?? path, work);
      } catch (error) {
        // Nothing was kept: another file, or the password once more.
        if (!(error instanceof PortlamaError) || !FAULTS_OF_FILE.has(error.code)) throw error;
        refused = { path, message: error.message };
      }
    }
  });
}

const FAULTS_OF_FILE: ReadonlySet<string> = new Set([
  'file-missing',
  'file-unexpected',
  'file-unreadable',
  'p12-unreadable',
  'p12-wrong-password',
]);

function askForFile(
  { face, paths }: Work,
  label: string,
  refused: { readonly path: string; readonly message: string } | undefined,
): Promise<string> {
  return face.ask({
    title: `Import the certificate of ${label}`,
    lines: [
      refused?.message ??
        'client.p12 of the server, copied to this machine. Tab completes the path.',
    ],
    field: 'Path of the file',
    initial: refused?.path ?? '',
    isPath: true,
    problem: (path) =>
      paths.absolute(path) === undefined
        ? 'Enter the full path, for example /home/ops/client.p12 or ~/client.p12.'
        : undefined,
  });
}

/** Runs a use case, and shows all that it said in one message. */
async function runTold(
  context: ActionContext,
  options: UseCaseOptions,
  useCase: (work: Work) => Promise<unknown>,
): Promise<void> {
  const said: Line[] = [];
  await runUseCase(
    context,
    options,
    (work) => useCase(listening(work, said)),
    () =>
      context.messages.dialog({
        kind: 'message',
        title: options.title,
        style: 'ok',
        lines: said.map((line) => lineText(line, context.ports.environment)),
        subject: options.subject,
      }),
  );
}

/** Work whose sentences are kept in `said` rather than shown one over the other. */
function listening(work: Work, said: Line[]): Work {
  return { ...work, face: { ...work.face, say: (line) => void said.push(line) } };
}

function optionsOf(id: string, title: string, failure: string): UseCaseOptions {
  return { title, failure, subject: id, once: `upkeep ${id}` };
}
