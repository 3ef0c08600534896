import { z } from 'zod';
import { systemClock } from '../../core/time.js';
import { decodeText } from '../files/decode.js';
import { changeServerFiles, readServerFile, writeServerFile } from './server-files.js';

const ACCOUNT = z.object({
  email: z.string(),
  /** Id of the team; left out where DigitalOcean did not say. */
  team: z.string().optional(),
  teamName: z.string().optional(),
});

const DNS_RECORD = z.object({
  id: z.int(),
  type: z.string(),
  name: z.string(),
  data: z.string(),
  ttl: z.int().optional(),
  priority: z.int().optional(),
  port: z.int().optional(),
  weight: z.int().optional(),
  flags: z.int().optional(),
  tag: z.string().optional(),
});
const DNS = z.object({
  domain: z.string(),
  zone: z.string(),
  /** Account that has the zone, where that is not the server's own. */
  account: ACCOUNT.optional(),
  address: z.string(),
  made: z.array(z.object({ name: z.string(), id: z.int().optional() })).readonly(),
  replaced: z.array(DNS_RECORD).readonly(),
});

export type RememberedAccount = z.output<typeof ACCOUNT>;

const META = z
  .object({
    onboarding: z
      .object({
        domain: z.string(),
        /** `installing` until everything that follows the installation was done as well. */
        stage: z.enum(['installing', 'done']),
        /** The password took the place of one that is not known here. */
        isReplaced: z.boolean().optional(),
      })
      .optional()
      .catch(undefined),
    /** A reset on the server ended the certificate kept here, epoch milliseconds; none since. */
    certificateEnded: z.number().optional().catch(undefined),
    /** Domain that it was made for, with the e-mail for its certificates: the set-up begins with them. */
    wish: z
      .object({ domain: z.string(), email: z.string().optional() })
      .optional()
      .catch(undefined),
    /** Times of wrong codes of the panel's second factor that were sent from here lately, epoch milliseconds. */
    wrongCodes: z.array(z.number()).readonly().optional().catch(undefined),
    /** Account of DigitalOcean that its droplet is in. */
    account: ACCOUNT.optional().catch(undefined),
    /** The person's note. */
    note: z.string().optional().catch(undefined),
    /** DNS records made for it, by domain. */
    dns: z.array(DNS).optional().catch(undefined),
    /** Keys of the person on the droplet, `SHA256:…`, with the public key's file where it is here. */
    sshKeys: z
      .array(z.object({ sha256: z.string(), file: z.string().optional() }))
      .readonly()
      .optional()
      .catch(undefined),
  })
  .loose();

/** Facts that this program keeps about a server beyond servers.json, whose unknown fields the desktop app drops. */
export type ServerMeta = z.output<typeof META>;

/** Fields to replace. What depends on the facts of before is a function of them: no other program changes them meanwhile. */
export type MetaChange = Partial<ServerMeta> | ((known: ServerMeta) => Partial<ServerMeta>);

/** Empty when there is none, or when it cannot be understood. */
export async function readServerMeta(home: string, id: string): Promise<ServerMeta> {
  return parseMeta(await readServerFile(home, id, 'meta.json'))?.known ?? {};
}

interface ParsedMeta {
  /** Fields as they are written, also those of a form that this program does not know. */
  readonly written: Readonly<Record<string, unknown>>;
  readonly known: ServerMeta;
}

/** Undefined where it is no JSON object. */
function parseMeta(content: Buffer | undefined): ParsedMeta | undefined {
  if (content === undefined) return { written: {}, known: {} };
  try {
    const written: unknown = JSON.parse(decodeText(content));
    return { written: written as ParsedMeta['written'], known: META.parse(written) };
  } catch {
    return undefined;
  }
}

/**
 * Replaces these fields, and keeps all others as they are written, also those that another process changes at once. A file
 * that cannot be understood, or a field that is to be replaced, is kept beside the new one: a missed comma must not cost
 * the DNS records and the note in it.
 */
export async function changeServerMeta(
  home: string,
  id: string,
  change: MetaChange,
): Promise<void> {
  await changeServerFiles(home, systemClock, async () => {
    const content = await readServerFile(home, id, 'meta.json');
    const { written, known } = parseMeta(content) ?? {};
    const fields = typeof change === 'function' ? change(known ?? {}) : change;
    const isLost = (key: string): boolean =>
      written?.[key] !== undefined && known?.[key] === undefined;
    if (content !== undefined && (known === undefined || Object.keys(fields).some(isLost)))
      await writeServerFile(home, id, 'meta.json.unreadable', content);
    const meta = { ...written, ...fields };
    await writeServerFile(home, id, 'meta.json', `${JSON.stringify(meta, null, 2)}\n`);
  });
}
