import { NAME_PREFIX, OPERATION_TAG } from '../../../core/product.js';
import type { PortlamaError } from '../../../core/errors.js';
import type { Clock } from '../../../core/time.js';
import type { DigitalOceanApi } from '../../digitalocean/api.js';
import type { DnsFacts } from '../../dns/server-records.js';
import type { FindPackage } from '../../installer/find-package.js';
import type { RunInstaller } from '../../installer/installer.js';
import type { Keychain } from '../../keychain/keychain.js';
import type { Keystore } from '../../keystore/keystore.js';
import type { Redactor } from '../../log/redactor.js';
import type { Dial } from '../../network/dial.js';
import type { PanelClient, PanelClientOptions } from '../../panel/panel.js';
import type { Registry } from '../../registry/registry.js';
import type { ConnectSsh, SshConnection } from '../../ssh/ssh.js';
import type { JournalEntry, ProvisionRequest, Resource } from '../journal/records.js';
import type { StepId } from '../steps/index.js';
import type { Timing } from '../timing.js';

/** Results of each step for later steps, resume and undo, declared by the step's file. Never a secret. */
export interface StepOutputs {}

/** The world that provisioning works on. */
export interface ProvisioningPorts {
  readonly home: string;
  readonly api: DigitalOceanApi;
  /** The account that has the domain, where that is another and its token is there. */
  readonly dnsApi?: DigitalOceanApi | undefined;
  /** Droplets of a loopback API may have loopback or private addresses; those of the real one may not. */
  readonly apiIsLoopback: boolean;
  readonly keystore: Keystore;
  /** Keychain of this Mac; left out on other systems. */
  readonly keychain?: Keychain | undefined;
  readonly registry: Registry;
  readonly dial: Dial;
  readonly connectSsh: ConnectSsh;
  readonly runInstaller: RunInstaller;
  /** Left out where no package is installed for real: in the sandbox. */
  readonly findPackage?: FindPackage | undefined;
  readonly createPanelClient: (options: PanelClientOptions) => PanelClient;
  readonly clock: Clock;
  readonly redactor: Redactor;
  readonly timing: Timing;
}

/** The way onto the droplet: connects when needed, and again when the connection drops. */
export interface DropletShell {
  /** Why it could not be reached at the last try; undefined since it could. */
  readonly trouble: PortlamaError | undefined;
  /**
   * Connects to a droplet that is still starting, as often as its side does not answer. Resolves to true once a
   * connection stands, which `use` then takes; to false when something else answers, which `use` judges later.
   */
  reach(ip: string, signal: AbortSignal): Promise<boolean>;
  /** Calls `work` again on a new connection when it failed because the old one dropped. */
  use<T>(work: (connection: SshConnection) => Promise<T>, signal: AbortSignal): Promise<T>;
  close(): void;
}

export interface StepContext {
  readonly ports: ProvisioningPorts;
  readonly request: ProvisionRequest;
  /** Outputs of the steps that are done. */
  readonly outputs: Partial<StepOutputs>;
  /** When a step was first begun, epoch milliseconds: how old a thing may be whose answer was lost. */
  readonly begunAt: ReadonlyMap<StepId, number>;
  /** Steps that may have made something; one that was certainly refused is taken out again. */
  readonly attempted: Set<StepId>;
  /** Records of the domain that were begun. */
  readonly dns: DnsFacts | undefined;
  keepDns(facts: DnsFacts): Promise<void>;
  /** Until when the request of an attempted step can have been acted on, by the monotonic clock. */
  readonly sentAt: Map<StepId, number>;
  /** The request to create the droplet was sent more than once, so there may be more than one. */
  sentTwice: boolean;
  /** Ids of what an earlier worker's clean-up removed; a hand-over that succeeded is added. */
  readonly removedBefore: Set<string>;
  readonly shell: DropletShell;
  /** Resources that the last step could not remove. */
  readonly leftovers: Resource[];
  /** Byte position in the droplet's log up to which the journal has it. */
  readonly logOffset: number;
  write(entry: JournalEntry): Promise<void>;
  log(text: string): Promise<void>;
  /** Reports the reason for a wait, until the step's next record. A repetition writes no record. */
  waiting(text: string, untilMs?: number): Promise<void>;
}

/** Removal of one resource of a step. Removing a missing resource succeeds. */
export interface Undo {
  readonly resource: Resource;
  remove(signal: AbortSignal): Promise<'removed' | 'absent'>;
}

export interface Step<Id extends StepId = StepId> {
  /** Finds the result of an interrupted `run`, so that it is not made twice. */
  find?(context: StepContext, signal: AbortSignal): Promise<StepOutputs[Id] | undefined>;
  run(context: StepContext, signal: AbortSignal): Promise<StepOutputs[Id]>;
  /**
   * Lists the resources to remove if the step ever began, in order. Must not query anything: the
   * removal does.
   */
  undo?(context: StepContext): readonly Undo[];
}

/** The output of a step that is done, or a defect. */
export function outputOf<Id extends StepId>(
  context: Pick<StepContext, 'outputs'>,
  step: Id,
): StepOutputs[Id] {
  const output = context.outputs[step];
  if (output === undefined) throw new Error(`The step ${step} has no output yet.`);
  return output;
}

/** On the droplet, and nothing else in the account: marks what belongs to this operation. */
export function operationTag(operationId: string): string {
  return OPERATION_TAG + operationId;
}

/** The account's name for the temporary key. */
export function operationKeyName(operationId: string): string {
  return `${NAME_PREFIX}${operationId}`;
}
