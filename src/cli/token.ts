import { ENV, PROGRAM } from '../core/product.js';
import {
  checkToken,
  requireUsableToken,
  type TokenReport,
} from '../services/digitalocean/token-check.js';
import { requireTokenFormat } from '../services/digitalocean/token-format.js';
import { TOKEN_KEY } from '../services/keystore/keystore.js';
import { KeystoreError } from '../services/keystore/keystore-error.js';
import { requireToken } from '../usecases/token.js';
import { say } from './say.js';
import { readSecret } from './secret-input.js';
import { requireLastingStore } from '../usecases/stores.js';
import type { World } from './world.js';

type TokenAction = 'set' | 'check' | 'forget';

/** Stores, checks or forgets the API token. Resolves to the exit code. */
export async function tokenCommand(world: World, action: TokenAction): Promise<number> {
  switch (action) {
    case 'set':
      return await setToken(world);
    case 'check':
      return await checkStoredToken(world);
    case 'forget':
      return await forgetToken(world);
  }
}

/** Stores a token only once DigitalOcean has accepted it, with the scopes it needs and no dangerous ones. */
async function setToken(world: World): Promise<number> {
  const { keystore, redactor } = world;
  // Report a faulty store before a secret is pasted.
  await requireLastingStore(world);
  await keystore.probe();
  const entered = await readSecret('DigitalOcean API token (not shown): ');
  redactor.add(entered);
  const token = requireTokenFormat(entered);
  const report = await checkToken(world.createApi(token));
  requireUsableToken(report);
  await keystore.set(TOKEN_KEY, token);
  if ((await keystore.get(TOKEN_KEY)) !== token) throw notKept(keystore.title);
  for (const line of reportLines(report)) say(world, line);
  say(world, `Saved in ${keystore.title}.`);
  return 0;
}

async function checkStoredToken(world: World): Promise<number> {
  const token = await requireToken(world);
  const origin =
    world.settings.tokenFromEnvironment === undefined ? world.keystore.title : ENV.cloudToken;
  say(world, `The token of ${origin}:`);
  const report = await checkToken(world.createApi(token));
  for (const line of reportLines(report)) say(world, line);
  return report.ok ? 0 : 1;
}

async function forgetToken(world: World): Promise<number> {
  const { keystore, settings } = world;
  const found = await keystore.delete(TOKEN_KEY);
  say(world, found ? `Deleted from ${keystore.title}.` : `There was none in ${keystore.title}.`);
  say(
    world,
    'DigitalOcean still accepts it: delete it there too, if it is not needed any more: https://cloud.digitalocean.com/account/api/tokens',
  );
  if (settings.tokenFromEnvironment !== undefined)
    say(world, `${ENV.cloudToken} is still set, and is used instead of a stored one.`);
  return 0;
}

/** Lines with the known facts of a token. */
export function reportLines(report: TokenReport): readonly string[] {
  const { account, dropletsUsed, dropletLimit, expiresInDays } = report;
  const facts = [
    account === undefined ? undefined : `account ${account.status}`,
    dropletsUsed === undefined || dropletLimit === undefined
      ? undefined
      : `${dropletsUsed} of ${dropletLimit} droplets used`,
    expiresInDays === undefined ? undefined : `expires in ${expiresInDays} days`,
  ].filter((fact) => fact !== undefined);
  const whose = account?.email ?? 'its account may not be read';
  const word = report.unverified.length === 0 ? 'valid' : 'accepted';
  const valid = `  ok       ${word}: ${whose}${facts.length === 0 ? '' : ` (${facts.join(', ')})`}`;
  const findings = [
    ...(report.valid ? [valid] : []),
    ...(report.missing.length === 0
      ? []
      : [`  problem  missing scopes: ${report.missing.join(', ')}`]),
    ...(report.dangerous.length === 0
      ? []
      : [`  problem  dangerous scopes: ${report.dangerous.join(', ')}`]),
    ...report.problems.map(({ message, hint }) => `  problem  ${message} ${hint}`),
    ...report.warnings.map(({ message, hint }) => `  note     ${message} ${hint}`),
    ...report.notices.map(({ scope, reason }) => `  note     ${scope}: ${reason}`),
  ];
  return findings;
}

function notKept(title: string): KeystoreError {
  return new KeystoreError({
    code: 'store-failed',
    message: `${title} did not give the token back as it was stored.`,
    hint: `Look at it with: ${PROGRAM} doctor`,
  });
}
