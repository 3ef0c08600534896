import type { DropletState, PanelState } from '../core/watch-event.js';
import { shellWord } from '../core/shell-word.js';
import { dateOf, lengthOf, milliseconds, timeOf } from './formats.js';
import type { Confirmation } from './question.js';

/** Facts of a panel that a sentence may say. */
export interface PanelNews {
  readonly label: string;
  readonly state: PanelState;
  readonly before: PanelState | null;
  /** Length of `before`, ms. */
  readonly beforeMs?: number | undefined;
  readonly reason?: string | undefined;
  readonly latencyMs?: number | undefined;
  readonly version?: string | undefined;
}

/** `lab is offline: 203.0.113.5:9292 did not answer in time.` */
export function panelSentence(news: PanelNews): string {
  const { label, state, before, beforeMs, reason, latencyMs, version } = news;
  if (state !== 'online') {
    const why = reason === undefined ? '' : `: ${reason}`;
    return ended(`${label} is ${STATES[state]}${why}`);
  }
  const isBack = before === 'offline';
  const after = isBack && beforeMs !== undefined ? ` after ${lengthOf(beforeMs)}` : '';
  const facts = [
    ...(latencyMs === undefined ? [] : [milliseconds(latencyMs)]),
    ...(version === undefined ? [] : [`panel ${version}`]),
  ];
  const known = facts.length === 0 ? '' : ` (${facts.join(', ')})`;
  return `${label} is online${isBack ? ' again' : ''}${after}${known}.`;
}

const STATES: Readonly<Record<PanelState, string>> = {
  online: 'online',
  offline: 'offline',
  'certificate-needed': 'not watched, a certificate is needed',
  'certificate-changed': 'showing a certificate that differs from the pinned one',
};

/** `Droplet portlama-lab (123) of lab is off.` */
export function dropletSentence(
  { name, id }: { readonly name: string; readonly id: number },
  label: string | undefined,
  state: DropletState,
): string {
  const droplet = `${name} (${id})`;
  const subject =
    label === undefined ? `Unlisted droplet ${droplet}` : `Droplet ${droplet} of ${label}`;
  return `${subject} ${DROPLET_STATES[state]}.`;
}

const DROPLET_STATES: Readonly<Record<DropletState, string>> = {
  new: 'is being created',
  active: 'is running',
  off: 'is off, and still billed',
  archive: 'is archived',
  absent: 'no longer exists',
};

/** `2026-11-28 14:02:11  lab is online again after 3 min.` */
export function watchLine(at: number, text: string): string {
  return `${dateOf(at)} ${timeOf(at)}  ${text}`;
}

function ended(text: string): string {
  return /[.!?…]$/.test(text) ? text : `${text}.`;
}

/** Asks before the unit of systemd, which was shown, is written. */
export function installQuestion(path: string, replaces: boolean): Confirmation {
  return {
    title: 'Install the unit?',
    lines: [`${replaces ? 'It replaces' : 'It is written to'} ${path}.`],
    yes: 'Install',
    danger: false,
    effect: replaces ? 'replace the unit' : 'write the unit',
    advance: { value: 'install', refusal: 'Not confirmed: the unit was not written.' },
  };
}

/** Commands that start a written unit, and keep it running without a session. */
export function enableLines(unit: string, userName: string): readonly string[] {
  return [
    'Start it now and at each login:',
    '  systemctl --user daemon-reload',
    `  systemctl --user enable --now ${unit}`,
    'Keep it running after you log out (lingering):',
    `  loginctl enable-linger ${shellWord(userName)}`,
    'Read its log:',
    `  journalctl --user --unit ${unit} --follow`,
  ];
}
