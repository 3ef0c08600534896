/**
 * Panels of `npm run bench:watch`, in a process of their own: one TLS server behind many addresses of loopback. Arguments:
 * folder with panel.key, panel.pem and ca.pem; port; number of panels. A line `down N` on standard input takes the first N
 * away.
 */
import { readFileSync } from 'node:fs';
import { createServer, type Server } from 'node:net';
import { createServer as createTlsServer } from 'node:tls';
import { createInterface } from 'node:readline';
import { join } from 'node:path';
import { panelHost } from './watched-home.js';

const [, , folder = '', port = '', count = ''] = process.argv;
const BODY = '{"status":"ok","version":"0.1.30"}';
const ANSWER = `HTTP/1.1 200 OK\r\ncontent-type: application/json\r\ncontent-length: ${BODY.length}\r\nconnection: close\r\n\r\n${BODY}`;

let resumed = 0;
let full = 0;
const tls = createTlsServer(
  {
    key: readFileSync(join(folder, 'panel.key')),
    cert: readFileSync(join(folder, 'panel.pem')),
    ca: readFileSync(join(folder, 'ca.pem')),
    requestCert: true,
    rejectUnauthorized: true,
    minVersion: 'TLSv1.3',
  },
  (socket) => {
    if (socket.isSessionReused()) resumed += 1;
    else full += 1;
    socket.on('error', () => socket.destroy());
    socket.once('data', () => socket.end(ANSWER));
  },
);
tls.on('tlsClientError', () => undefined);

const servers: Server[] = [];
for (let index = 0; index < Number(count); index++) {
  const server = createServer((socket) => tls.emit('connection', socket));
  server.listen(Number(port), panelHost(index));
  servers.push(server);
}
await Promise.all(servers.map((server) => new Promise((done) => server.once('listening', done))));
console.log('ready');

createInterface({ input: process.stdin }).on('line', (line) => {
  const [word, number] = line.split(' ');
  if (word === 'down') for (const server of servers.slice(0, Number(number))) server.close();
  console.log(JSON.stringify({ resumed, full }));
});
