import { randomBytes, type X509Certificate } from 'node:crypto';
import { makePrivateFolder, temporaryBeside, wipeFile, writeNewFile } from '../files/atomic.js';
import {
  createCurlPanelClient,
  createCurlPanelLine,
  type CurlPanelOptions,
} from '../panel/curl-panel-client.js';
import { readClientCertificate, readKeyPair } from '../panel/identity.js';
import { PanelError } from '../panel/panel-error.js';
import type { FollowedLine } from '../panel/panel-stream.js';
import type { PanelClient, PanelErrorCode, PanelIdentity } from '../panel/panel.js';
import { makeP12 } from '../pkcs12/pkcs12.js';
import { messageOf } from '../../core/errors.js';
import { runProgram } from '../process/program.js';
import type { AddOptions, Keychain, KeychainIdentity, KeychainPanelOptions } from './keychain.js';
import { identityOf, KeychainError, keychainError, SecurityTool } from './security-tool.js';

export interface LoginKeychainOptions {
  /** Home folder of the person, in which the keychain is. */
  readonly homeFolder: string;
  /** Paths of macOS's tools; replaced in tests. */
  readonly programs?: { readonly security: string; readonly curl: string } | undefined;
  /** Time limit for a call, including the user's answer to a question of macOS. */
  readonly timeoutMs?: number | undefined;
}

const PROGRAMS = { security: '/usr/bin/security', curl: '/usr/bin/curl' };
const TIMEOUT_MS = 60_000;
const PASSWORD_BYTES = 24;
const SHA1 = /^[0-9A-F]{40}$/;

/** The login keychain of a Mac through macOS's own tools, security(1) and curl(1). */
export class LoginKeychain implements Keychain {
  private readonly tool: SecurityTool;
  private readonly curl: string;
  private readonly environment: NodeJS.ProcessEnv;

  constructor({ homeFolder, programs = PROGRAMS, timeoutMs = TIMEOUT_MS }: LoginKeychainOptions) {
    this.curl = programs.curl;
    this.environment = { HOME: homeFolder, LC_ALL: 'C' };
    this.tool = new SecurityTool({
      program: programs.security,
      environment: this.environment,
      keychainFile: `${homeFolder}/Library/Keychains/login.keychain-db`,
      timeoutMs,
    });
  }

  async probe(signal?: AbortSignal): Promise<void> {
    await this.tool.showInfo(signal);
  }

  async unsuited(): Promise<string | undefined> {
    return await whyCurlCannot(this.curl, this.environment);
  }

  async list(signal?: AbortSignal): Promise<readonly KeychainIdentity[]> {
    return await this.tool.listIdentities(signal);
  }

  async add(identity: PanelIdentity, options: AddOptions): Promise<KeychainIdentity> {
    const wanted = requireName(await readClientCertificate(identity));
    return await this.addOnce(wanted, options, () => this.importOnce(identity, wanted, options));
  }

  async addCertificate(
    certificate: X509Certificate,
    options: AddOptions,
  ): Promise<KeychainIdentity> {
    const wanted = requireName(certificate);
    return await this.addOnce(wanted, options, () =>
      importing(options.folder, certificate.raw, (path) =>
        this.tool.importCertificate(path, options.signal),
      ),
    );
  }

  async remove(sha1: string, signal?: AbortSignal): Promise<boolean> {
    return await this.removeOnce(sha1, signal, () => this.tool.deleteIdentity(sha1, signal));
  }

  async removeCertificate(sha1: string, signal?: AbortSignal): Promise<boolean> {
    return await this.removeOnce(sha1, signal, () => this.tool.deleteCertificate(sha1, signal));
  }

  openPanel(options: KeychainPanelOptions): PanelClient {
    const client = createCurlPanelClient(this.curlOptions(options));
    return {
      ...client,
      getHealth: (how) =>
        this.explained(options.identity, how?.signal, () => client.getHealth(how)),
    };
  }

  openLine(options: KeychainPanelOptions): FollowedLine {
    const byCurl = this.curlOptions(options);
    const line = createCurlPanelLine(byCurl);
    return {
      ...line,
      async *follow(request) {
        // Not for each start: it takes zod.
        const { followByCurl } = await import('../panel/curl-panel-stream.js');
        yield* followByCurl(byCurl, request);
      },
      send: (request) => this.explained(options.identity, request.signal, () => line.send(request)),
    };
  }

  private curlOptions({ panelUrl, trust, identity }: KeychainPanelOptions): CurlPanelOptions {
    const { curl, environment } = this;
    return { curl, environment, panelUrl, trust, identityName: identity.name };
  }

  /**
   * Looks into the keychain for the reason of a refusal: the identity is gone, or there are several of its name, of which
   * curl takes any.
   */
  private async explained<T>(
    identity: KeychainPanelOptions['identity'],
    signal: AbortSignal | undefined,
    call: () => Promise<T>,
  ): Promise<T> {
    try {
      return await call();
    } catch (error) {
      if (!(error instanceof PanelError) || !DOUBTFUL.has(error.code)) throw error;
      const found = await this.list(signal).catch(() => undefined);
      throw (found && reasonIn(found, identity, error)) ?? error;
    }
  }

  /** Checks the keychain itself: an answer may be lost, or another program may have been first. */
  private async addOnce(
    wanted: KeychainIdentity,
    { signal }: AddOptions,
    work: () => Promise<KeychainError | undefined>,
  ): Promise<KeychainIdentity> {
    if (await this.has(wanted.sha1, signal)) return wanted;
    const failure = await work();
    if (await this.has(wanted.sha1, signal)) return wanted;
    throw failure ?? keychainError('keychain-failed', new Error('imported, but not to be seen'));
  }

  private async removeOnce(
    sha1: string,
    signal: AbortSignal | undefined,
    work: () => Promise<void>,
  ): Promise<boolean> {
    if (!SHA1.test(sha1)) throw new TypeError(`${JSON.stringify(sha1)} is no SHA-1.`);
    if (!(await this.has(sha1, signal))) return false;
    const failure = await failureOf(work());
    if (!(await this.has(sha1, signal))) return true;
    throw failure ?? keychainError('keychain-failed', new Error('deleted, but still to be seen'));
  }

  private async has(sha1: string, signal: AbortSignal | undefined): Promise<boolean> {
    return (await this.list(signal)).some((identity) => identity.sha1 === sha1);
  }

  /** Imports once and gives the tool's answer. The file opens with a one-time password. */
  private async importOnce(
    identity: PanelIdentity,
    { name }: KeychainIdentity,
    { folder, signal }: AddOptions,
  ): Promise<KeychainError | undefined> {
    const oneTimePassword = randomBytes(PASSWORD_BYTES).toString('hex');
    const packed = await repackP12(identity, oneTimePassword, name);
    return await importing(folder, packed, (path) =>
      this.tool.importP12({ path, oneTimePassword, userOfKey: this.curl }, signal),
    );
  }
}

/** Rejects for a certificate without one plain name, by which curl would find it. */
function requireName(certificate: X509Certificate): KeychainIdentity {
  const identity = identityOf(certificate);
  if (identity !== undefined) return identity;
  const text = 'The certificate in client.p12 has no plain name, by which curl would find it.';
  throw new PanelError('p12-unreadable', text);
}

/** Gives the tool a private file, which is overwritten and removed afterwards. */
async function importing(
  folder: string,
  content: Buffer,
  work: (path: string) => Promise<void>,
): Promise<KeychainError | undefined> {
  await makePrivateFolder(folder);
  const path = temporaryBeside(`${folder}/import.p12`);
  try {
    await writeNewFile(path, content);
    return await failureOf(work(path));
  } finally {
    await wipeFile(path);
  }
}

/** A failure of the keychain as a value; anything else rejects. */
async function failureOf(work: Promise<void>): Promise<KeychainError | undefined> {
  try {
    await work;
    return undefined;
  } catch (error) {
    if (error instanceof KeychainError) return error;
    throw error;
  }
}

/**
 * The key and its certificate, and nothing else (the panel's authority has no business in a keychain), in a .p12 with
 * another password. `name` is their label; the common name, since curl may ask for both. Rejects as `readKeyPair`.
 */
async function repackP12(identity: PanelIdentity, password: string, name: string): Promise<Buffer> {
  const { certificate, privateKey } = await readKeyPair(identity);
  return makeP12({ commonName: name, certificate: certificate.raw, privateKey }, [], password);
}

/** Errors of a panel or curl that the identity may have caused. */
const DOUBTFUL: ReadonlySet<PanelErrorCode> = new Set([
  'panel-certificate-required',
  'panel-unreachable',
  'identity-missing',
]);

function reasonIn(
  found: readonly KeychainIdentity[],
  { name, sha1 }: { readonly name: string; readonly sha1: string | undefined },
  cause: PanelError,
): PanelError | undefined {
  const named = found.filter((each) => each.name === name);
  const isThere = sha1 === undefined ? named.length > 0 : found.some((each) => each.sha1 === sha1);
  if (!isThere) {
    const text = `Its identity ${JSON.stringify(name)} is not in the keychain any more.`;
    return new PanelError('identity-missing', text, cause);
  }
  if (named.length < 2) return undefined;
  const text = `The keychain has ${named.length} identities called ${JSON.stringify(name)}, and curl cannot tell them apart.`;
  return new PanelError('identity-ambiguous', text, cause);
}

const VERSION_TIMEOUT_MS = 10_000;

/**
 * Why this curl cannot use an identity of the keychain; undefined when it can. Only curl's Secure Transport backend
 * looks there. The curl of macOS has it beside LibreSSL ("(SecureTransport) LibreSSL/3.3.6"); curl itself dropped it
 * in 8.15, so that a macOS may come without.
 */
async function whyCurlCannot(
  curl: string,
  environment: NodeJS.ProcessEnv,
): Promise<string | undefined> {
  try {
    const options = { environment, timeoutMs: VERSION_TIMEOUT_MS };
    const { stdout } = await runProgram(curl, ['--disable', '--version'], options);
    const [version = ''] = stdout.split('\n');
    if (/\bSecureTransport\b/.test(version)) return undefined;
    return `${curl} has no Secure Transport, by which it would find a certificate in the keychain`;
  } catch (error) {
    return `${curl} cannot be used: ${messageOf(error)}`;
  }
}
