import { PANEL_PORT, RESET_COMMAND } from '../core/product.js';
import type { ServerEntry } from '../services/registry/registry.js';
import { count } from './formats.js';
import type { Confirmation, ShellLine } from './question.js';

export const CONFIRM_LINES = ['Type the code that the app shows now to turn the second factor on.'];
export const SECOND_CODE_LINES = [
  'Type a code of the app to turn the second factor off.',
  'Each code works once. If you have just used one, wait for the next, at most 30 seconds.',
];

/** Wrong codes in this time after which a panel takes none from anybody for a while (contract: panel 2FA). */
export const WRONG_CODES = { most: 5, windowMs: 120_000 };

/** Lines of a question for a code; none before the first wrong one. */
export function wrongCodeLines(wrong: number): readonly string[] {
  if (wrong === 0) return [];
  const left = Math.max(1, WRONG_CODES.most - wrong);
  const until = 'everyone out of the panel for five minutes';
  const next = left === 1 ? `the next wrong one locks ${until}` : `${left} more lock ${until}`;
  return [`${count(wrong, 'wrong code')} in the last two minutes: ${next}.`];
}

export function factorOnQuestion({ label }: ServerEntry): Confirmation {
  return {
    title: `Turn the second factor of the panel of ${label} on?`,
    lines: [
      'Every admin then needs a code from an authenticator app to use the panel, here as well.',
      `The panel then answers at its domain only: port ${PANEL_PORT} of its IP address closes. So a server without a domain cannot have a second factor.`,
      `If the app is lost, run ${RESET_COMMAND} on the server: it turns the second factor off and creates a new certificate.`,
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
      'The panel then opens with the certificate alone.',
      `Port ${PANEL_PORT} of its IP address opens again.`,
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
    'Nothing changes until you type the first code.',
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
  return `The second factor of the panel of ${label} is on. From now on, opening the panel requires a code; each code works once.`;
}

export function turnedOffText({ label }: ServerEntry): string {
  return `The second factor of the panel of ${label} is off.`;
}
