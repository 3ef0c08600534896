import ssh2 from 'ssh2';
import { InputError } from '../../core/errors.js';
import { sha256Fingerprint } from './keys.js';

/** Public half of a person's own key. */
export interface PublicKey {
  /** `ssh-ed25519 AAAA…`, without its comment. */
  readonly line: string;
  /** `SHA256:…`, as ssh-keygen prints it. */
  readonly sha256: string;
  /** From outside: escape before showing. */
  readonly comment: string;
}

const PRIVATE = /-----BEGIN [A-Z ]*PRIVATE KEY-----|^PuTTY-User-Key-File/m;
/** The droplet's sshd accepts no other types (Ubuntu 24.04); keys on hardware (`sk-…`) are not read by the library. */
const TYPES = /^(?:ssh-ed25519|ssh-rsa|ecdsa-sha2-nistp(?:256|384|521))$/;

/** Reads public keys, a line each; `source` names their place in errors. Throws `ssh-key-private` or `ssh-key-invalid`. */
export function readPublicKeys(text: string, source: string): readonly PublicKey[] {
  if (PRIVATE.test(text)) throw isPrivate(source);
  const lines = text.split(/\r?\n/).map((line) => line.trim());
  return lines
    .filter((line) => line !== '' && !line.startsWith('#'))
    .map((line) => readKey(line, source));
}

function readKey(line: string, source: string): PublicKey {
  const key = ssh2.utils.parseKey(line);
  if (key instanceof Error || key.isPrivateKey() || !TYPES.test(key.type))
    throw invalid(line, source);
  const blob = key.getPublicSSH();
  return {
    line: `${key.type} ${blob.toString('base64')}`,
    sha256: sha256Fingerprint(blob),
    comment: key.comment,
  };
}

function isPrivate(source: string): InputError {
  return new InputError({
    code: 'ssh-key-private',
    message: `${source} holds a private key, which never leaves this machine.`,
    hint: 'Give its public half: the file beside it that ends with .pub.',
  });
}

function invalid(line: string, source: string): InputError {
  const [type = ''] = line.split(' ');
  return new InputError({
    code: 'ssh-key-invalid',
    message: /^(?:sk-|ssh-dss)/.test(type)
      ? `${source} has a key of type ${type}, which cannot be used here.`
      : `${source} is not a public SSH key.`,
    hint: 'Use a key of type ed25519, RSA or ECDSA: one line that begins with its type, such as ssh-ed25519.',
  });
}
