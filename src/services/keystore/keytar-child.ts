import { CREDENTIAL_SERVICE } from '../../core/product.js';
// Runs in a process of its own, because libsecret may hang and may take its process down with it. The parent sends one
// request at a time and ends this process with SIGKILL.
import { randomBytes } from 'node:crypto';
import { createRequire } from 'node:module';
import type Keytar from 'keytar';
import type { KeytarReply, KeytarRequest } from './keytar-protocol.js';

const PROBE_SERVICE = CREDENTIAL_SERVICE.probe;

// While a prompt is pending, an orderly exit hangs as well.
process.on('disconnect', () => process.kill(process.pid, 'SIGKILL'));

/** Path of keytar when Node would not find it. */
const [, , modulePath = 'keytar'] = process.argv;
void begin();

async function begin(): Promise<void> {
  const keytar = await load();
  if (keytar === undefined) return;
  process.on('message', (request: KeytarRequest) => {
    answer(keytar, request).then(
      (value) => send({ kind: 'done', value }),
      (error: unknown) => send({ kind: 'failed', text: textOf(error) }),
    );
  });
  send({ kind: 'ready' });
}

async function load(): Promise<typeof Keytar | undefined> {
  try {
    const module = (await import(modulePath)) as { default: typeof Keytar };
    return module.default;
  } catch (error) {
    send({ kind: 'failed', text: `${textOf(error)}; ${loaderText()}` });
    return undefined;
  }
}

async function answer(
  store: typeof Keytar,
  request: KeytarRequest,
): Promise<string | boolean | null> {
  switch (request.op) {
    case 'get': {
      const secret = await store.getPassword(request.service, request.account);
      if (secret === null) await requireUnlocked(store);
      return secret;
    }
    case 'set':
      await store.setPassword(request.service, request.account, request.secret);
      return null;
    case 'delete': {
      const found = await store.deletePassword(request.service, request.account);
      if (!found) await requireUnlocked(store);
      return found;
    }
    case 'probe':
      await requireUnlocked(store);
      return null;
  }
}

/** In a locked keyring everything looks absent. Only an attempt to write tells. */
async function requireUnlocked(store: typeof Keytar): Promise<void> {
  const account = randomBytes(8).toString('hex');
  const value = randomBytes(8).toString('hex');
  await store.setPassword(PROBE_SERVICE, account, value);
  const read = await store.getPassword(PROBE_SERVICE, account);
  const deleted = await store.deletePassword(PROBE_SERVICE, account);
  if (read !== value || !deleted) throw new Error('The store did not return what was stored.');
}

/** keytar hides why its library could not be loaded; loading it again tells. */
function loaderText(): string {
  const name = `prebuilds/${process.platform}-${process.arch}/keytar.node`;
  const require = createRequire(import.meta.url);
  try {
    require(require.resolve(`${modulePath}/package.json`).replace(/package\.json$/, name));
    return '';
  } catch (error) {
    return textOf(error);
  }
}

function textOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}

function send(reply: KeytarReply): void {
  process.send?.(reply);
}
