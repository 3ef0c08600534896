// The first connection of a process: the SSH library is still being loaded when the socket is there. Arguments: port,
// host key; prints the code of the failure.
import { directDial } from '../../../build/services/network/dial.js';
import { connectSsh } from '../../../build/services/ssh/connect.js';

const [port, hostKey] = process.argv.slice(2);
const privateKey = process.env.PRIVATE_KEY;
const target = { host: '127.0.0.1', port: Number(port), username: 'root', privateKey, hostKey };
connectSsh({ ...target, dial: directDial }, { timeoutMs: 20_000 }).catch(({ code }) =>
  console.log(code),
);
