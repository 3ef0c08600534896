import type { ServerResponse } from 'node:http';
import type { Duplex } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { setTimeout as delay } from 'node:timers/promises';
import type { PanelTrouble } from '../faults/droplet-faults.js';
import { contentOf, refuseUpgrade, send } from './http.js';
import { BAD_GATEWAY_PAGE, GATEWAY_TIMEOUT_PAGE } from './pages.js';
import type { PanelAnswer } from './route.js';

const CHUNK = Buffer.alloc(64 * 1024, ' ');
const SLOW_MS = 300;
/** Error texts by which clients tell answers of one status apart (contract: 2FA, revoked certificate). */
const SAID: Readonly<Record<number, string>> = {
  401: '2fa_required',
  403: 'Certificate has been revoked',
};

/** Answers a call of the panel as its fault says; `act` executes it. */
export async function spoilAnswer(
  response: ServerResponse,
  { acts, trouble }: PanelTrouble,
  act: () => Promise<PanelAnswer>,
): Promise<void> {
  const shaped = trouble === 'truncated' || trouble === 'slow';
  const answer = acts || shaped ? await act() : { status: 200 };
  if (trouble === 'slow') await delay(SLOW_MS);
  switch (trouble) {
    case 'silence':
      return;
    case 'reset':
      response.socket?.destroy();
      return;
    case 'page':
      send(response, { status: 502, html: BAD_GATEWAY_PAGE });
      return;
    case 'truncated': {
      const { type = 'application/json', content } = contentOf(answer);
      const half = content.subarray(0, Math.floor(content.length / 2));
      send(response, { status: answer.status, file: { type, name: 'half', content: half } });
      return;
    }
    case 'wrong-shape':
      send(response, { status: 200, body: { answer: [42, null] } });
      return;
    case 'endless':
      await sendWithoutEnd(response);
      return;
    case 'slow':
      send(response, answer);
      return;
    default:
      send(response, refusal(trouble));
  }
}

/** Refuses a WebSocket as its fault says; what has no body to spoil is a reset. */
export function spoilUpgrade(socket: Duplex, { trouble }: PanelTrouble): void {
  if (typeof trouble === 'number') refuseUpgrade(socket, refusal(trouble));
  else if (trouble === 'page') refuseUpgrade(socket, { status: 502, html: BAD_GATEWAY_PAGE });
  else if (trouble !== 'silence') socket.destroy();
}

function refusal(status: number): PanelAnswer {
  if (status === 504) return { status, html: GATEWAY_TIMEOUT_PAGE };
  return { status, body: { error: SAID[status] ?? `Trouble ${status}` } };
}

async function sendWithoutEnd(response: ServerResponse): Promise<void> {
  response.writeHead(200, { 'content-type': 'application/json; charset=utf-8' });
  // Ends when the client has had enough.
  await pipeline(chunks, response).catch(() => undefined);
}

async function* chunks(): AsyncGenerator<Buffer> {
  for (;;) yield await delay(1, CHUNK);
}
