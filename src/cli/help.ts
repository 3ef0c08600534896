import { wrap } from '../widgets/wrap.js';
import { COMMAND_TABLE } from './command-table.js';
import { ENVIRONMENT } from './settings.js';

/** A terminal has at least so many columns. */
const COLUMNS = 79;

/** `--help`. */
export function helpText(): string {
  const environment = ENVIRONMENT.map(
    ({ name, meaning, fallback }) => [name, `${meaning} (${fallback})`] as const,
  );
  return `portlama-tui: Portlama servers on DigitalOcean, from the terminal

  portlama-tui             the full-screen program
  portlama-tui --sandbox   the same on an embedded DigitalOcean, for nothing

Commands, each after portlama-tui
${commandLines().join('\n')}

Options
  --plain            plain lines instead of the full screen
  --log FILE         redacted debug log of actions, API calls and SSH commands
  --ascii            plain ASCII instead of line drawing and symbols
  --reduced-motion   no spinner, no map
  --yes TEXT         what would have to be typed before what cannot be undone
  --foreground       for provision: a signal cancels it, and waits for the clean-up
  --bell             ring when a provisioning ends
  -h, --help         this text
  -V, --version      the version

Environment
${rows(environment).join('\n')}
`;
}

export function commandLines(): readonly string[] {
  return rows(COMMAND_TABLE.map(({ usage, meaning }) => [usage, meaning]));
}

/** What it is called on a line, and below it what it means. */
function rows(table: readonly (readonly [name: string, meaning: string])[]): readonly string[] {
  const indent = ' '.repeat(6);
  return table.flatMap(([name, meaning]) => [
    `  ${name}`,
    ...wrap(meaning, COLUMNS - indent.length).map(
      ({ spans }) => indent + spans.map(({ text }) => text).join(''),
    ),
  ]);
}
