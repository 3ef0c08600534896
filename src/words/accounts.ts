import type { HintPart } from '../core/hint.js';
import { DEFAULT_ACCOUNT } from '../core/product.js';
import { messageOf, PortlamaError } from '../core/errors.js';
import type { UnaskedAccount } from '../services/provisioning/droplets/unlisted.js';

/** `unknown (token of work refused)` */
export function unknownText(accounts: readonly UnaskedAccount[]): string {
  return `unknown (${accounts.map(reasonText).join('; ')})`;
}

function reasonText({ name, error }: UnaskedAccount): string {
  return isRefused(error) ? `token of ${name} refused` : `account ${name} did not answer`;
}

function isRefused(error: unknown): boolean {
  return error instanceof PortlamaError && error.code === 'token-invalid';
}

/** Why an account was not asked, as a sentence. */
export function unaskedLine({ name, error }: UnaskedAccount): string {
  return `The account ${name} was not asked: ${messageOf(error)}`;
}

export function unaskedTodo({ name, error }: UnaskedAccount): readonly HintPart[] {
  if (!isRefused(error)) return ['The other accounts were asked. Try again later.'];
  const lead = 'Create another token, and store it';
  return name === DEFAULT_ACCOUNT
    ? [{ lead, command: 'token.set' }]
    : [{ lead, command: 'token.add', id: name }];
}
