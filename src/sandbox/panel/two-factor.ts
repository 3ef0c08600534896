import { createHmac, randomBytes } from 'node:crypto';
import { PANEL_COOKIE } from '../../core/product.js';
import type { Clock } from '../../core/time.js';
import { ok, type PanelAnswer, Refusal, type Route, type RouteCall } from './route.js';

const SESSION_S = 43_200;
const IDLE_MS = 2 * 3_600_000;
const STEP_MS = 30_000;
const SECRET_BYTES = 20;
/** Number of failures within this time … */
const MAX_FAILURES = 5;
const FAILURE_WINDOW_MS = 120_000;
/** … lock everybody out for so long, seconds. */
const LOCK_S = 300;

/** The second factor of the panel itself. */
export class TwoFactor {
  enabled = false;
  private readonly clock: Clock;
  private secret: Buffer | undefined;
  /** Each code counts once. */
  private lastStep = -1;
  private failures: number[] = [];
  private lockedUntil = 0;
  private readonly sessions = new Map<string, { serial: string; usedAt: number; endsAt: number }>();

  constructor(clock: Clock) {
    this.clock = clock;
  }

  setUp(): { readonly uri: string; readonly manualKey: string } {
    if (this.enabled) throw new Refusal(409, '2FA is already enabled');
    this.secret = randomBytes(SECRET_BYTES);
    const manualKey = base32(this.secret);
    return { manualKey, uri: otpauth('Portlama Panel', 'admin', manualKey) };
  }

  /** Refuses a code that does not fit, was used, or comes after too many that did not fit. */
  check(code: string): void {
    const now = this.clock.now();
    if (now < this.lockedUntil) throw tooMany();
    if (this.secret !== undefined) {
      const current = Math.floor(now / STEP_MS);
      for (const step of [current - 1, current, current + 1]) {
        if (step <= this.lastStep || totp(this.secret, step) !== code) continue;
        this.lastStep = step;
        this.failures = [];
        return;
      }
    }
    this.failures = [...this.failures.filter((at) => now - at < FAILURE_WINDOW_MS), now];
    if (this.failures.length >= MAX_FAILURES) this.lockedUntil = now + LOCK_S * 1000;
    throw new Refusal(401, 'Invalid TOTP code');
  }

  get isSetUp(): boolean {
    return this.secret !== undefined;
  }

  open(serial: string): string {
    const value = randomBytes(24).toString('base64url');
    const now = this.clock.now();
    this.sessions.set(value, { serial, usedAt: now, endsAt: now + SESSION_S * 1000 });
    return `${PANEL_COOKIE}=${value}; Max-Age=${SESSION_S}; Path=/; HttpOnly; Secure; SameSite=Strict`;
  }

  hasSession({ caller, cookies }: Pick<RouteCall, 'caller' | 'cookies'>): boolean {
    const session = this.sessions.get(cookies[PANEL_COOKIE] ?? '');
    const now = this.clock.now();
    if (session === undefined || session.serial !== caller.serial) return false;
    if (now > session.endsAt || now - session.usedAt > IDLE_MS) return false;
    session.usedAt = now;
    return true;
  }

  turnOff(): void {
    this.enabled = false;
    this.secret = undefined;
    this.lastStep = -1;
    this.sessions.clear();
  }
}

export function twoFactorRoutes(twoFactor: TwoFactor): readonly Route[] {
  const path = '/api/settings/2fa';
  const common = { gate: 'management', needs: 'admin' } as const;
  return [
    {
      method: 'GET',
      path,
      ...common,
      skipsTwoFactor: true,
      handle: () => ok({ enabled: twoFactor.enabled, setupComplete: twoFactor.enabled }),
    },
    {
      method: 'POST',
      path: `${path}/setup`,
      ...common,
      handle: () => ok(twoFactor.setUp()),
    },
    {
      method: 'POST',
      path: `${path}/confirm`,
      ...common,
      handle: (call) => {
        const code = codeOf(call);
        if (!twoFactor.isSetUp) {
          throw new Refusal(400, 'No 2FA setup in progress. Call POST /settings/2fa/setup first.');
        }
        return opened(twoFactor, call, code, () => {
          twoFactor.enabled = true;
          return { enabled: true };
        });
      },
    },
    {
      method: 'POST',
      path: `${path}/verify`,
      ...common,
      skipsTwoFactor: true,
      handle: (call) => {
        const code = codeOf(call);
        if (!twoFactor.enabled) throw new Refusal(400, '2FA is not enabled');
        return opened(twoFactor, call, code, () => ({ verified: true }));
      },
    },
    {
      method: 'POST',
      path: `${path}/disable`,
      ...common,
      handle: (call) => {
        const code = codeOf(call);
        if (!twoFactor.enabled) throw new Refusal(400, '2FA is not enabled');
        twoFactor.check(code);
        twoFactor.turnOff();
        return ok({ enabled: false });
      },
    },
  ];
}

function opened(
  twoFactor: TwoFactor,
  { caller }: RouteCall,
  code: string,
  act: () => object,
): PanelAnswer {
  twoFactor.check(code);
  return { ...ok(act()), cookie: twoFactor.open(caller.serial ?? '') };
}

function codeOf({ body }: RouteCall): string {
  const { code } = (body ?? {}) as { code?: unknown };
  if (typeof code === 'string' && /^\d{6}$/.test(code)) return code;
  throw new Refusal(400, 'Code must be exactly 6 digits');
}

function tooMany(): Refusal {
  return new Refusal(429, 'Too many attempts. Try again later.', { retryAfter: LOCK_S });
}

/** RFC 6238 with SHA-1 and six digits. */
function totp(secret: Buffer, step: number): string {
  const counter = Buffer.alloc(8);
  counter.writeBigUInt64BE(BigInt(step));
  const hash = createHmac('sha1', secret).update(counter).digest();
  const offset = hash.readUInt8(hash.length - 1) & 0x0f;
  return String((hash.readUInt32BE(offset) & 0x7f_ff_ff_ff) % 1_000_000).padStart(6, '0');
}

/** RFC 4648. */
export function base32(bytes: Buffer): string {
  const bits = [...bytes].map((byte) => byte.toString(2).padStart(8, '0')).join('');
  const groups = bits.match(/.{1,5}/g) ?? [];
  const letters = 'ABCDEFGHIJKLMNOPQRSTUVWXYZ234567';
  return groups.map((group) => letters[Number.parseInt(group.padEnd(5, '0'), 2)]).join('');
}

export function otpauth(issuer: string, account: string, secret: string): string {
  const name = encodeURIComponent(issuer);
  return `otpauth://totp/${name}:${account}?secret=${secret}&issuer=${name}&algorithm=SHA1&digits=6&period=30`;
}
