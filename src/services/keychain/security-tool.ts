import type { X509Certificate } from 'node:crypto';
import { findProgram, ProgramError, type ProgramResult, runProgram } from '../process/program.js';
import { PortlamaError } from '../../core/errors.js';
import type { KeychainIdentity } from './keychain.js';

export interface SecurityToolOptions {
  /** Absolute path of security(1). */
  readonly program: string;
  readonly environment: NodeJS.ProcessEnv;
  /** Absolute path of the keychain that is changed. */
  readonly keychainFile: string;
  /** Time limit, including a user's answer to a password prompt. */
  readonly timeoutMs: number;
}

export interface ImportRequest {
  /** A .p12. */
  readonly path: string;
  /** Opens it. Is in the process list while the tool runs, so it must be good for nothing else. */
  readonly oneTimePassword: string;
  /** The program that may use the key without a question. */
  readonly userOfKey: string;
}

/** security(1) of macOS, called without a shell. Calls reject with KeychainError. */
export class SecurityTool {
  constructor(private readonly options: SecurityToolOptions) {}

  /** Resolves when the keychain exists and is unlocked. */
  async showInfo(signal?: AbortSignal): Promise<void> {
    await this.runWell(['show-keychain-info', this.options.keychainFile], signal);
  }

  /** Lists the identities of all keychains searched for a client certificate. */
  async listIdentities(signal?: AbortSignal): Promise<readonly KeychainIdentity[]> {
    return parseIdentities(await this.runWell(['find-identity', '-p', 'ssl-client'], signal));
  }

  /** Adds key (non-extractable: -x) and certificate. */
  async importP12(request: ImportRequest, signal?: AbortSignal): Promise<void> {
    const { path, oneTimePassword, userOfKey } = request;
    const target = ['-k', this.options.keychainFile, '-f', 'pkcs12'];
    const protection = ['-x', '-P', oneTimePassword, '-T', userOfKey];
    await this.runWell(['import', path, ...target, ...protection], signal);
  }

  /** Adds a certificate (DER) alone: with a key of the keychain it is an identity. */
  async importCertificate(path: string, signal?: AbortSignal): Promise<void> {
    const target = ['-k', this.options.keychainFile, '-f', 'x509', '-t', 'cert'];
    await this.runWell(['import', path, ...target], signal);
  }

  /** Deletes a certificate by its SHA-1, and leaves its key. */
  async deleteCertificate(sha1: string, signal?: AbortSignal): Promise<void> {
    await this.runWell(['delete-certificate', '-Z', sha1, this.options.keychainFile], signal);
  }

  /** Deletes key and certificate by the certificate's SHA-1. */
  async deleteIdentity(sha1: string, signal?: AbortSignal): Promise<void> {
    await this.runWell(['delete-identity', '-Z', sha1, this.options.keychainFile], signal);
  }

  private async runWell(args: readonly string[], signal?: AbortSignal): Promise<string> {
    const result = await this.run(args, signal);
    if (result.exitCode !== 0) throw diagnose(result);
    return result.stdout;
  }

  private async run(args: readonly string[], signal?: AbortSignal): Promise<ProgramResult> {
    const { environment, timeoutMs } = this.options;
    const program = findProgram([this.options.program]);
    if (program === undefined) throw keychainError('keychain-tool-missing');
    try {
      return await runProgram(program, args, { environment, timeoutMs, signal });
    } catch (error) {
      if (!(error instanceof ProgramError)) throw error;
      const silent = error.code === 'program-silent';
      throw keychainError(silent ? 'keychain-silent' : 'keychain-failed', error);
    }
  }
}

const LINE = /^\s*\d+\)\s+([0-9A-Fa-f]{40})\s+"(.*)"(?:\s+\(\w+\))?\s*$/;
/** A second list follows of those that macOS trusts. Portlama's authority is no part of macOS. */
const TRUSTED_ONLY = /^\s*Valid identities only/;

/** Parses the output of `security find-identity`, each identity once. */
export function parseIdentities(text: string): readonly KeychainIdentity[] {
  const found = new Map<string, KeychainIdentity>();
  for (const line of text.split('\n')) {
    if (TRUSTED_ONLY.test(line)) break;
    const [, sha1 = '', name = ''] = LINE.exec(line) ?? [];
    if (sha1 !== '') found.set(sha1.toUpperCase(), { name, sha1: sha1.toUpperCase() });
  }
  return [...found.values()];
}

/**
 * Gives the identity under the name a keychain shows. Undefined unless the certificate has exactly
 * one common name, which curl needs.
 */
export function identityOf(certificate: X509Certificate): KeychainIdentity | undefined {
  // The types leave out that there may be none, or several.
  const name: unknown = certificate.toLegacyObject().subject?.CN;
  if (typeof name !== 'string' || !/^[^\p{Cc}"\\]{1,64}$/u.test(name)) return undefined;
  return { name, sha1: certificate.fingerprint.replaceAll(':', '').toUpperCase() };
}

export type KeychainErrorCode =
  | 'keychain-locked'
  | 'keychain-denied'
  | 'keychain-tool-missing'
  /** No login keychain exists. */
  | 'keychain-missing'
  /** Tool that does not answer; it probably waits for the user. */
  | 'keychain-silent'
  | 'keychain-failed';

/** Failure of the login keychain. `hint` says how to fix it. */
export class KeychainError extends PortlamaError {
  override readonly name = 'KeychainError';
  declare readonly code: KeychainErrorCode;
}

/**
 * Messages of `security`, with the Security framework's status for each: the exit code is its last
 * byte.
 */
const SYMPTOMS: readonly (readonly [RegExp, KeychainErrorCode])[] = [
  // errSecInteractionNotAllowed, -25308
  [/interaction is not allowed|-25308/i, 'keychain-locked'],
  // userCanceledErr -128, errSecAuthFailed -25293, errSecNoAccessForItem -25243
  [/user cancell?ed|-128\b|passphrase you entered is not correct|-25293/i, 'keychain-denied'],
  [/no access|authorization was denied|not authorized|-25243/i, 'keychain-denied'],
  // errSecNoSuchKeychain, -25294
  [/keychain could not be found|no such keychain|-25294/i, 'keychain-missing'],
];

/** The error for what the tool said. Its text holds names and paths, and never the password it was given. */
function diagnose({ exitCode, stderr }: ProgramResult): KeychainError {
  const said = stderr.trim();
  const code = SYMPTOMS.find(([pattern]) => pattern.test(said))?.[1] ?? 'keychain-failed';
  return keychainError(code, new Error(`security ended with ${exitCode ?? 'a signal'}: ${said}`));
}

export function keychainError(code: KeychainErrorCode, cause?: unknown): KeychainError {
  const [message, hint] = TEXTS[code];
  return new KeychainError({
    code,
    message,
    hint,
    retryable: code === 'keychain-silent',
    cause,
  });
}

const LOGIN = '~/Library/Keychains/login.keychain-db';

const TEXTS: Readonly<Record<KeychainErrorCode, readonly [string, string]>> = {
  'keychain-locked': [
    'The login keychain is locked, and nobody can be asked for its password here.',
    `Unlock it: security unlock-keychain ${LOGIN}`,
  ],
  'keychain-denied': [
    'The login keychain refused: access was denied when macOS asked, or the password was wrong.',
    'Try again, and allow it when macOS asks.',
  ],
  'keychain-tool-missing': [
    'There is no /usr/bin/security here, the tool of macOS for its keychains.',
    'It is a part of every macOS. Look at the system: softwareupdate --list',
  ],
  'keychain-missing': [
    'There is no login keychain.',
    `Log in on the Mac once, or make one: security create-keychain ${LOGIN}`,
  ],
  'keychain-silent': [
    'The keychain does not answer: macOS probably asks for something in a window.',
    'Answer the question on the screen of the Mac, then try again.',
  ],
  'keychain-failed': [
    'The login keychain failed.',
    `Try again. If it fails again, look at it: security show-keychain-info ${LOGIN}`,
  ],
};
