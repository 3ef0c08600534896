import { accessSync, constants, statSync } from 'node:fs';
import { isAbsolute } from 'node:path';
import { InputError, messageOf, PortlamaError } from '../../core/errors.js';
import { ENV } from '../../core/product.js';
import type { WatchEvent } from '../../core/watch-event.js';
import { isLoopbackHost } from '../network/addresses.js';
import { commandWords } from '../process/command-words.js';
import { runProgram, userProgramEnvironment } from '../process/program.js';

/** Way of an event out of the program. */
export interface Outlet {
  readonly name: 'exec' | 'webhook';
  /** Key of the destination, which tells watches apart. */
  readonly target: string;
  /** Rejects with PortlamaError when the event was not taken; `retryable` says that another try may help. */
  send(event: WatchEvent, signal: AbortSignal): Promise<void>;
}

const PROGRAM_MS = 60_000;
const MAX_OUTPUT_BYTES = 64 * 1024;

/**
 * Starts a program for each event: without a shell, the event as JSON on its standard input, the plain facts in its
 * environment, which has nothing else of this program.
 */
export function programOutlet(text: string, environment: NodeJS.ProcessEnv): Outlet {
  const [program, ...args] = commandWords(text) ?? [];
  if (program === undefined || !isAbsolute(program))
    throw new InputError({
      code: 'watch-program-invalid',
      message: '--exec must begin with the absolute path of a program.',
      hint: 'It is started without a shell, for example: --exec "/usr/local/bin/notify --urgent"',
    });
  if (!isProgram(program))
    throw new InputError({
      code: 'watch-program-invalid',
      message: `${program} of --exec is not a file that can be run.`,
      hint: 'Check its path, and its permissions: chmod u+x',
    });
  return {
    name: 'exec',
    target: text,
    async send(event, signal) {
      const result = await runProgram(program, args, {
        environment: { ...userProgramEnvironment(environment), ...factsOf(event) },
        input: `${JSON.stringify(event)}\n`,
        timeoutMs: PROGRAM_MS,
        maxBytes: MAX_OUTPUT_BYTES,
        signal,
      });
      if (result.exitCode === 0) return;
      const said = result.stderr.trim().split('\n').at(-1) ?? '';
      throw notTaken(
        `${program} failed with exit code ${result.exitCode ?? 'none'}${said === '' ? '' : `: ${said}`}`,
        false,
      );
    },
  };
}

function isProgram(path: string): boolean {
  try {
    accessSync(path, constants.X_OK);
    return statSync(path).isFile();
  } catch {
    return false;
  }
}

function factsOf(event: WatchEvent): NodeJS.ProcessEnv {
  return {
    [ENV.event]: event.event,
    [ENV.eventState]: event.state,
    [ENV.eventBefore]: event.before ?? '',
    [ENV.eventServer]: event.server?.label ?? '',
    [ENV.eventText]: event.text,
  };
}

const WEBHOOK_MS = 10_000;
const MAX_ANSWER_BYTES = 64 * 1024;
const TRY_AGAIN = new Set([408, 425, 429]);

/** Posts each event as JSON. https, or plain http on this machine's loopback. */
export function webhookOutlet(text: string): Outlet {
  const url = requireWebhook(text);
  return {
    name: 'webhook',
    target: url.href,
    async send(event, signal) {
      const { got } = await import('got');
      const deadline = AbortSignal.timeout(WEBHOOK_MS);
      const enough = new AbortController();
      const request = got.post(url, {
        json: event,
        signal: AbortSignal.any([signal, deadline, enough.signal]),
        retry: { limit: 0 },
        throwHttpErrors: false,
        followRedirect: false,
      });
      void request.on('downloadProgress', ({ transferred }) => {
        if (transferred > MAX_ANSWER_BYTES) enough.abort();
      });
      let status: number;
      try {
        ({ statusCode: status } = await request);
      } catch (error) {
        signal.throwIfAborted();
        const why = deadline.aborted ? 'no answer in time' : messageOf(error);
        throw notTaken(`${url.host} did not take an event: ${why}`, true);
      }
      if (status >= 200 && status < 300) return;
      const isPassing = status >= 500 || TRY_AGAIN.has(status);
      throw notTaken(`${url.host} did not take an event: it answered ${status}`, isPassing);
    },
  };
}

function requireWebhook(text: string): URL {
  const url = URL.canParse(text) ? new URL(text) : undefined;
  const isSafe =
    url?.protocol === 'https:' || (url?.protocol === 'http:' && isLoopbackHost(url.hostname));
  if (url !== undefined && isSafe && url.username === '' && url.password === '') return url;
  throw new InputError({
    code: 'webhook-invalid',
    message: '--webhook must be an https address without a user name or password.',
    hint: 'Plain http is accepted for this machine only (localhost, 127.0.0.1, [::1]).',
  });
}

function notTaken(message: string, retryable: boolean): PortlamaError {
  return new PortlamaError({ code: 'event-not-taken', message: `${message}.`, retryable });
}
