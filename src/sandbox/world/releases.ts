import { INSTALLER_PACKAGE, PANEL_PACKAGE } from '../../core/product.js';

/** Newest versions that the sandbox's npm registry has, and what it has of the installer. */
export class Releases {
  /** Version of the panel server that every update installs (contract: update). */
  panelServer = '0.1.30';
  readonly installers = new Set(['1.0.53']);

  /** Newest version of a package; undefined for one that is not published. */
  newest(name: string): string | undefined {
    if (name === PANEL_PACKAGE) return this.panelServer;
    return name === INSTALLER_PACKAGE ? [...this.installers].at(-1) : undefined;
  }
}
