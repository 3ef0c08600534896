import { QUESTION_HELP } from '../words/question-help.js';
import { InputError, PortlamaError, quoted } from '../core/errors.js';
import { requireNew, type ServerEntry } from '../services/registry/registry.js';
import type { CarriedServer } from '../services/transfer/transfer-file.js';
import { dayOf } from '../words/certificates.js';
import { differences, IMPORT_FILE_QUESTION, importQuestion } from '../words/transfer.js';
import { requireLastingStore } from './stores.js';
import type { Work } from './work.js';

export interface ImportWish {
  /** Undefined: asked for. */
  readonly file: string | undefined;
  /** File of age-keygen whose identity opens it; undefined: a passphrase is asked for. */
  readonly identity?: string | undefined;
  /** Label or id of a server that is here already and is to become the file's. */
  readonly replace?: string | undefined;
  /** Says what would be done, and does nothing. */
  readonly dryRun: boolean;
}

/** A server of the file, and its outcome, real or planned. */
export interface ImportedServer {
  readonly label: string;
  readonly action: Planned['kind'];
}

/** One server of the file. */
type Planned =
  | { readonly kind: 'add' | 'replace'; readonly carried: CarriedServer; readonly line: string }
  | { readonly kind: 'keep' | 'refuse'; readonly label: string; readonly line: string };

/**
 * Takes servers of an export into the list. By id: one that is here is kept, unless it is named to be replaced. Every
 * certificate is opened before anything is kept, and the plan is shown before that.
 */
export async function importServers(
  wish: ImportWish,
  work: Work,
): Promise<readonly ImportedServer[]> {
  const { face, transfer } = work;
  await requireLastingStore(work);
  const file = wish.file ?? (await face.ask(IMPORT_FILE_QUESTION));
  const carried = await transfer.read(file, await keyOf(file, wish, work));
  const plan = await planOf(carried, wish, work);
  for (const { kind, line } of plan) face.say(line, kind === 'refuse' ? 'warn' : 'plain');
  const changes = plan.filter((planned) => 'carried' in planned);
  if (changes.length === 0) face.say('Nothing to import.');
  const result = plan.map((planned) => ({ label: labelOf(planned), action: planned.kind }));
  if (changes.length === 0 || wish.dryRun) return result;
  const lines = changes.map(({ line }) => line);
  await face.confirm(importQuestion(changes.length, file, lines));
  for (const planned of changes) {
    await transfer.keep(planned.carried, planned.kind === 'replace');
    face.say(`Imported ${planned.carried.entry.label}.`, 'ok');
    work.news({ kind: 'servers-changed' });
  }
  return result;
}

function labelOf(planned: Planned): string {
  return 'carried' in planned ? planned.carried.entry.label : planned.label;
}

async function keyOf(file: string, { identity }: ImportWish, work: Work) {
  if (identity !== undefined) return { identity: await work.transfer.readIdentity(identity) };
  const passphrase = await work.face.secret({
    field: `Passphrase of ${file}`,
    help: QUESTION_HELP.exportPassphrase,
  });
  work.redactor.add(passphrase);
  return { passphrase };
}

async function planOf(
  carried: readonly CarriedServer[],
  { replace }: ImportWish,
  work: Work,
): Promise<readonly Planned[]> {
  const servers = [...(await work.registry.list())];
  const plan: Planned[] = [];
  let isReplaced = replace === undefined;
  for (const one of carried) {
    const { entry } = one;
    const present = servers.find(({ id }) => id === entry.id);
    const isNamed = [entry.id, entry.label, present?.label].includes(replace);
    if (present !== undefined && isNamed) {
      isReplaced = true;
      const others = servers.filter((server) => server !== present);
      const refused = refusal(one, others);
      const facts = refused === undefined ? await certificateText(one, work) : '';
      const line = `${present.label}: replaced by the file's${facts}${differs(present, one)}`;
      plan.push(refused ?? { kind: 'replace', carried: one, line });
    } else if (present === undefined) {
      plan.push(refusal(one, servers) ?? (await newOne(one, work)));
      servers.push({ ...entry, active: false, authMethod: 'p12' });
    } else {
      const line = `${present.label}: kept as it is here${differs(present, one)}`;
      plan.push({ kind: 'keep', label: present.label, line });
    }
  }
  if (isReplaced) return plan;
  throw new InputError({
    code: 'server-unknown',
    message: `The file has no server called ${quoted(replace ?? '')} that is here as well.`,
    hint: 'Nothing was imported. Run it with --dry-run to see what the file holds.',
  });
}

/** Undefined where none of these has its label, or is the same server. */
function refusal({ entry }: CarriedServer, servers: readonly ServerEntry[]): Planned | undefined {
  try {
    requireNew(servers, { ...entry, active: false, authMethod: 'p12' });
    return undefined;
  } catch (error) {
    if (!(error instanceof PortlamaError)) throw error;
    const { label } = entry;
    return { kind: 'refuse', label, line: `${label}: not imported. ${error.message}` };
  }
}

async function newOne(carried: CarriedServer, work: Work): Promise<Planned> {
  const { label, panelUrl } = carried.entry;
  const line = `${label}: new, ${panelUrl}${await certificateText(carried, work)}`;
  return { kind: 'add', carried, line };
}

async function certificateText(carried: CarriedServer, work: Work): Promise<string> {
  const facts = await work.transfer.openCertificate(carried);
  return facts === undefined
    ? ', without a certificate'
    : `, certificate until ${dayOf(facts.notAfter)}`;
}

function differs(present: ServerEntry, carried: CarriedServer): string {
  const found = differences(present, carried);
  return found.length === 0 ? '' : ` (${found.join('; ')})`;
}
