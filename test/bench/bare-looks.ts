/**
 * What looks at the panels of `npm run bench:watch` cost by the documented calls alone: Node's own TLS with resumed
 * sessions, one request written as text, nothing read from a disk and nothing kept. Node reads each session twice here,
 * 0.3 ms a look, which the program avoids. It looks as often as a watch of so many panels does: idle in
 * between, a processor takes half as long again for one. Arguments: folder with client.p12 and passphrase; port; number
 * of panels; looks. Prints the processor time of a look in milliseconds.
 */
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { connect, createSecureContext } from 'node:tls';
import { setTimeout as pause } from 'node:timers/promises';
import { panelHost } from './watched-home.js';

const [, , folder = '', port = '', count = '', looks = ''] = process.argv;
const REQUEST = 'GET /api/health HTTP/1.1\r\nhost: panel\r\nconnection: close\r\n\r\n';
/** Of the watch, between two looks at one panel. */
const INTERVAL_MS = 30_000;
const secureContext = createSecureContext({
  pfx: readFileSync(join(folder, 'client.p12')),
  passphrase: readFileSync(join(folder, 'passphrase'), 'utf8'),
  minVersion: 'TLSv1.3',
});
const sessions: Buffer[] = [];

async function look(index: number): Promise<void> {
  const socket = connect({
    host: panelHost(index),
    port: Number(port),
    secureContext,
    session: sessions[index],
    rejectUnauthorized: false,
  });
  socket.on('session', (session) => (sessions[index] = session));
  socket.on('data', () => undefined);
  socket.write(REQUEST);
  await once(socket, 'close');
}

const panels = Math.min(Number(count), 200);
for (let index = 0; index < panels; index++) await look(index);
const before = process.cpuUsage();
const start = performance.now();
for (let index = 0; index < Number(looks); index++) {
  await look(index % panels);
  await pause(Math.max(1, start + (index + 1) * (INTERVAL_MS / Number(count)) - performance.now()));
}
const { user, system } = process.cpuUsage(before);
console.log((user + system) / 1_000 / Number(looks));
