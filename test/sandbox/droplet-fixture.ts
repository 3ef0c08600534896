import { Client, type ClientChannel, type SFTPWrapper } from 'ssh2';
import type { Sandbox } from '../fixtures/open-sandbox.js';
import { connectProxyDial } from '../../src/services/network/dial.js';
import { buildUserData, generateSshKeyPair } from '../../src/services/ssh/keys.js';
import type { SshKeyPair } from '../../src/services/ssh/ssh.js';
import { checkedApi, dropletRequest } from './checked-api.js';

export const FOLDER = '/root/.portlama-install-0123456789abcdef';

/** A droplet with the keys that open it. */
export interface TestDroplet {
  readonly id: number;
  readonly address: string;
  readonly hostKey: SshKeyPair;
  readonly key: SshKeyPair;
}

/** Creates a droplet as the program does; only for a sandbox without delays. */
export async function createTestDroplet(sandbox: Sandbox): Promise<TestDroplet> {
  const api = checkedApi(sandbox.url);
  const hostKey = generateSshKeyPair('host');
  const key = generateSshKeyPair('temporary');
  const added = await api('POST', '/v2/account/keys', { name: 't', public_key: key.publicKey });
  const { body } = await api(
    'POST',
    '/v2/droplets',
    dropletRequest({ ssh_keys: [added.body.ssh_key!.id], user_data: buildUserData({ hostKey }) }),
  );
  const id = body.droplet!.id;
  const droplet = (await api('GET', `/v2/droplets/${id}`)).body.droplet!;
  const address = droplet.networks.v4.find(({ type }) => type === 'public')!.ip_address;
  return { id, address, hostKey, key };
}

/** What a command printed and how it ended. */
export interface Output {
  readonly code: number | undefined;
  readonly stdout: string;
  readonly stderr: string;
}

/** A plain ssh2 connection through the sandbox's proxy. */
export class TestShell {
  readonly client: Client;

  private constructor(client: Client) {
    this.client = client;
  }

  static async open(
    sandbox: Sandbox,
    { address, key }: TestDroplet,
    onHostKey: (key: Buffer) => void = () => undefined,
  ): Promise<TestShell> {
    const sock = await connectProxyDial(sandbox.url)(address, 22, { timeoutMs: 5000 });
    const client = new Client();
    await new Promise<void>((resolve, reject) => {
      client.on('ready', resolve).on('error', reject);
      client.on('close', () => reject(new Error('closed')));
      client.connect({
        sock,
        username: 'root',
        privateKey: key.privateKey,
        hostVerifier: (seen: Buffer) => {
          onHostKey(seen);
          return true;
        },
      });
    });
    return new TestShell(client);
  }

  exec(
    command: string,
    stdin?: string,
    onData: (text: string) => void = () => undefined,
  ): Promise<Output> {
    return new Promise((resolve, reject) => {
      this.client.exec(command, (error, channel: ClientChannel) => {
        if (error) {
          reject(error);
          return;
        }
        const output = { stdout: '', stderr: '' };
        let code: number | undefined;
        channel.on('data', (chunk: Buffer) => {
          output.stdout += chunk.toString('utf8');
          onData(output.stdout);
        });
        channel.stderr.on('data', (chunk: Buffer) => (output.stderr += chunk.toString('utf8')));
        channel.on('exit', (exit: number) => (code = exit));
        channel.on('close', () => resolve({ ...output, code }));
        channel.end(stdin);
      });
    });
  }

  sftp(): Promise<SFTPWrapper> {
    return new Promise((resolve, reject) => {
      this.client.sftp((error, sftp) => (error ? reject(error) : resolve(sftp)));
    });
  }

  async write(path: string, content: string, mode = 0o600): Promise<void> {
    const sftp = await this.sftp();
    await new Promise<void>((resolve, reject) => {
      sftp.writeFile(path, content, { mode }, (error) => (error ? reject(error) : resolve()));
    });
    sftp.end();
  }

  async read(path: string): Promise<Buffer> {
    const sftp = await this.sftp();
    const content = await new Promise<Buffer>((resolve, reject) => {
      sftp.readFile(path, (error: Error | undefined, data) =>
        error ? reject(error) : resolve(data),
      );
    });
    sftp.end();
    return content;
  }

  /** Uploads what the installation needs; the sandbox plays the scripts, it does not run them. */
  async upload(settings = "INSTALLER_SPEC='@lamalibre/create-portlama'\n"): Promise<void> {
    await this.exec(`mkdir -p -m 700 ${FOLDER}`);
    for (const name of ['start.sh', 'job.sh', 'follow.sh', 'hand-over.sh']) {
      await this.write(`${FOLDER}/${name}`, '#!/bin/sh\n');
    }
    await this.write(`${FOLDER}/settings`, settings);
  }

  close(): void {
    this.client.end();
  }
}

/** A droplet on which Portlama is installed. */
export async function createInstalledDroplet(sandbox: Sandbox): Promise<TestDroplet> {
  const droplet = await createTestDroplet(sandbox);
  const shell = await TestShell.open(sandbox, droplet);
  await shell.upload();
  await shell.exec(`sh ${FOLDER}/start.sh`);
  await shell.exec(`sh ${FOLDER}/follow.sh 0`);
  shell.close();
  return droplet;
}
