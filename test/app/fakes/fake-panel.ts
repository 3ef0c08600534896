import type { PanelApi } from '../../../src/services/panel/panel-api.js';
import type {
  DnsReport,
  OnboardingStatus,
  ProvisionMessage,
} from '../../../src/services/panel/panel-bodies.js';

const TASKS = [
  ['install-chisel', 'Installing Chisel'],
  ['install-authelia', 'Installing Authelia'],
  ['issue-certs', 'Issuing TLS certificates'],
  ['configure-nginx', 'Configuring nginx'],
  ['verify-services', 'Verifying services'],
  ['finalize', 'Finalizing setup'],
] as const;

type Api = Pick<
  PanelApi,
  | 'close'
  | 'followProvision'
  | 'onboarding'
  | 'provision'
  | 'resetTotp'
  | 'restartService'
  | 'setDomain'
  | 'setPassword'
  | 'verifyDns'
>;

/** Set-up of one panel, moved by the test: what its stream says comes when the test says so. */
export class FakePanel implements Api {
  status: OnboardingStatus = 'FRESH';
  domain: string | undefined;
  /** Names that lead to it. */
  readonly names = new Set<string>();
  readonly calls: string[] = [];
  private running = false;
  private failure: string | undefined;
  private messages: ProvisionMessage[] = [];
  /** Where the domain itself leads, instead of to the server. */
  elsewhere: string | undefined;
  private readonly followers = new Set<() => void>();

  constructor(readonly address: string) {}

  /** As `openPanelApi` gives it. */
  get api(): PanelApi {
    return this as unknown as PanelApi;
  }

  async onboarding(): ReturnType<PanelApi['onboarding']> {
    return { status: this.status, domain: this.domain, ip: this.address };
  }

  async setDomain(domain: string, email: string): Promise<void> {
    this.calls.push(`domain ${domain} ${email}`);
    Object.assign(this, { domain, status: 'DOMAIN_SET' });
  }

  async verifyDns(): Promise<DnsReport> {
    this.calls.push('verify');
    const { domain = '', address } = this;
    const ok = this.names.has(domain) && this.elsewhere === undefined;
    const wildcardOk = this.names.has(`*.${domain}`);
    if (ok) this.status = 'DNS_READY';
    return {
      ok,
      wildcardOk,
      resolvedIps: this.elsewhere === undefined ? (ok ? [address] : []) : [this.elsewhere],
      wildcardResolvedIps: wildcardOk ? [address] : [],
      expectedIp: address,
      message: ok ? 'Base domain resolves correctly.' : 'Domain does not resolve yet.',
    };
  }

  /** Addresses of a name, as this machine sees them. */
  find(name: string): readonly string[] {
    const isKnown = this.names.has(name) || this.names.has(`*.${name.replace(/^[^.]+\./, '')}`);
    return isKnown ? [this.address] : [];
  }

  async provision(): Promise<void> {
    this.calls.push('provision');
    this.run();
  }

  /** Begins a run, as the person or somebody else asked for it. */
  run(): void {
    Object.assign(this, { status: 'PROVISIONING', running: true, failure: undefined });
    this.messages = [];
  }

  /** The run comes to this task. */
  reach(task: number, message: string): void {
    for (const [index, [id, title]] of TASKS.entries()) {
      if (index > task) break;
      const status = index < task ? 'done' : 'running';
      this.say({ task: id, title, status, ...(index === task ? { message } : {}) });
    }
  }

  fail(task: number, error: string): void {
    Object.assign(this, { running: false, failure: error });
    const [id, title] = TASKS[task]!;
    this.say({ task: id, status: 'error', message: `Failed: ${title}`, error });
  }

  complete(adminPassword: string): void {
    Object.assign(this, { running: false, status: 'COMPLETED' });
    const result = { adminUsername: 'admin', adminPassword };
    this.say({ task: 'complete', status: 'done', message: 'Provisioning complete', result });
  }

  async *followProvision(signal: AbortSignal): AsyncGenerator<ProvisionMessage> {
    let seen = this.messages.length;
    const status = this.running ? 'running' : 'pending';
    yield {
      type: 'state',
      isRunning: this.running,
      tasks: TASKS.map(([id, title]) => ({ id, title, status: 'pending', message: undefined })),
      error: this.failure === undefined ? undefined : { task: status, message: this.failure },
      result: undefined,
    };
    // A run that was begun just now starts anew.
    seen = Math.min(seen, this.messages.length);
    for (;;) {
      while (seen < this.messages.length) yield this.messages[seen++]!;
      await this.news(signal);
    }
  }

  async setPassword(username: string): Promise<void> {
    this.calls.push(`password of ${username}`);
  }

  async restartService(name: string): Promise<void> {
    this.calls.push(`restart ${name}`);
  }

  async resetTotp(username: string): Promise<string> {
    this.calls.push(`totp of ${username}`);
    const secret = 'JBSWY3DPEHPK3PXPJBSWY3DPEHPK3PXPJBSWY3DPEHPK3PXPJBSW';
    return `otpauth://totp/Portlama:${username}?secret=${secret}`;
  }

  close(): void {}

  private say(message: ProvisionMessage): void {
    this.messages.push(message);
    for (const wake of this.followers) wake();
  }

  private news(signal: AbortSignal): Promise<void> {
    return new Promise((resolve, reject) => {
      const wake = (): void => {
        this.followers.delete(wake);
        resolve();
      };
      this.followers.add(wake);
      signal.addEventListener(
        'abort',
        () => reject(new DOMException('The operation was aborted', 'AbortError')),
        { once: true },
      );
    });
  }
}
