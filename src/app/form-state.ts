import type { Region, Size } from '../services/digitalocean/api.js';
import type { TokenReport } from '../services/digitalocean/token-check.js';
import type { RegionLatency } from '../services/latency/measure-regions.js';
import type { DnsLook, InstallTask } from '../services/panel/set-up-facts.js';
import type { ChosenKeys } from '../usecases/ssh-keys.js';
import type { ShownError } from './shown-error.js';

export const WIZARD_STEPS = ['token', 'region', 'label', 'create'] as const;
export type WizardStep = (typeof WIZARD_STEPS)[number];

/** Entries of the person so far. The token itself is in a TokenHolder, never here. */
export interface WizardState {
  /** Identity of the wizard: results asked for in an earlier one are not for it. */
  readonly draft: object;
  readonly step: WizardStep;
  readonly token: TokenState;
  readonly regions: RegionsState;
  /** Region slug: the fastest one until the person moved. */
  readonly region: string | undefined;
  readonly moved: boolean;
  /** Size slug. */
  readonly size: string;
  /** Name of the chosen region that does not offer the size chosen since. */
  readonly lostRegion: string | undefined;
  /** Unparsed, as typed; empty stands for the default. */
  readonly label: string;
  /** Unparsed, as typed; empty for a server without one. */
  readonly domain: string;
  /** Unparsed, as typed: e-mail for the set-up of the domain; empty to be asked then. */
  readonly email: string;
  /** Domains of the account; empty until they are known, and for a token that cannot read them. */
  readonly zones: readonly string[];
  /** Keys of the person that stay on the server; undefined for none. */
  readonly sshKeys: ChosenKeys | undefined;
  readonly creating: boolean;
  /** Ids of the operations that were there before its own was started. */
  readonly knownOperations: readonly string[];
  /** Why the last try to create did not start. */
  readonly problem: ShownError | undefined;
}

export interface TokenState {
  /** `saved`: need not be typed; `entered`: typed or pasted in this wizard. */
  readonly source: 'none' | 'saved' | 'entered';
  readonly check:
    | { readonly state: 'unchecked' }
    | { readonly state: 'checking' }
    | { readonly state: 'checked'; readonly report: TokenReport }
    | { readonly state: 'failed'; readonly error: ShownError };
}

export interface RegionsState {
  readonly state: 'unknown' | 'loading' | 'loaded' | 'failed';
  /** Open regions, whatever size they offer. */
  readonly open: readonly Region[];
  /** Sizes that a server can have, cheapest first. */
  readonly sizes: readonly Size[];
  /** Regions that offer the size. */
  readonly list: readonly Region[];
  /** The chosen size; undefined while it is not known, or where no region offers it. */
  readonly size: Size | undefined;
  /** By slug. */
  readonly latencies: Readonly<Record<string, RegionLatency>>;
  readonly error: ShownError | undefined;
}

/** `sandbox`: the sample token that the sandbox accepts. */
export type TokenOrigin = 'environment' | 'store' | 'sandbox' | 'none';

/** Token source that the token step begins with. */
export function savedSource(origin: TokenOrigin | undefined): 'saved' | 'none' {
  return origin === undefined || origin === 'none' ? 'none' : 'saved';
}

export function emptyWizard(origin: TokenOrigin | undefined, size: string): WizardState {
  return {
    draft: {},
    step: 'token',
    token: { source: savedSource(origin), check: { state: 'unchecked' } },
    regions: {
      state: 'unknown',
      open: [],
      sizes: [],
      list: [],
      size: undefined,
      latencies: {},
      error: undefined,
    },
    region: undefined,
    moved: false,
    size,
    lostRegion: undefined,
    label: '',
    domain: '',
    email: '',
    zones: [],
    sshKeys: undefined,
    creating: false,
    knownOperations: [],
    problem: undefined,
  };
}

export type AddServerField = 'url' | 'label';

/** Entries of the person about an existing server. */
export interface AddServerState {
  /** Unparsed, as typed. */
  readonly url: string;
  /** Unparsed, as typed; empty stands for the label suggested by the host name. */
  readonly label: string;
  /** `found`: looked at, and asked about. */
  readonly phase: 'editing' | 'looking' | 'found' | 'adding';
  /** Why the last try ended, under the field that caused it. */
  readonly problem: { readonly field: AddServerField; readonly error: ShownError } | undefined;
}

export const EMPTY_ADD_SERVER: AddServerState = {
  url: '',
  label: '',
  phase: 'editing',
  problem: undefined,
};

export const SET_UP_STEPS = ['domain', 'dns', 'install', 'done'] as const;
export type SetUpStep = (typeof SET_UP_STEPS)[number];

/** Set-up of one server's domain that this program follows. Its secrets are in a SetUpDesk, never here. */
export interface SetUpDraft {
  readonly step: SetUpStep;
  /** The panel takes a domain: the form is shown. */
  readonly isOpen: boolean;
  /** Work is under way: a look, the wait for DNS, or the installation. */
  readonly isBusy: boolean;
  /** Epoch milliseconds: begin of the step. */
  readonly since: number;
  /** Typed text, then the panel's form of it. */
  readonly domain: string;
  /** Typed text. */
  readonly email: string;
  /** Domain that the panel has already, with an e-mail address that it does not tell. */
  readonly kept: string | undefined;
  /** Domains of the accounts; empty until they are known, and without a token that can read them. */
  readonly zones: readonly string[];
  /** Record that is copied alone, by its name; the first one until another is chosen. */
  readonly record: string | undefined;
  readonly dns: DnsLook | undefined;
  readonly tasks: readonly InstallTask[];
  /** Why the last try ended. */
  readonly problem: ShownError | undefined;
  /** Facts about the login, once all is done. */
  readonly login: SetUpLogin | undefined;
}

export interface SetUpLogin {
  readonly username: string;
  /** Its state. `kept`: set before, and in the store. `unknown`: set elsewhere, and not in the store. */
  readonly password: 'told' | 'kept' | 'unknown';
}

export function emptySetUp(now: number): SetUpDraft {
  return {
    step: 'domain',
    isOpen: false,
    isBusy: true,
    since: now,
    domain: '',
    email: '',
    kept: undefined,
    zones: [],
    record: undefined,
    dns: undefined,
    tasks: [],
    problem: undefined,
    login: undefined,
  };
}
