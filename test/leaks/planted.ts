import { randomBytes } from 'node:crypto';
import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, onTestFinished } from 'vitest';
import type { ControlCommand } from '../../src/sandbox/control/controls.js';
import { SANDBOX_TOKEN } from '../../src/sandbox/folder.js';
import { TOKEN_KEY } from '../../src/services/keystore/keystore.js';
import type { VaultKeystore } from '../../src/services/keystore/vault-keystore.js';
import { vaultIn } from '../cli/vault-home.js';
import { type RunningSandbox, runningSandbox } from '../fixtures/running-sandbox.js';
import { filesWith, ProcessWatch, secretsIn, sharedFilesWith } from './watch.js';

/** All that comes up in a run with a vault. */
export const ALL_SECRETS = [
  'host key',
  'identity',
  'login key',
  'p12 password',
  'passphrase',
  'token',
] as const;
const COLLECT_MS = 5;

/** A sandbox whose secrets are in a vault that holds the token; every secret that comes up is known here. */
export class PlantedSecrets {
  readonly secrets = new Map<string, string>();
  readonly watch: ProcessWatch;
  private readonly began = Date.now();
  /** Files of the vault whose secrets are known. */
  private readonly read = new Set<string>();
  private collecting = true;

  private constructor(
    readonly sandbox: RunningSandbox,
    readonly vault: VaultKeystore,
    readonly passphrase: string,
  ) {
    this.watch = new ProcessWatch(sandbox.folder);
    this.secrets.set('token', SANDBOX_TOKEN).set('passphrase', passphrase);
    onTestFinished(async () => {
      this.stop();
      await endWorkers(sandbox.folder);
    });
    void this.collect();
  }

  static async create(delays = '0'): Promise<PlantedSecrets> {
    const sandbox = await runningSandbox(delays);
    const passphrase = `orbit-candle-${randomBytes(6).toString('hex')}-fjord`;
    const vault = await vaultIn(sandbox.home, passphrase);
    await vault.set(TOKEN_KEY, SANDBOX_TOKEN);
    const planted = new PlantedSecrets(sandbox, vault, passphrase);
    planted.secrets.set('identity', (await vault.requireKey()).identity);
    return planted;
  }

  get environment(): Record<string, string> {
    const { folder, realHome } = this.sandbox;
    return {
      HOME: folder,
      TMPDIR: folder,
      PORTLAMA_HOME: realHome,
      PORTLAMA_KEYSTORE: 'vault',
      PORTLAMA_SANDBOX_DELAYS: '0',
    };
  }

  command(input: ControlCommand): Promise<unknown> {
    return this.sandbox.control('POST', 'control', input);
  }

  /** In no file, no argument, no environment but the token in the worker's, and not in what was shown. */
  async expectNowhere(shown: string): Promise<void> {
    this.stop();
    const { secrets, sandbox } = this;
    expect(await filesWith(sandbox.folder, secrets)).toEqual([]);
    expect(secretsIn(shown, secrets)).toEqual([]);
    for (const { commandLine, environment } of this.watch.seen.values()) {
      const inArguments = secretsIn(commandLine, secrets);
      const allowed = commandLine.includes('main.js worker ') ? ['token', 'pasted token'] : [];
      const found = secretsIn(environment, secrets).filter((name) => !allowed.includes(name));
      expect({ commandLine, inArguments, found }).toEqual({
        commandLine,
        inArguments: [],
        found: [],
      });
    }
    // The token is the same in every test that runs on this machine.
    const own = new Map([...secrets].filter(([name]) => name !== 'token'));
    expect(await sharedFilesWith(this.began, own)).toEqual([]);
  }

  get sawWorker(): boolean {
    return [...this.watch.seen.values()].some((seen) =>
      seen.commandLine.includes('main.js worker '),
    );
  }

  private stop(): void {
    this.collecting = false;
    this.watch.stop();
  }

  private async collect(): Promise<void> {
    while (this.collecting) {
      // A file may go, or be damaged by the test, while it is read.
      await this.look().catch(() => undefined);
      await new Promise((resolve) => setTimeout(resolve, COLLECT_MS));
    }
  }

  private async look(): Promise<void> {
    for (const name of await readdir(join(this.sandbox.home, 'vault'))) {
      const [, service = '', account = ''] =
        /^(com\.portlama\.(?:server|operation))@(.+)\.age$/.exec(name) ?? [];
      if (service === '' || this.read.has(name)) continue;
      const secret = await this.vault.get({ service, account });
      if (secret === undefined) continue;
      this.read.add(name);
      if (service === 'com.portlama.server') this.take('p12 password', secret);
      else {
        const keys = JSON.parse(secret) as { privateKey: string; hostPrivateKey: string };
        this.take('login key', keys.privateKey);
        this.take('host key', keys.hostPrivateKey);
      }
    }
  }

  /** Of every run its own: earlier ones are still looked for. */
  private take(name: string, secret: string): void {
    this.secrets.set(this.secrets.has(name) ? `${name} ${this.secrets.size}` : name, secret);
  }
}

/** Workers go on when the program that started them is gone. */
async function endWorkers(folder: string): Promise<void> {
  for (const pid of (await readdir('/proc')).filter((name) => /^\d+$/.test(name))) {
    const read = (name: string): Promise<string> =>
      readFile(`/proc/${pid}/${name}`, 'utf8').catch(() => '');
    const isOurs = (await read('environ')).includes(`HOME=${folder}\0`);
    if (isOurs && (await read('cmdline')).includes('\0worker\0'))
      process.kill(Number(pid), 'SIGKILL');
  }
}
