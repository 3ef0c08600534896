import type { DnsReport } from './panel-bodies.js';

/** One name that must point to the server, and where it leads now. */
export interface NameState {
  readonly name: string;
  readonly found: readonly string[];
  readonly isRight: boolean;
  /** Label of another server of the list that it leads to. */
  readonly holder?: string | undefined;
  /** Why it could not be looked up. */
  readonly failure?: string | undefined;
  /** IPv6 addresses, which Let's Encrypt asks first. */
  readonly ipv6?: readonly string[];
}

/** One look at the names of a domain, by the panel and from here. */
export interface DnsLook {
  readonly domain: string;
  readonly address: string;
  /** Names that get certificates. */
  readonly names: readonly NameState[];
  /** False while the panel refuses to look. */
  readonly asksPanel: boolean;
  /** The panel's own look; undefined where it was not asked, or its resolver failed. */
  readonly report?: DnsReport | undefined;
  /** Epoch milliseconds. */
  readonly at: number;
}

/** One task of the panel's installation. */
export interface InstallTask {
  readonly id: string;
  readonly title: string;
  readonly status: 'pending' | 'running' | 'done' | 'error';
  readonly message?: string | undefined;
}
