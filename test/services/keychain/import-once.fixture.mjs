// Adds the identity of a .p12 to a stand-in keychain. Arguments: security, curl, home folder, folder, path of the
// .p12; its password comes on standard input.
import { readFileSync } from 'node:fs';
import { LoginKeychain } from '../../../build/services/keychain/login-keychain.js';

const [security, curl, homeFolder, folder, path] = process.argv.slice(2);
const keychain = new LoginKeychain({ homeFolder, programs: { security, curl } });
const passphrase = readFileSync(0, 'utf8');
await keychain.add({ p12: readFileSync(path), passphrase }, { folder });
