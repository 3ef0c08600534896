import { InputError } from '../../../core/errors.js';

/** A name as one segment of a path. DigitalOcean's names need no escaping; anything else could lead elsewhere. */
export function pathSegment(name: string): string {
  if (/^[a-zA-Z0-9_:-]{1,255}$/.test(name)) return name;
  throw new InputError({
    code: 'name-invalid',
    message: `${JSON.stringify(name.slice(0, 60))} is not a name that DigitalOcean can have.`,
    hint: 'Letters, numbers, colons, hyphens and underscores only.',
  });
}
