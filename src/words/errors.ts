import { type Hint, type HintPart, hintParts } from '../core/hint.js';
import { DEFAULT_SIZE, ENV } from '../core/product.js';
import type { OperationRequest } from '../services/provisioning/journal/records.js';
import type { Operation, OperationError } from '../services/provisioning/operations.js';
import type { AnyStepId } from '../services/provisioning/steps/index.js';

/** State of what a failed provisioning made: all removed, some of it left, or nothing removed. */
export type Aftermath = 'rolled-back' | 'left-over' | 'kept';

/** Texts for one failure code. All of them stay true when the droplet is gone, `whileKept` excepted. */
interface FailureWords {
  /** Reason, where the sentence of the error leaves it open. */
  readonly cause?: string;
  /** Step to take before another try; without one, and without a kept hint, nothing but another try helps. */
  readonly remedy?: HintPart;
  /** The hint of the error is the remedy. */
  readonly keepsHint?: boolean;
  /** Added while the droplet is still there to be looked at. */
  readonly whileKept?: string;
  /** True where the same region would fail again: the next try names another. */
  readonly isOfRegion?: boolean;
  /** True where a resumed run fails in the same way: the clean-up is the only way out. */
  readonly isFinal?: boolean;
}

const OWN: FailureWords = { keepsHint: true };
const OF_REGION: FailureWords = { keepsHint: true, isOfRegion: true };
const PASSES: FailureWords = {};
const BOOT_DELAY = 'A rare delay in DigitalOcean’s infrastructure. Retry usually works.';
const HALF_INSTALLED = 'The installation did not finish properly. Retry usually works.';
const NOT_OURS = 'Something else answered in the droplet’s place: a proxy or a captive network.';
const SSH_REMEDY = 'Check this machine’s network, and that no firewall on the way blocks SSH (22).';
const CONNECTION = 'Check this machine’s connection.';
const ASK_SUPPORT = 'If it persists, ask DigitalOcean’s support.';
const PANEL_DOWN = 'The panel did not start on the droplet.';
const REPORT = 'Update this program; if it is up to date, report this.';

/** Refusals and failures of DigitalOcean's API. */
const API: Readonly<Record<string, FailureWords>> = {
  'token-invalid': {
    cause: 'The token expired or was revoked since it was checked.',
    remedy: { lead: 'Store a new token', command: 'token.set' },
  },
  'request-refused': {
    cause: 'A limit of the DigitalOcean account, or a payment issue.',
    keepsHint: true,
  },
  'account-finalizing': { remedy: 'Wait a minute.' },
  'timed-out': { remedy: CONNECTION },
  'connection-lost': { remedy: CONNECTION },
  'connection-refused': OWN,
  'region-unavailable': OF_REGION,
  'size-unavailable': OF_REGION,
  'image-unavailable': OF_REGION,
  'tag-invalid': { remedy: REPORT },
  'ssh-key-unknown': PASSES,
  'ssh-key-in-use': PASSES,
  'ssh-key-invalid': PASSES,
  'not-found': { cause: 'A resource of this operation no longer exists in the account.' },
  'pending-event': { remedy: 'Wait a minute.' },
  'answer-lost': { cause: 'The connection to DigitalOcean, or DigitalOcean itself, failed.' },
};

/** Failures of SSH, which some of DigitalOcean's API share their codes with. */
const SSH: Readonly<Record<string, FailureWords>> = {
  'connection-refused': { remedy: SSH_REMEDY },
  'connection-timeout': { remedy: SSH_REMEDY },
  'connection-reset': { remedy: SSH_REMEDY },
  'connection-lost': { remedy: SSH_REMEDY },
  'host-unreachable': { remedy: SSH_REMEDY },
  'not-ssh': { cause: NOT_OURS, remedy: 'Use another network.' },
  'authentication-failed': { cause: 'The droplet did not accept the temporary key.' },
  'ssh-incompatible': { remedy: REPORT },
  'session-refused': PASSES,
  'output-too-large': { remedy: REPORT },
  'file-missing': { cause: HALF_INSTALLED },
  'file-too-large': { cause: HALF_INSTALLED },
  'file-denied': { cause: HALF_INSTALLED },
  'file-failed': { cause: 'The disk of the droplet may be full.' },
};

const INSTALLATION: Readonly<Record<string, FailureWords>> = {
  'install-failed': { remedy: 'See the log for details.' },
  'install-interrupted': { cause: 'The droplet may have restarted during the installation.' },
  'install-timeout': { cause: 'The npm registry or the droplet was slow. Retry usually works.' },
  'out-of-memory': {
    cause: 'The smallest droplet needs its swap file; the log shows whether it was created.',
  },
  'apt-locked': {
    cause: 'Another package installation ran on the droplet, often its own automatic updates.',
  },
  'disk-full': { remedy: `Check that ${ENV.installer} names the Portlama installer.` },
  'node-download-failed': {
    cause: 'The droplet could reach neither nodejs.org nor NodeSource.',
    remedy: 'Try again later, or choose another region.',
  },
  'node-checksum-wrong': {
    cause: 'The download was damaged, or changed on its way.',
    remedy: 'Choose another region; if it persists, report it.',
  },
  'registry-unreachable': {
    cause: 'A transient issue of the npm registry. Retry usually works.',
  },
  'packages-unreachable': {
    cause: 'The droplet could not reach the package servers of the distribution.',
  },
  'package-missing': {
    cause: 'The package sources of the droplet lack it, or were only partly read.',
    remedy: REPORT,
  },
  'droplet-hangs': {
    cause: 'It was short of memory, or busy with its disk.',
    whileKept: 'Its console at DigitalOcean shows more.',
  },
  'p12-password-empty': { cause: HALF_INSTALLED },
  'p12-wrong-password': { cause: HALF_INSTALLED },
  'p12-unreadable': { cause: HALF_INSTALLED },
  'panel-timeout': {
    cause: 'The panel did not start, or a firewall on the way blocks its port.',
    whileKept: 'Its console at DigitalOcean shows more.',
  },
  'panel-refused': { cause: PANEL_DOWN },
  'panel-server-down': { cause: PANEL_DOWN },
  'panel-unreachable': { remedy: 'Check this machine’s network.' },
  'panel-certificate-changed': { cause: NOT_OURS, remedy: 'Use another network.' },
  'panel-certificate-invalid': { cause: NOT_OURS, remedy: 'Use another network.' },
  'panel-certificate-required': { cause: HALF_INSTALLED },
  'panel-certificate-early': {
    cause: 'The clock of the droplet was ahead when it made the certificate.',
  },
  'panel-certificate-expired': { cause: 'The clock of this machine is ahead.' },
  'panel-answer-unexpected': { cause: NOT_OURS },
  'panel-tls-too-old': { cause: NOT_OURS },
};

/** Failures of the account, this machine and the work as a whole; those not named here explain themselves. */
const OTHERS: Readonly<Record<string, FailureWords>> = {
  cancelled: PASSES,
  unexpected: { remedy: 'This is a defect of the program: report it with the log.' },
  'region-none': { remedy: ASK_SUPPORT },
  'size-missing': { remedy: ASK_SUPPORT },
  'registry-busy': PASSES,
  'boot-timeout': { cause: BOOT_DELAY },
  'droplet-vanished': { cause: BOOT_DELAY, remedy: 'Choose another region if it happens again.' },
  'address-not-public': { remedy: 'Nothing was sent there. Check DIGITALOCEAN_API_URL.' },
  'credentials-lost': { cause: 'It was removed during the provisioning.' },
  'ssh-key-not-ours': PASSES,
  'operation-key-missing': { ...OWN, isFinal: true },
  'session-ended': { ...OWN, isFinal: true },
  'droplet-gone': { ...OWN, isFinal: true },
  'host-key-invalid': { remedy: REPORT },
  'private-key-invalid': { remedy: REPORT },
};

const SSH_STEPS: ReadonlySet<AnyStepId> = new Set<AnyStepId>([
  'wait_ssh',
  'install_portlama',
  'retrieve_credentials',
]);
/** Cloud provisioning guide, step 6, "Common failure causes". */
const WAY_BLOCKED = 'A firewall or network issue between this machine and the droplet.';
const WAY_CODES: ReadonlySet<string> = new Set([
  'connection-refused',
  'connection-timeout',
  'connection-reset',
  'connection-lost',
  'host-unreachable',
  'session-refused',
]);

function wordsFor({ step, code }: Pick<OperationError, 'step' | 'code'>): FailureWords {
  const [first, second] = SSH_STEPS.has(step) ? [SSH, API] : [API, SSH];
  const words = first[code] ?? INSTALLATION[code] ?? OTHERS[code] ?? second[code] ?? OWN;
  return step === 'wait_ssh' && WAY_CODES.has(code) ? { cause: WAY_BLOCKED, ...words } : words;
}

/** Reason of a failure; undefined where its sentence says it. */
export function failureCause(error: Pick<OperationError, 'step' | 'code'>): string | undefined {
  return wordsFor(error).cause;
}

/** State of what an operation made; undefined while that still changes, or cannot be known. */
export function aftermathOf({
  status,
  cleanUpBegun,
}: Pick<Operation, 'status' | 'cleanUpBegun'>): Aftermath | undefined {
  switch (status) {
    case 'failed':
      return 'rolled-back';
    case 'failed-with-leftovers':
      return 'left-over';
    case 'interrupted':
      return cleanUpBegun ? 'left-over' : 'kept';
    case 'running':
    case 'cleaning-up':
    case 'out-of-sight':
    case 'succeeded':
      return undefined;
  }
}

/** Facts of an operation that its ways out need. */
type FailedRequest = Pick<OperationRequest, 'id' | 'label' | 'region' | 'kind'> & {
  readonly size?: string;
};

/** Way out of a failure, true in this state of the world. */
export function failureWayOut(
  error: Pick<OperationError, 'step' | 'code'> & { readonly hint?: Hint | undefined },
  request: FailedRequest,
  aftermath: Aftermath,
): Hint {
  if (request.kind !== undefined) {
    const own = hintParts(error.hint);
    const resume = { command: 'operations.resume', id: request.id } as const;
    return aftermath === 'kept' && own.length === 0 ? resume : own;
  }
  const { remedy, keepsHint, whileKept, isOfRegion, isFinal = false } = wordsFor(error);
  const parts = keepsHint ? [...hintParts(error.hint)] : [];
  if (remedy !== undefined) parts.push(remedy);
  const { id, label, region, size = DEFAULT_SIZE } = request;
  const cleanUp = { command: 'operations.cleanup', id } as const;
  switch (aftermath) {
    case 'rolled-back': {
      const other = size === DEFAULT_SIZE ? {} : { size };
      if (isOfRegion) {
        const lead = 'Then create it there';
        return [...parts, { lead, command: 'provision.elsewhere', label, ...other }];
      }
      const lead = parts.length === 0 ? 'Try again' : 'Then try again';
      return [...parts, { lead, command: 'provision.again', label, region, ...other }];
    }
    case 'left-over':
      return [...parts, { ...cleanUp, lead: 'Remove what is left' }];
    case 'kept':
      if (isFinal) return [...parts, cleanUp];
      if (whileKept !== undefined) parts.push(whileKept);
      return [
        ...parts,
        'Nothing was removed, since the installation may continue without this machine.',
        { command: 'operations.resume', id },
        { ...cleanUp, lead: 'Or remove what it created' },
      ];
  }
}
