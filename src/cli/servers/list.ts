import { expiryOf, renewalHint } from '../../words/expiry.js';
import { alignedRows, healthText } from '../../words/formats.js';
import { serverName } from '../../words/servers.js';
import { tokenExpiryText } from '../../words/token.js';
import { isAbort } from '../../core/errors.js';
import type { HintPart } from '../../core/hint.js';
import { labelProblem } from '../../core/label.js';
import { DEFAULT_ACCOUNT } from '../../core/product.js';
import type { CheckResult } from '../../services/health/health.js';
import { KeystoreError } from '../../services/keystore/keystore.js';
import { ownerOf, type UnlistedReport } from '../../services/provisioning/droplets/unlisted.js';
import type { ServerEntry } from '../../services/registry/registry.js';
import { changeServerMeta, readServerMeta } from '../../services/registry/server-meta.js';
import {
  type Advice,
  adviceLines,
  costAdvice,
  operationAdvice,
  reportAdvice,
  stoppedAdvice,
} from '../../usecases/advice.js';
import { type ExpiringToken, expiringTokens } from '../../usecases/accounts.js';
import { createPanelDesk } from '../../main/panel-desk.js';
import { entryAnswer, writeJson } from '../answer.js';
import type { ServerRow } from '../answers/servers.js';
import { errorLines, say } from '../say.js';
import { compareAccounts } from '../../usecases/compare-accounts.js';
import { accountReader, type OpenAccount, openAnyAccounts } from '../../usecases/open-accounts.js';
import type { Services } from '../../usecases/work.js';
import type { World } from '../../main/world.js';
import { withHealth } from './health.js';

/** Longest wait for the remarks beside the list, ms. */
const PATIENCE_MS = 15_000;

/** Lists servers with their health, provisionings that are not over, and what DigitalOcean has otherwise. The exit code. */
export async function listServers(world: World): Promise<number> {
  // Read the token first: the question for a passphrase must come before the list, not within it.
  const accounts = await accountsIfAny(world);
  const compared = accounts === undefined ? undefined : compare(world, accounts);
  const servers = await world.registry.list();
  if (servers.length === 0) say(world, 'No servers.');
  const rowOf = rowsFor(world, servers);
  await forEachServer(world, servers, (server, health, expiresAt) => {
    const expiry = expiresAt === undefined ? undefined : expiryOf(expiresAt, world.clock.now());
    const renewal = expiry === undefined ? [] : [renewalHint(server)];
    const text = rowOf(server, [
      healthText(health),
      ...(expiry === undefined ? [] : [expiry.text]),
    ]);
    sayAdvice(world, { text, todo: [...healthTodo(server, health), ...renewal] });
  });
  for (const operation of await world.operations.list()) {
    const advice = operationAdvice(operation);
    if (advice !== undefined) sayAdvice(world, advice);
  }
  (await compared)?.();
  return 0;
}

/** Writes each server with its health as a JSON line; unlisted droplets and provisionings have commands of their own. */
export async function writeServers(world: World): Promise<number> {
  const servers = await world.registry.list();
  const accounts = new Map<string, ServerRow['account']>();
  const accountOf = accountReader({
    accounts: world.accounts,
    readServerMeta: (id) => readServerMeta(world.home, id),
  });
  for (const { id } of servers) accounts.set(id, await accountOf(id));
  await forEachServer(world, servers, (server, health, expiresAt) => {
    const row: ServerRow = {
      ...entryAnswer(server),
      account: accounts.get(server.id) ?? null,
      health,
      certificateExpiresAt: expiresAt === undefined ? undefined : new Date(expiresAt).toISOString(),
    };
    writeJson(row);
  });
  return 0;
}

/** Calls `use` with each server in the order of the list, its health, and the end of its admin certificate in epoch ms. */
async function forEachServer(
  world: World,
  servers: readonly ServerEntry[],
  use: (server: ServerEntry, health: CheckResult, expiresAt: number | undefined) => void,
): Promise<void> {
  const certificates = createPanelDesk(world);
  await withHealth(world, servers, async (answers) => {
    for (const [index, server] of servers.entries()) {
      const health = await answers[index]!;
      // One that cannot be read shows in its health.
      const facts = await certificates.readClientCertificate(server).catch(() => undefined);
      use(server, health, facts?.notAfter);
    }
  });
}

function sayAdvice(world: World, advice: Advice): void {
  for (const line of adviceLines(advice, world.settings)) say(world, line);
}

/** Without one, or without a store that works, nothing is compared. Whether a store works is the doctor's to say. */
async function accountsIfAny(world: World): Promise<readonly OpenAccount[] | undefined> {
  try {
    return await openAnyAccounts(world);
  } catch (error) {
    if (!(error instanceof KeystoreError)) throw error;
    if (error.code === 'vault-locked') sayNotCompared(world, error);
    return undefined;
  }
}

/** Says what it found when it is called. Rejects on abort only. */
async function compare(world: World, accounts: readonly OpenAccount[]): Promise<() => void> {
  const { registry, home } = world;
  const signal = AbortSignal.timeout(PATIENCE_MS);
  try {
    const meta: Pick<Services, 'readServerMeta' | 'changeServerMeta'> = {
      readServerMeta: (id) => readServerMeta(home, id),
      changeServerMeta: (id, change) => changeServerMeta(home, id, change),
    };
    const report = await compareAccounts(accounts, { ...world, ...meta }, signal);
    const servers = await registry.list();
    const advices = [
      ...costAdvice(servers, report),
      ...(await expiringTokens(accounts, signal)).map(expiryAdvice),
      ...stoppedAdvice(servers, report.listed ?? new Map()),
      ...reportAdvice(unowned(report)),
    ];
    return () => advices.forEach((advice) => sayAdvice(world, advice));
  } catch (error) {
    if (isAbort(error) && !signal.aborted) throw error;
    return () =>
      sayNotCompared(
        world,
        signal.aborted
          ? new Error(`DigitalOcean did not answer within ${PATIENCE_MS / 1_000} s.`)
          : error,
      );
  }
}

function expiryAdvice({ days, account }: ExpiringToken): Advice {
  const lead = 'Create another one in time, and store it';
  const todo: HintPart =
    account === undefined || account === DEFAULT_ACCOUNT
      ? { lead, command: 'token.set' }
      : { lead, command: 'token.add', id: account };
  return { text: tokenExpiryText(days, account), todo: [todo] };
}

/** Leaves out unlisted droplets of a provisioning, which are reported with that. */
function unowned(report: UnlistedReport): UnlistedReport {
  const unlisted = report.unlisted.filter((found) => ownerOf(found) === undefined);
  return { ...report, unlisted };
}

function sayNotCompared(world: World, error: unknown): void {
  const [why, ...hint] = errorLines(error, world.settings).map((line) =>
    world.redactor.clean(line),
  );
  const lines = [`The droplets were not compared with the list: ${why}`, ...hint];
  for (const line of lines) say(world, line, process.stderr);
}

/** Prints the head of the list, and makes its rows: health is not known yet, so it is the last column. */
function rowsFor(
  { settings }: World,
  servers: readonly ServerEntry[],
): (server: ServerEntry, health: readonly string[]) => string {
  if (settings.plain)
    return (server, health) =>
      [...spokenFacts(server, nameIn(servers, server)), ...health].join(', ');
  const cells = servers.map((server) => [
    nameIn(servers, server),
    server.active ? 'yes' : 'no',
    server.region ?? 'manual',
    server.panelUrl,
  ]);
  const [head, ...rows] = alignedRows([['LABEL', 'ACTIVE', 'REGION', 'PANEL'], ...cells]);
  if (rows.length > 0) say({ settings }, `${head}  HEALTH`);
  return (server, health) => [rows[servers.indexOf(server)]!, ...health].join('  ');
}

/** Adds the id where the label cannot name the server in a command. */
function nameIn(servers: readonly ServerEntry[], server: ServerEntry): string {
  const { id, label } = server;
  const isClear =
    labelProblem(label) === undefined &&
    servers.every((other) => other === server || other.label !== label);
  return isClear ? label : `${label} (id ${id})`;
}

/** Facts that make sense when they are read aloud. */
function spokenFacts({ active, region, panelUrl }: ServerEntry, name: string): readonly string[] {
  const where = region === undefined ? 'manual' : `region ${region}`;
  return [name, active ? 'active' : 'inactive', where, `panel at ${panelUrl}`];
}

function healthTodo(server: ServerEntry, health: CheckResult): readonly HintPart[] {
  const id = serverName(server);
  const lead = 'Compare its certificate, and confirm it';
  const trust: HintPart = { lead, command: 'certificate.trust', id };
  switch (health.state) {
    case 'online':
    case 'offline':
      return [];
    case 'certificate-changed':
      return [trust];
    case 'certificate-needed':
      if (health.lacks === 'confirmation') return [trust];
      return health.lacks === 'access'
        ? []
        : [
            { lead: 'Bring it here, then', command: 'certificate.import', id },
            { lead: 'If it is lost', command: 'servers.recover', id },
          ];
  }
}
