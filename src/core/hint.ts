/** Commands of this program without a word of their own behind them. */
type PlainCommand =
  | 'doctor'
  | 'droplets'
  | 'operations'
  | 'provision'
  | 'servers'
  | 'regions'
  | 'sizes'
  | 'token.list'
  | 'token.set'
  | 'vault.init'
  | 'vault.move-to-os'
  | 'vault.move-to-vault'
  | 'vault.passphrase';

/** Commands that take the id of an operation or a droplet, the label or id of a server, or a file. */
type CommandOfId =
  | 'certificate.bind'
  | 'certificate.import'
  | 'certificate.renew'
  | 'certificate.trust'
  | 'droplets.adopt'
  | 'droplets.destroy'
  | 'import'
  | 'operations.attach'
  | 'operations.cancel'
  | 'operations.cleanup'
  | 'operations.dismiss'
  | 'operations.resume'
  | 'servers.activate'
  | 'servers.destroy'
  | 'servers.agents'
  | 'servers.onboard'
  | 'servers.recover'
  | 'servers.remove'
  | 'servers.tunnels'
  | 'servers.users.two-factor'
  | 'token.add'
  | 'token.use';

export type CommandName = CommandHint['command'];

/** Command of this program as a way out: each face names it by a key, or by the line to type. */
export type CommandHint = (
  | { readonly command: PlainCommand }
  | { readonly command: CommandOfId; readonly id: string }
  | { readonly command: 'servers.agents.download'; readonly id: string; readonly agent: string }
  | { readonly command: 'servers.domain'; readonly id: string; readonly domain: string }
  | {
      readonly command: 'servers.power';
      readonly id: string;
      /** `cut`: without asking its system to shut down. */
      readonly action: 'on' | 'off' | 'cut';
    }
  | {
      readonly command: 'provision.again';
      readonly label: string;
      readonly region: string;
      /** Left out for the one of the guide. */
      readonly size?: string;
    }
  | {
      readonly command: 'provision.elsewhere';
      readonly label: string;
      /** Left out for the one of the guide. */
      readonly size?: string;
    }
) & {
  /** Purpose, without a colon: `Or remove it`. Default: the command's own (`words/hints.ts`). */
  readonly lead?: string;
};

/** Way out: text that names no command or key of this program, a command, or several ways, a line each. */
export type Hint = HintPart | readonly HintPart[];

export type HintPart = string | CommandHint | ShellHint;

/** A line for a shell as a way out, which a screen copies whole. */
export interface ShellHint {
  /** Purpose, without a colon: `Unlock it, in bash`. */
  readonly lead: string;
  readonly shellLine: string;
}

/** Parts of a hint, a line each; empty without one. */
export function hintParts(hint: Hint | undefined): readonly HintPart[] {
  if (hint === undefined) return [];
  return isPart(hint) ? [hint] : hint;
}

function isPart(hint: Hint): hint is HintPart {
  return typeof hint === 'string' || 'command' in hint || 'shellLine' in hint;
}

/** Changes the text of a hint; commands stay. */
export function mapHintText(
  hint: Hint | undefined,
  change: (text: string) => string,
): Hint | undefined {
  const changed = (part: HintPart): HintPart => {
    if (typeof part === 'string') return change(part);
    return 'shellLine' in part
      ? { lead: change(part.lead), shellLine: change(part.shellLine) }
      : part;
  };
  if (hint === undefined) return undefined;
  return isPart(hint) ? changed(hint) : hint.map(changed);
}

/** Joins ways out; undefined when there is none. */
export function joinHints(...hints: readonly (Hint | undefined)[]): Hint | undefined {
  const parts = hints.flatMap(hintParts);
  return parts.length === 0 ? undefined : parts;
}
