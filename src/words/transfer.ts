import type { CarriedServer } from '../services/transfer/transfer-file.js';
import type { ServerEntry } from '../services/registry/registry.js';
import { count } from './formats.js';
import type { Confirmation, Line } from './question.js';

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
      refusal: `Nothing of ${file} is imported before the number of servers is confirmed.`,
    },
  };
}
