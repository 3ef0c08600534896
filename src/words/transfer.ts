import type { CarriedServer } from '../services/transfer/transfer-file.js';
import type { ServerEntry } from '../services/registry/registry.js';
import { count } from './formats.js';
import { PROGRAM } from '../core/product.js';
import type { Confirmation, Line, TextQuestion } from './question.js';

/** Fields of a server that are compared with the file's, by their names on the screen. */
const COMPARED = {
  label: 'label',
  panelUrl: 'panel address',
  ip: 'IP address',
  domain: 'domain',
  providerId: 'droplet',
  region: 'region',
} as const;

/** `panel address: https://a here, https://b in the file` */
export function differences(
  present: ServerEntry,
  { entry }: Pick<CarriedServer, 'entry'>,
): readonly string[] {
  return (Object.keys(COMPARED) as (keyof typeof COMPARED)[])
    .filter((field) => (present[field] ?? '') !== (entry[field] ?? ''))
    .map((field) => {
      const [here, there] = [present[field] ?? 'none', entry[field] ?? 'none'];
      return `${COMPARED[field]}: ${here} here, ${there} in the file`;
    });
}

/** Asks for the file that servers are exported to. */
export function exportFileQuestion(servers: number): TextQuestion {
  return {
    title: `Export ${count(servers, 'server')}`,
    lines: ['Certificates and passwords go into one encrypted file. API tokens do not.'],
    field: 'New file',
    isPath: true,
    initial: `~/${PROGRAM}.age`,
  };
}

/** Asks for the file that servers are imported from. */
export const IMPORT_FILE_QUESTION: TextQuestion = {
  title: 'Import servers',
  lines: ['Servers that are already in the list are not changed.'],
  field: 'Exported file',
  isPath: true,
};

/** Asks before anything of the file is kept. */
export function importQuestion(
  servers: number,
  file: string,
  lines: readonly Line[],
): Confirmation {
  const what = count(servers, 'server');
  return {
    title: `Import ${what}?`,
    lines,
    yes: 'Import',
    danger: false,
    effect: `import ${what}`,
    advance: {
      value: String(servers),
      refusal: `Not confirmed: nothing was imported from ${file}.`,
    },
  };
}
