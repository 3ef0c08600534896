// Stores secrets in a vault without its passphrase, and says how many it has stored.
// Arguments: home folder, name, count. With the name `same` all of them under one key.
import { systemClock } from '../../../build/core/time.js';
import { openVault } from '../../../build/services/keystore/vault-keystore.js';

const [home, name, count] = process.argv.slice(2);
const vault = openVault({ home, clock: systemClock });
for (let index = 0; index < Number(count); index++) {
  const account = name === 'same' ? name : `${name}-${index}`;
  await vault.set({ service: 'com.portlama.server', account }, `${index}:`.padEnd(20_000, 'x'));
  process.stdout.write(`${index}\n`);
}
