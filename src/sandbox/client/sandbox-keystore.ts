import { CREDENTIAL_SERVICE } from '../../core/product.js';
import type { CredentialKey, Keystore } from '../../services/keystore/keystore.js';
import { askSandbox } from './sandbox-client.js';
import { SandboxError } from '../folder.js';

/** The credential store of a running sandbox: in that process's memory, and gone with it. */
export function createSandboxKeystore(socketPath: string): Keystore {
  return new SandboxKeystore(socketPath);
}

const PROBE: CredentialKey = { service: CREDENTIAL_SERVICE.probe, account: 'sandbox' };

class SandboxKeystore implements Keystore {
  readonly kind = 'sandbox';
  readonly title = 'Sandbox store (memory only)';
  private readonly socketPath: string;

  constructor(socketPath: string) {
    this.socketPath = socketPath;
  }

  async probe(): Promise<void> {
    await this.set(PROBE, 'probe');
    await this.delete(PROBE);
  }

  async get(key: CredentialKey): Promise<string | undefined> {
    const answer = await this.ask('GET', key, [200, 404]);
    return answer.status === 200 ? answer.text : undefined;
  }

  async set(key: CredentialKey, secret: string): Promise<void> {
    await this.ask('PUT', key, [204], secret);
  }

  async delete(key: CredentialKey): Promise<boolean> {
    return (await this.ask('DELETE', key, [204, 404])).status === 204;
  }

  private async ask(
    method: string,
    { service, account }: CredentialKey,
    expected: readonly number[],
    body?: string,
  ): ReturnType<typeof askSandbox> {
    const query = new URLSearchParams({ service, account }).toString();
    const answer = await askSandbox(this.socketPath, method, `/sandbox/keystore?${query}`, body);
    if (expected.includes(answer.status)) return answer;
    throw new SandboxError({
      code: 'sandbox-refused',
      message: `The sandbox's credential store answered with status ${answer.status}.`,
      hint: 'Start the program again.',
    });
  }
}
