import { InputError, quoted } from '../../core/errors.js';
import type { Call } from './command.js';

/** The droplet id given as ID. Throws InputError for anything else. */
export function dropletIdIn({ args }: Pick<Call, 'args'>): number {
  const text = args['ID'] ?? '';
  const id = Number(text);
  if (/^[1-9]\d*$/.test(text) && Number.isSafeInteger(id)) return id;
  throw new InputError({
    code: 'arguments',
    message: `${quoted(text)} is not the id of a droplet.`,
    hint: { command: 'droplets', lead: 'List the droplets with their ids' },
  });
}
