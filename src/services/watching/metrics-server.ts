import { createServer, type Server } from 'node:http';
import { once } from 'node:events';
import { type AddressInfo, isIP } from 'node:net';
import { InputError, messageOf, quoted } from '../../core/errors.js';

/** Served text, and its type. */
export interface Metrics {
  readonly contentType: string;
  text(): Promise<string>;
}

const PATH = '/metrics';
const LOOPBACK = '127.0.0.1';
/** A scrape has a small head and no body. */
const MAX_HEADER_BYTES = 8 * 1024;
const REQUEST_MS = 10_000;

/** Serves metrics over plain HTTP to whoever can reach the address: nothing in them is secret. */
export class MetricsServer {
  private constructor(
    private readonly server: Server,
    readonly url: string,
  ) {}

  /** `place` is ADDRESS:PORT, or a port of this machine's loopback. Rejects with InputError where it cannot listen. */
  static async open(place: string, metrics: Metrics): Promise<MetricsServer> {
    const { address, port } = requirePlace(place);
    const server = createServer({ maxHeaderSize: MAX_HEADER_BYTES }, (request, response) => {
      const path = request.url?.split('?')[0];
      if (path !== PATH || (request.method !== 'GET' && request.method !== 'HEAD')) {
        response.writeHead(404, { connection: 'close' }).end();
        return;
      }
      metrics.text().then(
        (text) => response.writeHead(200, { 'content-type': metrics.contentType }).end(text),
        () => response.writeHead(500).end(),
      );
    });
    server.requestTimeout = REQUEST_MS;
    server.listen(port, address);
    try {
      await once(server, 'listening');
    } catch (error) {
      throw invalid(`Metrics cannot be served at ${place}: ${messageOf(error)}.`);
    }
    const { port: taken } = server.address() as AddressInfo;
    const host = isIP(address) === 6 ? `[${address}]` : address;
    return new MetricsServer(server, `http://${host}:${taken}${PATH}`);
  }

  async close(): Promise<void> {
    this.server.closeAllConnections();
    await new Promise((resolve) => this.server.close(resolve));
  }
}

/** Address and port of ADDRESS:PORT, or of a port alone. Throws InputError. */
export function requirePlace(text: string): { readonly address: string; readonly port: number } {
  const [, address = LOOPBACK, digits = ''] = /^(?:(.*):)?(\d{1,5})$/.exec(text) ?? [];
  const host = address.replace(/^\[(.*)\]$/, '$1').replace(/^localhost$/, LOOPBACK) || LOOPBACK;
  const port = Number(digits);
  if (digits !== '' && port <= 65_535 && isIP(host) !== 0) return { address: host, port };
  throw invalid(`${quoted(text)} is no address with a port.`);
}

function invalid(message: string): InputError {
  return new InputError({
    code: 'metrics-address-invalid',
    message,
    hint: 'Give a port of this machine, for example 9469, or an address with it: 10.0.0.5:9469',
  });
}
