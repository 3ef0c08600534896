import type { Dial } from '../network/dial.js';

/** Way to recognise the right panel. */
export type PanelTrust =
  /** Exactly this certificate's public key (self-signed panel). PEM. */
  | { readonly kind: 'pinned'; readonly certificatePem: string }
  /** A certificate issued by an authority the system trusts (panel with a domain). */
  | { readonly kind: 'public' };

/** The admin certificate. */
export interface PanelIdentity {
  readonly p12: Buffer;
  readonly passphrase: string;
}

export interface PanelHealth {
  readonly status: string;
  /** The panel server's version, `0.1.30`. */
  readonly version: string | undefined;
  /** From request to answer on an open connection, milliseconds. */
  readonly latencyMs: number;
}

/**
 * Client of one panel with one identity and its own connections. Calls reject with PanelError
 * (`code` gives the cause).
 */
export interface PanelClient {
  /** GET /api/health. */
  getHealth(options?: { timeoutMs?: number; signal?: AbortSignal }): Promise<PanelHealth>;
  /** End of its admin certificate, epoch milliseconds; undefined until that was opened, or where another program opens it. */
  certificateEnd?(): number | undefined;
  /** Ends its connections. */
  close(): void;
}

export interface PanelClientOptions {
  /** `https://203.0.113.42:9292` */
  readonly panelUrl: string;
  readonly trust: PanelTrust;
  readonly identity: PanelIdentity;
  /** PEM certificates that count as public authorities instead of the system's: those of the sandbox. */
  readonly authorities?: readonly string[] | undefined;
  readonly dial: Dial;
  /** Pause between two pings on a stream, milliseconds; the usual one by default. */
  readonly pingMs?: number | undefined;
  /** Epoch milliseconds; the machine's clock by default. */
  readonly now?: (() => number) | undefined;
}

/** Codes of PanelError. */
export type PanelErrorCode =
  | 'panel-timeout'
  | 'panel-refused'
  | 'panel-unreachable'
  | 'panel-name-unknown'
  /** The certificate is not the pinned one: an alarm. */
  | 'panel-certificate-changed'
  | 'panel-certificate-invalid'
  /** TLS 1.2 at most; the certificate would be sent too early. */
  | 'panel-tls-too-old'
  /** nginx answered its "certificate required" page: ours was not accepted. */
  | 'panel-certificate-required'
  /** Refused, and by this machine's clock not valid yet. */
  | 'panel-certificate-early'
  /** Refused, and by this machine's clock expired. */
  | 'panel-certificate-expired'
  /** nginx is up, the panel server behind it is not (502). */
  | 'panel-server-down'
  | 'p12-wrong-password'
  | 'p12-unreadable'
  | 'panel-answer-unexpected'
  /** The system's curl, which asks for a key in the keychain, cannot be used. */
  | 'curl-failed'
  /** The keychain has no such identity. */
  | 'identity-missing'
  /** The keychain has several of its name, and curl takes any of them. */
  | 'identity-ambiguous'
  /** Keychain locked, with no way to prompt for its password here. */
  | 'identity-locked'
  /** User denied curl the use of the key when macOS asked. */
  | 'identity-denied';
