import { X509Certificate } from 'node:crypto';
import { ProgramError, type ProgramResult, runProgram } from '../process/program.js';
import {
  answerWithoutEnd,
  healthAnswer,
  type PanelLine,
  type PanelRequest,
  type PanelResponse,
  readHealth,
} from './panel-request.js';
import { certificateRequired, PanelError } from './panel-error.js';
import { panelAddress, spkiSha256 } from './panel-tls.js';
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
/** Room for what comes before the body. */
const MAX_HEADER_BYTES = 64 * 1024;

/** A client of one panel for a key that cannot leave the keychain. */
export function createCurlPanelClient(options: CurlPanelOptions): PanelClient {
  const { shown } = panelAddress(options.panelUrl);
  const line = createCurlPanelLine(options);
  const url = new URL('/api/health', options.panelUrl);
  return {
    getHealth: async ({ timeoutMs = TIMEOUT_MS, signal } = {}) => {
      const limits = { timeoutMs, maxBytes: MAX_ANSWER_BYTES, signal };
      return readHealth(healthAnswer(await line.send({ method: 'GET', url, ...limits })), shown);
    },
    close: () => line.destroy(),
  };
}

/**
 * Way to one panel for a key that cannot leave the keychain: the system's curl asks, once for each call, on a connection
 * of its own, and repeats none.
 */
export function createCurlPanelLine(options: CurlPanelOptions): PanelLine {
  const { shown } = panelAddress(options.panelUrl);
  const calls = new Calls();
  return {
    send: async (request) => {
      const result = await calls.run(request.signal, (either) =>
        askByCurl(options, request, either),
      );
      if (result.exitCode !== 0) throw curlFailure(result, shown, options);
      return parseAnswer(result.stdout, shown);
    },
    explain: (error) => error,
    destroy: () => calls.end(),
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

/** Asks for a WebSocket in place of an answer. */
interface CurlUpgrade {
  /** Nonce of the handshake, Base64. */
  readonly key: string;
  /** Ends a connection on which nothing came for so long. */
  readonly silentMs: number;
  /** Gets the answer as it comes, head first; no limit holds for it. */
  readonly handleOutput: (chunk: Buffer) => void;
}

/** Runs curl for one request, to its end. Rejects with PanelError, and with the signal's reason. */
export async function askByCurl(
  { curl, environment, panelUrl, trust, identityName }: CurlPanelOptions,
  request: PanelRequest & Pick<CurlRequest, 'upgrade'>,
  signal: AbortSignal,
): Promise<ProgramResult> {
  const { timeoutMs, maxBytes, upgrade } = request;
  const { shown } = panelAddress(panelUrl);
  const connectTimeoutMs = Math.min(timeoutMs, CONNECT_TIMEOUT_MS);
  try {
    // --disable: the person's own .curlrc is not read.
    return await runProgram(curl, ['--disable', '--config', '-'], {
      // The curl of macOS uses LibreSSL otherwise, which knows no keychain.
      environment: { ...environment, CURL_SSL_BACKEND: 'secure-transport' },
      input: curlConfig({ ...request, trust, identityName, connectTimeoutMs }),
      timeoutMs: timeoutMs + QUESTION_MS,
      maxBytes: maxBytes + MAX_HEADER_BYTES,
      encoding: 'latin1',
      handleOutput: upgrade?.handleOutput,
      signal,
    });
  } catch (error) {
    signal.throwIfAborted();
    if (!(error instanceof ProgramError)) throw error;
    if (error.code === 'program-endless') throw answerWithoutEnd(shown);
    if (error.code !== 'program-silent') throw new PanelError('curl-failed', error.message, error);
    const text = `The key of ${JSON.stringify(identityName)} is not given out: macOS probably asks for it in a window.`;
    throw new PanelError('identity-locked', text, error);
  }
}

/** Headers, then the body, then a line with curl's own facts. `text` has a character for each byte. */
function parseAnswer(text: string, shown: string): PanelResponse {
  const end = text.lastIndexOf('\n');
  const [status = '', sentS = '', answeredS = ''] = text.slice(end + 1).split('\t');
  const [head, begin] = lastHead(text);
  if (end < begin || !/^\d{3}$/.test(status))
    throw new PanelError('panel-answer-unexpected', `curl said nothing of the answer of ${shown}.`);
  return {
    statusCode: Number(status),
    headers: parseHeaders(head),
    body: Buffer.from(text.slice(begin, end), 'latin1'),
    latencyMs: Math.max(0, (Number(answeredS) - Number(sentS)) * 1000),
  };
}

/** Headers of the answer, and where its body begins; empty while they are not whole. Interim answers go before it. */
export function lastHead(text: string): readonly [string, number] {
  for (let begin = 0; ;) {
    const end = text.indexOf('\r\n\r\n', begin);
    if (end === -1) return ['', text.length + 1];
    const head = text.slice(begin, end);
    begin = end + 4;
    // The switch to another protocol (101) is no interim answer.
    if (!/^HTTP\/[\d.]+ 1(?!01)\d\d\b/.test(head)) return [head, begin];
  }
}

export function parseHeaders(head: string): PanelResponse['headers'] {
  const headers: Record<string, string | string[]> = {};
  for (const line of head.split('\r\n').slice(1)) {
    const colon = line.indexOf(':');
    const name = line.slice(0, colon).trim().toLowerCase();
    const value = line.slice(colon + 1).trim();
    if (name === 'set-cookie') headers[name] = [headers[name] ?? [], value].flat();
    else headers[name] ??= value;
  }
  return headers;
}

/** Format of the line that curl prints after the answer (curl(1), --write-out). */
const FACTS = '\\n%{http_code}\\t%{time_pretransfer}\\t%{time_starttransfer}';

export interface CurlRequest extends Pick<
  PanelRequest,
  'method' | 'url' | 'body' | 'cookie' | 'timeoutMs'
> {
  readonly trust: PanelTrust;
  /** Common name of an identity in the keychain. */
  readonly identityName: string;
  readonly connectTimeoutMs: number;
  readonly upgrade?: CurlUpgrade | undefined;
}

/** One request as a configuration for curl's standard input, so that nothing of it is in its arguments. */
export function curlConfig(request: CurlRequest): string {
  const { url, trust, identityName, connectTimeoutMs, timeoutMs, upgrade } = request;
  const lines = [
    ['url', url.href],
    ['proto', '=https'],
    ['noproxy', '*'],
    // Brackets and braces in the address are no patterns.
    ['globoff'],
    ['tlsv1.2'],
    ['http1.1'],
    ...trustLines(trust, url),
    // A colon would begin a password (curl(1), --cert).
    ['cert', identityName.replaceAll(/[\\:]/g, '\\$&')],
    ['header', 'accept: application/json'],
    ...contentLines(request),
    ['connect-timeout', seconds(connectTimeoutMs)],
    ...(upgrade === undefined ? [['max-time', seconds(timeoutMs)]] : upgradeLines(upgrade)),
    ['include'],
    ['silent'],
    ['show-error'],
  ];
  // curl reads the escapes of this one itself. After a stream it would pass for a part of that.
  const facts = upgrade === undefined ? [`write-out = "${FACTS}"`] : [];
  return [...lines.map(configLine), ...facts, ''].join('\n');
}

/** Handshake of RFC 6455, 4.1. */
function upgradeLines({ key, silentMs }: CurlUpgrade): readonly (readonly string[])[] {
  return [
    ['header', 'connection: Upgrade'],
    ['header', 'upgrade: websocket'],
    ['header', 'sec-websocket-version: 13'],
    ['header', `sec-websocket-key: ${key}`],
    ['no-buffer'],
    ['speed-limit', '1'],
    ['speed-time', String(Math.ceil(silentMs / 1000))],
  ];
}

/** Without a body there is no content type either: the panel refuses one without the other. */
function contentLines({ method, body, cookie }: CurlRequest): readonly (readonly string[])[] {
  const lines = [
    ...(method === 'GET' ? [] : [['request', method]]),
    ...(cookie === undefined ? [] : [['header', `cookie: ${cookie}`]]),
  ];
  if (body === undefined) return lines;
  // A control character ends the line; JSON knows each by its number.
  const content = JSON.stringify(body).replaceAll(
    /\p{Cc}/gu,
    (each) => `\\u${each.charCodeAt(0).toString(16).padStart(4, '0')}`,
  );
  return [
    ...lines,
    ['header', 'content-type: application/json'],
    // The panel is not asked first, as curl does with more than 1 KiB.
    ['header', 'expect:'],
    ['data-raw', content],
  ];
}

/**
 * Trusts only the key when there is a pin, like `openPanelTls`: the panel's own certificate is
 * valid for ten years, and macOS accepts none of more than 825 days from any authority. Skips
 * verification of the chain, but never without the pin, on which curl ends before anything is sent.
 */
function trustLines(trust: PanelTrust, url: URL): readonly (readonly string[])[] {
  if (trust.kind === 'public') return [];
  const { host } = panelAddress(url.href);
  return [['pinnedpubkey', `sha256//${pinOf(trust.certificatePem, host)}`], ['insecure']];
}

function pinOf(certificatePem: string, host: string): string {
  try {
    return spkiSha256(new X509Certificate(certificatePem));
  } catch (error) {
    const text = `The certificate that is pinned for ${host} cannot be read.`;
    throw new PanelError('panel-certificate-invalid', text, error);
  }
}

function configLine([option = '', value]: readonly string[]): string {
  if (value === undefined) return option;
  if (/\p{Cc}/u.test(value)) throw new TypeError(`The ${option} holds a control character.`);
  return `${option} = "${value.replaceAll(/["\\]/g, '\\$&')}"`;
}

function seconds(ms: number): string {
  return (Math.max(1, ms) / 1000).toFixed(3);
}

/** curl's exit codes (curl(1), EXIT CODES). */
const NAME_UNKNOWN = 6;
const NOT_CONNECTED = 7;
const TIMED_OUT = 28;
const CLIENT_CERTIFICATE = 58;
const PEER_CERTIFICATE = new Set([51, 60]);
const TOO_LARGE = 63;
const PIN_DIFFERS = 90;
/** Options that it does not know, or that it was built without. */
const INCAPABLE = new Set([2, 4, 48]);

/**
 * Says in a PanelError why curl failed. The numbers behind a colon are those of the Security framework, as curl's
 * Secure Transport backend prints them.
 */
export function curlFailure(
  { exitCode, stderr }: ProgramResult,
  host: string,
  { identityName, curl }: { readonly identityName: string; readonly curl: string },
): PanelError {
  const cause = new Error(`curl ended with ${exitCode ?? 'a signal'}: ${stderr.trim()}`);
  const name = JSON.stringify(identityName);
  const fail = (code: ConstructorParameters<typeof PanelError>[0], text: string): PanelError =>
    new PanelError(code, text, cause);
  // errSecInteractionNotAllowed
  if (/-25308\b|interaction is not allowed/i.test(stderr))
    return fail('identity-locked', `The key of ${name} cannot be used: the keychain is locked.`);
  // errSecAuthFailed (curl says it in words), userCanceledErr
  if (/SSL authentication failed|-25293\b|:-128\b/.test(stderr))
    return fail('identity-denied', `The key of ${name} may not be used: macOS was told so.`);
  if (exitCode === CLIENT_CERTIFICATE)
    return fail('identity-missing', `curl finds no identity ${name} in the keychain.`);
  if (exitCode === PIN_DIFFERS)
    return fail('panel-certificate-changed', `The certificate of ${host} is not the pinned one.`);
  if (exitCode === NAME_UNKNOWN)
    return fail('panel-name-unknown', `The name of ${host} cannot be resolved.`);
  if (exitCode === TIMED_OUT) return fail('panel-timeout', `${host} did not answer in time.`);
  if (exitCode === TOO_LARGE) return answerWithoutEnd(host);
  // Newer versions of curl no longer report a refusal as such.
  if (exitCode === NOT_CONNECTED && /refused/i.test(stderr))
    return fail('panel-refused', `${host} refuses connections.`);
  if (exitCode === NOT_CONNECTED)
    return fail('panel-unreachable', `${host} cannot be reached: nothing takes the connection.`);
  if (PEER_CERTIFICATE.has(exitCode ?? 0))
    return fail('panel-certificate-invalid', `The certificate of ${host} is not valid.`);
  // In the words of Secure Transport, and of OpenSSL.
  if (
    /requires a client certificate|rejected the client certificate|alert.*certificate/i.test(stderr)
  )
    return certificateRequired(host, cause);
  if (INCAPABLE.has(exitCode ?? 0))
    return fail('curl-failed', `${curl} cannot do what is needed to ask ${host}.`);
  return fail('panel-unreachable', `${host} cannot be reached: curl ended with ${exitCode}.`);
}
