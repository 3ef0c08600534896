import { createHash } from 'node:crypto';
import { isIP } from 'node:net';
import type { PanelTrust } from '../panel/panel.js';
import type { ServerEntry } from '../registry/registry.js';
import { readServerFile, readServerP12 } from '../registry/server-files.js';
import { type CertificateNeeded, certificateNeeded } from './health-check.js';

/** What this computer has to open a panel with, but for the password. */
export interface Credential {
  readonly p12: Buffer;
  readonly trust: PanelTrust;
  /** Differs when address, certificate or pin differ. */
  readonly fingerprint: string;
}

/** Reads the files of a server, or says which one is missing. */
export async function readCredential(
  home: string,
  server: ServerEntry,
): Promise<Credential | CertificateNeeded> {
  if (server.authMethod === 'keychain')
    return certificateNeeded('its certificate is in the keychain of a Mac');
  const [p12, pin] = await Promise.all([
    readServerP12(home, server),
    readServerFile(home, server.id, 'panel.pem'),
  ]);
  if (p12 === undefined)
    return certificateNeeded('there is no client certificate for it on this computer');
  const trust = trustOf(server.panelUrl, pin);
  if (trust === undefined)
    return certificateNeeded('the panel’s own certificate was not confirmed here yet');
  const hash = createHash('sha256').update(p12);
  hash.update(JSON.stringify([server.panelUrl, trust]));
  return { p12, trust, fingerprint: hash.digest('hex') };
}

/** An address without a name has no public certificate, so without a pin nothing proves whose panel it is. */
function trustOf(panelUrl: string, pin: Buffer | undefined): PanelTrust | undefined {
  if (pin !== undefined) return { kind: 'pinned', certificatePem: pin.toString('utf8') };
  const host = URL.canParse(panelUrl) ? new URL(panelUrl).hostname.replace(/^\[|\]$/g, '') : '';
  return isIP(host) === 0 ? { kind: 'public' } : undefined;
}
