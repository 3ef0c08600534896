import type { z } from 'zod';
import { PANEL_COOKIE } from '../../core/product.js';
import { agentCalls } from './calls/agents.js';
import { type CallOptions, type PanelCaller, SLOW_MS } from './calls/caller.js';
import { tunnelCalls } from './calls/tunnels.js';
import { twoFactorCalls } from './calls/two-factor.js';
import { invitationCalls, userCalls } from './calls/users.js';
import {
  AUTH_MODE,
  AUTO_RENEWAL,
  BOUND,
  CERTIFICATES,
  DNS_REPORT,
  type DnsReport,
  HEALTH,
  ONBOARDING,
  type Onboarding,
  type PanelCertificate,
  type PanelService,
  type PanelStats,
  parseJson,
  type ProvisionMessage,
  ROTATION,
  SERVICES,
  STATS,
  TOTP,
} from './panel-bodies.js';
import { PanelError, toPanelError } from './panel-error.js';
import {
  PanelAgent,
  type PanelLine,
  type PanelRequest,
  type PanelResponse,
} from './panel-request.js';
import { type FollowedLine, followProvision, refusalOf } from './panel-stream.js';
import { timing } from '../provisioning/timing.js';
import { panelAddress } from './panel-tls.js';
import type { PanelClientOptions } from './panel.js';

const TIMEOUT_MS = 20_000;
const MAX_ANSWER_BYTES = 1024 * 1024;

/**
 * The panel's own API, with the admin's certificate. Calls reject with PanelApiError for what the panel refused, and
 * with PanelError when it could not be asked. Only reading is ever repeated; the cookie of the second factor is kept
 * in memory alone.
 */
export class PanelApi implements PanelCaller {
  /** Name or address with its port. */
  readonly host: string;
  readonly panelUrl: string;
  private readonly line: PanelLine;
  private readonly follow: FollowedLine['follow'];
  private readonly pingMs: number;
  private cookie: string | undefined;
  /** Gets each session that the panel gives, for the next use of it in this process. A secret. */
  onSession: ((session: string) => void) | undefined;
  readonly tunnels = tunnelCalls(this);
  readonly users = userCalls(this);
  readonly invitations = invitationCalls(this);
  readonly agents = agentCalls(this);
  readonly twoFactor = twoFactorCalls(this);

  /** Opens connections of its own, where it is given no way that is there already. */
  constructor(
    options:
      | PanelClientOptions
      | (Pick<PanelClientOptions, 'panelUrl' | 'pingMs'> & { readonly line: FollowedLine }),
  ) {
    this.panelUrl = options.panelUrl;
    this.host = panelAddress(options.panelUrl).shown;
    this.pingMs = options.pingMs ?? timing().pingMs;
    if ('line' in options) {
      const { line } = options;
      this.line = line;
      this.follow = (request) => line.follow(request);
      return;
    }
    const agent = new PanelAgent(options);
    this.line = agent;
    this.follow = (request) => followProvision({ ...request, agent });
  }

  /** Version of the panel server. Proves nothing about the certificate (contract: revoked certificate). */
  async version(signal?: AbortSignal): Promise<string | undefined> {
    return (await this.get('/api/health', HEALTH, signal)).version;
  }

  /** Proves that the certificate is valid as well. */
  onboarding(signal?: AbortSignal): Promise<Onboarding> {
    return this.get('/api/onboarding/status', ONBOARDING, signal);
  }

  async setDomain(domain: string, email: string, signal?: AbortSignal): Promise<void> {
    await this.send('POST', '/api/onboarding/domain', { body: { domain, email }, signal });
  }

  /** `ok` freezes the domain. Rejects with `panel-failed` when the droplet's resolver failed. */
  async verifyDns(signal?: AbortSignal): Promise<DnsReport> {
    const path = '/api/onboarding/verify-dns';
    return read(DNS_REPORT, await this.send('POST', path, { signal }), this.host);
  }

  /** Starts the installation, or starts it over after a failure. Follow it before you call this. */
  async provision(signal?: AbortSignal): Promise<void> {
    await this.send('POST', '/api/onboarding/provision', { signal });
  }

  /** Messages of the installation, the state first; ends when the stream does. `pingMs` is for tests. */
  followProvision(signal: AbortSignal, pingMs = this.pingMs): AsyncGenerator<ProvisionMessage> {
    const url = new URL('/api/onboarding/provision/stream', this.panelUrl);
    const { cookie, host } = this;
    return this.follow({ url, cookie, host, signal, pingMs });
  }

  stats(signal?: AbortSignal): Promise<PanelStats> {
    return this.get('/api/system/stats', STATS, signal);
  }

  async services(signal?: AbortSignal): Promise<readonly PanelService[]> {
    return (await this.get('/api/services', SERVICES, signal)).services;
  }

  async restartService(name: string, signal?: AbortSignal): Promise<void> {
    await this.send('POST', `/api/services/${encodeURIComponent(name)}/restart`, {
      signal,
      timeoutMs: SLOW_MS,
    });
  }

  async certificates(signal?: AbortSignal): Promise<readonly PanelCertificate[]> {
    return (await this.get('/api/certs', CERTIFICATES, signal)).certs;
  }

  /** True when the timer that renews public certificates is on. */
  async renewsItself(signal?: AbortSignal): Promise<boolean> {
    return (await this.get('/api/certs/auto-renew-status', AUTO_RENEWAL, signal)).active;
  }

  /** Has Let's Encrypt issue one again, which counts against its limits. */
  async renewPublicCertificate(domain: string, signal?: AbortSignal): Promise<void> {
    const path = `/api/certs/${encodeURIComponent(domain)}/renew`;
    await this.send('POST', path, { signal, timeoutMs: SLOW_MS });
  }

  /** Makes a new admin certificate; its password is in this answer only. Revokes nothing. */
  async rotateCertificate(signal?: AbortSignal): Promise<string> {
    const path = '/api/certs/mtls/rotate';
    const answer = await this.send('POST', path, { signal, timeoutMs: SLOW_MS });
    return read(ROTATION, answer, this.host).p12Password;
  }

  /** The file of the newest admin certificate. */
  async downloadCertificate(signal?: AbortSignal): Promise<Buffer> {
    return (await this.send('GET', '/api/certs/mtls/download', { signal })).body;
  }

  /** Kind of the admin's key. */
  async authMode(signal?: AbortSignal): Promise<string> {
    return (await this.get('/api/certs/admin/auth-mode', AUTH_MODE, signal)).adminAuthMode;
  }

  /**
   * Has the panel sign a certificate for a key that it never sees, and revoke the newest one at once. One-way; never send
   * it again. Cannot be stopped: its answer is in no other place.
   */
  async bindCertificate(csr: string): Promise<string> {
    const path = '/api/certs/admin/upgrade-to-hardware-bound';
    const answer = await this.send('POST', path, { body: { csr }, timeoutMs: SLOW_MS });
    return read(BOUND, answer, this.host).cert;
  }

  /** Starts an update with this version of the installer. Accepted is not done (contract: update). */
  async update(version: string, signal?: AbortSignal): Promise<void> {
    await this.send('POST', '/api/system/update', { body: { version }, signal });
  }

  /** Sets the password of a user of Authelia. */
  async setPassword(username: string, password: string, signal?: AbortSignal): Promise<void> {
    const path = `/api/users/${encodeURIComponent(username)}`;
    await this.send('PUT', path, { body: { password }, signal, timeoutMs: SLOW_MS });
  }

  /** A new second factor for a user of Authelia: an otpauth address, which is a secret. */
  async resetTotp(username: string, signal?: AbortSignal): Promise<string> {
    const path = `/api/users/${encodeURIComponent(username)}/reset-totp`;
    const answer = await this.send('POST', path, { signal, timeoutMs: SLOW_MS });
    return read(TOTP, answer, this.host).totpUri;
  }

  /** Opens the panel with a code of its second factor. Each code works once: never send it again. */
  async enterCode(code: string, signal?: AbortSignal): Promise<void> {
    await this.send('POST', '/api/settings/2fa/verify', { body: { code }, signal });
  }

  /** Session that `enterCode` opened, for another process; undefined without a second factor. A secret. */
  get session(): string | undefined {
    return this.cookie;
  }

  /** Opens it with the session of another process. */
  join(session: string): void {
    this.cookie = session;
  }

  close(): void {
    this.cookie = undefined;
    this.line.destroy();
  }

  private get<T extends z.ZodType>(
    path: string,
    schema: T,
    signal?: AbortSignal,
  ): Promise<z.output<T>> {
    return this.read(schema, 'GET', path, { signal });
  }

  /** Sends it like `send`, and reads its answer. */
  async read<T extends z.ZodType>(
    schema: T,
    method: PanelRequest['method'],
    path: string,
    options: CallOptions = {},
  ): Promise<z.output<T>> {
    return read(schema, await this.send(method, path, options), this.host);
  }

  /** Sends it once; a GET may be repeated on a connection that turns out to be closed. */
  async send(
    method: PanelRequest['method'],
    path: string,
    options: CallOptions = {},
  ): Promise<PanelResponse> {
    const { body, signal, timeoutMs = TIMEOUT_MS } = options;
    signal?.throwIfAborted();
    const url = new URL(path, this.panelUrl);
    const { cookie, line, host } = this;
    const request = { method, url, body, cookie, timeoutMs, maxBytes: MAX_ANSWER_BYTES, signal };
    let answer: PanelResponse;
    try {
      answer = await line.send(request);
    } catch (error) {
      signal?.throwIfAborted();
      throw line.explain(toPanelError(error, host));
    }
    this.keepCookie(answer);
    requireSuccess(answer, line, host);
    return answer;
  }

  private keepCookie({ headers }: PanelResponse): void {
    for (const line of [headers['set-cookie'] ?? []].flat()) {
      const [pair = ''] = line.split(';', 1);
      if (!pair.startsWith(`${PANEL_COOKIE}=`)) continue;
      this.cookie = pair;
      this.onSession?.(pair);
    }
  }
}

function requireSuccess(
  { statusCode, headers, body }: PanelResponse,
  line: PanelLine,
  host: string,
): void {
  if (statusCode < 300) return;
  const error = refusalOf(host, statusCode, headers, body.toString('utf8'));
  throw error instanceof PanelError ? line.explain(error) : error;
}

function read<T extends z.ZodType>(schema: T, { body }: PanelResponse, host: string): z.output<T> {
  const outcome = schema.safeParse(parseJson(body.toString('utf8')));
  if (outcome.success) return outcome.data;
  throw new PanelError(
    'panel-answer-unexpected',
    `${host} gave an answer that this program does not understand.`,
    outcome.error,
  );
}
