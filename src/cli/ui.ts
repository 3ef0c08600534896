import { randomBytes } from 'node:crypto';
import { join } from 'node:path';
import type { AppPorts } from '../app/ports.js';
import type { ExitReason } from '../app/state.js';
import { startApp } from '../screens/shell/start-app.js';
import { findBrowser } from '../services/browser/browser.js';
import { checkToken } from '../services/digitalocean/token-check.js';
import { makePrivateFolder, writeNewFile } from '../services/files/atomic.js';
import { HealthPoller } from '../services/health/health-poller.js';
import { createHealthCheck } from '../services/health/panel-health-check.js';
import { measureRegions } from '../services/latency/measure-regions.js';
import { restoreNewestBackup } from '../services/registry/backup.js';
import { stopJob } from '../widgets/terminal/job-control.js';
import { openTerminal, type Terminal, terminalProblem } from '../widgets/terminal/terminal.js';
import { dropletPorts } from './droplet-ports.js';
import { surviveLostTerminal } from './lost-terminal.js';
import { moveOutOfServersJson } from './legacy-passwords.js';
import { createPanelDesk } from './panel-desk.js';
import { placeFacts } from './place-facts.js';
import { plainCommand } from './plain.js';
import { forgetPorts } from './servers/forget-ports.js';
import { takeSignals } from './signals.js';
import { DROPLET_IMAGE_TITLE, DROPLET_MONTHLY_USD, DROPLET_SIZE, type World } from './world.js';

const EXIT_CODES = {
  quit: 0,
  hangup: 129,
  'try-sandbox': 'try-sandbox',
} as const satisfies Readonly<Record<ExitReason, number | string>>;

/** The exit code, or the wish to go on in the sandbox. */
export type UiOutcome = number | 'try-sandbox';

/** The full-screen program; in plain lines where there is no terminal for it. Resolves to the exit code. */
export async function uiCommand(
  world: World,
  environment: NodeJS.ProcessEnv,
  version: string,
): Promise<UiOutcome> {
  const { stdin: input, stdout: output } = process;
  const problem = terminalProblem({ input, output, env: environment });
  if (problem !== undefined || world.settings.plain) return await plainCommand(world, problem);
  const { ascii, reducedMotion } = world.settings;
  const terminal = openTerminal({
    input,
    output,
    env: environment,
    ...(ascii ? { ascii: true } : {}),
    ...(reducedMotion ? { reducedMotion: true } : {}),
  });
  surviveLostTerminal();
  const signals = takeSignals(terminal, world);
  try {
    return await runOn(terminal, world, environment, version);
  } finally {
    signals.dispose();
    terminal.restore();
    terminal.dispose();
  }
}

async function runOn(
  terminal: Terminal,
  world: World,
  environment: NodeJS.ProcessEnv,
  version: string,
): Promise<UiOutcome> {
  const { home, dial, keystore, keychain, clock, settings } = world;
  const healthCheck = createHealthCheck({ home, dial, keystore, keychain, clock });
  const health = new HealthPoller({
    clock,
    check: healthCheck.check,
    onForget: (id) => healthCheck.forget(id),
  });
  const app = startApp({
    terminal,
    ports: appPorts(world, environment, version, health),
    settings: { reducedMotion: settings.reducedMotion, bell: settings.bell },
    suspend: () => stopJob(terminal),
  });
  try {
    return EXIT_CODES[await app.done];
  } finally {
    app.dispose();
    health.dispose();
    healthCheck.dispose();
  }
}

function appPorts(
  world: World,
  environment: NodeJS.ProcessEnv,
  version: string,
  health: HealthPoller,
): AppPorts {
  const { home, clock, dial, settings } = world;
  const browser = findBrowser(environment);
  return {
    clock,
    ...forgetPorts(world),
    ...dropletPorts(world),
    environment: {
      ...placeFacts(environment),
      hasKeychain: world.keychain !== undefined,
      sandbox: settings.sandbox,
      asksPassphrase: settings.passphraseSource === undefined,
      apiUrl: world.apiUrl,
      serversPath: world.registry.path,
      logPath: settings.logFile,
      offer: {
        sizeSlug: DROPLET_SIZE,
        imageTitle: DROPLET_IMAGE_TITLE,
        monthlyUsd: DROPLET_MONTHLY_USD,
      },
      version,
    },
    operations: world.operations,
    stores: world.stores,
    moveLegacyPasswords: () => moveOutOfServersJson(world),
    health,
    panels: createPanelDesk(world),
    suppliedTokens: { environment: settings.tokenFromEnvironment, sandbox: world.sandboxToken },
    log: world.log,
    redactor: world.redactor,
    createApi: (token) => world.createApi(token),
    checkToken,
    measureRegions: (slugs, onSample, signal) =>
      measureRegions(slugs, { dial, clock, onSample, signal }),
    restoreServers: () => restoreNewestBackup(world.registry.path, clock),
    openUrl: (url) => browser?.open(url) ?? Promise.resolve(),
    saveText: (name, content) => saveText(home, name, content),
  };
}

/** A file of its own each time: nothing that was kept before is overwritten. */
async function saveText(home: string, name: string, content: string): Promise<string> {
  const folder = join(home, 'logs');
  await makePrivateFolder(home);
  await makePrivateFolder(folder);
  const plainName = name
    .replace(/\.log$/, '')
    .replaceAll(/[^a-z0-9-]+/gi, '-')
    .slice(0, 80);
  const path = join(folder, `${plainName}-${randomBytes(3).toString('hex')}.log`);
  await writeNewFile(path, content);
  return path;
}
