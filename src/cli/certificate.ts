import { InputError } from '../core/errors.js';
import { readPrivateFile } from '../services/files/private-file.js';
import { createHealthCheck } from '../services/health/panel-health-check.js';
import { importCertificate } from '../services/registry/import-certificate.js';
import type { ServerEntry } from '../services/registry/registry.js';
import { plainText } from './plain-text.js';
import { readSecret } from './secret-input.js';
import { healthWords } from './servers.js';
import { requireLastingStore } from './stores.js';
import type { World } from './world.js';

/** `certificate import LABEL FILE`: the admin certificate of a server that was not made here. The exit code. */
export async function certificateCommand(
  world: World,
  { label, file }: { readonly label: string; readonly file: string },
): Promise<number> {
  const { home, registry, keystore, redactor } = world;
  const server = requireServer(await registry.list(), label);
  await requireLastingStore(world);
  const p12 = await readPrivateFile(file);
  if (p12 === undefined) throw noFile(file);
  const password = await readSecret('Password of the certificate (not shown): ');
  redactor.add(password);
  const facts = await importCertificate(server.id, { p12, password }, { home, registry, keystore });
  print(`The certificate of ${label} is kept; it expires ${dayOf(facts.notAfter)}.`);
  print(`Its password is in ${keystore.title}. ${file} is not needed here any more.`);
  print(`Panel: ${await healthOf(world, server.id)}`);
  return 0;
}

async function healthOf(world: World, id: string): Promise<string> {
  const { home, dial, keystore, keychain, clock, registry } = world;
  const server = requireServer(await registry.list(), id);
  const health = createHealthCheck({ home, dial, keystore, keychain, clock });
  try {
    const { signal } = new AbortController();
    return plainText(healthWords(await health.check(server, { signal, fresh: true })));
  } finally {
    health.dispose();
  }
}

/** By its label or its id. */
function requireServer(servers: readonly ServerEntry[], wanted: string): ServerEntry {
  const server = servers.find(({ id, label }) => label === wanted || id === wanted);
  if (server !== undefined) return server;
  throw new InputError({
    code: 'server-unknown',
    message: `There is no server called ${JSON.stringify(wanted)}.`,
    hint: 'List them with: portlama-tui servers',
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

function print(line: string): void {
  process.stdout.write(`${line}\n`);
}
