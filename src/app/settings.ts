/** What the person set for this run. */
export interface Settings {
  /** No spinner and no map; elapsed times move once a second. */
  readonly reducedMotion: boolean;
  /** Rings, and notifies through the terminal, when a provisioning ends. */
  readonly bell: boolean;
}

export const DEFAULT_SETTINGS: Settings = { reducedMotion: false, bell: false };

/** What is known about where the program runs; does not change while it runs. */
export interface EnvironmentFacts {
  /** A browser can be opened here. */
  readonly hasBrowser: boolean;
  /** The terminal is at the other end of an SSH connection. */
  readonly inSshSession: boolean;
  /** This is a Mac, and keys of certificates go into its login keychain. */
  readonly hasKeychain: boolean;
  /** The embedded DigitalOcean is in use: nothing costs money. */
  readonly sandbox: boolean;
  /** Nothing else gives the vault's passphrase: the person is asked for it. */
  readonly asksPassphrase: boolean;
  /** Name of this machine as others reach it, for the instructions to fetch a certificate. */
  readonly hostName: string;
  /** Where the person reached this machine by SSH, if they did: they can again. */
  readonly reachedAt?: { readonly address: string; readonly port: string } | undefined;
  readonly userName: string;
  /** Base URL of DigitalOcean's API. */
  readonly apiUrl: string;
  /** Absolute path of servers.json. */
  readonly serversPath: string;
  /** The debug log; undefined when none is written. */
  readonly logPath: string | undefined;
  /** The program's version. */
  readonly version: string;
  /** What this program and the desktop app create; the image as a person reads it (`Ubuntu 24.04 LTS`). */
  readonly offer: {
    readonly sizeSlug: string;
    readonly imageTitle: string;
    /** USD; what a droplet of that size costs by the guide, for where DigitalOcean is not asked. */
    readonly monthlyUsd: number;
  };
}
