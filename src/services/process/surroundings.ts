import { hostname, userInfo } from 'node:os';
import { isAbsolute, join } from 'node:path';
import { ENV, HOME_FOLDER, SANDBOX_SUFFIX } from '../../core/product.js';

/** The person's login name; a stand-in for a user without an entry in the system's list, as containers have them. */
export function userName(environment: NodeJS.ProcessEnv = process.env): string {
  return (
    known(() => userInfo().username) || environment['LOGNAME'] || environment['USER'] || 'USER'
  );
}

/**
 * HOME as it is set, which may be no absolute path; where it is unset or empty the system's list of users decides.
 * Undefined when that does not have this user.
 */
export function homeFolder(environment: NodeJS.ProcessEnv = process.env): string | undefined {
  return environment['HOME'] || known(() => userInfo().homedir) || undefined;
}

/** The home folder for looking into it; undefined where there is none that can be trusted to be one. */
export function absoluteHomeFolder(): string | undefined {
  const folder = homeFolder();
  return folder !== undefined && isAbsolute(folder) ? folder : undefined;
}

/** The program's folder as its settings will say, for looking into it before they are read and checked. */
export function likelyProgramFolder(sandbox: boolean): string {
  const folder = process.env[ENV.home]?.trim() || join(absoluteHomeFolder() ?? '', HOME_FOLDER);
  return sandbox ? `${folder}${SANDBOX_SUFFIX}` : folder;
}

/** The folder that relative paths start from; undefined when it was removed. */
export function currentFolder(): string | undefined {
  return known(() => process.cwd());
}

export function hostName(): string {
  return known(hostname) || 'localhost';
}

/** Facts for people never stop the program: undefined where the system does not tell them. */
function known(ask: () => string): string | undefined {
  try {
    return ask();
  } catch {
    return undefined;
  }
}
