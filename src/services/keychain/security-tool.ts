import { findProgram, ProgramError, type ProgramResult, runProgram } from '../process/program.js';
import { parseIdentities } from './identity-list.js';
import { diagnose, keychainError } from './keychain-error.js';
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
