import { readFile, stat } from 'node:fs/promises';
import { join } from 'node:path';
import type { TomlTable } from 'smol-toml';
import {
  BOLD,
  COLOUR_NAMES,
  type ColourChanges,
  type Paint,
  parseColour,
  THEME_CHOICES,
} from '../../core/colours.js';
import { type Config, CONFIG_FILE, type KeyChanges } from '../../core/config.js';
import { messageOf, quoted } from '../../core/errors.js';
import { nearestColour } from '../../core/nearest-colour.js';

/** A file of settings is never this large. */
const MAX_BYTES = 64 * 1024;
const NAMES = ['theme', 'mouse', 'colours', 'keys'];
const COLOURS = ['text', ...COLOUR_NAMES];
const PARTS = ['text', 'background', 'bold'];

export function configPath(home: string): string {
  return join(home, CONFIG_FILE);
}

/** Reads what a person changed of the screens; undefined without a file. Never throws: what is wrong is a problem. */
export async function readConfigFile(home: string): Promise<Config | undefined> {
  const path = configPath(home);
  const problems: string[] = [];
  try {
    const text = await readText(path);
    return { path, problems, ...(await new Reader(text, problems).read()) };
  } catch (error) {
    if (isMissing(error)) return undefined;
    return { path, ...NOTHING, problems: [`It cannot be read: ${messageOf(error)}`] };
  }
}

const NOTHING = { theme: undefined, mouse: undefined, colours: {}, keys: {} } as const;

async function readText(path: string): Promise<string> {
  const stats = await stat(path);
  if (!stats.isFile()) throw new Error('it is not a file.');
  if (stats.size > MAX_BYTES) throw new Error(`it is larger than ${MAX_BYTES / 1024} KiB.`);
  return await readFile(path, 'utf8');
}

function isMissing(error: unknown): boolean {
  return error instanceof Error && 'code' in error && error.code === 'ENOENT';
}

type Read = Pick<Config, 'theme' | 'mouse' | 'colours' | 'keys'>;

/** Takes what is right in the text, and says what is not. */
class Reader {
  private readonly lines: readonly string[];

  constructor(
    private readonly text: string,
    private readonly problems: string[],
  ) {
    this.lines = text.split('\n');
  }

  async read(): Promise<Read> {
    const { parse, TomlError } = await import('smol-toml');
    let table: TomlTable;
    try {
      table = parse(this.text);
    } catch (error) {
      if (!(error instanceof TomlError)) throw error;
      const [first = ''] = error.message.replace(/^Invalid TOML document: /, '').split('\n');
      this.problems.push(`Line ${error.line}, column ${error.column}: ${first}.`);
      return NOTHING;
    }
    for (const name of Object.keys(table))
      if (!NAMES.includes(name)) await this.unknown(name, NAMES);
    return {
      theme: this.oneOf('theme', table['theme'], THEME_CHOICES),
      mouse: this.oneOf('mouse', table['mouse'], [true, false]),
      colours: await this.colours(this.table('colours', table['colours'])),
      keys: this.keys(this.table('keys', table['keys'])),
    };
  }

  private oneOf<T>(name: string, value: unknown, known: readonly T[]): T | undefined {
    const found = known.find((choice) => choice === value);
    if (value !== undefined && found === undefined)
      this.say(name, `${name} must be one of ${known.join(', ')}.`);
    return found;
  }

  private table(name: string, value: unknown): Readonly<Record<string, unknown>> {
    if (isTable(value)) return value;
    if (value !== undefined) this.say(name, `${name} must be a table: [${name}].`);
    return {};
  }

  private async colours(table: Readonly<Record<string, unknown>>): Promise<ColourChanges> {
    const changes: [string, Paint][] = [];
    for (const [name, value] of Object.entries(table)) {
      if (!COLOURS.includes(name)) await this.unknown(name, COLOURS);
      else {
        const paint = await this.paint(name, value);
        if (paint !== undefined) changes.push([name, paint]);
      }
    }
    return Object.fromEntries(changes);
  }

  private async paint(name: string, value: unknown): Promise<Paint | undefined> {
    if (!isTable(value)) {
      const fg = this.colour(name, value);
      return fg === undefined ? undefined : { fg };
    }
    for (const part of Object.keys(value))
      if (!PARTS.includes(part)) await this.unknown(part, PARTS);
    const { text, background, bold } = value;
    const fg = text === undefined ? undefined : this.colour(name, text);
    const bg = background === undefined ? undefined : this.colour(name, background);
    return {
      ...(fg === undefined ? {} : { fg }),
      ...(bg === undefined ? {} : { bg }),
      ...(bold === true ? { flags: BOLD } : {}),
    };
  }

  private colour(name: string, value: unknown): number | undefined {
    const rgb = typeof value === 'string' && value.startsWith('#') ? parseColour(value) : undefined;
    if (rgb !== undefined) return nearestColour(rgb);
    if (typeof value === 'number' && Number.isInteger(value) && value >= 0 && value <= 255)
      return value;
    this.say(name, `The colour ${name} must be a number from 0 to 255, or "#rrggbb".`);
    return undefined;
  }

  /** `servers.destroy = "x"` is a table in a table to TOML; here its name is one word. */
  private keys(table: Readonly<Record<string, unknown>>, before = ''): KeyChanges {
    const changes: [string, readonly string[]][] = [];
    for (const [name, value] of Object.entries(table)) {
      const id = before + name;
      const keys = typeof value === 'string' ? [value] : value;
      if (isTable(value)) changes.push(...Object.entries(this.keys(value, `${id}.`)));
      else if (isTexts(keys) && keys.length > 0) changes.push([id, keys]);
      else this.say(name, `The keys of ${id} must be a string, or a list of strings.`);
    }
    return Object.fromEntries(changes);
  }

  private async unknown(name: string, known: readonly string[]): Promise<void> {
    this.say(name, `There is no setting ${quoted(name)}${await didYouMean(name, known)}.`);
  }

  /** The parser tells no lines of names: the first line that sets or opens one of this name. */
  private say(name: string, sentence: string): void {
    const at = this.lines.findIndex((line) => nameIn(line).includes(name));
    this.problems.push(at < 0 ? sentence : `Line ${at + 1}: ${sentence}`);
  }
}

/** Names before the `=` of a line, within it, or of the table that it opens. */
function nameIn(line: string): readonly string[] {
  return line.replace(/#.*$/, '').match(/[\w-]+(?=["']?\s*(?:=|\.|\]))/g) ?? [];
}

/** `; did you mean "theme"?` without its end, for the known name that is closest; '' where none is close. */
export async function didYouMean(name: string, known: readonly string[]): Promise<string> {
  const { default: Fuse } = await import('fuse.js');
  const [closest] = new Fuse(known, { threshold: 0.5 }).search(name);
  return closest === undefined
    ? `; there are ${known.join(', ')}`
    : `; the nearest is ${JSON.stringify(closest.item)}`;
}

function isTable(value: unknown): value is Readonly<Record<string, unknown>> {
  return (
    typeof value === 'object' &&
    value !== null &&
    Object.getPrototypeOf(value) !== Date.prototype &&
    !Array.isArray(value)
  );
}

function isTexts(value: unknown): value is readonly string[] {
  return Array.isArray(value) && value.every((item) => typeof item === 'string');
}
