import { PANEL_PORT, RESET_COMMAND } from '../core/product.js';
import type { ServerEntry } from '../services/registry/registry.js';
import type { Confirmation } from './question.js';

export const CONFIRM_LINES = [
  'Type the code that the app shows now: it turns the second factor on.',
];
export const SECOND_CODE_LINES = [
  'Each code works once: wait for the next one of the app, at most 30 seconds, and type it to turn the second factor off.',
];
/** Comes before a QR code that is shown once. */
export const SCAN_TEXT = 'Scan this with an authenticator app now; it is shown once:';

export function factorOnQuestion({ label }: ServerEntry): Confirmation {
  return {
    title: `Turn the second factor of the panel of ${label} on?`,
    lines: [
      'Every use of the panel by an admin needs a code of an authenticator app then, here as well.',
      `The panel answers at its name only: port ${PANEL_PORT} of its address closes.`,
      `If the app is lost, ${RESET_COMMAND} on the server turns it off, and makes a new certificate.`,
    ],
    yes: 'Turn on',
    danger: false,
    effect: 'turn it on',
  };
}

export function factorText({ label }: ServerEntry, isOn: boolean): string {
  return `The second factor of the panel of ${label} is ${isOn ? 'on' : 'off'}.`;
}

export function turnedOnLines({ label }: ServerEntry): readonly string[] {
  return [
    `The second factor of the panel of ${label} is on.`,
    'Commands and keys that need the panel ask for a code now; each code works once.',
  ];
}

export function turnedOffText({ label }: ServerEntry): string {
  return `The second factor of the panel of ${label} is off.`;
}
