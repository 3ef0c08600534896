import { passphraseStrength } from '../services/keystore/passphrase-strength.js';

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
