import { execFile } from 'node:child_process';
import { accessSync, constants } from 'node:fs';
import type { CredentialKey } from './keystore.js';

/** Not looked for in PATH: whoever can put a program there would get secrets. */
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
  const program = PLACES.find(isExecutable);
  if (program === undefined) return undefined;
  const run = (args: readonly string[], input = ''): Promise<string | undefined> =>
    new Promise((resolve) => {
      const options = { env: environment, timeout: timeoutMs, killSignal: 'SIGKILL' as const };
      const child = execFile(program, args, options, (error, stdout) =>
        resolve(error === null ? stdout : undefined),
      );
      // A tool that ends without reading its input is no failure of its own.
      child.stdin?.on('error', () => {});
      child.stdin?.end(input);
    });
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

function isExecutable(path: string): boolean {
  try {
    accessSync(path, constants.X_OK);
    return true;
  } catch {
    return false;
  }
}
