import { CREDENTIAL_SERVICE } from '../core/product.js';
import type { JournalRecord, Resource } from '../services/provisioning/journal/records.js';
import { substepTitle } from './substeps.js';

/** One line of a provisioning's log. */
export interface LogEntry {
  /** Epoch milliseconds. */
  readonly at: number;
  readonly text: string;
  readonly style: 'plain' | 'muted' | 'ok' | 'warn' | 'danger';
}

/** The log line of a journal record; undefined for records that are no news to a person. */
export function logEntry(record: JournalRecord): LogEntry | undefined {
  const line = lineOf(record);
  return line === undefined ? undefined : { at: record.at, text: line[1], style: line[0] };
}

function lineOf(record: JournalRecord): readonly [LogEntry['style'], string] | undefined {
  switch (record.event) {
    case 'log':
      return ['plain', record.text];
    case 'substep':
      return substepLine(record.name, record.status);
    case 'waiting':
      return ['muted', record.text];
    case 'error':
      return ['danger', `error: ${record.message}`];
    case 'cancel':
      return ['warn', 'cancelled: what was made is removed'];
    case 'clock':
      return ['muted', clockText(record.byMs)];
    case 'rollback':
      return rollbackLine(record.resource, record.status, record.reason);
    case 'rolled-back':
      return record.leftovers.length === 0
        ? ['ok', 'clean-up: nothing is left']
        : ['danger', `clean-up: ${record.leftovers.length} could not be removed`];
    case 'complete':
      return ['ok', `${record.server.label} is ready at ${record.server.panelUrl}`];
    case 'operation':
    case 'worker':
    case 'step':
      return undefined;
  }
}

/** `this machine’s clock went ahead by 3 h: it was set, or the machine slept` */
export function clockText(byMs: number): string {
  const minutes = Math.abs(byMs) / 60_000;
  const [amount, unit] =
    minutes < 1 ? [minutes * 60, 's'] : minutes < 119.5 ? [minutes, 'min'] : [minutes / 60, 'h'];
  const by = `${Math.round(amount)} ${unit}`;
  if (byMs < 0) return `this machine’s clock was set back by ${by}`;
  return `this machine’s clock went ahead by ${by}: it was set, or the machine slept`;
}

function substepLine(
  name: string,
  status: 'running' | 'complete' | 'skipped' | 'failed',
): readonly [LogEntry['style'], string] | undefined {
  if (status === 'running') return ['plain', `installer: ${substepTitle(name)}`];
  if (status === 'failed') return ['danger', `installer: ${substepTitle(name)} failed`];
  if (status === 'skipped') return ['muted', `installer: ${substepTitle(name)} skipped`];
  return undefined;
}

function rollbackLine(
  resource: Resource,
  status: 'running' | 'removed' | 'absent' | 'failed',
  reason: string | undefined,
): readonly [LogEntry['style'], string] {
  const what = resourceTitle(resource);
  if (status === 'running') return ['muted', `clean-up: removing ${what}`];
  if (status === 'failed') return ['danger', `clean-up: ${what} is left${because(reason)}`];
  return [
    'plain',
    `clean-up: ${what} ${status === 'removed' ? pastOf(resource) : 'was not there'}`,
  ];
}

const KINDS: Readonly<Record<Resource['kind'], string>> = {
  droplet: 'droplet',
  'ssh-key': 'SSH key',
  'host-key': 'SSH host key',
  tag: 'tag',
  credential: 'credential',
  file: 'file',
  'keychain-identity': 'keychain identity',
  'server-entry': 'list entry',
};

/** `droplet 312876543` */
export function resourceTitle({ kind, id }: Resource): string {
  const [service = '', account = ''] = kind === 'credential' ? id.split(' ') : [];
  const credential = CREDENTIALS[service];
  return credential === undefined ? `${KINDS[kind]} ${id}` : `${credential} ${account}`;
}

/** Names of secrets, by their service in the credential store. */
const CREDENTIALS: Readonly<Record<string, string>> = {
  [CREDENTIAL_SERVICE.operation]: 'temporary private key',
  [CREDENTIAL_SERVICE.server]: 'certificate password',
};

/** Verb for a removed resource: `destroyed`, `removed`, `deleted`. */
export function pastOf(resource: Resource): string {
  if (resource.kind === 'droplet') return 'destroyed';
  return resource.kind === 'file' ? 'deleted' : 'removed';
}

function because(reason: string | undefined): string {
  return reason === undefined ? '' : `: ${reason}`;
}
