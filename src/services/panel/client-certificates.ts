import { createHash, X509Certificate } from 'node:crypto';
import { type Keystore, p12PasswordKey } from '../keystore/keystore.js';
import type { ServerEntry } from '../registry/registry.js';
import { readServerFile, readServerP12 } from '../registry/server-files.js';
import { type P12Facts, p12Facts, readP12 } from './identity.js';

export interface ClientCertificatesOptions {
  /** `~/.portlama` */
  readonly home: string;
  readonly keystore: Pick<Keystore, 'get'>;
}

/** Reads what admin certificates on this machine say; each one is opened once. */
export class ClientCertificates {
  /** By server id. */
  private readonly known = new Map<string, { readonly hash: string; readonly facts: P12Facts }>();

  constructor(private readonly options: ClientCertificatesOptions) {}

  /** Undefined when there is no file, or no password for it; of one in a keychain, when it was not made here. Rejects when the file cannot be opened. */
  async read(server: ServerEntry): Promise<P12Facts | undefined> {
    const { home, keystore } = this.options;
    if (server.authMethod === 'keychain') {
      const pem = await readServerFile(home, server.id, 'client.pem');
      return pem === undefined ? undefined : p12Facts(new X509Certificate(pem));
    }
    const p12 = await readServerP12(home, server);
    if (p12 === undefined) return undefined;
    const hash = createHash('sha256').update(p12).digest('hex');
    const before = this.known.get(server.id);
    if (before?.hash === hash) return before.facts;
    const password = await keystore.get(p12PasswordKey(server.id));
    if (password === undefined) return undefined;
    const facts = await readP12(p12, password);
    this.known.set(server.id, { hash, facts });
    return facts;
  }
}
