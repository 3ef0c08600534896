import type { IncomingMessage, ServerResponse } from 'node:http';
import type { Duplex } from 'node:stream';
import { TLSSocket } from 'node:tls';
import type { PanelRequest } from './panel-server.js';
import type { Caller, PanelAnswer } from './route.js';

const STATUS_TEXT: Readonly<Record<number, string>> = { 401: 'Unauthorized', 410: 'Gone' };

interface Visitor {
  readonly caller: Caller;
  /** Holds a certificate of another authority. */
  readonly isForeign: boolean;
}

export function visitorOf({ socket }: IncomingMessage): Visitor {
  const nobody = { caller: { role: 'nobody' }, isForeign: false } as const;
  if (!(socket instanceof TLSSocket)) return nobody;
  const certificate = socket.getPeerX509Certificate();
  if (certificate === undefined) return nobody;
  if (!socket.authorized) return { ...nobody, isForeign: true };
  const serial = certificate.serialNumber;
  const label = /^CN=(?:plugin-)?agent:(.+)$/m.exec(certificate.subject)?.[1];
  const caller =
    label === undefined
      ? ({ role: 'admin', serial } as const)
      : ({ role: 'agent', label, serial } as const);
  return { caller, isForeign: false };
}

export function pathOf({ url }: IncomingMessage): string {
  return new URL(url ?? '/', 'https://panel.invalid').pathname;
}

export function requestOf(request: IncomingMessage, body: string): PanelRequest {
  const { method = 'GET', headers } = request;
  const cookies = (headers.cookie ?? '').split(';').flatMap((pair) => {
    const [name, ...value] = pair.trim().split('=');
    return name ? [[name, value.join('=')] as const] : [];
  });
  return {
    method,
    path: pathOf(request),
    caller: visitorOf(request).caller,
    cookies: Object.fromEntries(cookies),
    contentType: headers['content-type'],
    body,
  };
}

export function send(response: ServerResponse, answer: PanelAnswer): void {
  const { type, content } = contentOf(answer);
  if (answer.file !== undefined)
    response.setHeader('content-disposition', `attachment; filename="${answer.file.name}"`);
  if (answer.cookie !== undefined) response.setHeader('set-cookie', answer.cookie);
  if (type !== undefined) response.setHeader('content-type', type);
  response.writeHead(answer.status, { 'content-length': content.length });
  response.end(content);
}

/** Body of an answer, with its type. */
export function contentOf({ status, body, html, file }: PanelAnswer): {
  readonly type?: string;
  readonly content: Buffer;
} {
  if (file !== undefined) return file;
  if (html !== undefined) {
    // nginx's own pages do not say their encoding.
    const type = status === 200 ? 'text/html; charset=utf-8' : 'text/html';
    return { type, content: Buffer.from(html) };
  }
  if (body === undefined) return { content: Buffer.alloc(0) };
  return {
    type: 'application/json; charset=utf-8',
    content: Buffer.from(JSON.stringify(body)),
  };
}

export function refuseUpgrade(socket: Duplex, answer: PanelAnswer): void {
  const { type, content } = contentOf(answer);
  const head = [
    `HTTP/1.1 ${answer.status} ${STATUS_TEXT[answer.status] ?? 'Refused'}`,
    ...(type === undefined ? [] : [`content-type: ${type}`]),
    `content-length: ${content.length}`,
    'connection: close',
  ];
  socket.end(Buffer.concat([Buffer.from(`${head.join('\r\n')}\r\n\r\n`), content]));
}
