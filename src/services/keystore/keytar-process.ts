import type { ChildProcess } from 'node:child_process';
import { ownFile } from '../process/own-file.js';
import { childEnvironment, startModule } from '../process/program.js';
import type { KeytarReply, KeytarRequest } from './keytar-protocol.js';

/** Why keytar's process gave no answer. */
export type KeytarFailure =
  | { readonly kind: 'said'; readonly text: string }
  | { readonly kind: 'silent' }
  | { readonly kind: 'died' };

export type KeytarResult = { readonly value: string | boolean | null } | KeytarFailure;

export interface KeytarProcessOptions {
  readonly environment: NodeJS.ProcessEnv;
  /** From the request until the process is ended. */
  readonly answerTimeoutMs: number;
  /** Folder of keytar, when it is not where Node looks for it. */
  readonly keytarPath?: string | undefined;
}

/** Starting Node on a busy machine is slow, but says nothing about the store. */
const START_TIMEOUT_MS = 10_000;
/** Several calls often follow each other: a start costs some 90 ms. */
const IDLE_MS = 300;

/**
 * Runs keytar in a short-lived child process, one call after the other. An answer that does not come in time ends
 * the process, and every call that waited behind it shares the failure.
 */
export class KeytarProcess {
  private readonly options: KeytarProcessOptions;
  private child: ChildProcess | undefined;
  private idle: NodeJS.Timeout | undefined;
  private tail: Promise<unknown> = Promise.resolve();
  private issued = 0;
  private lastFailure: { readonly upTo: number; readonly failure: KeytarFailure } | undefined;

  constructor(options: KeytarProcessOptions) {
    this.options = options;
  }

  async call(request: KeytarRequest): Promise<KeytarResult> {
    const number = ++this.issued;
    const result = this.tail.then(() => this.run(number, request));
    this.tail = result;
    return await result;
  }

  private async run(number: number, request: KeytarRequest): Promise<KeytarResult> {
    if (this.lastFailure !== undefined && number <= this.lastFailure.upTo) {
      return this.lastFailure.failure;
    }
    clearTimeout(this.idle);
    const reused = this.child !== undefined;
    let reply = await this.ask(request);
    if (reused && (reply.kind === 'failed' || reply.kind === 'died')) {
      // libsecret keeps its connection, even to a daemon that was restarted meanwhile. All requests may be repeated.
      this.end();
      const second = await this.ask(request);
      // The first failure tells more: after it, the daemon is just not there.
      if (second.kind === 'done') reply = second;
    }
    if (reply.kind === 'done') {
      this.idle = setTimeout(() => this.end(), IDLE_MS).unref();
      return { value: reply.value };
    }
    this.end();
    if (reply.kind === 'silent' || reply.kind === 'died') {
      this.lastFailure = { upTo: this.issued, failure: reply };
    }
    return reply.kind === 'failed' ? { kind: 'said', text: reply.text } : reply;
  }

  private async ask(request: KeytarRequest): Promise<Exclude<Answer, { kind: 'ready' }>> {
    if (this.child === undefined) {
      // A start holds this process up for some 15 ms: frames of this turn are drawn first.
      await new Promise((resolve) => setImmediate(resolve));
      this.child = this.start();
      const first = await answerOf(this.child, START_TIMEOUT_MS);
      if (first.kind === 'failed') return first;
      // Not loaded yet, so the store has nothing to do with it.
      if (first.kind !== 'ready') return { kind: 'failed', text: 'keytar’s process did not start' };
    }
    const answer = answerOf(this.child, this.options.answerTimeoutMs);
    this.child.send(request, () => {
      // A process that is gone shows as its end.
    });
    const reply = await answer;
    return reply.kind === 'ready' ? { kind: 'died' } : reply;
  }

  private start(): ChildProcess {
    const { environment, keytarPath } = this.options;
    const child = startModule(
      ownFile('keytar-child.js'),
      keytarPath === undefined ? [] : [keytarPath],
      {
        env: childEnvironment(environment),
        execArgv: [],
        stdio: ['ignore', 'ignore', 'ignore', 'ipc'],
      },
    );
    child.on('exit', () => {
      if (this.child === child) this.child = undefined;
    });
    // A call hears of it by itself; an error between calls must not end the program.
    child.on('error', () => {});
    // Must not keep the program running; a call that waits has a timer that does.
    child.unref();
    child.channel?.unref();
    return child;
  }

  private end(): void {
    this.child?.kill('SIGKILL');
    this.child = undefined;
  }
}

type Answer = KeytarReply | { readonly kind: 'silent' } | { readonly kind: 'died' };

function answerOf(child: ChildProcess, timeoutMs: number): Promise<Answer> {
  return new Promise((resolve) => {
    const settle = (answer: Answer): void => {
      clearTimeout(timer);
      child.off('message', handleMessage);
      child.off('exit', handleEnd);
      child.off('error', handleEnd);
      resolve(answer);
    };
    const handleMessage = (message: unknown): void => settle(message as KeytarReply);
    const handleEnd = (): void => settle({ kind: 'died' });
    const timer = setTimeout(() => settle({ kind: 'silent' }), timeoutMs);
    child.on('message', handleMessage);
    child.on('exit', handleEnd);
    child.on('error', handleEnd);
    if (child.exitCode !== null || child.signalCode !== null) handleEnd();
  });
}
