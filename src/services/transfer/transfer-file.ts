import { PROGRAM } from '../../core/product.js';
import { z } from 'zod';
import { InputError, quoted } from '../../core/errors.js';
import { LABEL_MAX_LENGTH } from '../../core/label.js';
import { KeystoreError } from '../keystore/keystore.js';
import { passphraseIdentity, passphraseRecipient, WORK_FACTOR } from '../keystore/vault-format.js';

const FORMAT = `${PROGRAM}/servers`;
/** Raised when a reader of this version could not understand the file. */
const VERSION = 1;

const base64 = z.base64();
const CARRIED = z.object({
  entry: z.object({
    id: z.string().regex(/^[A-Za-z0-9][A-Za-z0-9_-]{0,127}$/),
    label: z.string().min(1).max(LABEL_MAX_LENGTH),
    panelUrl: z.url({ protocol: /^https$/ }),
    ip: z.string(),
    domain: z.string().optional(),
    provider: z.literal('digitalocean').optional(),
    providerId: z.string().regex(/^\d+$/).optional(),
    region: z.string().optional(),
    createdAt: z.string().refine((text) => !Number.isNaN(Date.parse(text))),
  }),
  files: z.object({
    'client.p12': base64.optional(),
    'panel.pem': base64.optional(),
    'host-key.pub': base64.optional(),
    'meta.json': base64.optional(),
  }),
  passwords: z.object({ certificate: z.string().optional(), authelia: z.string().optional() }),
});
const TRANSFER = z.object({
  format: z.literal(FORMAT),
  version: z.literal(VERSION),
  exportedAt: z.iso.datetime(),
  servers: z.array(CARRIED),
});

/** A server with everything that this program keeps for it, files in base64. Holds secrets. */
export type CarriedServer = z.output<typeof CARRIED>;

/** Opens a transfer file: by a passphrase, or by an identity of the age tool (`AGE-SECRET-KEY-1…`). */
export type TransferKey = { readonly passphrase: string } | { readonly identity: string };

const RECIPIENT = /^age1[02-9ac-hj-np-z]{58}$/;

/** Refuses what is no public key of the age tool. */
export function requireRecipients(text: string): readonly string[] {
  const recipients = text.split(',').map((part) => part.trim());
  const wrong = recipients.find((recipient) => !RECIPIENT.test(recipient));
  if (wrong === undefined) return recipients;
  throw new InputError({
    code: 'recipient-invalid',
    message: `${quoted(wrong)} is no public key of age.`,
    hint: 'Give one made by age-keygen: age1… (several with commas between them).',
  });
}

/** The servers as one age file, readable by the age tool: JSON with a format and a version. */
export async function sealTransfer(
  servers: readonly CarriedServer[],
  exportedAt: string,
  to: { readonly passphrase: string } | { readonly recipients: readonly string[] },
): Promise<Uint8Array> {
  const { Encrypter } = await import('age-encryption');
  const encrypter = new Encrypter();
  if ('recipients' in to) to.recipients.forEach((recipient) => encrypter.addRecipient(recipient));
  else encrypter.addRecipient(await passphraseRecipient(to.passphrase, WORK_FACTOR));
  const content = { format: FORMAT, version: VERSION, exportedAt, servers };
  return await encrypter.encrypt(`${JSON.stringify(content, null, 2)}\n`);
}

/** Rejects with `transfer-locked` (wrong passphrase or identity), `transfer-damaged` or `transfer-newer`. */
export async function openTransfer(
  file: Uint8Array,
  key: TransferKey,
  path: string,
): Promise<readonly CarriedServer[]> {
  const { Decrypter } = await import('age-encryption');
  const decrypter = new Decrypter();
  decrypter.addIdentity(
    'identity' in key ? key.identity : passphraseIdentity(key.passphrase, path),
  );
  let text: string;
  try {
    text = await decrypter.decrypt(file, 'text');
  } catch (error) {
    throw notOpened(path, error);
  }
  return parseTransfer(text, path);
}

function parseTransfer(text: string, path: string): readonly CarriedServer[] {
  let content: unknown;
  try {
    content = JSON.parse(text);
  } catch {
    throw damaged(path);
  }
  const { format, version } = (content ?? {}) as Record<string, unknown>;
  if (format === FORMAT && typeof version === 'number' && version > VERSION) {
    throw new InputError({
      code: 'transfer-newer',
      message: `${path} was made by a newer version of this program.`,
      hint: 'Update the program on this machine, then import the file again.',
    });
  }
  const parsed = TRANSFER.safeParse(content);
  if (!parsed.success) throw damaged(path);
  return parsed.data.servers;
}

function notOpened(path: string, error: unknown): InputError {
  const isDamaged = error instanceof KeystoreError && error.code !== 'vault-passphrase-wrong';
  if (isDamaged) return damaged(path);
  return new InputError({
    code: 'transfer-locked',
    message: `${path} cannot be opened: the passphrase or identity is not the one it was made for, or the file is damaged.`,
    hint: 'Nothing was imported. Try again with the right one.',
  });
}

function damaged(path: string): InputError {
  return new InputError({
    code: 'transfer-damaged',
    message: `${path} is no export of servers, or it is damaged.`,
    hint: 'Nothing was imported. Copy the file again, in binary mode.',
  });
}
