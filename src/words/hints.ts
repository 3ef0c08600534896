import { asSentence } from '../core/clean.js';
import {
  type CommandHint,
  type CommandName,
  type Hint,
  hintParts,
  type ShellHint,
} from '../core/hint.js';
import { PROGRAM } from '../core/product.js';
import { shellWord } from '../core/shell-word.js';
import { keyOf, type NamedCommand } from './keys.js';

interface CommandWords {
  /** Words to type after the program's name. */
  readonly line: string;
  /** Words to type after the id. */
  readonly rest?: readonly string[];
  /** Purpose, where the hint has none of its own. */
  readonly lead: string;
  /** Command of the full screen that does it; undefined: there is none, so the command line is shown. */
  readonly does?: NamedCommand;
  /** Place of its key: `on its row`. */
  readonly where?: string;
}

const ON_ROW = 'on its row';
const IN_LIST = 'in the list';
/** Place of keys on the page of the operation that the hint is about. */
const ON_PAGE = 'on its page';

const COMMANDS: Readonly<Record<CommandName, CommandWords>> = {
  'certificate.bind': { line: 'certificate bind', lead: 'Bind its certificate to this Mac' },
  'certificate.import': {
    line: 'certificate import',
    rest: ['client.p12'],
    lead: 'Import its certificate',
    does: 'servers.access',
    where: ON_ROW,
  },
  'certificate.renew': {
    line: 'certificate renew',
    lead: 'Renew its certificate',
    does: 'servers.certificate',
    where: ON_ROW,
  },
  'certificate.trust': {
    line: 'certificate trust',
    lead: 'Confirm its certificate',
    does: 'servers.certificate',
    where: ON_ROW,
  },
  doctor: { line: 'doctor', lead: 'Diagnose with', does: 'doctor' },
  droplets: {
    line: 'droplets',
    lead: 'List the droplets with',
    does: 'servers.refresh',
    where: IN_LIST,
  },
  'droplets.adopt': {
    line: 'droplets adopt',
    lead: 'Adopt it',
    does: 'servers.adopt',
    where: ON_ROW,
  },
  'droplets.destroy': {
    line: 'droplets destroy',
    lead: 'Destroy it',
    does: 'servers.destroy',
    where: ON_ROW,
  },
  import: { line: 'import', lead: 'On the other machine' },
  operations: {
    line: 'operations',
    lead: 'List them with',
    does: 'servers.refresh',
    where: IN_LIST,
  },
  'operations.attach': {
    line: 'operations attach',
    lead: 'Watch it',
    does: 'servers.open',
    where: ON_ROW,
  },
  'operations.cancel': {
    line: 'operations cancel',
    lead: 'Cancel it',
    does: 'provisioning.cancel',
    where: ON_PAGE,
  },
  'operations.cleanup': {
    line: 'operations cleanup',
    lead: 'Remove what it created',
    does: 'provisioning.clean-up',
    where: ON_PAGE,
  },
  'operations.dismiss': {
    line: 'operations dismiss',
    lead: 'Dismiss it',
    does: 'provisioning.dismiss',
    where: ON_PAGE,
  },
  'operations.resume': {
    line: 'operations resume',
    lead: 'Resume it',
    does: 'provisioning.resume',
    where: ON_PAGE,
  },
  provision: {
    line: 'provision --region fra1',
    lead: 'Create a server with',
    does: 'servers.create',
    where: IN_LIST,
  },
  'provision.again': {
    line: 'provision',
    lead: 'Try again',
    does: 'provisioning.retry',
    where: ON_PAGE,
  },
  'provision.elsewhere': {
    line: 'provision',
    lead: 'Create it in another region',
    does: 'servers.create',
    where: IN_LIST,
  },
  servers: { line: 'servers', lead: 'List them with', does: 'servers.refresh', where: IN_LIST },
  'servers.activate': {
    line: 'servers activate',
    lead: 'Make it the active server',
    does: 'servers.activate',
    where: ON_ROW,
  },
  'servers.agents': {
    line: 'servers agents',
    lead: 'List its agents',
    does: 'servers.team',
    where: ON_ROW,
  },
  'servers.users.two-factor': {
    line: 'servers users two-factor',
    rest: ['admin'],
    lead: 'Make a new second factor',
    does: 'servers.team',
    where: ON_ROW,
  },
  'servers.agents.download': {
    line: 'servers agents download',
    rest: ['agent.p12'],
    lead: 'Fetch its certificate again',
    does: 'servers.team',
    where: ON_ROW,
  },
  'servers.destroy': {
    line: 'servers destroy',
    lead: 'Destroy it',
    does: 'servers.destroy',
    where: ON_ROW,
  },
  'servers.domain': { line: 'servers domain', lead: 'Set up its DNS' },
  'servers.onboard': {
    line: 'servers onboard',
    lead: 'Continue its set-up',
    does: 'servers.set-up',
    where: ON_ROW,
  },
  'servers.recover': {
    line: 'servers recover',
    lead: 'Recover its certificate',
    does: 'servers.recover',
    where: ON_ROW,
  },
  'servers.power': {
    line: 'servers power',
    lead: 'Change its power',
    does: 'servers.power',
    where: ON_ROW,
  },
  'servers.remove': {
    line: 'servers remove',
    lead: 'Remove it from the list',
    does: 'servers.remove',
    where: ON_ROW,
  },
  'servers.tunnels': {
    line: 'servers tunnels',
    lead: 'List its tunnels',
    does: 'servers.team',
    where: ON_ROW,
  },
  regions: {
    line: 'regions',
    lead: 'List the regions with',
    does: 'servers.create',
    where: IN_LIST,
  },
  sizes: { line: 'sizes', lead: 'List the sizes with', does: 'servers.create', where: IN_LIST },
  'token.add': { line: 'token add', lead: 'Store a token for it', does: 'accounts' },
  'token.list': { line: 'token list', lead: 'List the accounts', does: 'accounts' },
  'token.use': { line: 'token use', lead: 'Use it', does: 'accounts' },
  'token.set': {
    line: 'token set',
    lead: 'Store one with',
    does: 'servers.create',
    where: 'in the list, then its first step',
  },
  'vault.init': { line: 'vault init', lead: 'Create a vault', does: 'secrets' },
  'vault.move-to-os': { line: 'vault move-to-os', lead: 'Move the secrets', does: 'secrets' },
  'vault.move-to-vault': { line: 'vault move-to-vault', lead: 'Move the secrets', does: 'secrets' },
  'vault.passphrase': { line: 'vault passphrase', lead: 'Change its passphrase', does: 'secrets' },
};

interface World {
  /** Commands get `--sandbox`, so that they mean the world that is shown. */
  readonly sandbox: boolean;
}

interface Place extends World {
  /** Shown on the page of the operation that the hint is about. */
  readonly isOnPage?: boolean;
}

/** Command line as it is typed: `portlama-tui --sandbox operations cleanup 0123456789abcdef`. */
export function commandLine(hint: CommandHint, world: World): string {
  const { line, rest = [] } = COMMANDS[hint.command];
  return programLine([line, ...argumentsOf(hint), ...rest].join(' '), world);
}

function argumentsOf(hint: CommandHint): readonly string[] {
  if (hint.command === 'servers.domain')
    return [shellWord(hint.id), '--domain', shellWord(hint.domain)];
  if (hint.command === 'servers.power')
    return [shellWord(hint.id), ...(hint.action === 'cut' ? ['off', '--force'] : [hint.action])];
  if (hint.command === 'servers.agents.download')
    return [shellWord(hint.id), shellWord(hint.agent)];
  if ('id' in hint) return [shellWord(hint.id)];
  if (!('label' in hint)) return [];
  const region = hint.command === 'provision.again' ? shellWord(hint.region) : 'REGION';
  const size = hint.size === undefined ? [] : ['--size', shellWord(hint.size)];
  return ['--region', region, '--label', shellWord(hint.label), ...size];
}

/** Line to type for words after the program's name. */
export function programLine(words: string, { sandbox }: World): string {
  return `${PROGRAM} ${sandbox ? '--sandbox ' : ''}${words}`;
}

/** Lines of a hint outside the full screen: commands as they are typed. */
export function hintLines(hint: Hint | undefined, world: World): readonly string[] {
  return hintParts(hint).flatMap((part) => {
    if (typeof part === 'string') return part.split('\n');
    if ('shellLine' in part) return [`${part.lead}: ${part.shellLine}`];
    return [`${leadOf(part)}: ${commandLine(part, world)}`];
  });
}

/** Hint outside the full screen as one text; empty without one. */
export function hintText(hint: Hint | undefined, world: World): string {
  return asText(hintLines(hint, world));
}

/** Parts of a hint on the full screen: commands by their keys, or as lines for a shell where they have none. */
export function screenHintParts(
  hint: Hint | undefined,
  place: Place,
): readonly (string | ShellHint)[] {
  return hintParts(hint).flatMap((part) => {
    if (typeof part === 'string') return part.split('\n');
    if ('shellLine' in part) return [part];
    const key = keyWords(part, place);
    const lead = leadOf(part);
    return [key === undefined ? { lead, shellLine: commandLine(part, place) } : `${lead}: ${key}`];
  });
}

/** Parts of a hint as lines, for places that copy nothing. */
export function screenHintLines(hint: Hint | undefined, place: Place): readonly string[] {
  return screenHintParts(hint, place).map((part) =>
    typeof part === 'string' ? part : `${part.lead}: ${part.shellLine}`,
  );
}

function keyWords({ command }: CommandHint, { isOnPage }: Place): string | undefined {
  const { does, where } = COMMANDS[command];
  if (does === undefined) return undefined;
  if (where === undefined) return keyOf(does);
  return isOnPage === true && where === ON_PAGE
    ? `press ${keyOf(does)}`
    : `${keyOf(does)} ${where}`;
}

/** Hint on the full screen as one text, for places that have no lines. */
export function screenHintText(hint: Hint | undefined, world: World): string | undefined {
  return hint === undefined ? undefined : asText(screenHintLines(hint, world));
}

function asText(lines: readonly string[]): string {
  return lines.map((line, index) => (index < lines.length - 1 ? asSentence(line) : line)).join(' ');
}

function leadOf({ command, lead }: CommandHint): string {
  return lead ?? COMMANDS[command].lead;
}
