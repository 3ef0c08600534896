import { UNIT } from '../../core/product.js';
import { Agents, agentRoutes } from './agents.js';
import { type AdminMode, certificateRoutes } from './certificates.js';
import { invitationRoutes } from './invitations.js';
import { onboardingRoutes, type OnboardingState } from './onboarding.js';
import { PANEL_PAGE } from './pages.js';
import { ProvisionRun } from './provision-run.js';
import { PublicCertificates } from './public-certificates.js';
import { resetText } from './reset-output.js';
import {
  type Caller,
  findRoute,
  type PanelAnswer,
  Refusal,
  type Route,
  type RouteCall,
} from './route.js';
import { Authelia, Services } from './services.js';
import type { Nginx, PanelSite } from './site.js';
import { systemRoutes } from './system.js';
import { tunnelRoutes } from './tunnels.js';
import { TwoFactor, twoFactorRoutes } from './two-factor.js';
import { userRoutes } from './users.js';

export interface PanelRequest {
  readonly method: string;
  readonly path: string;
  readonly caller: Caller;
  readonly cookies: Readonly<Record<string, string>>;
  /** Undefined when the header is missing. */
  readonly contentType: string | undefined;
  readonly body: string;
}

/** A route that takes a WebSocket, ready to take it. */
export type AcceptedStream = (socket: Parameters<NonNullable<Route['stream']>>[0]) => void;

/** The panel server behind nginx: its state, its routes, and the order in which it refuses. */
export class PanelServer {
  readonly onboarding: OnboardingState = { status: 'FRESH', domain: null, email: null };
  readonly twoFactor: TwoFactor;
  readonly authelia = new Authelia();
  readonly publicCertificates: PublicCertificates;
  private readonly site: PanelSite;
  private readonly nginx: Nginx;
  private readonly version: { current: string };
  private readonly admin: AdminMode = { mode: 'p12' };
  private readonly agents = new Agents();
  private readonly provisionRun = new ProvisionRun();
  private readonly services: Services;
  private readonly routes: readonly Route[];

  constructor(site: PanelSite, nginx: Nginx) {
    this.site = site;
    this.nginx = nginx;
    this.version = { current: site.releases.panelServer };
    this.twoFactor = new TwoFactor(site.clock);
    this.publicCertificates = new PublicCertificates(site);
    this.services = new Services(site.clock);
    const { authelia, services, publicCertificates, onboarding, version } = this;
    this.routes = [
      ...systemRoutes(site, { services, authelia, nginx, version }),
      ...onboardingRoutes(site, onboarding, this.provisionRun, (domain) => this.provision(domain)),
      ...certificateRoutes(site, this.admin, publicCertificates),
      ...agentRoutes(site, this.agents),
      ...twoFactorRoutes(this.twoFactor),
      ...userRoutes(authelia, services),
      ...tunnelRoutes(site, onboarding, publicCertificates),
      ...invitationRoutes(site.clock, onboarding, authelia),
    ];
  }

  /** The installer puts the newest version there. */
  deploy(): void {
    this.version.current = this.site.releases.panelServer;
  }

  /** The process ends: what it had in memory is gone. */
  handleRestart(): void {
    this.provisionRun.forget();
    this.services.restart(UNIT.panel);
  }

  /** `portlama-reset-admin`, as root on the droplet. Gives what it prints. */
  resetAdmin(): string {
    const { certificates, delays } = this.site;
    if (certificates.current !== undefined)
      certificates.revoke(certificates.current.serialNumber, 'admin (reset from hardware-bound)');
    const password = certificates.install();
    this.admin.mode = 'p12';
    this.twoFactor.turnOff();
    this.nginx.restartServer(delays.restartMs);
    return resetText(this.site.address, password);
  }

  async answer(request: PanelRequest): Promise<PanelAnswer> {
    try {
      const found = this.find(request);
      if (found === undefined) return { status: 200, html: PANEL_PAGE };
      const { route, params } = found;
      if (route.handle === undefined) return { status: 404 };
      const body = bodyOf(request);
      this.requireRole(route, request.caller);
      return await route.handle({ ...request, params, body });
    } catch (error) {
      if (error instanceof Refusal) return error.answer;
      throw error;
    }
  }

  /** An answer that refuses, or what takes the socket. */
  upgrade(request: PanelRequest): PanelAnswer | AcceptedStream {
    try {
      const found = this.find(request);
      if (found?.route.stream === undefined) throw new Refusal(404, 'Not found');
      const { route, params } = found;
      this.requireRole(route, request.caller);
      const call: RouteCall = { ...request, params, body: undefined };
      return (socket) => route.stream?.(socket, call);
    } catch (error) {
      if (error instanceof Refusal) return error.answer;
      throw error;
    }
  }

  /** The route, after everything that refuses before a body is read; undefined for the web app. */
  private find({ method, path, caller, cookies }: PanelRequest) {
    if (!path.startsWith('/api/')) return undefined;
    const isHealth = path === '/api/health';
    if (!isHealth && this.site.certificates.isRevoked(caller.serial ?? ''))
      throw new Refusal(403, 'Certificate has been revoked');
    const found = findRoute(this.routes, method, path);
    if (found === undefined) throw new Refusal(404, 'Not found');
    const { route } = found;
    const asks = this.twoFactor.enabled && caller.role === 'admin' && !route.skipsTwoFactor;
    if (asks && !this.twoFactor.hasSession({ caller, cookies }))
      throw new Refusal(401, '2fa_required');
    const { status } = this.onboarding;
    if (route.gate === 'management' && status !== 'COMPLETED')
      throw new Refusal(503, 'Onboarding not complete', { onboardingStatus: status });
    if (route.gate === 'onboarding' && status === 'COMPLETED')
      throw new Refusal(410, 'Onboarding already completed');
    return found;
  }

  private requireRole({ needs }: Route, { role, label = '' }: Caller): void {
    if (needs === undefined || role === 'admin') return;
    if (needs === 'admin') {
      throw new Refusal(403, 'Insufficient certificate scope', {
        details: { required: ['admin'], current: role },
      });
    }
    const granted = this.agents.capabilitiesOf(label);
    if (granted.includes(needs)) return;
    throw new Refusal(403, 'Insufficient certificate capability', {
      details: { required: needs, granted },
    });
  }

  private provision(domain: string): void {
    this.provisionRun.start({
      ...this.site,
      domain,
      nginx: this.nginx,
      authelia: this.authelia,
      services: this.services,
      publicCertificates: this.publicCertificates,
      complete: () => {
        this.onboarding.status = 'COMPLETED';
      },
    });
  }
}

/** Reads a body as Fastify does. */
function bodyOf({ method, contentType, body }: PanelRequest): unknown {
  if (method === 'GET' || (contentType === undefined && body === '')) return undefined;
  if (!/^application\/json\b/i.test(contentType ?? ''))
    throw new Refusal(415, 'Unsupported Media Type');
  if (body === '') {
    throw new Refusal(400, "Body cannot be empty when content-type is set to 'application/json'");
  }
  try {
    return JSON.parse(body);
  } catch {
    throw new Refusal(400, "Body is not valid JSON but content-type is set to 'application/json'");
  }
}
