import { createHash, timingSafeEqual } from 'node:crypto';
import type { IncomingMessage } from 'node:http';
import { SANDBOX_TOKEN } from '../folder.js';

/** Admission through the port, which every user and every web page of this machine can reach. */
export class Entrance {
  /** `dop_v1_…`, made for this sandbox: stands for SANDBOX_TOKEN. */
  readonly token: string;
  private readonly isOpen: boolean;

  /**
   * Creates an entrance. With `isOpen` no token is required and the sample tokens work: for tests
   * in one process.
   */
  constructor(token: string, isOpen: boolean) {
    this.token = token;
    this.isOpen = isOpen;
  }

  /** False for a name that leads here by chance or by DNS rebinding. */
  admitsHost({ headers, socket }: IncomingMessage): boolean {
    const port = String(socket.localPort);
    return headers.host === `127.0.0.1:${port}` || headers.host === `localhost:${port}`;
  }

  /**
   * Gives the Authorization header to hand to the API; undefined for a caller without the token.
   */
  admitCaller({ headers }: IncomingMessage): string | undefined {
    const authorization = headers.authorization ?? '';
    const given = /^Bearer (\S+)$/i.exec(authorization)?.[1] ?? '';
    if (this.isToken(given)) return `Bearer ${SANDBOX_TOKEN}`;
    return this.isOpen ? authorization : undefined;
  }

  /** Checks a CONNECT: the token as bearer token, or as password of any user. */
  admitsProxyCaller({ headers }: IncomingMessage): boolean {
    if (this.isOpen) return true;
    const [, scheme = '', given = ''] =
      /^(Bearer|Basic) (\S+)$/i.exec(headers['proxy-authorization'] ?? '') ?? [];
    if (scheme.toLowerCase() === 'bearer') return this.isToken(given);
    return this.isToken(
      Buffer.from(given, 'base64')
        .toString('utf8')
        .replace(/^[^:]*:/, ''),
    );
  }

  private isToken(given: string): boolean {
    // Hash both to equal length, so that the comparison takes the same time for any wrong token.
    return timingSafeEqual(digest(given), digest(this.token));
  }
}

function digest(value: string): Buffer {
  return createHash('sha256').update(value).digest();
}
