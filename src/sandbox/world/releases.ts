/** Newest versions that the sandbox's npm registry has, and what it has of the installer. */
export class Releases {
  /** Version of the panel server that every update installs (contract: update). */
  panelServer = '0.1.30';
  readonly installers = new Set(['1.0.53']);
}
