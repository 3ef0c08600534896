import { keyOf } from './keys.js';
import type { Hint } from '../core/hint.js';
import { monthly } from './formats.js';
import { CREDENTIAL_SERVICE } from '../core/product.js';
import type { JournalRecord, Resource } from '../services/provisioning/journal/records.js';
import type { Operation, OperationSubstep } from '../services/provisioning/operations.js';
import type { Confirmation } from './question.js';

/** Text for leaving while a worker is being started. */
export function beginInterruptedText(): Hint {
  return ['The operation may have started anyway.', { command: 'operations', lead: 'check' }];
}

/** Way to work that continues in the background. */
export function wayBackHint(id: string): Hint {
  return [
    {
      lead: 'The work continues in the background: watch it with',
      command: 'operations.attach',
      id,
    },
    { lead: 'Or cancel it with', command: 'operations.cancel', id },
  ];
}

/** Text for the start of the wizard while another server is being created. */
export function oneAtATimeText(label: string): string {
  return `${label} is still being created. Only one server can be created at a time.`;
}

/** Question before a running operation is stopped. Running the command is agreement enough. */
export function cancelQuestion({ request }: Operation): Confirmation {
  return {
    title: `Cancel creating ${request.label}?`,
    lines: [
      'The installation stops, and everything it created is removed: the droplet, the temporary SSH key and local files.',
      `To leave it running in the background instead, press ${keyOf('provisioning.background')}.`,
    ],
    yes: 'Cancel and clean up',
    no: 'Keep going',
    danger: true,
    effect: 'cancel it',
  };
}

/** Question before the rest of an operation is removed. Running the command is agreement enough. */
export function cleanUpQuestion({ request, status }: Operation): Confirmation {
  return {
    title: `Clean up after ${request.label}?`,
    lines: [
      status === 'interrupted'
        ? 'Everything this provisioning created is removed. It cannot be resumed afterwards.'
        : 'This tries again to remove what remains of the provisioning.',
    ],
    yes: 'Clean up',
    no: 'Keep it',
    danger: true,
    effect: 'clean it up',
  };
}

/** Question before a second attempt, while resources of the first one cost money. */
export function retryQuestion({ request }: Operation, costly: readonly Resource[]): Confirmation {
  return {
    title: `Create another ${request.label}?`,
    lines: [
      'Resources of the first attempt remain and keep costing money:',
      ...costly.map((resource) => ({
        strong: `  ${resourceTitle(resource)}, ${monthly(resource.monthlyUsd)}`,
      })),
      `Clean up (${keyOf('provisioning.clean-up')}) tries again to remove it.`,
    ],
    yes: 'Create another',
    danger: true,
    effect: 'create another one',
  };
}

/** One line of a provisioning's log. */
export interface LogEntry {
  /** Epoch milliseconds. */
  readonly at: number;
  readonly text: string;
  readonly style: 'plain' | 'muted' | 'ok' | 'warn' | 'danger';
  /** The error that ended it. */
  readonly isFailure?: true;
}

/** The log line of a journal record; undefined for records that are no news to a person. */
export function logEntry(record: JournalRecord): LogEntry | undefined {
  const line = lineOf(record);
  if (line === undefined) return undefined;
  const entry = { at: record.at, text: line[1], style: line[0] };
  return record.event === 'error' ? { ...entry, isFailure: true } : entry;
}

function lineOf(record: JournalRecord): readonly [LogEntry['style'], string] | undefined {
  switch (record.event) {
    case 'log':
      return [record.tone ?? 'plain', record.text];
    case 'instruct':
      return ['plain', `${record.lines.join(' ')} ${record.url ?? ''}  ${record.copy}`];
    case 'substep':
      return substepLine(record.name, record.status);
    case 'waiting':
      return ['muted', record.text];
    case 'error':
      return ['danger', `error: ${record.message}`];
    case 'cancel':
      return ['warn', 'cancelled: cleaning up'];
    case 'clock':
      return ['muted', clockText(record.byMs)];
    case 'rollback':
      return rollbackLine(record.resource, record.status, record.reason);
    case 'rolled-back':
      return record.leftovers.length === 0
        ? ['ok', 'clean-up: nothing remains']
        : ['danger', `clean-up: ${record.leftovers.length} could not be removed`];
    case 'complete':
      return ['ok', `${record.server.label} is ready at ${record.server.panelUrl}`];
    case 'operation':
    case 'worker':
    case 'step':
    case 'dns':
    case 'names':
    case 'looked':
    case 'tasks':
      return undefined;
  }
}

/** `this machine’s clock jumped ahead by 3 h: it was changed, or the machine was asleep` */
export function clockText(byMs: number): string {
  const minutes = Math.abs(byMs) / 60_000;
  const [amount, unit] =
    minutes < 1 ? [minutes * 60, 's'] : minutes < 119.5 ? [minutes, 'min'] : [minutes / 60, 'h'];
  const by = `${Math.round(amount)} ${unit}`;
  if (byMs < 0) return `this machine’s clock was set back by ${by}`;
  return `this machine’s clock jumped ahead by ${by}: it was changed, or the machine was asleep`;
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
  if (status === 'failed') return ['danger', `clean-up: ${what} remains${because(reason)}`];
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
  'dns-records': 'DNS records of',
  credential: 'credential',
  file: 'file',
  'keychain-identity': 'keychain identity',
  'server-entry': 'list entry',
};

/** `droplet`, `SSH key` */
export function kindTitle(kind: string): string {
  return KINDS[kind as Resource['kind']] ?? KINDS_OF_PLANS[kind] ?? kind;
}

/** Resources that only a plan names one by one. */
const KINDS_OF_PLANS: Readonly<Record<string, string>> = { 'dns-record': 'DNS record' };

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

/** The installer's own steps and our bootstrap's before them, as a person reads them. */
const TITLES: Readonly<Record<string, string>> = {
  wait_cloud_init: "waiting for the droplet's first boot",
  wait_apt: 'waiting for apt',
  make_swap: 'creating swap',
  prepare_node: 'preparing Node.js',
  check_environment: 'checking the environment',
  harden_system: 'hardening the operating system',
  install_node: 'installing Node.js',
  generate_certs: 'generating certificates',
  configure_nginx: 'configuring nginx',
  deploy_panel: 'deploying the panel',
  redeploy_panel: 'deploying the panel again',
  deploy_gatekeeper: 'deploying the gatekeeper',
  check_panel: 'checking the panel',
  repeat_install: 'running it again in full',
};

/** Steps of create-portlama in order (contract/portlama.md): what "3/7" counts. */
const INSTALLER_STEPS = [
  'check_environment',
  'harden_system',
  'install_node',
  'generate_certs',
  'configure_nginx',
  'deploy_panel',
  'deploy_gatekeeper',
];

/** Title of a sub-step; an unknown name is shown with spaces. */
export function substepTitle(name: string): string {
  return Object.hasOwn(TITLES, name) ? TITLES[name]! : name.replaceAll('_', ' ');
}

/** `4/7 generating certificates`; without a count for the steps before the installer. Undefined when none runs. */
export function substepProgress(substeps: readonly OperationSubstep[]): string | undefined {
  // Take the running sub-step, otherwise the last failed one, which a second run may be about.
  const running =
    substeps.findLast(({ status }) => status === 'running') ??
    substeps.findLast(({ status }) => status === 'failed');
  if (running === undefined) return undefined;
  const place = INSTALLER_STEPS.indexOf(running.name);
  const title = substepTitle(running.name);
  return place === -1 ? title : `${place + 1}/${INSTALLER_STEPS.length} ${title}`;
}
