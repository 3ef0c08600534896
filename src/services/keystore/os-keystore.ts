import { childEnvironment, findProgram, runProgram } from '../process/program.js';
import { diagnose, type Host, keystoreError } from './diagnosis.js';
import type { CredentialKey, Keystore } from './keystore.js';
import { KeytarProcess } from './keytar-process.js';
import type { KeytarRequest } from './keytar-protocol.js';

export interface OsKeystoreOptions {
  /** Environment for finding the store: D-Bus address, home folder. Default: this process's. */
  readonly environment?: NodeJS.ProcessEnv | undefined;
  readonly platform?: NodeJS.Platform | undefined;
  /** Folder of the keytar package, when it is not where Node looks for it. */
  readonly keytarPath?: string | undefined;
  /** After this long a call is given up. Default: 1.5 s; on macOS, where people answer a prompt, a minute. */
  readonly answerTimeoutMs?: number | undefined;
}

const ANSWER_TIMEOUT_MS = 1_500;
const MAC_ANSWER_TIMEOUT_MS = 60_000;

/**
 * The operating system's credential store: macOS Keychain, or the Secret Service of the D-Bus session.
 * Items of the desktop app are found, and ours by it.
 */
export function createOsKeystore(options: OsKeystoreOptions = {}): Keystore {
  const { environment = process.env, platform = process.platform, keytarPath } = options;
  const host: Host = { platform, uid: process.getuid?.() };
  const answerTimeoutMs =
    options.answerTimeoutMs ?? (platform === 'darwin' ? MAC_ANSWER_TIMEOUT_MS : ANSWER_TIMEOUT_MS);
  const keytar = new KeytarProcess({ environment, answerTimeoutMs, keytarPath });
  const tool = findSecretTool(childEnvironment(environment), answerTimeoutMs);

  const call = async (request: KeytarRequest): Promise<string | boolean | null> => {
    const result = await keytar.call(request);
    if ('value' in result) return result.value;
    if (result.kind === 'said') throw diagnose(result.text, host);
    throw keystoreError(result.kind === 'silent' ? 'prompt-needed' : 'daemon-died', host);
  };

  return {
    kind: 'os',
    title: platform === 'darwin' ? 'macOS Keychain' : 'Secret Service keyring',
    probe: async () => void (await call({ op: 'probe' })),
    get: async (key) => {
      const secret = await call({ op: 'get', ...key });
      return typeof secret === 'string' ? secret : await tool?.lookup(key);
    },
    set: async (key, secret) => {
      await call({ op: 'set', ...key, secret });
      await replaceForeign(key, secret);
    },
    delete: async (key) => {
      const found = await call({ op: 'delete', ...key });
      const foundForeign = await tool?.clear(key);
      return found === true || foundForeign === true;
    },
  };

  /** Replaces the desktop app's item too, which would otherwise keep returning the old secret. */
  async function replaceForeign(key: CredentialKey, secret: string): Promise<void> {
    const visible = await tool?.lookup(key);
    if (visible !== undefined && visible !== secret) await tool?.store(key, secret);
  }
}

const PLACES = [
  '/usr/bin/secret-tool',
  '/usr/local/bin/secret-tool',
  '/run/current-system/sw/bin/secret-tool',
];

/** Finds what keytar does not: items that the desktop app stored without libsecret's schema attribute. */
export interface SecretTool {
  /** Undefined when there is none, and when the tool fails. */
  lookup(key: CredentialKey): Promise<string | undefined>;
  store(key: CredentialKey, secret: string): Promise<boolean>;
  /** Removes every item with these attributes. False when there was none. */
  clear(key: CredentialKey): Promise<boolean>;
}

/** The tool where it is installed; undefined elsewhere. Its calls end after `timeoutMs`. */
export function findSecretTool(
  environment: NodeJS.ProcessEnv,
  timeoutMs: number,
): SecretTool | undefined {
  const program = findProgram(PLACES);
  if (program === undefined) return undefined;
  const run = (args: readonly string[], input?: string): Promise<string | undefined> =>
    runProgram(program, args, { environment, input, timeoutMs }).then(
      ({ exitCode, stdout }) => (exitCode === 0 ? stdout : undefined),
      () => undefined,
    );
  return {
    lookup: async (key) => (isSafe(key) ? await run(['lookup', ...attributes(key)]) : undefined),
    store: async (key, secret) => {
      const label = `--label=${key.service}/${key.account}`;
      return isSafe(key) && (await run(['store', label, ...attributes(key)], secret)) !== undefined;
    },
    clear: async (key) => isSafe(key) && (await run(['clear', ...attributes(key)])) !== undefined,
  };
}

function attributes({ service, account }: CredentialKey): string[] {
  return ['service', service, 'account', account];
}

/** The account of a server comes from a file that others write too: it must not become an option. */
function isSafe({ service, account }: CredentialKey): boolean {
  return /^[\w.][\w.:-]*$/.test(service) && /^[\w.][\w.:-]*$/.test(account);
}
