import { join } from 'node:path';
import { expect, onTestFinished, vi } from 'vitest';
import { drawColours, expectGolden, isGolden, UPDATE } from '../fixtures/terminal/golden.js';
import { type PtyProgram, ptyProgram } from '../fixtures/terminal/pty-program.js';
import { freshHome, type Home, MAIN } from './home.js';
import { steady } from './steady.js';

export interface PersonOptions {
  readonly columns?: number;
  readonly rows?: number;
  /** Added to the environment; undefined takes a variable out. */
  readonly env?: Readonly<Record<string, string | undefined>>;
  /** After the program's name; `--sandbox` when left out. */
  readonly args?: readonly string[];
  /** Factor on the sandbox's waits, 0 when left out: nothing waits. */
  readonly delays?: number;
  /** Lives in this home rather than in one of their own: a second window of the same person. */
  readonly home?: Home;
}

const LIMIT_MS = 60_000;
/** Real processes on a machine that may have other things to do. */
const JOURNEY_LIMIT_MS = 240_000;
vi.setConfig({ testTimeout: JOURNEY_LIMIT_MS, hookTimeout: JOURNEY_LIMIT_MS });
const QUIET_MS = 250;
/** What is drawn already may still come: an answer of another program that takes long. */
const LATE_MS = 2_000;
const GOLDEN_LIMIT_MS = 15_000;
const GOLDEN = join(import.meta.dirname, 'golden');

/** Of 256: green, amber and red. */
const COLOURS = { ok: 28, warn: 130, danger: 161 };

/** Someone at a terminal with the built program. Waits for what is seen, never for time. */
export class Person {
  private window: PtyProgram | undefined;

  constructor(
    readonly home: Home,
    private readonly options: PersonOptions,
  ) {}

  /** Starts the program in a terminal of its own. */
  opens(args: readonly string[] = this.options.args ?? ['--sandbox']): void {
    this.opensTerminalWith([process.execPath, MAIN, ...args]);
  }

  /** A terminal window with a program in it. */
  opensTerminalWith(command: readonly [string, ...string[]]): void {
    const { columns = 80, rows = 24 } = this.options;
    const window = ptyProgram({
      command,
      columns,
      rows,
      cwd: this.home.path,
      env: this.environment,
    });
    onTestFinished(() => window.kill());
    this.window = window;
  }

  get environment(): Record<string, string | undefined> {
    const { env, delays } = this.options;
    const waits = delays === undefined ? {} : { PORTLAMA_SANDBOX_DELAYS: String(delays) };
    return { ...this.home.environment, ...waits, ...env };
  }

  /** The terminal in front of them. */
  get terminal(): PtyProgram {
    if (this.window === undefined) throw new Error('The program was not opened.');
    return this.window;
  }

  /** Waits until it is on the screen; gives the screen. */
  async sees(...what: readonly (string | RegExp)[]): Promise<string> {
    const shown = (screen: string): boolean =>
      what.every((each) => (typeof each === 'string' ? screen.includes(each) : each.test(screen)));
    try {
      return await this.terminal.waitFor(shown, LIMIT_MS);
    } catch (error) {
      throw new Error(`They looked for ${what.map(String).join(' and ')}.`, { cause: error });
    }
  }

  /** Waits for a message, which goes by itself after some seconds: on its own, then for what it leads to. */
  async isTold(message: string): Promise<string> {
    return await this.sees(message);
  }

  /** The same as `sees`, in the colour of what it means. */
  async seesInColour(what: string, meaning: keyof typeof COLOURS): Promise<void> {
    await this.sees(what);
    const lines = await this.terminal.lines();
    const y = lines.findIndex((line) => line.includes(what));
    const { fg } = this.terminal.emulator.cellAt(lines[y]!.indexOf(what), y);
    expect(fg, `the colour of ${what}`).toBe(COLOURS[meaning]);
  }

  /** Waits until it is no longer there. */
  async seesNoMore(what: string): Promise<string> {
    return await this.terminal.waitUntilGone(what, LIMIT_MS);
  }

  /** It is not there now. */
  async doesNotSee(...what: readonly string[]): Promise<void> {
    const screen = await this.terminal.screen();
    for (const each of what) expect(screen).not.toContain(each);
  }

  /** Keys by name (`enter`, `ctrl-c`, `up`) or by character. */
  presses(...keys: readonly string[]): void {
    this.terminal.press(...keys);
  }

  types(text: string): void {
    this.terminal.type(text);
  }

  pastes(text: string): void {
    this.terminal.paste(text);
  }

  resizes(columns: number, rows: number): void {
    this.terminal.resize(columns, rows);
  }

  /** The terminal window is closed, whatever is in it. */
  closesTheWindow(): Promise<void> {
    return this.terminal.hangUp();
  }

  /** Waits until the program is over, with this exit code. */
  async isBack(exitCode = 0): Promise<void> {
    expect(await this.terminal.waitForExit(LIMIT_MS)).toBe(exitCode);
  }

  /** The screen becomes as drawn in golden/NAME.txt, but for what is another every time. */
  async seesScreen(name: string): Promise<void> {
    await this.becomesGolden(name, () => `${this.terminal.emulator.screenText()}\n`);
  }

  /** The same with its colours. */
  async seesColours(name: string): Promise<void> {
    await this.becomesGolden(name, () => drawColours(this.terminal.emulator));
  }

  private async becomesGolden(name: string, draw: () => string): Promise<void> {
    const file = join(GOLDEN, `${name}.txt`);
    const shown = (): string => steady(draw());
    // Not for long: where something turns it is never quiet.
    if (UPDATE) await this.terminal.waitForPicture(QUIET_MS, 4 * QUIET_MS);
    const first = shown();
    await this.terminal
      .waitFor(() => isGolden(shown(), file), UPDATE ? LATE_MS : GOLDEN_LIMIT_MS)
      // What it says in the end is what the difference is shown of.
      .catch(() => undefined);
    if (!isGolden(shown(), file)) expectGolden(UPDATE ? first : shown(), file);
  }

  /** From the servers list to a server that is being made, with the token that is at hand. */
  async createsServer(label: string, wish?: DomainWish): Promise<void> {
    await this.opensTheWizardAndCreates(label, wish);
    await this.sees(`${label} › Provisioning`, 'Validating token');
  }

  /** The same, whatever comes of it. */
  async opensTheWizardAndCreates(label: string, wish?: DomainWish): Promise<void> {
    this.presses('n');
    await this.sees('leave empty to');
    this.presses('enter');
    await this.sees('› Next ‹', 'account active');
    this.presses('enter');
    await this.sees('Frankfurt 1', '✓');
    await this.seesNoMore('measuring');
    this.presses('enter');
    await this.sees('This will be created');
    this.types(label);
    await this.sees(new RegExp(`Server +${label} `));
    if (wish !== undefined) await this.entersWish(wish);
    this.presses('enter');
    await this.sees('› Create server ‹');
    this.presses('enter');
  }

  private async entersWish({ domain, email }: DomainWish): Promise<void> {
    this.presses('tab');
    this.types(domain);
    await this.sees('E-mail for Let’s Encrypt (optional)', `A *.${domain}`);
    this.presses('tab');
    this.types(email);
    await this.sees(email);
  }

  /** On a fresh machine. */
  async startsAServer(label: string, wish?: DomainWish): Promise<void> {
    this.opens();
    await this.sees('No servers yet');
    await this.createsServer(label, wish);
  }

  /** Watches a server being made to its end, and goes back to the list. */
  async seesItThrough(label: string): Promise<void> {
    await this.sees('› Done ‹', `${label} is ready and active.`);
    this.presses('enter');
    await this.sees(new RegExp(`${label} +ACTIVE +online`));
  }
}

/** Domain that a server is made for. */
interface DomainWish {
  readonly domain: string;
  readonly email: string;
}

/** Someone on a fresh machine. Nothing of them is left when the test ends. */
export async function aPerson(options: PersonOptions = {}): Promise<Person> {
  return new Person(options.home ?? (await freshHome()), options);
}

/** A person whose program shows these servers, all online, and nothing passing. */
export async function aPersonWith(...labels: readonly string[]): Promise<Person> {
  const home = await freshHome();
  await home.hasServers(...labels);
  const person = await aPerson({ home });
  person.opens();
  await person.sees(`${labels.length} online`);
  await person.seesNoMore('while you were away');
  return person;
}
