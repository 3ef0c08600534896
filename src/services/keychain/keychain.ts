import type { X509Certificate } from 'node:crypto';
import type { FollowedLine } from '../panel/panel-stream.js';
import type { PanelClient, PanelIdentity, PanelTrust } from '../panel/panel.js';

/** A certificate whose private key is in a keychain. */
export interface KeychainIdentity {
  /** Common name of the certificate: what curl finds it by, and what servers.json has. */
  readonly name: string;
  /** SHA-1 of the certificate, 40 upper-case hex digits. */
  readonly sha1: string;
}

export interface AddOptions {
  /** A private folder, for a file that is there while the import needs it. */
  readonly folder: string;
  readonly signal?: AbortSignal | undefined;
}

export interface KeychainPanelOptions {
  readonly panelUrl: string;
  readonly trust: PanelTrust;
  /** `sha1` undefined for an identity that another program imported. */
  readonly identity: { readonly name: string; readonly sha1: string | undefined };
}

/**
 * The login keychain of a Mac, for the identities that panels are opened with. Calls reject with KeychainError
 * (`code`, what happened, what to do), and never hang.
 */
export interface Keychain {
  /** Rejects when nothing can be added now: locked, or no tool for it. */
  probe(signal?: AbortSignal): Promise<void>;
  /** Why this Mac cannot open panels with what is in its keychain, as half a sentence; undefined when it can. */
  unsuited(): Promise<string | undefined>;
  /** All that a client certificate can be taken from: of every keychain that curl looks into. */
  list(signal?: AbortSignal): Promise<readonly KeychainIdentity[]>;
  /**
   * Adds the identity of a .p12, its key non-extractable and for curl's use. Resolves once it is seen there, also
   * when it was there already.
   */
  add(identity: PanelIdentity, options: AddOptions): Promise<KeychainIdentity>;
  /**
   * Adds another certificate for a key that is there already, which makes an identity of them. Resolves once that is
   * seen, also when it was there already.
   */
  addCertificate(certificate: X509Certificate, options: AddOptions): Promise<KeychainIdentity>;
  /** Deletes a certificate, and leaves its key. False when it was not there. */
  removeCertificate(sha1: string, signal?: AbortSignal): Promise<boolean>;
  /** Deletes certificate and key. False when they were not there. */
  remove(sha1: string, signal?: AbortSignal): Promise<boolean>;
  /** A client of a panel; its calls reject with PanelError. */
  openPanel(options: KeychainPanelOptions): PanelClient;
  /** A way to a panel, for all of its API; its calls reject with PanelError. */
  openLine(options: KeychainPanelOptions): FollowedLine;
}
