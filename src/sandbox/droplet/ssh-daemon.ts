import type { Socket } from 'node:net';
import ssh2, {
  type AuthContext,
  type Connection,
  type PublicKeyAuthContext,
  type Server,
  type ServerChannel,
} from 'ssh2';
import { ConnectionFaults, type DropletFaults } from '../faults/droplet-faults.js';
import { reset } from '../network/connections.js';
import { generateSshKeyPair } from '../../services/ssh/keys.js';
import type { FileSystem } from './files.js';
import { serveSftp } from './sftp-server.js';

export const HOST_KEY_PATH = '/etc/ssh/ssh_host_ed25519_key';
export const AUTHORIZED_KEYS_PATH = '/root/.ssh/authorized_keys';
/** Identification string of Ubuntu 24.04's sshd. */
const IDENT = 'OpenSSH_9.6p1 Ubuntu-3ubuntu13.14';

export interface SshDaemonOptions {
  readonly files: FileSystem;
  readonly faults: DropletFaults;
  /** Epoch milliseconds. */
  readonly now: () => number;
  /** Runs a command on the channel and ends it. */
  readonly onExec: (command: string, channel: ServerChannel) => void;
}

/**
 * sshd of a droplet: a real SSH server, fed with connections instead of listening. Its host key and the keys it
 * accepts are the files of the droplet.
 */
export class SshDaemon {
  private readonly options: SshDaemonOptions;
  private readonly sockets = new Set<Socket>();
  private readonly faults: ConnectionFaults;
  private server: Server | undefined;

  constructor(options: SshDaemonOptions) {
    this.options = options;
    this.faults = new ConnectionFaults(options.faults);
  }

  /** Connections that are open now. */
  get connectionCount(): number {
    return this.sockets.size;
  }

  /** Reads the host key from its file again; open connections stay. */
  reload(): void {
    this.server = undefined;
  }

  accept(socket: Socket): void {
    this.sockets.add(socket);
    socket.on('close', () => this.sockets.delete(socket));
    socket.on('error', () => socket.destroy());
    const spoiling = this.faults.spoil(socket);
    if (spoiling === 'taken') return;
    if (spoiling === 'none') this.server ??= this.start(true);
    (spoiling === 'mute' ? this.start(false) : this.server)?.injectSocket(socket);
  }

  dropConnections(): void {
    for (const socket of this.sockets) reset(socket);
  }

  private start(answers: boolean): Server {
    const { files, faults } = this.options;
    const own = files.readText(HOST_KEY_PATH);
    const key = faults.has('wrong-host-key') ? undefined : own;
    const hostKeys = [key ?? generateHostKey('droplet').privateKey];
    return new ssh2.Server({ hostKeys, ident: IDENT }, (connection) =>
      this.serve(connection, answers),
    );
  }

  private serve(connection: Connection, answers: boolean): void {
    connection.on('error', () => connection.end());
    connection.on('authentication', (context) => this.authenticate(context));
    connection.on('session', (accept) => {
      const session = accept();
      session.on('exec', (acceptExec, _reject, { command }) => {
        const channel = acceptExec();
        channel.on('error', () => undefined);
        if (answers) this.options.onExec(command, channel);
      });
      session.on('sftp', (acceptSftp) => {
        const sftp = acceptSftp();
        if (answers) serveSftp(sftp, this.options.files, this.options.now);
      });
      session.on('env', (acceptEnv) => acceptEnv?.());
      session.on('pty', (acceptPty) => acceptPty?.());
      session.on('shell', (acceptShell) => answers && serveShell(acceptShell()));
    });
  }

  private authenticate(context: AuthContext): void {
    if (context.method === 'publickey' && this.isAccepted(context)) context.accept();
    else context.reject(['publickey']);
  }

  private isAccepted(context: PublicKeyAuthContext): boolean {
    const { files, faults } = this.options;
    if (context.username !== 'root' || faults.has('auth-refused')) return false;
    const lines = (files.readText(AUTHORIZED_KEYS_PATH) ?? '').split('\n');
    const known = lines
      .filter((line) => !isPast(line, this.options.now()))
      .map((line) => ssh2.utils.parseKey(line.replace(OPTIONS, '')))
      .find((key) => !(key instanceof Error) && key.getPublicSSH().equals(context.key.data));
    if (known === undefined || known instanceof Error) return false;
    const { blob, signature, hashAlgo } = context;
    // Without a signature the client only asks whether it is worth to sign.
    if (blob === undefined || signature === undefined) return true;
    // The library returns an Error for a signature that cannot be read.
    const verified: unknown = known.verify(blob, signature, hashAlgo);
    return verified === true;
  }
}

const OPTIONS = /^restrict,expiry-time="(\d{4})(\d\d)(\d\d)(\d\d)(\d\d)Z" /;

/** True for a line whose time is over (sshd(8), expiry-time). */
function isPast(line: string, now: number): boolean {
  const [, year, month, day, hour, minute] = OPTIONS.exec(line) ?? [];
  return year !== undefined && Date.parse(`${year}-${month}-${day}T${hour}:${minute}Z`) <= now;
}

const PROMPT = 'root@droplet:~# ';
const END_OF_INPUT = '\x04';

/** A shell that echoes as a terminal would, and knows how to leave. */
function serveShell(channel: ServerChannel): void {
  let line = '';
  channel.on('error', () => undefined);
  channel.write(`Sandbox: this shell knows exit only.\r\n${PROMPT}`);
  channel.on('data', (typed: Buffer) => {
    for (const char of typed.toString('utf8')) {
      const isEnter = char === '\r' || char === '\n';
      channel.write(isEnter ? '\r\n' : char);
      if (char === END_OF_INPUT || (isEnter && line.trim() === 'exit')) {
        channel.exit(0);
        channel.end();
        return;
      }
      if (isEnter && line.trim() !== '') channel.write(`bash: ${line}: command not found\r\n`);
      if (isEnter) channel.write(PROMPT);
      line = isEnter ? '' : line + char;
    }
  });
}

/** A host key as sshd holds it. */
export interface HostKey {
  /** OpenSSH PEM. */
  readonly privateKey: string;
  /** `ssh-ed25519 AAAA…` */
  readonly publicKey: string;
}

const PEM = /-----BEGIN OPENSSH PRIVATE KEY-----[\s\S]*?-----END OPENSSH PRIVATE KEY-----/;

/**
 * The ed25519 host key in `ssh_keys` of a cloud-config, whether its values are YAML block scalars or quoted strings.
 * Undefined when there is none that sshd could load; a real droplet then makes its own.
 */
export function injectedHostKey(userData: string): HostKey | undefined {
  if (!userData.startsWith('#cloud-config')) return undefined;
  const section = /^ssh_keys:|"ssh_keys"\s*:/m.exec(userData);
  if (section === null) return undefined;
  // In a quoted string the line ends are escaped.
  const text = userData.slice(section.index).replaceAll('\\n', '\n');
  if (!text.includes('ed25519_private')) return undefined;
  const lines = PEM.exec(text)?.[0].split('\n') ?? [];
  const privateKey = `${lines.map((line) => line.trim()).join('\n')}\n`;
  const parsed = ssh2.utils.parseKey(privateKey);
  if (parsed instanceof Error || parsed.type !== 'ssh-ed25519') return undefined;
  return {
    privateKey,
    publicKey: `ssh-ed25519 ${parsed.getPublicSSH().toString('base64')}`,
  };
}

/** Public keys in `ssh_authorized_keys` of a cloud-config, which cloud-init gives root too with `disable_root: false`. */
export function injectedKeys(userData: string): readonly string[] {
  const [, list = ''] = /^ssh_authorized_keys:\n((?: +- .*\n?)*)/m.exec(userData) ?? [];
  return Array.from(list.matchAll(/^ +- (.+)$/gm), ([, line = '']) => line);
}

/** A fresh ed25519 host key, as a droplet makes one for itself. */
export function generateHostKey(hostname: string): HostKey {
  return generateSshKeyPair(`root@${hostname}`);
}
