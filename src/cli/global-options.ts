/** Options of every command and of the full screen. */
export interface GlobalOptions {
  readonly sandbox: boolean;
  readonly plain: boolean;
  readonly ascii: boolean;
  readonly reducedMotion: boolean;
  readonly bell: boolean;
  readonly mouse: boolean;
  /** The given text; undefined without the option. */
  readonly theme: string | undefined;
  /** Absolute or relative path. */
  readonly logFile: string | undefined;
  readonly account: string | undefined;
}

export const GLOBAL_OPTIONS: readonly (readonly [flags: string, summary: string])[] = [
  ['--sandbox', 'Use an embedded DigitalOcean in its own folder; costs nothing'],
  ['--plain', 'Plain lines instead of the full screen'],
  ['--log <FILE>', 'Write a redacted debug log of actions, API calls and SSH commands'],
  ['--account <NAME>', 'Only this account, as `token add` named it'],
  ['--ascii', 'Plain ASCII instead of line drawing and symbols'],
  ['--reduced-motion', 'No spinner, no map'],
  ['--theme <NAME>', 'Colours: auto (by the background), dark, light or high-contrast'],
  ['--no-mouse', 'Leave the mouse to the terminal'],
  ['--bell', 'Ring the bell when an operation ends, or a server goes offline or comes back'],
];

/** Reads switches by their names as commander gives them: camelCase, without dashes. */
export function globalOptions(values: Readonly<Record<string, unknown>>): GlobalOptions {
  return {
    sandbox: values['sandbox'] === true,
    plain: values['plain'] === true,
    ascii: values['ascii'] === true,
    reducedMotion: values['reducedMotion'] === true,
    bell: values['bell'] === true,
    mouse: values['mouse'] !== false,
    theme: values['theme'] as string | undefined,
    logFile: values['log'] as string | undefined,
    account: values['account'] as string | undefined,
  };
}

/** The options of a command line that has nothing but switches; undefined for any other, which needs the parser. */
export function onlySwitches(argv: readonly string[]): GlobalOptions | undefined {
  const known = new Set(GLOBAL_OPTIONS.map(([flags]) => flags));
  if (!argv.every((word) => known.has(word))) return undefined;
  // Names of commander: `--no-mouse` is `mouse: false`.
  const values = argv.map((word) => {
    const [, no, name = ''] = /^--(no-)?(.+)$/.exec(word) ?? [];
    const key = name.replaceAll(/-([a-z])/g, (_all, letter: string) => letter.toUpperCase());
    return [key, no === undefined] as const;
  });
  return globalOptions(Object.fromEntries(values));
}
