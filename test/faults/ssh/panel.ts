import { type AddressInfo, createServer } from 'node:net';
import { systemClock } from '../../../src/core/time.js';
import { NO_DELAYS } from '../../fixtures/no-delays.js';
import { FileSystem } from '../../../src/sandbox/droplet/files.js';
import { DropletFaults } from '../../../src/sandbox/faults/droplet-faults.js';
import { AdminCertificates } from '../../../src/sandbox/panel/admin-certificates.js';
import { Panel } from '../../../src/sandbox/panel/panel.js';
import type { DropletPki } from '../../../src/sandbox/pki/droplet-pki.js';
import { PublicAuthority } from '../../../src/sandbox/pki/public-authority.js';
import { Names } from '../../../src/sandbox/world/names.js';
import { Releases } from '../../../src/sandbox/world/releases.js';

const ADDRESS = '203.0.113.7';
/** As OpenSSL writes it before a certificate; makes the file one that takes several packets. */
const EXPLAINED = `${'        Subject Public Key Info: id-ecPublicKey, see below\n'.repeat(1_500)}\n`;

/** A panel that is up, and what the installer would have left of it on a droplet. */
export interface SharedPanel {
  readonly port: number;
  readonly files: Pick<DropletPki, 'panelPem' | 'clientP12' | 'clientPassword'>;
}

let shared: Promise<SharedPanel> | undefined;

/** One for all cells of a process: it keeps nothing from one to the next. */
export function sharedPanel(): Promise<SharedPanel> {
  return (shared ??= startPanel());
}

async function startPanel(): Promise<SharedPanel> {
  const now = (): number => systemClock.now();
  const [files, faults] = [new FileSystem(now), new DropletFaults([])];
  const certificates = new AdminCertificates({ address: ADDRESS, files, faults, now });
  const { authority } = certificates;
  const { panelPem, panelKeyPem } = authority.issuePanel();
  const panel = new Panel({
    address: ADDRESS,
    roundTripMs: () => 0,
    clock: systemClock,
    delays: NO_DELAYS.panel,
    files,
    faults,
    certificates,
    names: new Names(),
    publicAuthority: new PublicAuthority(now),
    releases: new Releases(),
    lifetime: new AbortController().signal,
  });
  panel.configure({ ...authority.pem, panelPem, panelKeyPem });
  panel.state = 'up';
  const server = createServer((socket) => panel.accept(socket));
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  server.unref();
  return {
    port: (server.address() as AddressInfo).port,
    files: { ...authority.issueClient(), panelPem: EXPLAINED + panelPem },
  };
}
