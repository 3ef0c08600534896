import type { Clock } from '../../core/time.js';
import type { SandboxDelays } from '../delays.js';
import type { FileSystem } from '../droplet/files.js';
import type { DropletFaults } from '../faults/droplet-faults.js';
import type { PublicAuthority } from '../pki/public-authority.js';
import type { Names } from '../world/names.js';
import type { Releases } from '../world/releases.js';
import type { AdminCertificates } from './admin-certificates.js';

/** The droplet around a panel server, and the world around the droplet. */
export interface PanelSite {
  readonly address: string;
  readonly clock: Clock;
  readonly delays: SandboxDelays['panel'];
  readonly faults: DropletFaults;
  readonly files: FileSystem;
  readonly certificates: AdminCertificates;
  readonly names: Names;
  readonly publicAuthority: PublicAuthority;
  readonly releases: Releases;
  /** Aborted when the droplet is destroyed. */
  readonly lifetime: AbortSignal;
}

/** Powers of a panel server over nginx and its own service. */
export interface Nginx {
  /** Cuts every connection. */
  restart(): void;
  stop(): void;
  /** The panel server is down for so long; everything in its memory is lost. */
  restartServer(forMs: number): void;
  /** The panel server goes down for good. */
  stopServer(): void;
}
