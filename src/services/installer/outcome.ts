import { asSentence } from '../../core/clean.js';
import {
  type InstallerError,
  installerError,
  type InstallerEvent,
  type InstallerStatus,
} from './installer.js';

/** Limit of last lines kept to find the cause of a failure. */
const LINES_MAX = 60;

/** Facts collected from a run's log. */
export class Outcome {
  private completed = false;
  private error: { readonly message: string; readonly code: string | undefined } | undefined;
  private readonly lines: string[] = [];

  note(event: InstallerEvent): void {
    if (event.kind === 'complete') this.completed = true;
    if (event.kind === 'error') this.error = { message: event.message, code: event.code };
    if (event.kind === 'step') this.noteStep(event.step, event.status);
    if (event.kind !== 'log') return;
    this.lines.push(event.text);
    if (this.lines.length > LINES_MAX) this.lines.shift();
  }

  /** True when the collected facts explain the exit code. */
  explains(exitCode: number | undefined): boolean {
    return exitCode === 0 ? this.completed : this.error !== undefined;
  }

  /** Undefined for a success. */
  failure(exitCode: number | undefined): InstallerError | undefined {
    if (exitCode === undefined) {
      return installerError(
        'install-interrupted',
        'The installation on the server stopped without a result.',
      );
    }
    if (exitCode === 0) {
      return this.completed
        ? undefined
        : installerError('install-incomplete', 'The installer ended before it had finished.');
    }
    if (this.error !== undefined) {
      const { code = this.codeFrom([...this.lines, this.error.message]) } = this.error;
      return installerError(code, asSentence(this.error.message));
    }
    return this.withoutMessage(exitCode);
  }

  private noteStep(step: string, status: InstallerStatus): void {
    // A new run after a failed one starts from nothing.
    if (step === 'wait_cloud_init' || step === 'repeat_install') this.reset();
    // The installer gave up a panel that was only slow.
    if (step === 'check_panel' && status === 'complete') this.completed = true;
  }

  private withoutMessage(exitCode: number): InstallerError {
    if (exitCode === 137) {
      return installerError(
        'out-of-memory',
        'The server ran out of memory while the installer ran.',
      );
    }
    const last = lastWords(this.lines);
    const said = last === undefined ? '' : ` Its last output: ${last.slice(0, 300)}`;
    return installerError(
      this.codeFrom(this.lines),
      asSentence(`The installer ended with exit code ${exitCode}.${said}`),
    );
  }

  private codeFrom(lines: readonly string[]): string {
    const has = (pattern: RegExp): boolean => lines.some((line) => pattern.test(line));
    // npm prints `npm error code E404`, older versions `npm ERR! code E404`.
    if (has(/\bENOSPC\b|No space left on device/i)) return 'disk-full';
    if (has(/^npm (error|ERR!) code (E404|ETARGET|ENOVERSIONS|EBADNAME|EINVALIDTAGNAME)\b/))
      return 'installer-missing';
    if (
      has(/^npm (error|ERR!) code (ENOTFOUND|EAI_AGAIN|ETIMEDOUT|ECONNRESET|ECONNREFUSED|E5\d\d)\b/)
    )
      return 'registry-unreachable';
    if (has(/\bE: (Unable to locate package|Package .* has no installation candidate)/))
      return 'package-missing';
    if (has(/\bE: (Failed to fetch|Unable to fetch)|Temporary failure resolving/))
      return 'packages-unreachable';
    return 'install-failed';
  }

  private reset(): void {
    this.completed = false;
    this.error = undefined;
    this.lines.length = 0;
  }
}

const NPM_ERROR = /^npm (?:error|ERR!) ?(.*)$/;
/** Lines of npm that say nothing about the reason; its log is on the droplet. */
const NPM_NOISE =
  /^(?:code|errno|syscall|path|dest|command|cwd)\b|^A (?:complete|full) log|^\w*\s*$/;

/** The reason: the first one that npm gave in its last run, else its code, else the last line that names an error. */
function lastWords(lines: readonly string[]): string | undefined {
  const npmSays = (line: string): string | undefined => NPM_ERROR.exec(line)?.[1];
  const hasCode = (line: string): boolean => npmSays(line)?.startsWith('code ') ?? false;
  const begin = Math.max(0, lines.findLastIndex(hasCode));
  const reason = lines.slice(begin).find((line) => !NPM_NOISE.test(npmSays(line) ?? ''));
  if (reason !== undefined && NPM_ERROR.test(reason)) return reason;
  const others = lines.filter((line) => !NPM_ERROR.test(line));
  const said = others.findLast((line) => /\berror\b/i.test(line)) ?? others.at(-1);
  return lines.findLast(hasCode) ?? said;
}
