import { got, HTTPError, RequestError } from 'got';
import ssh2, { type ParsedKey } from 'ssh2';
import { InputError, PortlamaError, quoted } from '../../core/errors.js';
import { ENV } from '../../core/product.js';
import { readSmallFile } from '../files/private-file.js';
import { type PublicKey, readPublicKeys } from './public-keys.js';

const PATIENCE_MS = 15_000;
const USER = /^[a-z\d](?:[a-z\d]|-(?=[a-z\d])){0,38}$/i;

/** Reads the one public key of a file. */
export async function keyOfFile(path: string): Promise<PublicKey> {
  const content = await readSmallFile(path);
  if (content === undefined)
    throw new InputError({
      code: 'file-missing',
      message: `There is no file ${quoted(path)}.`,
      hint: 'Give a public key, for example ~/.ssh/id_ed25519.pub.',
    });
  const [key, ...others] = readPublicKeys(content.toString('utf8'), path);
  if (key !== undefined && others.length === 0) return key;
  throw new InputError({
    code: 'ssh-key-invalid',
    message: `${path} has ${key === undefined ? 'no' : 'more than one'} public key.`,
    hint: 'Give a file with one line, for example ~/.ssh/id_ed25519.pub.',
  });
}

/** Keys of the agent at this socket that can be used; it need not answer for keys of other types. */
export async function keysOfAgent(socketPath: string | undefined): Promise<readonly PublicKey[]> {
  if (socketPath === undefined) throw noAgent();
  const keys = await new Promise<readonly ParsedKey[]>((resolve, reject) => {
    ssh2.createAgent(socketPath).getIdentities((error, found = []) => {
      if (error) reject(noAgent(error));
      else resolve(found as readonly ParsedKey[]);
    });
  });
  return keys.flatMap((key) => {
    const line = `${key.type} ${key.getPublicSSH().toString('base64')} ${key.comment}`;
    try {
      return readPublicKeys(line, 'The agent');
    } catch {
      return [];
    }
  });
}

/** Public keys that a user has put on GitHub. Throws `github-user-unknown`, `github-unreachable`, `ssh-key-invalid`. */
export async function keysOfGitHub(
  user: string,
  { baseUrl, signal }: { readonly baseUrl: string; readonly signal: AbortSignal },
): Promise<readonly PublicKey[]> {
  if (!USER.test(user)) throw unknownUser(user);
  const url = new URL(`${user}.keys`, baseUrl);
  try {
    const { body } = await got(url, {
      signal,
      timeout: { request: PATIENCE_MS },
      retry: { limit: 0 },
      followRedirect: false,
    });
    return readPublicKeys(body, url.href);
  } catch (error) {
    signal.throwIfAborted();
    if (error instanceof HTTPError && error.response.statusCode === 404) throw unknownUser(user);
    if (!(error instanceof RequestError)) throw error;
    throw new PortlamaError({
      code: 'github-unreachable',
      message: `${url.href} could not be read: ${error.message}`,
      hint: `Give a file instead, for example ~/.ssh/id_ed25519.pub. ${ENV.githubUrl} sets the address that is asked.`,
      retryable: true,
    });
  }
}

function noAgent(cause?: unknown): InputError {
  return new InputError({
    code: 'ssh-agent-missing',
    message: 'There is no SSH agent here that answers.',
    hint: 'Start one with: eval "$(ssh-agent)" && ssh-add. Or give a file.',
    cause,
  });
}

function unknownUser(user: string): InputError {
  return new InputError({
    code: 'github-user-unknown',
    message: `GitHub has no user called ${quoted(user)}.`,
    hint: 'Give the name as it stands in the address of its page.',
  });
}
