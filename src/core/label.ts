import { InputError, quoted } from './errors.js';
import { NAME_PREFIX } from './product.js';

/** Longest label, in characters (cloud provisioning guide, step 5). */
export const LABEL_MAX_LENGTH = 64;
const LABEL = /^[a-z0-9](?:[a-z0-9-]{0,62}[a-z0-9])?$/;

/** Why a label is refused, as a short sentence; undefined when it is good. Empty is refused too. */
export function labelProblem(label: string): string | undefined {
  if (LABEL.test(label)) return undefined;
  if (label === '') return 'A label needs at least one character.';
  if (label.length > LABEL_MAX_LENGTH) return `At most ${LABEL_MAX_LENGTH} characters.`;
  if (/[A-Z]/.test(label)) return 'Lowercase letters only.';
  if (/[^a-z0-9-]/.test(label)) return 'Lowercase letters, numbers and hyphens only.';
  if (label.startsWith('-')) return 'Must start with a letter or number.';
  return 'Must end with a letter or number.';
}

/** The label when the person leaves it blank: `portlama-fra1`, unlike all that are taken. */
export function defaultLabel(regionSlug: string, taken: readonly string[] = []): string {
  return freeLabel(`${NAME_PREFIX}${regionSlug}`, taken);
}

/** A valid label as it is, or numbered where it is taken: `edge-2`. Never longer than a label may be. */
export function freeLabel(base: string, taken: readonly string[]): string {
  const used = new Set(taken);
  let label = base;
  for (let count = 2; used.has(label); count++) {
    const suffix = `-${count}`;
    label = base.slice(0, LABEL_MAX_LENGTH - suffix.length).replace(/-+$/, '') + suffix;
  }
  return label;
}

/** Why a label is refused that a server of the list has. */
export function labelTakenText(label: string): string {
  return `There is already a server called ${label}.`;
}

/** The label itself, or an InputError that says which rule it breaks. */
export function requireLabel(label: string): string {
  const problem = labelProblem(label);
  if (problem === undefined) return label;
  throw new InputError({
    code: 'label-invalid',
    message: `The label ${quoted(label)} is not valid. ${problem}`,
    hint: 'Use 1 to 64 lowercase letters, numbers and hyphens, with a letter or number at both ends.',
  });
}
