import { InputError } from '../core/errors.js';
import { shellWord } from '../core/shell-word.js';
import { readPrivateFile } from '../services/files/private-file.js';
import { importCertificate } from '../services/registry/import-certificate.js';
import type { ServerEntry } from '../services/registry/registry.js';
import type { Command } from './command.js';
import { isConfirmed, type Named } from './confirm.js';
import { findServer } from './find-server.js';
import { say } from './say.js';
import { readSecret } from './secret-input.js';
import { sayHealth } from './servers/health.js';
import { requireLastingStore } from './stores.js';
import { trustCertificate } from './trust.js';
import type { World } from './world.js';

type CertificateCommand = Extract<Command, { name: 'certificate' }>;

/** The admin certificate of a server that was not made here, or the certificate of its panel. The exit code. */
export async function certificateCommand(
  world: World,
  command: CertificateCommand,
): Promise<number> {
  return command.action === 'import'
    ? await importFile(world, command)
    : await trustCertificate(world, command);
}

type ImportChoice = Extract<CertificateCommand, { action: 'import' }>;

async function importFile(
  world: World,
  { label: wanted, file, confirmed }: ImportChoice,
): Promise<number> {
  const { home, registry, keystore, redactor } = world;
  const server = await findServer(world, wanted);
  await requireLastingStore(world);
  const p12 = await readPrivateFile(file);
  if (p12 === undefined) throw noFile(file);
  if (!(await mayReplace(world, server, { label: wanted, confirmed }, file))) {
    say(world, 'Nothing was changed.');
    return 1;
  }
  const password = await readSecret('Password of the certificate (not shown): ');
  redactor.add(password);
  const facts = await importCertificate(server.id, { p12, password }, { home, registry, keystore });
  say(world, `The certificate of ${server.label} is kept; it expires ${dayOf(facts.notAfter)}.`);
  say(world, `Its password is in ${keystore.title}.`);
  const health = await sayHealth(world, server.id);
  if (health.state !== 'online') return 1;
  say(world, `${file} is not needed here any more.`);
  return 0;
}

/** The one that is there may be the only copy: it is not replaced unasked. */
async function mayReplace(
  world: World,
  { label, p12Path, authMethod }: ServerEntry,
  { label: wanted, confirmed }: Named,
  file: string,
): Promise<boolean> {
  if (p12Path === undefined && authMethod === 'p12') return true;
  const word = shellWord(wanted);
  return await isConfirmed(world, {
    lines: [`${label} has an admin certificate here already; it may be the only copy.`],
    question: 'Type yes to replace it; Enter alone leaves it: ',
    answer: 'yes',
    given: confirmed,
    isEnough: (text) => text === wanted || text === label,
    refusal: () =>
      new InputError({
        code: 'not-confirmed',
        message: `${label} has an admin certificate here already: nothing was done.`,
        hint: `To replace it: portlama-tui certificate import ${word} ${shellWord(file)} --yes ${word}`,
      }),
  });
}

function noFile(file: string): InputError {
  return new InputError({
    code: 'file-missing',
    message: `There is no file ${JSON.stringify(file)}.`,
    hint: 'Bring client.p12 from the server: it is /etc/portlama/pki/client.p12 there.',
  });
}

/** `2028-11-25` */
function dayOf(epochMs: number): string {
  return new Date(epochMs).toISOString().slice(0, 10);
}
