import { InputError } from '../core/errors.js';
import { readPrivateFile } from '../services/files/private-file.js';
import { importCertificate } from '../services/registry/import-certificate.js';
import type { ServerEntry } from '../services/registry/registry.js';
import type { Command } from './command.js';
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
  const server = await findServer(world, command.label);
  return command.action === 'import'
    ? await importFile(world, server, command.file)
    : await trustCertificate(world, server, command.confirmed);
}

async function importFile(world: World, server: ServerEntry, file: string): Promise<number> {
  const { home, registry, keystore, redactor } = world;
  await requireLastingStore(world);
  const p12 = await readPrivateFile(file);
  if (p12 === undefined) throw noFile(file);
  const password = await readSecret('Password of the certificate (not shown): ');
  redactor.add(password);
  const facts = await importCertificate(server.id, { p12, password }, { home, registry, keystore });
  say(world, `The certificate of ${server.label} is kept; it expires ${dayOf(facts.notAfter)}.`);
  say(world, `Its password is in ${keystore.title}. ${file} is not needed here any more.`);
  await sayHealth(world, server.id);
  return 0;
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
