import { freeLabel, LABEL_MAX_LENGTH } from '../../core/label.js';

const FALLBACK = 'server';

/** A valid label made of a host name (`panel-example-com`), unlike all that are taken: `panel-example-com-2`. */
export function suggestedLabel(host: string, taken: readonly string[] = []): string {
  const words = host
    .toLowerCase()
    .replaceAll(/[^a-z0-9]+/g, '-')
    .replace(/^-/, '');
  return freeLabel(words.slice(0, LABEL_MAX_LENGTH).replace(/-$/, '') || FALLBACK, taken);
}
