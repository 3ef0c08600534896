import { PANEL_PORT, RESET_COMMAND } from '../core/product.js';
import type { ServerEntry } from '../services/registry/registry.js';
import { count } from './formats.js';
import type { Confirmation, ShellLine } from './question.js';

export const CONFIRM_LINES = [
  'Type the code that the app shows now: it turns the second factor on.',
];
export const SECOND_CODE_LINES = [
  'Type a code of the app to turn the second factor off.',
  'Each code works once: after one that was just typed wait for the next, at most 30 seconds.',
];

/** Wrong codes in this time after which a panel takes none from anybody for a while (contract: panel 2FA). */
export const WRONG_CODES = { most: 5, windowMs: 120_000 };

/** Lines of a question for a code; none before the first wrong one. */
export function wrongCodeLines(wrong: number): readonly string[] {
  if (wrong === 0) return [];
  const left = Math.max(1, WRONG_CODES.most - wrong);
  const until = 'everybody out of the panel for five minutes';
  const next = left === 1 ? `the next wrong one locks ${until}` : `${left} more lock ${until}`;
  return [`${count(wrong, 'wrong code')} in the last two minutes: ${next}.`];
}

export function factorOnQuestion({ label }: ServerEntry): Confirmation {
  return {
    title: `Turn the second factor of the panel of ${label} on?`,
    lines: [
      'Every use of the panel by an admin needs a code of an authenticator app then, here as well.',
      `The panel answers at its name only: port ${PANEL_PORT} of its address closes. A server without a domain would have no address left, so it cannot have this.`,
      `If the app is lost, ${RESET_COMMAND} on the server turns it off, and makes a new certificate.`,
    ],
    yes: 'Turn on',
    danger: false,
    effect: 'turn it on',
  };
}

export function factorOffQuestion({ label }: ServerEntry): Confirmation {
  return {
    title: `Turn the second factor of the panel of ${label} off?`,
    lines: [
      'The certificate alone opens the panel then.',
      `Port ${PANEL_PORT} of its address opens again.`,
    ],
    yes: 'Turn off',
    danger: true,
    effect: 'turn it off',
  };
}

/** Lines beside the QR code of a factor that is being set up. */
export function factorLines(secrets: FactorSecrets): readonly (string | ShellLine)[] {
  return [
    'Scan the code with an authenticator app, or type this key there. Both are shown once:',
    { shellLine: secrets.manualKey, copy: 'Copy key' },
    '',
    'Nothing is changed before you type its first code.',
  ];
}

/** The address without what every authenticator app assumes: a smaller code, which fits beside a text in 80x24. */
export function shortUri(uri: string): string {
  return uri.replaceAll(/&(?:algorithm=SHA1|digits=6|period=30)(?=&|$)/g, '');
}

/** Secrets of a factor that is being set up: to be shown once, never logged. */
export interface FactorSecrets {
  /** For an authenticator app, as a QR code. */
  readonly uri: string;
  /** Secret to type where no QR code can be read. */
  readonly manualKey: string;
}

export function factorText({ label }: ServerEntry, isOn: boolean): string {
  return `The second factor of the panel of ${label} is ${isOn ? 'on' : 'off'}.`;
}

export function turnedOnText({ label }: ServerEntry): string {
  return `The second factor of the panel of ${label} is on. What needs the panel asks for a code now; each works once.`;
}

export function turnedOffText({ label }: ServerEntry): string {
  return `The second factor of the panel of ${label} is off.`;
}
