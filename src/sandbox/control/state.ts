/** Contents of the sandbox, including deleted droplets while they are still readable. */
export interface SandboxState {
  readonly world: string;
  readonly droplets: readonly {
    readonly id: number;
    readonly name: string;
    readonly team: string;
    readonly region: string;
    readonly status: 'new' | 'active' | 'off';
    readonly deleted: boolean;
    readonly tags: readonly string[];
    readonly address: string;
    readonly panel: 'absent' | 'server-down' | 'up';
    readonly sshConnections: number;
  }[];
  readonly keys: readonly {
    readonly id: number;
    readonly name: string;
    readonly fingerprint: string;
    readonly team: string;
  }[];
  readonly tags: readonly { readonly name: string; readonly team: string }[];
  /** By `METHOD /path`, ids as `{id}`. */
  readonly calls: Readonly<Record<string, number>>;
  /** Programs that hold the sandbox. */
  readonly attached: number;
  /** Entries of the keystore, without the secrets. */
  readonly secrets: readonly { readonly service: string; readonly account: string }[];
}
