import { findProgram, runProgram } from '../process/program.js';
import type { CredentialKey } from './keystore.js';

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
