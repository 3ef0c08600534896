import { createHmac } from 'node:crypto';
import type { IncomingMessage } from 'node:http';
import { request as httpsRequest } from 'node:https';
import { isIP } from 'node:net';
import { connect, type TLSSocket } from 'node:tls';
import { WebSocket } from 'ws';
import { type Clock, systemClock } from '../../src/core/time.js';
import type { DelayOptions } from '../../src/sandbox/delays.js';
import { NO_DELAYS } from '../fixtures/no-delays.js';
import { connectProxyDial } from '../../src/services/network/dial.js';
import { type Sandbox, startSandbox } from '../fixtures/open-sandbox.js';
import { createInstalledDroplet, type TestDroplet, TestShell } from '../sandbox/droplet-fixture.js';

export const DOMAIN = 'lab.example.com';
const PKI = '/etc/portlama/pki';

/** A .p12 that opens a panel. */
export interface ClientFile {
  readonly pfx: Buffer;
  readonly passphrase: string;
}

export interface Call {
  readonly method: string;
  readonly path: string;
  /** Asks by this name on 443; without it by the address on 9292. */
  readonly host?: string | undefined;
  readonly headers?: Readonly<Record<string, string>> | undefined;
  readonly body?: unknown;
  readonly rawBody?: string | undefined;
  /** Undefined for no certificate. */
  readonly client?: ClientFile | undefined;
}

export interface Answer {
  readonly status: number;
  readonly headers: Readonly<Record<string, string | readonly string[] | undefined>>;
  readonly body: Buffer;
}

/** A stream as it was seen: its messages, and how it ended. */
export interface SeenStream {
  readonly messages: Record<string, unknown>[];
  readonly ended: Promise<{ close?: number; reason?: string; refused?: number; body?: string }>;
  close(): void;
}

/** A panel of the sandbox, with what calls it as a stranger's program would. */
export class PanelWorld {
  readonly sandbox: Sandbox;
  readonly droplet: TestDroplet;
  /** The installer's certificate, or what took its place. */
  admin: ClientFile;

  private constructor(sandbox: Sandbox, droplet: TestDroplet, admin: ClientFile) {
    this.sandbox = sandbox;
    this.droplet = droplet;
    this.admin = admin;
  }

  static async open(
    panel: DelayOptions['panel'] = {},
    version = '0.1.30',
    clock: Clock = systemClock,
  ): Promise<PanelWorld> {
    const delays = { ...NO_DELAYS, panel: { ...NO_DELAYS.panel, ...panel } };
    const sandbox = await startSandbox({ delays, restartSshDuringInstall: false, clock });
    sandbox.controls.publish(version);
    return await PanelWorld.within(sandbox);
  }

  /** A panel in a sandbox that is there already, without delays. */
  static async within(sandbox: Sandbox): Promise<PanelWorld> {
    const droplet = await createInstalledDroplet(sandbox);
    const shell = await TestShell.open(sandbox, droplet);
    const pfx = await shell.read(`${PKI}/client.p12`);
    const passphrase = (await shell.read(`${PKI}/.p12-password`)).toString('utf8');
    shell.close();
    return new PanelWorld(sandbox, droplet, { pfx, passphrase });
  }

  /** Runs a command as root on the droplet. */
  async exec(command: string): Promise<string> {
    const shell = await TestShell.open(this.sandbox, this.droplet);
    const { stdout } = await shell.exec(command);
    shell.close();
    return stdout;
  }

  /** Both names lead to the droplet. */
  pointNames(domain = DOMAIN): void {
    const { controls } = this.sandbox;
    for (const name of [domain, `*.${domain}`]) controls.setName(name, [this.droplet.address]);
  }

  async call({ method, path, headers, body, rawBody, ...place }: Call): Promise<Answer> {
    const tls = await this.connect(place);
    const text = rawBody ?? (body === undefined ? undefined : JSON.stringify(body));
    const type = body === undefined ? {} : { 'content-type': 'application/json' };
    const length = text === undefined ? {} : { 'content-length': Buffer.byteLength(text) };
    const response = await new Promise<IncomingMessage>((resolve, reject) => {
      const request = httpsRequest({
        createConnection: () => tls,
        method,
        path,
        headers: { host: place.host ?? this.droplet.address, ...type, ...length, ...headers },
      });
      request.on('response', resolve).on('error', reject);
      request.end(text);
    });
    const chunks: Buffer[] = [];
    for await (const chunk of response) chunks.push(chunk as Buffer);
    tls.destroy();
    const { statusCode: status = 0, headers: answered } = response;
    return { status, headers: answered, body: Buffer.concat(chunks) };
  }

  /** A call of the admin's that must succeed; resolves to its JSON. */
  async admins(method: string, path: string, more: Partial<Call> = {}): Promise<unknown> {
    const answer = await this.call({ method, path, client: this.admin, ...more });
    const text = answer.body.toString('utf8');
    if (answer.status >= 300) throw new Error(`${method} ${path}: ${answer.status} ${text}`);
    return JSON.parse(text);
  }

  /** From FRESH to DNS_READY. */
  async setDomain(): Promise<void> {
    this.pointNames();
    const body = { domain: DOMAIN, email: 'ops@example.com' };
    await this.admins('POST', '/api/onboarding/domain', { body });
    await this.admins('POST', '/api/onboarding/verify-dns');
  }

  /** From FRESH to COMPLETED. Resolves to the result that only the stream says. */
  async onboard(): Promise<unknown> {
    await this.setDomain();
    const stream = await this.stream('/api/onboarding/provision/stream');
    await this.admins('POST', '/api/onboarding/provision');
    for (;;) {
      const last = stream.messages.at(-1);
      if (last?.['task'] === 'complete') {
        stream.close();
        return last['result'];
      }
      if (last?.['status'] === 'error') throw new Error(String(last['error']));
      await new Promise((resolve) => setTimeout(resolve, 5));
    }
  }

  /** Turns the panel's second factor on. `code` gives one that was not used yet. */
  async turnOnTwoFactor(): Promise<{ readonly answer: unknown; readonly code: () => string }> {
    const path = '/api/settings/2fa';
    const setUp = await this.admins('POST', `${path}/setup`);
    const { manualKey } = setUp as { manualKey: string };
    const body = { code: totpCode(manualKey, 0) };
    const answer = await this.admins('POST', `${path}/confirm`, { body });
    return { answer, code: () => totpCode(manualKey, 1) };
  }

  /** Resolves once it is open, or refused. */
  async stream(
    path: string,
    { pingMs, ...place }: { pingMs?: number } & Pick<Call, 'client' | 'host'> = {},
  ): Promise<SeenStream> {
    const tls = await this.connect({ client: this.admin, ...place });
    const host = place.host ?? this.droplet.address;
    const socket = new WebSocket(`wss://${host}${path}`, { createConnection: () => tls });
    const messages: Record<string, unknown>[] = [];
    const pings = pingMs === undefined ? undefined : setInterval(() => socket.ping(), pingMs);
    socket.on('message', (data: Buffer) =>
      messages.push(JSON.parse(data.toString('utf8')) as Record<string, unknown>),
    );
    const ended = new Promise<Awaited<SeenStream['ended']>>((resolve) => {
      socket.on('close', (close, reason) => {
        clearInterval(pings);
        resolve({ close, reason: reason.toString() });
      });
      socket.on('unexpected-response', (_request, response) => {
        let body = '';
        response.on('data', (chunk: Buffer) => (body += chunk.toString()));
        response.on('end', () => resolve({ refused: response.statusCode ?? 0, body }));
      });
      socket.on('error', () => undefined);
    });
    await Promise.race([new Promise((resolve) => socket.once('open', resolve)), ended]);
    return { messages, ended, close: () => socket.close() };
  }

  /** TLS to 9292 by address, or to 443 by name. */
  async connect({
    client,
    host,
    port = host === undefined ? 9292 : 443,
    serverName = host,
  }: Pick<Call, 'client' | 'host'> & {
    port?: number;
    serverName?: string | undefined;
  }): Promise<TLSSocket> {
    const dial = connectProxyDial(this.sandbox.url);
    const socket = await dial(this.droplet.address, port, { timeoutMs: 5000 });
    const name =
      serverName !== undefined && isIP(serverName) === 0 ? { servername: serverName } : {};
    // Replays calls only; connect-panel.test.ts holds which certificate is trusted.
    const tls = connect({ socket, ...name, ...client, rejectUnauthorized: false });
    await new Promise((resolve, reject) =>
      tls.once('secureConnect', resolve).once('error', reject),
    );
    tls.on('error', () => undefined);
    return tls;
  }

  close(): Promise<void> {
    return this.sandbox.close();
  }
}

/** Code of a second factor (RFC 6238) for a moment so many steps from now. */
export function totpCode(key: string, steps: number): string {
  const bits = key
    .split('')
    .map((letter) =>
      'ABCDEFGHIJKLMNOPQRSTUVWXYZ234567'.indexOf(letter).toString(2).padStart(5, '0'),
    )
    .join('');
  const secret = Buffer.from((bits.match(/.{8}/g) ?? []).map((byte) => Number.parseInt(byte, 2)));
  const counter = Buffer.alloc(8);
  counter.writeBigUInt64BE(BigInt(Math.floor(Date.now() / 30_000) + steps));
  const hash = createHmac('sha1', secret).update(counter).digest();
  const offset = hash[19]! & 15;
  return String((hash.readUInt32BE(offset) & 0x7fffffff) % 1_000_000).padStart(6, '0');
}
