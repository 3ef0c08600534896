import { RESOURCE_GROUPS } from '../services/digitalocean/scopes.js';
import { passphraseStrength } from '../services/keystore/passphrase-strength.js';
import { stepsOf, stepTitle } from '../services/provisioning/steps/index.js';

/** Steps of a provisioning without a domain. */
export const STEP_COUNT = stepsOf({}).length;

export { stepTitle };

/** Resource groups to tick on DigitalOcean's token page. */
export const TOKEN_GROUPS: readonly string[] = RESOURCE_GROUPS;

/** Strength of a new passphrase while it is typed; undefined while there is none. */
export interface PassphraseJudgement {
  readonly style: 'danger' | 'warn' | 'ok';
  readonly text: string;
}

const STYLES = { refused: 'danger', weak: 'danger', fair: 'warn', strong: 'ok' } as const;

export function judgePassphrase(typed: string): PassphraseJudgement | undefined {
  if (typed === '') return undefined;
  const { level, text } = passphraseStrength(typed);
  return { style: STYLES[level], text: `Strength: ${text}` };
}
