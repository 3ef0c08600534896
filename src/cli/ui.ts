import type { ExitReason } from '../app/state.js';
import { createServices } from '../main/services.js';
import { startApp } from '../screens/shell/start-app.js';
import { HealthPoller } from '../services/health/health-poller.js';
import { createHealthCheck } from '../services/health/panel-health-check.js';
import { stopJob } from '../widgets/terminal/job-control.js';
import { openTerminal, type Terminal, terminalProblem } from '../widgets/terminal/terminal.js';
import { surviveLostTerminal } from './lost-terminal.js';
import { plainCommand } from './plain.js';
import { takeSignals } from './signals.js';
import type { World } from './world.js';

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
    ports: { ...createServices(world, environment, version), health },
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
