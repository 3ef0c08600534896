import { shellWord } from '../core/shell-word.js';
import { importCertificate } from '../usecases/import-certificate.js';
import { trustCertificate } from '../usecases/trust-certificate.js';
import { healthText } from '../words/health.js';
import type { Command } from './command.js';
import { say } from './say.js';
import { toTheEnd } from './work.js';
import type { World } from './world.js';

type CertificateCommand = Extract<Command, { name: 'certificate' }>;

/** The admin certificate of a server that was not made here, or the certificate of its panel. The exit code. */
export async function certificateCommand(
  world: World,
  command: CertificateCommand,
): Promise<number> {
  const { label, confirmed: yes } = command;
  const word = shellWord(label);
  if (command.action === 'import') {
    const { file } = command;
    const words = `certificate import ${word} ${shellWord(file)}`;
    return await toTheEnd(world, { words, yes }, async (work) => {
      const { health } = await importCertificate(label, file, work);
      return health.state === 'online' ? 0 : 1;
    });
  }
  return await toTheEnd(world, { words: `certificate trust ${word}`, yes }, async (work) => {
    const { server, verdict, certificate } = await trustCertificate(label, work);
    say(world, `Certificate of ${server.panelUrl}; SHA-256 ${certificate.sha256}`);
    if (verdict === 'same') say(world, 'It is the one that was confirmed.');
    else if (verdict === 'public')
      say(world, 'A public authority vouches for it: nothing is to be confirmed.');
    else say(world, `Panel: ${healthText(await work.checkHealth(server, work.signal))}`);
  });
}
