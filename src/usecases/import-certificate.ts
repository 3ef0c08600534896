import { QUESTION_HELP } from '../words/question-help.js';
import { InputError, quoted } from '../core/errors.js';
import { SERVER_PATH } from '../core/product.js';
import { readSmallFile } from '../services/files/private-file.js';
import type { CheckResult } from '../services/health/health.js';
import type { ServerEntry } from '../services/registry/registry.js';
import { dayOf, replaceCertificateQuestion } from '../words/certificates.js';
import { healthText } from '../words/formats.js';
import { requireLastingStore } from './stores.js';
import { requireServer } from './servers.js';
import type { Work } from './work.js';

export interface ImportedCertificate {
  readonly server: ServerEntry;
  /** Epoch milliseconds. */
  readonly expiresAt: number;
  /** Answer of the panel to the certificate. */
  readonly health: CheckResult;
}

/**
 * Keeps an admin certificate made elsewhere: the file in the server's folder, its password in the credential store.
 * The only copy of another one is not replaced unasked. Nothing is kept before the password opened the file.
 */
export async function importCertificate(
  wanted: string,
  file: string,
  work: Work,
): Promise<ImportedCertificate> {
  const { face, keystore, redactor } = work;
  const server = await requireServer(work, wanted);
  await requireLastingStore(work);
  const p12 = await readSmallFile(file);
  if (p12 === undefined) throw noFile(file);
  const hasOne = server.p12Path !== undefined || server.authMethod !== 'p12';
  if (hasOne) await face.confirm(replaceCertificateQuestion(server, wanted));
  const field = `Password of the certificate of ${server.label} (not shown)`;
  const password = await face.secret({ field, help: QUESTION_HELP.certificatePassword });
  redactor.add(password);
  const facts = await work.importCertificate(server.id, { p12, password });
  // Whatever ended the one before.
  await work.changeServerMeta(server.id, { certificateEnded: undefined });
  work.news({ kind: 'servers-changed' });
  work.news({ kind: 'certificate-changed', serverId: server.id });
  face.say(
    `Imported the certificate of ${server.label}; it expires ${dayOf(facts.notAfter)}.`,
    'ok',
  );
  face.say(`Its password is saved in ${keystore.title}.`);
  const health = await work.checkHealth(await requireServer(work, server.id), work.signal);
  face.say(`Panel: ${healthText(health)}`);
  if (health.state === 'online') face.say(`${file} is no longer needed here.`);
  return { server, expiresAt: facts.notAfter, health };
}

function noFile(file: string): InputError {
  return new InputError({
    code: 'file-missing',
    message: `There is no file ${quoted(file)}.`,
    hint: `Copy client.p12 from the server: there it is ${SERVER_PATH.p12}.`,
  });
}
