import { journalCommand } from '../core/product.js';
import type { ServerEntry } from '../services/registry/registry.js';
import type { PanelCertificate, PanelService, PanelStats } from '../services/panel/panel-bodies.js';
import { dayOf } from './certificates.js';
import { type Table } from './formats.js';
import type { Confirmation } from './question.js';

const UNITS = ['bytes', 'kB', 'MB', 'GB', 'TB'] as const;
const BINARY = 1024;

/** `301 MB`, `9.6 GB` */
export function bytesText(bytes: number): string {
  const power = bytes < 1 ? 0 : Math.floor(Math.log(bytes) / Math.log(BINARY));
  const unit = Math.min(power, UNITS.length - 1);
  const value = bytes / BINARY ** unit;
  return `${value < 10 && unit > 2 ? value.toFixed(1) : Math.round(value)} ${UNITS[unit]}`;
}

/** `6d 04h`, `3h 12m`, `4m` */
export function uptimeText(seconds: number): string {
  const minutes = Math.floor(seconds / 60);
  const hours = Math.floor(minutes / 60);
  const two = (value: number): string => String(value).padStart(2, '0');
  if (hours >= 24) return `${Math.floor(hours / 24)}d ${two(hours % 24)}h`;
  return hours > 0 ? `${hours}h ${two(minutes % 60)}m` : `${minutes}m`;
}

/** `CPU 4.1 %   Memory 301 of 478 MB   Disk 2.9 of 9.6 GB   up 6d 04h`; what the panel leaves out is left out. */
export function statsText({ cpu, memory, disk, uptime }: PanelStats): string {
  const used = (name: string, part: PanelStats['memory']): string[] =>
    part === undefined ? [] : [`${name} ${bytesText(part.used)} of ${bytesText(part.total)}`];
  return [
    ...(cpu === undefined ? [] : [`CPU ${cpu.usage} %`]),
    ...used('Memory', memory),
    ...used('Disk', disk),
    ...(uptime === undefined ? [] : [`up ${uptimeText(uptime)}`]),
  ].join('   ');
}

const SET_UP: Readonly<Record<string, string>> = {
  FRESH: 'not set up',
  DOMAIN_SET: 'set-up started, waiting for DNS',
  DNS_READY: 'set-up started, DNS verified',
  PROVISIONING: 'set-up in progress',
  COMPLETED: 'set up',
};

/** How far the set-up of a panel is; a state of a newer panel as it says it. */
export function setUpText(state: string): string {
  return SET_UP[state] ?? state;
}

export function serviceText({ name, status, uptime }: PanelService): string {
  return `${name}  ${status}${uptime == null ? '' : ` since ${uptime}`}`;
}

const KINDS: Readonly<Record<string, string>> = {
  'mtls-client': 'admin certificate on the server',
  'mtls-ca': 'certificate authority of the panel',
};

export function certificateName({
  type,
  domain,
}: Pick<PanelCertificate, 'type' | 'domain'>): string {
  return domain ?? KINDS[type] ?? type;
}

export function certificateText(certificate: PanelCertificate): string {
  const { expiresAt } = certificate;
  const name = certificateName(certificate);
  const end = Date.parse(expiresAt);
  return `${name}  until ${Number.isNaN(end) ? expiresAt : dayOf(end)}`;
}

export function serviceTable(services: readonly PanelService[]): Table {
  return {
    head: ['SERVICE', 'STATE', 'SINCE'],
    rows: services.map(({ name, status, uptime }) => [name, status, uptime ?? '-']),
  };
}

export function certificateTable(certificates: readonly PanelCertificate[]): Table {
  return {
    head: ['CERTIFICATE', 'UNTIL'],
    rows: certificates.map((certificate) => certificateText(certificate).split('  until ')),
  };
}

export function renewalText(renewsItself: boolean): string {
  return renewsItself
    ? 'Public certificates are renewed automatically.'
    : 'Public certificates are NOT renewed automatically. Run on the server: systemctl enable --now certbot.timer';
}

export function renewPublicQuestion({ domain, expiresAt }: PanelCertificate): Confirmation {
  return {
    title: `Renew the certificate of ${domain ?? ''} now?`,
    lines: [
      `It is valid until ${expiresAt.slice(0, 10)} and is renewed automatically before then.`,
      'Let’s Encrypt issues only a few certificates a week for one name.',
    ],
    yes: 'Renew',
    danger: false,
    effect: 'renew it',
  };
}

export function renewedPublicText(certificate: PanelCertificate): string {
  return `Renewed: ${certificateText(certificate)}.`;
}

export function restartQuestion(name: string): Confirmation {
  return {
    title: `Restart ${name}?`,
    lines: [
      name === 'nginx'
        ? 'All connections through the server are interrupted for a moment.'
        : 'What it serves is unavailable for a few seconds.',
    ],
    yes: 'Restart',
    danger: false,
    effect: 'restart it',
  };
}

/** `service` is undefined where the panel does not say its state. */
export function restartedText(name: string, service: PanelService | undefined): string {
  if (service === undefined) return `Restarted ${name}; the panel answers again.`;
  if (service.status === 'active') return `Restarted ${name}: it is active.`;
  return `Restarted ${name}, but it is ${service.status}: check its log.`;
}

/** Lines before the one to type. */
export function unreadLogLines(reason: string): readonly string[] {
  return [`The log cannot be read from here: ${reason}`, 'Run on a machine with a key for it:'];
}

/** The line to type where the log cannot be read from here. */
export function logByHand({ ip }: ServerEntry, unit: string, lines: number): string {
  return `ssh root@${ip} ${journalCommand(unit, lines)}`;
}
