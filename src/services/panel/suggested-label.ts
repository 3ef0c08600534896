import { LABEL_MAX_LENGTH } from '../../core/label.js';

const FALLBACK = 'server';

/** A valid label made of a host name (`panel-example-com`), unlike all that are taken: `panel-example-com-2`. */
export function suggestedLabel(host: string, taken: readonly string[] = []): string {
  const base = trimmed(host.toLowerCase().replaceAll(/[^a-z0-9]+/g, '-')) || FALLBACK;
  const used = new Set(taken);
  let label = base;
  for (let count = 2; used.has(label); count++) {
    const suffix = `-${count}`;
    label = trimmed(base, LABEL_MAX_LENGTH - suffix.length) + suffix;
  }
  return label;
}

/** At most so long, and with a letter or number at both ends. */
function trimmed(text: string, length = LABEL_MAX_LENGTH): string {
  return text.replace(/^-+/, '').slice(0, length).replace(/-+$/, '');
}
