import { ProgramError, type ProgramResult, runProgram } from '../process/program.js';
import { curlConfig } from './curl-config.js';
import { curlFailure } from './curl-failures.js';
import { answerWithoutEnd, type PanelAnswer, readHealth } from './panel-answer.js';
import { PanelError } from './panel-error.js';
import { panelAddress } from './panel-tls.js';
import type { PanelClient, PanelTrust } from './panel.js';

export interface CurlPanelOptions {
  /** Absolute path. */
  readonly curl: string;
  readonly environment: NodeJS.ProcessEnv;
  readonly panelUrl: string;
  readonly trust: PanelTrust;
  /** Common name of an identity in the keychain of a Mac. */
  readonly identityName: string;
}

const TIMEOUT_MS = 10_000;
const CONNECT_TIMEOUT_MS = 10_000;
/**
 * Extra time while macOS asks the user about the key, which curl's own time limit does not cover.
 */
const QUESTION_MS = 45_000;
const MAX_ANSWER_BYTES = 256 * 1024;

/** A client of one panel for a key that cannot leave the keychain: the system's curl asks, once for each call. */
export function createCurlPanelClient(options: CurlPanelOptions): PanelClient {
  const { panelUrl } = options;
  const { shown } = panelAddress(panelUrl);
  const calls = new Calls();
  return {
    getHealth: async ({ timeoutMs = TIMEOUT_MS, signal } = {}) => {
      const result = await calls.run(signal, (either) => ask(options, timeoutMs, shown, either));
      if (result.exitCode !== 0) throw curlFailure(result, shown, options);
      return readHealth(parseAnswer(result.stdout, shown), shown);
    },
    close: () => calls.end(),
  };
}

/**
 * Running calls; each ends with its own signal, or all at once and permanently. Prohibits
 * AbortSignal.any: each of its signals leaks memory in a signal that lives as long as the client.
 */
class Calls {
  private readonly running = new Set<AbortController>();
  private ended = false;

  async run<T>(
    signal: AbortSignal | undefined,
    call: (either: AbortSignal) => Promise<T>,
  ): Promise<T> {
    signal?.throwIfAborted();
    const either = new AbortController();
    if (this.ended) either.abort();
    const handleAbort = (): void => either.abort(signal?.reason);
    signal?.addEventListener('abort', handleAbort, { once: true });
    this.running.add(either);
    try {
      return await call(either.signal);
    } finally {
      signal?.removeEventListener('abort', handleAbort);
      this.running.delete(either);
    }
  }

  end(): void {
    this.ended = true;
    for (const call of this.running) call.abort();
  }
}

async function ask(
  { curl, environment, ...panel }: CurlPanelOptions,
  timeoutMs: number,
  shown: string,
  signal: AbortSignal,
): Promise<ProgramResult> {
  const connectTimeoutMs = Math.min(timeoutMs, CONNECT_TIMEOUT_MS);
  try {
    // --disable: the person's own .curlrc is not read.
    return await runProgram(curl, ['--disable', '--config', '-'], {
      // The curl of macOS uses LibreSSL otherwise, which knows no keychain.
      environment: { ...environment, CURL_SSL_BACKEND: 'secure-transport' },
      input: curlConfig({ ...panel, connectTimeoutMs, timeoutMs }),
      timeoutMs: timeoutMs + QUESTION_MS,
      maxBytes: MAX_ANSWER_BYTES,
      signal,
    });
  } catch (error) {
    signal.throwIfAborted();
    if (!(error instanceof ProgramError)) throw error;
    if (error.code === 'program-endless') throw answerWithoutEnd(shown);
    if (error.code !== 'program-silent') throw new PanelError('curl-failed', error.message, error);
    const text = `The key of ${JSON.stringify(panel.identityName)} is not given out: macOS probably asks for it in a window.`;
    throw new PanelError('identity-locked', text, error);
  }
}

/** The last line has curl's own facts, the rest is the answer. */
function parseAnswer(text: string, shown: string): PanelAnswer {
  const end = text.lastIndexOf('\n');
  const [status = '', contentType = '', sentS = '', answeredS = ''] = text
    .slice(end + 1)
    .split('\t');
  if (end === -1 || !/^\d{3}$/.test(status))
    throw new PanelError('panel-answer-unexpected', `curl said nothing of the answer of ${shown}.`);
  return {
    statusCode: Number(status),
    contentType: contentType === '' ? undefined : contentType,
    body: text.slice(0, end),
    latencyMs: Math.max(0, (Number(answeredS) - Number(sentS)) * 1000),
  };
}
