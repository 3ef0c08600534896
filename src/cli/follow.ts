import { PortlamaError } from '../core/errors.js';
import { type Disposable, toDisposable } from '../core/lifecycle.js';
import type { Hint } from '../core/hint.js';
import { isSaved } from '../services/provisioning/journal/fold.js';
import type { Operation, OperationNews } from '../services/provisioning/operations.js';
import { isUpkeep, type JournalRecord } from '../services/provisioning/journal/records.js';
import { type EndingSignal, endWith, exitCodeOf, isProcessOne, onEnding } from './endings.js';
import { isOutputLost, onOutputLost, tellByExitCode } from './lost-output.js';
import { notice } from './notices.js';
import { plainLine, PlainLines, ProtocolLines } from './record-lines.js';
import { say } from './say.js';
import { findToken, isSupplied, savedToken } from '../usecases/token.js';
import type { Work } from '../usecases/work.js';
import type { World } from '../main/world.js';
import { commandLine, hintLines } from '../words/hints.js';
import { writeText } from './write.js';

export type OutputFormat = 'json' | 'plain';

export interface FollowOptions {
  readonly format: OutputFormat;
  /** The work does not outlive this process: a signal cancels it. Default: as process 1, whose end ends all others. */
  readonly foreground?: boolean;
  /** Came before there was anything to follow. */
  readonly signal?: EndingSignal;
}

const CANNOT_TELL =
  'Cannot tell from here if it still runs in another container or machine. Showing what it writes.';

/** Begins an operation and follows it to its end; a signal while the use case holds waits until its id is known. */
export async function startAndFollow(
  world: World,
  options: FollowOptions,
  work: Work,
  start: (work: Work) => Promise<string>,
): Promise<number> {
  let early: EndingSignal | undefined;
  let waiting: Disposable | undefined;
  const hold = (): Disposable => {
    waiting ??= onEnding((signal) => (early ??= signal));
    // Keep it until the operation is followed: no signal may come between.
    return { dispose: () => undefined };
  };
  try {
    const id = await start({ ...work, face: { ...work.face, hold } });
    return await followToEnd(
      world,
      id,
      early === undefined ? options : { ...options, signal: early },
    );
  } finally {
    waiting?.dispose();
  }
}

/**
 * Prints an operation from its first record to its end. Resolves to the exit code: 0 online, 1 anything else. A signal
 * ends the program with 128+n: at once, or in the foreground once everything is removed.
 */
export async function followToEnd(
  world: World,
  id: string,
  { format, foreground = isProcessOne(), signal: early }: FollowOptions,
): Promise<number> {
  const printer = printerFor(world, format);
  let asked: EndingSignal | undefined;
  const handleEnding = (signal: EndingSignal): void => {
    if (!foreground) return leave(world, id, printer, signal);
    // Process 1 cannot leave: its end would end the clean-up too.
    if (asked !== undefined) return isProcessOne() ? undefined : leave(world, id, printer, signal);
    asked = signal;
    printer.note(`Cancelling: operation ${id} is cleaned up before this program ends.`);
    cancel(world, id).catch((error: unknown) => {
      // Ignore an operation that just ended: its end is being read.
      if (error instanceof PortlamaError && error.code === 'nothing-to-clean-up') return;
      leave(world, id, printer, signal);
    });
  };
  const ending = onEnding(handleEnding);
  const loss = tellWithoutOutput(world, id, foreground);
  try {
    if (early !== undefined) handleEnding(early);
    const code = await untilEnd(world, id, printer);
    if (foreground) await world.operations.workerEnd(id);
    // End here: a cancelled operation rules out the caller's next step.
    if (asked !== undefined) await endAsAsked(world, id, code, asked);
    return code;
  } finally {
    loss.dispose();
    ending.dispose();
  }
}

/** Tells on standard error where the work is once standard output is lost; the work continues, and so does its exit code. */
function tellWithoutOutput(world: World, id: string, foreground: boolean): Disposable {
  tellByExitCode();
  if (foreground) return toDisposable(() => undefined);
  return onOutputLost(() => notice(wayBack(id, world.settings)));
}

/** Names the operation in the background, with the commands to watch or cancel it. */
export function wayBack(id: string, world: { readonly sandbox: boolean }): string {
  const attach = commandLine({ command: 'operations.attach', id }, world);
  const cancel = commandLine({ command: 'operations.cancel', id }, world);
  return `The work continues in the background: watch it with ${attach}, or cancel it with ${cancel}`;
}

function untilEnd(world: World, id: string, printer: Printer): Promise<number> {
  return new Promise<number>((resolve, reject) => {
    let last: JournalRecord | undefined;
    let isDoubted = false;
    const handleState = ({
      operation,
      worker,
    }: Extract<OperationNews, { kind: 'state' }>): void => {
      if (operation?.status === 'out-of-sight' && !isDoubted) {
        isDoubted = true;
        say(world, CANNOT_TELL, process.stderr);
      }
      if (operation?.endedAt !== undefined) return finish(operation.server === undefined ? 1 : 0);
      if (operation !== undefined && worker !== 'gone') return;
      const lines = hintLines(whyNothingFollows(operation, id), world.settings);
      printer.endEarly(lines.join('\n'));
      for (const line of lines) say(world, line, process.stderr);
      finish(1);
    };
    const following = world.operations.follow(id, {
      onNews(news) {
        if (news.kind === 'state') handleState(news);
        else for (const record of news.records) printer.print((last = record));
      },
      onError(error) {
        following.dispose();
        reject(error);
      },
    });
    const finish = (code: number): void => {
      following.dispose();
      if (isOutputLost() && last !== undefined) notice(plainLine(last, world.settings) ?? '');
      resolve(code);
    };
  });
}

/** Why nothing more is written to a journal that has no end. */
function whyNothingFollows(operation: Operation | undefined, id: string): Hint {
  if (operation === undefined) return 'Another program dismissed it.';
  const cleanUp = { command: 'operations.cleanup', id } as const;
  const resume = { command: 'operations.resume', id } as const;
  if (operation.cleanUpBegun || operation.server !== undefined)
    return { ...cleanUp, lead: 'Interrupted while cleaning up. Finish it with' };
  if (isSaved(operation))
    return { ...resume, lead: 'Interrupted, though it is online. Finish it with' };
  return [
    { ...resume, lead: 'Interrupted. Resume it' },
    { ...cleanUp, lead: 'Or remove what it created' },
  ];
}

async function cancel(world: World, id: string): Promise<void> {
  // A living worker has its own; without one the work is not this program's to stop.
  // Should it end just now: the token of its own account removes what is left.
  const request = (await world.operations.get(id))?.request;
  const name = request === undefined || isUpkeep(request) ? undefined : request.account;
  const isOwn = name !== undefined && !isSupplied(world) && world.accounts.wish === undefined;
  const { secret } = isOwn ? await savedToken(name, world) : await findToken(world);
  const dns = request === undefined || isUpkeep(request) ? undefined : request.domain?.account;
  const dnsToken = dns === undefined ? undefined : (await savedToken(dns, world)).secret;
  await world.operations.cancel(id, secret ?? '', dnsToken);
}

function leave(world: World, id: string, printer: Printer, signal: EndingSignal): void {
  const text = wayBack(id, world.settings);
  printer.endEarly(text);
  void endWith(exitCodeOf(signal), text, printer.notes);
}

/** 128+n once everything is removed, 0 when it was too late, and 1 when something is left. */
async function endAsAsked(
  world: World,
  id: string,
  code: number,
  signal: EndingSignal,
): Promise<never> {
  const operation = await world.operations.get(id);
  await world.close();
  if (operation?.status === 'failed') process.exit(exitCodeOf(signal));
  process.exit(operation?.leftovers.length === 0 ? code : 1);
}

interface Printer {
  /** Stream for messages to people. */
  readonly notes: NodeJS.WriteStream;
  print(record: JournalRecord): void;
  note(text: string): void;
  /** Tells programs that read the output why it stops before the operation's end; the last call. */
  endEarly(why: string): void;
}

function printerFor(world: World, format: OutputFormat): Printer {
  return format === 'plain' ? plainPrinter(world) : protocolPrinter(world);
}

function plainPrinter(world: World): Printer {
  const lines = new PlainLines(world.settings);
  let last: string | undefined;
  return {
    notes: process.stdout,
    print(record) {
      const line = lines.next(record);
      // Skip the repeats of a wait, which every try records.
      if (line === undefined || (record.event === 'waiting' && line === last)) return;
      last = line;
      for (const part of line.split('\n')) say(world, part);
    },
    note: (text) => say(world, text),
    endEarly: () => undefined,
  };
}

function protocolPrinter({ settings }: World): Printer {
  const protocol = new ProtocolLines();
  const lines = new PlainLines(settings);
  const write = (lines: readonly string[]): void => {
    for (const line of lines) writeText(process.stdout, `${line}\n`);
  };
  const note = (text: string): void => writeText(process.stderr, `${text}\n`);
  return {
    notes: process.stderr,
    print(record) {
      write(protocol.next(record));
      const line = lines.next(record);
      // The protocol says only that something is left.
      if (record.event === 'rolled-back' && record.leftovers.length > 0) note(line ?? '');
    },
    note,
    endEarly: (why) => write(protocol.endEarly(why)),
  };
}
