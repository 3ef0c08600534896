/** Options that the person set for this run. */
export interface Settings {
  /** No spinner and no map; elapsed times move once a second. */
  readonly reducedMotion: boolean;
  /** Rings, and notifies through the terminal, when a provisioning ends. */
  readonly bell: boolean;
}

export const DEFAULT_SETTINGS: Settings = { reducedMotion: false, bell: false };
