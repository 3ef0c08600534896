import { InputError, quoted } from '../core/errors.js';
import { NAME_PREFIX } from '../core/product.js';
import type { RequestedSshKey } from '../services/provisioning/journal/records.js';
import type { PublicKey } from '../services/ssh/public-keys.js';
import {
  githubKeysQuestion,
  keyText,
  keysStayLines,
  SSH_KEY_CHOICE,
  SSH_KEY_FILE,
  SSH_KEY_GITHUB,
} from '../words/ssh.js';
import { openApi } from './token.js';
import type { Work } from './work.js';

/** Far below the limit of cloud-init's user data. */
const MOST = 20;
const TEMPORARY = new RegExp(`^${NAME_PREFIX}[0-9a-f]{16}$`);

/**
 * Public keys that shall stay on a droplet: of a FILE, of the `agent`, of the DigitalOcean `account`, of
 * `github:USER`; one of several is chosen, or named by its fingerprint: `agent:SHA256:…`. Those from elsewhere are
 * confirmed by the user name.
 */
export async function chooseSshKeys(wish: string, work: Work): Promise<readonly RequestedSshKey[]> {
  const keys = await keysOf(wish, work);
  for (const line of keysStayLines(keys)) work.face.say(line);
  return keys;
}

/** Keys that the person chose for a new server, and where they are from, as one would type it for `--ssh-key`. */
export interface ChosenKeys {
  readonly keys: readonly RequestedSshKey[];
  readonly source: string;
}

export type KeySource = (typeof SSH_KEY_CHOICE)['options'][number]['value'];

/** Asks which keys stay on a new server; undefined for none. Throws Declined. */
export async function askSshKeys(work: Work): Promise<ChosenKeys | undefined> {
  return await sshKeysFrom(await work.face.choose<KeySource>(SSH_KEY_CHOICE), work);
}

/** Like `askSshKeys`, once it is known where they are from. */
export async function sshKeysFrom(source: KeySource, work: Work): Promise<ChosenKeys | undefined> {
  if (source === 'none') return undefined;
  const wish = await wishOf(source, work);
  return { keys: await keysOf(wish, work), source: wish };
}

async function wishOf(source: Exclude<KeySource, 'none'>, { face }: Work): Promise<string> {
  if (source === 'file') return await face.ask(SSH_KEY_FILE);
  if (source !== 'github') return source;
  return `github:${await face.ask(SSH_KEY_GITHUB)}`;
}

async function keysOf(wish: string, work: Work): Promise<readonly RequestedSshKey[]> {
  const { ssh, signal } = work;
  const [source = '', ...rest] = wish.split(':');
  const name = rest.join(':');
  switch (source) {
    case 'agent':
      return [requested(await pick(await ssh.keysOfAgent(), source, name, work))];
    case 'account':
      return [requested(await pick(await listAccountKeys(work), source, name, work))];
    case 'github': {
      const keys = await ssh.keysOfGitHub(name, signal);
      if (keys.length === 0 || keys.length > MOST) throw unusable(name, keys.length);
      await work.face.confirm(githubKeysQuestion(name, keys));
      return keys.map(requested);
    }
    default: {
      const key = await ssh.keyOfFile(wish);
      return [{ ...requested(key), file: key.file }];
    }
  }
}

/** Keys of the DigitalOcean account, without the temporary ones of provisionings and those of other types. */
export async function listAccountKeys(work: Work): Promise<readonly PublicKey[]> {
  const found: PublicKey[] = [];
  for (const { name, publicKey } of await (await openApi(work)).listSshKeys(work.signal)) {
    if (TEMPORARY.test(name)) continue;
    const [key] = await work.ssh.readKeys(publicKey, name).catch((error: unknown) => {
      if (error instanceof InputError) return [];
      throw error;
    });
    if (key !== undefined) found.push({ ...key, comment: name });
  }
  return found;
}

async function pick(
  keys: readonly PublicKey[],
  source: 'agent' | 'account',
  name: string,
  { face }: Work,
): Promise<PublicKey> {
  const [first, ...others] = keys.filter(
    ({ sha256, comment }) => name === '' || [sha256, comment].includes(name),
  );
  if (first === undefined)
    throw new InputError({
      code: 'ssh-key-unknown',
      message:
        name === ''
          ? `The ${source} has no SSH key that can be used.`
          : `The ${source} has no SSH key ${quoted(name)}.`,
      hint: [...keys.map(keyText), 'Or give a file, for example ~/.ssh/id_ed25519.pub.'].join('\n'),
    });
  if (others.length === 0) return first;
  const options = [first, ...others].map((value) => ({ label: keyText(value), value }));
  return await face.choose({ title: 'Key that stays on the droplet', options }).catch((error) => {
    if (!(error instanceof InputError)) throw error;
    throw new InputError({
      code: 'ssh-key-ambiguous',
      message: `The ${source} has ${options.length} SSH keys.`,
      hint: options
        .map(({ value }) => `--ssh-key ${source}:${value.sha256}  ${value.comment}`)
        .join('\n'),
    });
  });
}

function requested({ line, sha256 }: PublicKey): RequestedSshKey {
  return { line, sha256 };
}

function unusable(user: string, count: number): InputError {
  return new InputError({
    code: 'ssh-key-unknown',
    message:
      count === 0
        ? `${user} has no public keys on GitHub.`
        : `${user} has ${count} public keys on GitHub, and at most ${MOST} are taken.`,
    hint: 'Give a file instead, for example ~/.ssh/id_ed25519.pub.',
  });
}
