import { X509Certificate } from 'node:crypto';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { type Entry, freshHome, type Home } from './home.js';

/** Two servers were made; the list has lost the first, `panel`, and has `lab`. */
export async function aForgottenServer(): Promise<{ readonly home: Home; readonly panel: Entry }> {
  const home = await freshHome();
  await home.hasServers('forgotten', 'lab');
  const [panel, lab] = await home.servers();
  await writeFile(join(home.portlama, 'servers.json'), JSON.stringify([lab]));
  return { home, panel: panel! };
}

/** `AB:CD:…`, as the commands on the screen say it: openssl, with what is on the server. */
export async function fingerprintOf(home: Home, panel: Entry): Promise<string> {
  return new X509Certificate(await certificateOf(home, panel)).fingerprint256;
}

/** The panel's certificate as it is on the server, PEM. */
export async function certificateOf(home: Home, panel: Entry): Promise<string> {
  const path = '/etc/portlama/pki/self-signed.pem';
  const dropletId = Number(panel.providerId);
  return String(await (await home.sandbox()).perform({ action: 'readFile', dropletId, path }));
}
