import { PortlamaError } from '../../core/errors.js';
import { findProgram, startProgram } from '../process/program.js';

const OPENERS: Partial<Record<NodeJS.Platform, readonly string[]>> = {
  darwin: ['/usr/bin/open'],
  linux: ['/usr/bin/xdg-open', '/usr/local/bin/xdg-open', '/run/current-system/sw/bin/xdg-open'],
};

/** Opens pages in the person's browser. */
export interface Browser {
  /** Resolves once the browser was started; it may still fail to show the page. Rejects with `browser-failed`. */
  open(url: string): Promise<void>;
}

/** The way to a browser here, by the first of these programs; undefined in an SSH session and without a display. */
export function findBrowser(
  environment: NodeJS.ProcessEnv,
  platform: NodeJS.Platform = process.platform,
  openers: readonly string[] = OPENERS[platform] ?? [],
): Browser | undefined {
  if (isSshSession(environment)) return undefined;
  const hasDisplay = Boolean(environment['DISPLAY'] ?? environment['WAYLAND_DISPLAY']);
  if (platform === 'linux' && !hasDisplay) return undefined;
  const program = findProgram(openers);
  return program === undefined ? undefined : { open: (url) => start(program, url) };
}

/** Tells a terminal at the far end of an SSH connection (ssh(1), ENVIRONMENT). */
export function isSshSession(environment: NodeJS.ProcessEnv): boolean {
  return ['SSH_CONNECTION', 'SSH_CLIENT', 'SSH_TTY'].some((name) => Boolean(environment[name]));
}

function start(program: string, url: string): Promise<void> {
  return new Promise((resolve, reject) => {
    // Only the address bar's own form: nothing that could be read as an option or a file.
    const { href, protocol } = new URL(url);
    if (protocol !== 'https:') throw new TypeError('Only https addresses are opened.');
    const child = startProgram(program, [href], { stdio: 'ignore', detached: true });
    child.on('error', (error) => reject(failed(error)));
    child.on('spawn', () => {
      child.unref();
      resolve();
    });
  });
}

function failed(cause: Error): PortlamaError {
  return new PortlamaError({
    code: 'browser-failed',
    message: 'The browser could not be started.',
    hint: 'Copy the address and open it yourself.',
    cause,
  });
}
