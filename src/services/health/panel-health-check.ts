import type { Disposable } from '../../core/lifecycle.js';
import type { Clock } from '../../core/time.js';
import type { Keychain } from '../keychain/keychain.js';
import { certificatePasswordKey, type Keystore, KeystoreError } from '../keystore/keystore.js';
import type { Dial } from '../network/dial.js';
import { createPanelClient } from '../panel/panel-client.js';
import { PanelError } from '../panel/panel-error.js';
import type { PanelClient, PanelErrorCode } from '../panel/panel.js';
import type { ServerEntry } from '../registry/registry.js';
import {
  type CertificateNeeded,
  certificateNeeded,
  type CheckOptions,
  type CheckResult,
  type HealthCheck,
  resultOf,
} from './health.js';
import { type Credential, credentialMark, folderMark, readCredential } from './panel-credential.js';

export interface PanelHealthCheckOptions {
  /** `~/.portlama` */
  readonly home: string;
  readonly dial: Dial;
  readonly keystore: Keystore;
  /** PEM certificates that count as public authorities instead of the system's. */
  readonly authorities?: readonly string[] | undefined;
  /** Keychain of this Mac; undefined on other systems. */
  readonly keychain?: Keychain | undefined;
  readonly clock: Clock;
}

export interface PanelHealthCheck extends Disposable {
  readonly check: HealthCheck;
  /** Ends the connections to a server that is not looked at any more. */
  forget(serverId: string): void;
  /** End of the admin certificate it was last looked at with, epoch milliseconds; undefined while that is not known. */
  certificateEnd(serverId: string): number | undefined;
}

/** Pause before the next check of a server without a usable credential, unless its files change. */
const CREDENTIAL_PAUSE_MS = 120_000;
/**
 * Pause between two looks at each file of a server that answers. In between its folder is looked at, which changes with
 * every file that is replaced, not with one that is written over.
 */
const FILES_PAUSE_MS = 120_000;
/**
 * Pause before a failed store is used again, for any server; the second value applies when the user
 * asks.
 */
const STORE_PAUSE_MS = 60_000;
const STORE_PAUSE_FRESH_MS = 5_000;

interface Known {
  readonly fingerprint: string;
  /** Mark of the files that the client was made with. */
  readonly mark?: string;
  /** Of their folder, when they were last looked at one by one, and how long that counts, monotonic ms. */
  readonly seen?: { readonly mark: string; readonly until: number };
  readonly client?: PanelClient;
  readonly refusal?: { readonly result: CertificateNeeded; readonly until: number };
}

interface StoreFailure {
  readonly error: KeystoreError;
  readonly kind: Keystore['kind'];
  readonly at: number;
}

/**
 * Asks panels for their health with the server's own certificate, over one client per server and credential.
 * Passwords are kept by those clients only, and by them only until their certificate was opened.
 */
export function createHealthCheck(options: PanelHealthCheckOptions): PanelHealthCheck {
  const { clock, keystore, keychain, dial, authorities } = options;
  const known = new Map<string, Known>();
  let storeFailure: StoreFailure | undefined;

  const forget = (id: string): void => {
    known.get(id)?.client?.close();
    known.delete(id);
  };

  const check: HealthCheck = async (server, { signal, fresh }) => {
    try {
      const client = await clientOf(server, { signal, fresh });
      if ('state' in client) return client;
      const { latencyMs, version } = await client.getHealth({ signal });
      return { state: 'online', latencyMs, version };
    } catch (error) {
      signal.throwIfAborted();
      return handleFailure(server, error);
    }
  };

  /** The client of before while its files are the same ones. */
  async function clientOf(
    server: ServerEntry,
    how: CheckOptions,
  ): Promise<PanelClient | CertificateNeeded> {
    const before = known.get(server.id);
    // Before they are read: a change in between shows the next time.
    const mark = await folderMark(options.home, server);
    const seen = { mark, until: clock.monotonic() + FILES_PAUSE_MS };
    const isUnchanged = before?.seen?.mark === mark && clock.monotonic() < before.seen.until;
    if (before?.client !== undefined && isUnchanged && !how.fresh) return before.client;
    return await clientOfFiles(server, how, seen);
  }

  async function clientOfFiles(
    server: ServerEntry,
    how: CheckOptions,
    seen: Known['seen'],
  ): Promise<PanelClient | CertificateNeeded> {
    const before = known.get(server.id);
    const mark = await credentialMark(options.home, server);
    if (before?.client !== undefined && before.mark === mark) {
      known.set(server.id, { ...before, seen });
      return before.client;
    }
    const credential = await readCredential(options.home, server, keychain !== undefined);
    if ('state' in credential) {
      forget(server.id);
      return credential;
    }
    const client = await clientFor(server, credential, how);
    if (!('state' in client))
      known.set(server.id, { fingerprint: credential.fingerprint, mark, seen, client });
    return client;
  }

  async function clientFor(
    server: ServerEntry,
    { opener, trust, fingerprint }: Credential,
    { signal, fresh }: CheckOptions,
  ): Promise<PanelClient | CertificateNeeded> {
    const before = known.get(server.id);
    if (before?.fingerprint === fingerprint) {
      if (before.client !== undefined) return before.client;
      const { refusal } = before;
      if (refusal !== undefined && clock.monotonic() < refusal.until && !fresh)
        return refusal.result;
    }
    forget(server.id);
    const { panelUrl } = server;
    if ('identity' in opener) {
      const { identity, notAfter } = opener;
      const line = keychain!.openPanel({ panelUrl, trust, identity });
      const client: PanelClient = { ...line, certificateEnd: () => notAfter };
      known.set(server.id, { fingerprint, client });
      return client;
    }
    const passphrase = await readPassphrase(server, fresh);
    // Stop when the server was forgotten meanwhile; the client would never be closed.
    signal.throwIfAborted();
    if (passphrase === undefined) {
      const reason = `the password of its certificate is not in the credential store (${keystore.title})`;
      return refuse(server.id, fingerprint, certificateNeeded('password', reason));
    }
    const identity = { p12: opener.p12, passphrase };
    const client = createPanelClient({ panelUrl, trust, identity, authorities, dial });
    known.set(server.id, { fingerprint, client });
    return client;
  }

  async function readPassphrase(server: ServerEntry, fresh: boolean): Promise<string | undefined> {
    const pause = fresh ? STORE_PAUSE_FRESH_MS : STORE_PAUSE_MS;
    const isRecent = clock.monotonic() - (storeFailure?.at ?? -Infinity) < pause;
    // Another store may be in use by now.
    if (storeFailure?.kind === keystore.kind && isRecent) throw storeFailure.error;
    storeFailure = undefined;
    try {
      return await keystore.get(certificatePasswordKey(server));
    } catch (error) {
      // A locked vault says so at once, and may be open the next time.
      if (error instanceof KeystoreError && error.code !== 'vault-locked')
        storeFailure = { error, kind: keystore.kind, at: clock.monotonic() };
      throw error;
    }
  }

  function refuse(
    id: string,
    fingerprint: string,
    result: CertificateNeeded,
    pauseMs = CREDENTIAL_PAUSE_MS,
  ): CertificateNeeded {
    known.set(id, { fingerprint, refusal: { result, until: clock.monotonic() + pauseMs } });
    return result;
  }

  function handleFailure(server: ServerEntry, error: unknown): CheckResult {
    const result = resultOf(error);
    const before = known.get(server.id);
    if (before !== undefined) known.set(server.id, { ...before, seen: undefined });
    const pauseMs = error instanceof PanelError ? pauseAfter(error.code) : undefined;
    if (pauseMs !== undefined && before !== undefined) {
      before.client?.close();
      if (result.state === 'certificate-needed')
        refuse(server.id, before.fingerprint, result, pauseMs);
    }
    return result;
  }

  return {
    check,
    forget,
    certificateEnd: (id) => known.get(id)?.client?.certificateEnd?.(),
    dispose: () => {
      for (const id of known.keys()) forget(id);
    },
  };
}

/**
 * Gives the pause before a retry that cannot succeed, or that would do harm: macOS shows a question
 * on each try.
 */
function pauseAfter(code: PanelErrorCode): number | undefined {
  if (code === 'identity-denied') return Infinity;
  return code.startsWith('p12-') || code === 'identity-locked' ? CREDENTIAL_PAUSE_MS : undefined;
}
